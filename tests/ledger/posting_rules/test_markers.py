"""Markers: a line, chips on credit, repaid oldest first, set off against payouts, written off."""

from typing import Any

import pytest

from ledger.commands import Second
from ledger.posting_rules.markers import MARKERS_MAX
from tests.ledger.test_posting_rules import finish, pay
from tests.ledger.till import PROFILE, Till, legs, sale

ZOE = Second("zoe", "manager")
ALLOWED = {**PROFILE, "markers": True, "marker_limit_cents": 20_000}


def line(amount: int, **fields: Any) -> dict[str, Any]:
    given: dict[str, Any] = {"kind": "adopt_credit_line", "player": "ann", "reason": "known for years"}
    return {**given, "amount": amount, "approved": ZOE, **fields}


def marker(amount: int, **fields: Any) -> dict[str, Any]:
    return {"kind": "issue_marker", "player": "ann", "amount": amount, "reference": "M 0017", **fields}


def due(till: Till) -> dict[int, int]:
    return till.journal.book.state.credit("ann").markers


@pytest.fixture
def lent(till: Till) -> tuple[Till, int, int]:
    """Ann has a line of 50,000 and owes 10,000 and 15,000."""
    till.post("adopt_profile", profile=ALLOWED)
    till.post(**line(50_000))
    first, second = (till.post(**marker(cents)).link.entry.seq for cents in (10_000, 15_000))
    return till, first, second


def test_markers_are_off_until_a_profile_allows_them(till: Till) -> None:  # [LE84]
    assert till.refuse(**line(50_000)) == "no_markers"
    assert till.refuse(**marker(1)) == "no_markers"


def test_a_line_is_adopted_by_two_and_bounds_what_is_due(till: Till) -> None:  # [LE84]
    till.post("adopt_profile", profile=ALLOWED)
    assert till.refuse(**line(50_000, approved=None)) == "needs_second"
    assert till.refuse(**marker(1)) == "limit"
    till.post(**line(15_000))
    posted = till.post(**marker(10_000))
    assert legs(posted) == [("1100/ann", 10_000), ("2000", -10_000)]
    assert posted.link.entry.data["due_after_cents"] == 10_000
    assert till.refuse(**marker(5_001)) == "limit"
    till.post(**marker(5_000))
    till.post(**line(0))
    assert till.refuse(**marker(1)) == "limit"
    assert sum(due(till).values()) == 15_000


def test_a_marker_above_the_limit_takes_two(till: Till) -> None:  # [LE84] [LE70]
    till.post("adopt_profile", profile=ALLOWED)
    till.post(**line(90_000))
    till.post(**marker(20_000))
    assert till.refuse(**marker(20_001)) == "needs_second"
    till.post(**marker(20_001, approved=ZOE))
    till.post("adopt_profile", profile={**PROFILE, "markers": True})
    assert till.refuse(**marker(1)) == "needs_second"


def test_markers_are_repaid_oldest_first(lent: tuple[Till, int, int]) -> None:  # [LE84]
    till, first, second = lent
    posted = till.post("repay_marker", player="ann", drawer="d", amount=12_000)
    assert legs(posted) == [("1010/d", 12_000), ("1100/ann", -12_000)]
    assert posted.link.entry.data["repaid"] == [[first, 10_000], [second, 2_000]]
    assert due(till) == {second: 13_000}
    assert till.refuse("repay_marker", player="ann", drawer="d", amount=13_001) == "over_due"
    assert legs(till.post("repay_marker", player="ann", method="chips", amount=13_000)) == [
        ("2000", 13_000), ("1100/ann", -13_000),
    ]  # fmt: skip
    assert till.refuse("repay_marker", player="ann", drawer="d", amount=1) == "nothing_due"
    assert till.refuse("repay_marker", player="bob", drawer="d", amount=1) == "nothing_due"


def test_what_is_due_can_be_repaid_after_markers_were_switched_off(lent: tuple[Till, int, int]) -> None:
    till, _, _ = lent  # [LE84]
    till.post("adopt_profile", profile=PROFILE)
    till.post("repay_marker", player="ann", drawer="d", amount=25_000)


def test_a_reversed_repayment_is_due_again(lent: tuple[Till, int, int]) -> None:  # [LE89]
    till, first, second = lent
    seq = till.post("repay_marker", player="ann", drawer="d", amount=12_000).link.entry.seq
    assert till.refuse("reverse", seq=first, reason="x") == "not_reversible"
    assert till.refuse("reverse", seq=second, reason="x") == "not_reversible"
    till.post("reverse", seq=seq, reason="x")
    assert due(till) == {first: 10_000, second: 15_000}
    till.post("reverse", seq=first, reason="x")
    assert due(till) == {second: 15_000}
    assert till.balance("2000") == -15_000


def test_nothing_is_paid_out_while_a_marker_is_due_without_a_choice(lent: tuple[Till, int, int]) -> None:
    till, first, second = lent  # [LE85]
    out: dict[str, Any] = {"player": "ann", "drawer": "d", "amount": 12_000}
    assert till.refuse("cash_out", **out) == "marker_due"
    posted = till.post("cash_out", **out, set_off="repay")
    assert legs(posted) == [("2000", 12_000), ("1100/ann", -12_000)]
    assert due(till) == {second: 13_000}
    more = till.post("cash_out", **{**out, "amount": 13_000}, set_off="repay")
    assert due(till) == {}
    till.post("reverse", seq=more.link.entry.seq, reason="x")
    assert due(till) == {second: 13_000}
    till.post("reverse", seq=posted.link.entry.seq, reason="x")
    assert due(till) == {first: 10_000, second: 15_000}


def test_what_a_payout_repays_does_not_leave_the_drawer(lent: tuple[Till, int, int]) -> None:  # [LE85]
    till, first, second = lent
    finish(till)
    assert till.refuse(**pay(15_600)) == "marker_due"
    posted = till.post(**pay(15_600, set_off="repay"))
    assert legs(posted) == [("2070/t", 15_600), ("1100/ann", -15_600)]
    assert posted.link.entry.data["repaid"] == [[first, 10_000], [second, 5_600]]
    till.post("cash_buy_in", player="ann", drawer="d", amount=5_000)
    posted = till.post("cash_out", player="ann", drawer="d", amount=12_000, set_off="repay")
    assert legs(posted) == [("2000", 12_000), ("1010/d", -2_600), ("1100/ann", -9_400)]
    till.post("cash_out", player="ann", drawer="d", amount=1)


def test_leaving_a_marker_due_takes_two(lent: tuple[Till, int, int]) -> None:  # [LE85]
    till, _, _ = lent
    out: dict[str, Any] = {"player": "ann", "drawer": "d", "amount": 12_000, "set_off": "leave"}
    assert till.refuse("cash_out", **out) == "needs_second"
    assert legs(till.post("cash_out", **out, approved=ZOE)) == [("2000", 12_000), ("1010/d", -12_000)]
    assert sum(due(till).values()) == 25_000


def test_a_balance_may_grow_while_a_marker_is_due(lent: tuple[Till, int, int]) -> None:  # [LE85]
    till, _, _ = lent
    till.post("cash_out", player="ann", method="balance", amount=12_000)
    rules = {"name": "x", "shares": [{"name": "all", "basis_points": 10_000}]}
    till.post("adopt_jackpot", jackpot="hh", rules=rules)
    till.post("seed_jackpot", jackpot="hh", source="house", amount=500, reason="x", approved=ZOE)
    award: dict[str, Any] = {"jackpot": "hh", "winners": [["all", "ann"]], "reason": "x", "approved": ZOE}
    assert till.refuse("pay_jackpot", **award, drawer="d", amount=500) == "marker_due"
    till.post("pay_jackpot", **award, method="balance", amount=500)


def test_a_bad_marker_is_written_off_by_two(lent: tuple[Till, int, int]) -> None:  # [LE86]
    till, first, second = lent
    till.post("repay_marker", player="ann", drawer="d", amount=1_000)
    bad: dict[str, Any] = {"player": "ann", "marker": first, "reason": "gone abroad"}
    assert till.refuse("write_off_marker", **bad) == "needs_second"
    posted = till.post("write_off_marker", **bad, approved=ZOE)
    assert legs(posted) == [("5030", 9_000), ("1100/ann", -9_000)]
    assert due(till) == {second: 15_000}
    assert till.refuse("write_off_marker", **bad, approved=ZOE) == "nothing_due"
    assert till.refuse("write_off_marker", **{**bad, "player": "bob"}, approved=ZOE) == "nothing_due"
    undo = {"seq": posted.link.entry.seq, "reason": "came back"}
    assert till.refuse("reverse", **undo) == "needs_second"
    till.post("reverse", **undo, approved=ZOE)
    assert due(till) == {first: 9_000, second: 15_000}


def test_what_was_seen_of_a_debt_must_still_be_so(lent: tuple[Till, int, int]) -> None:  # [LE13]
    till, _, _ = lent
    repay: dict[str, Any] = {"player": "ann", "drawer": "d", "amount": 5_000}
    till.post("repay_marker", **repay, expects={"due_cents": 25_000})
    assert till.refuse("repay_marker", **repay, expects={"due_cents": 25_000}) == "changed"


def test_a_player_owes_so_many_markers_at_most(till: Till) -> None:  # [LE84]
    till.post("adopt_profile", profile=ALLOWED)
    till.post(**line(50_000))
    for _ in range(MARKERS_MAX):
        till.post(**marker(1))
    assert till.refuse(**marker(1)) == "limit"
    till.post("repay_marker", player="ann", drawer="d", amount=MARKERS_MAX)


def test_a_bounty_on_the_spot_waits_for_who_owes_a_marker(lent: tuple[Till, int, int]) -> None:  # [LE85]
    till, first, _ = lent
    for name in ("ann", "bob"):
        till.post(**sale("buy_in", name, f"{name[0]}1"))
    head: dict[str, Any] = {"tournament": "t", "entry": "b1", "by": ["a1"]}
    assert till.refuse("knock_out", **head, method="cash", drawer="d") == "marker_due"
    till.post("knock_out", **head)
    bounty: dict[str, Any] = {
        "tournament": "t",
        "player": "ann",
        "method": "cash",
        "drawer": "d",
        "amount": 1_000,
    }
    assert till.refuse("pay_bounty", **bounty) == "marker_due"
    paid = till.post("pay_bounty", **bounty, set_off="repay").link.entry
    assert paid.data["repaid"] == [[first, 1_000]]
