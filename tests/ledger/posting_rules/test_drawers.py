"""A shift from its float to its count: fills, loans, recounts, sign-over."""

from typing import Any

import pytest

from ledger.commands import Second
from tests.ledger.till import PROFILE, Till, legs

ZOE = Second("zoe", "cashier")
COUNT: dict[str, Any] = {"drawer": "d", "counted": {"5000": 3, "1000": 4}}  # 190.00 of 200.00


def limit(till: Till, cents: int = 500) -> None:
    till.post("adopt_profile", profile={**PROFILE, "over_short_limit_cents": cents})


def test_a_running_drawer_is_filled_from_the_vault(till: Till) -> None:  # [LE76]
    assert legs(till.post("fill_drawer", drawer="d", amount=5_000)) == [("1010/d", 5_000), ("1000", -5_000)]
    assert till.refuse("fill_drawer", drawer="e", amount=1) == "drawer_closed"
    assert till.refuse("fill_drawer", drawer="d", amount=10**9) == "not_enough_cash"


def test_one_drawer_lends_to_another(till: Till) -> None:  # [LE76]
    loan = {"drawer": "d", "to": "e", "amount": 3_000, "approved": ZOE}
    assert till.refuse("lend_cash", **loan) == "drawer_closed"
    till.post("open_drawer", drawer="e", amount=0)
    assert till.refuse("lend_cash", **{**loan, "approved": None}) == "needs_second"
    assert legs(till.post("lend_cash", **loan)) == [("1010/e", 3_000), ("1010/d", -3_000)]
    back = {"drawer": "e", "to": "d", "amount": 3_001, "approved": ZOE}
    assert till.refuse("lend_cash", **back) == "not_enough_cash"
    seq = till.post("lend_cash", **{**back, "amount": 3_000}).link.entry.seq
    assert till.refuse("reverse", seq=seq, reason="x", approved=ZOE) == "not_reversible"


def test_a_count_stays_in_the_ledger_and_moves_nothing(till: Till) -> None:  # [LE74]
    entry = till.post("count_drawer", **COUNT).link.entry
    assert entry.postings == ()
    found = {"shift": 1, "expected_cents": 20_000, "counted_cents": 19_000, "difference_cents": -1_000}
    assert {name: entry.data[name] for name in found} == found
    till.post("count_drawer", drawer="d", counted={"20000": 1})
    assert till.journal.book.state.drawer("d").counts == 2
    assert till.refuse("reverse", seq=entry.seq, reason="x") == "not_reversible"
    till.post("close_drawer", **COUNT)
    assert till.refuse("count_drawer", **COUNT) == "drawer_closed"


def test_without_a_limit_a_difference_is_taken_as_counted(till: Till) -> None:  # [LE74]
    assert "flagged_above_cents" not in till.post("close_drawer", **COUNT).link.entry.data


def test_a_difference_needs_a_reason_and_beyond_the_limit_two(till: Till) -> None:  # [LE74]
    limit(till)
    assert till.refuse("close_drawer", **COUNT) == "reason_missing"
    outcome = till.ask("close_drawer", **COUNT, reason="coin roll")
    assert getattr(outcome, "refusal").code == "needs_second"  # noqa: B009
    assert "19000" not in repr(outcome)
    assert "20000" not in repr(outcome)
    posted = till.post("close_drawer", **COUNT, reason="coin roll", approved=ZOE)
    assert posted.link.entry.data["flagged_above_cents"] == 500
    assert legs(posted) == [("1010/d", -1_000), ("5020", 1_000)]


def test_a_small_difference_needs_only_a_reason_none_needs_nothing(till: Till) -> None:  # [LE74]
    limit(till, 1_000)
    assert "flagged_above_cents" not in till.post("close_drawer", **COUNT, reason="change").link.entry.data
    till.post("open_drawer", drawer="d", amount=1_000)
    till.post("close_drawer", drawer="d", counted={"20000": 1})


def test_a_drawer_is_signed_over_with_a_count(till: Till) -> None:  # [LE75]
    assert till.refuse("sign_over_drawer", **COUNT) == "needs_second"
    posted = till.post("sign_over_drawer", **COUNT, approved=ZOE, second={"person": "zoe", "pin": "1"})
    assert legs(posted) == [("1010/d", -1_000), ("5020", 1_000)]
    assert posted.link.entry.data["next_shift"] == 2
    drawer = till.journal.book.state.drawer("d")
    assert (drawer.is_open, drawer.shift, drawer.person) == (True, 2, "zoe")
    assert drawer.opened_seq == posted.link.entry.seq
    till.post("close_drawer", drawer="d", counted={"1000": 19})
    assert till.refuse("sign_over_drawer", **COUNT, approved=ZOE) == "drawer_closed"
    assert till.post("open_drawer", drawer="d", amount=0).link.entry.data["shift"] == 3


def test_a_great_difference_is_not_signed_over(till: Till) -> None:  # [LE75]
    limit(till)
    again = {**COUNT, "reason": "x", "approved": ZOE, "second": {"person": "zoe", "pin": "1"}}
    assert till.refuse("sign_over_drawer", **again) == "limit"
    assert till.refuse("sign_over_drawer", **{**again, "reason": None, "counted": {"100": 198}}) == (
        "reason_missing"
    )
    till.post("sign_over_drawer", **{**again, "counted": {"100": 198}})


@pytest.mark.parametrize("kind", ["open_drawer", "fill_drawer", "drop_to_vault", "send_cash"])
def test_floats_and_drops_have_two_names_where_the_house_wants_it(till: Till, kind: str) -> None:  # [LE70]
    fields: dict[str, Any] = {"drawer": "e" if kind == "open_drawer" else "d", "amount": 500}
    if kind == "send_cash":
        fields["courier"] = "kim"
    till.post(kind, **fields)
    till.post("adopt_profile", profile={**PROFILE, "two_names": True})
    if kind == "open_drawer":
        till.post("close_drawer", drawer="e", counted={"500": 1})
    assert till.refuse(kind, **fields) == "needs_second"
    till.post(kind, **fields, approved=ZOE)
