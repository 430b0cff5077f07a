"""Cash with a courier: it leaves one place, is in transit, and is counted in by another."""

import pytest

from ledger.commands import Second
from ledger.posting_rules.transit import TRANSITS_MAX
from tests.ledger.till import PROFILE, Till, legs

ZOE = Second("zoe", "cashier")


def send(till: Till, amount: int = 10_000, **way: str) -> int:
    return till.post("send_cash", courier="kim", amount=amount, **way).link.entry.seq


def test_cash_goes_from_the_vault_to_a_drawer_and_back(till: Till) -> None:  # [LE77]
    out = till.post("send_cash", to="d", courier="kim", amount=10_000)
    assert legs(out) == [("1020", 10_000), ("1000", -10_000)]
    arrived = till.post("receive_cash", of=out.link.entry.seq, counted={"5000": 2})
    assert legs(arrived) == [("1010/d", 10_000), ("1020", -10_000)]
    back = send(till, drawer="d")
    assert legs(till.post("receive_cash", of=back, counted={"5000": 2})) == [
        ("1000", 10_000), ("1020", -10_000),
    ]  # fmt: skip
    assert till.journal.book.state.transits == {}
    assert till.refuse("receive_cash", of=back, counted={"5000": 2}) == "nothing_due"


def test_what_is_on_its_way_is_still_the_houses_cash(till: Till) -> None:  # [LE77]
    before = till.journal.book.cash_cents()
    send(till, to="d")
    assert till.journal.book.cash_cents() == before


def test_what_was_sent_and_what_came_may_differ(till: Till) -> None:  # [LE77]
    posted = till.post("receive_cash", of=send(till, to="d"), counted={"5000": 1})
    assert legs(posted) == [("1010/d", 5_000), ("1020", -10_000), ("5020", 5_000)]
    data = posted.link.entry.data
    assert (data["sent_cents"], data["counted_cents"], data["difference_cents"]) == (10_000, 5_000, -5_000)
    assert legs(till.post("receive_cash", of=send(till, to="d"), counted={})) == [
        ("1020", -10_000), ("5020", 10_000),
    ]  # fmt: skip


def test_a_difference_on_the_way_needs_a_reason_and_two(till: Till) -> None:  # [LE77]
    till.post("adopt_profile", profile={**PROFILE, "over_short_limit_cents": 100})
    seq = send(till, to="d")
    counted = {"of": seq, "counted": {"5000": 1}}
    assert till.refuse("receive_cash", **counted) == "reason_missing"
    assert till.refuse("receive_cash", **counted, reason="lost") == "needs_second"
    entry = till.post("receive_cash", **counted, reason="lost", approved=ZOE).link.entry
    assert entry.data["flagged_above_cents"] == 100


def test_who_carried_it_does_not_count_it(till: Till) -> None:  # [LE77]
    seq = send(till, to="d")
    assert till.refuse("receive_cash", of=seq, counted={"5000": 2}, person="kim") == "wrong_second"
    kim = Second("kim", "cashier")
    assert till.refuse("receive_cash", of=seq, counted={}, reason="lost", approved=kim) == "wrong_second"


def test_cash_is_sent_out_of_open_drawers_and_into_them(till: Till) -> None:  # [LE77]
    assert till.refuse("send_cash", drawer="e", courier="kim", amount=1) == "drawer_closed"
    assert till.refuse("send_cash", drawer="d", courier="kim", amount=20_001) == "not_enough_cash"
    seq = send(till, to="e")
    assert till.refuse("receive_cash", of=seq, counted={"5000": 2}) == "drawer_closed"


@pytest.mark.parametrize("way", ["to", "drawer"])
def test_a_sending_is_received_not_reversed(till: Till, way: str) -> None:  # [LE89]
    seq = send(till, **{way: "d"})
    assert till.refuse("reverse", seq=seq, reason="x") == "not_reversible"


def test_only_so_many_couriers_are_on_their_way(till: Till) -> None:  # [LE77]
    for _ in range(TRANSITS_MAX):
        send(till, 1, to="d")
    assert till.refuse("send_cash", to="d", courier="kim", amount=1) == "limit"
