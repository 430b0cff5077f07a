"""People's money at the house: balances, and what was received without the leaf until a person settles it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.commands import Second
from ledger.journal import Posted
from tests.ledger.till import RULES, Till, sale

CASH = {"method": "cash", "drawer": "d"}
BANK = {"method": "bank", "reference": "TX-1"}


@pytest.fixture
def till(tmp_path: Path) -> Iterator[Till]:
    with Till(tmp_path) as till:
        till.open_house()
        yield till


def legs(posted: Posted) -> list[tuple[str, int]]:
    return [(account, amount) for account, amount in posted.link.entry.postings]


def received(till: Till, cents: int = 9_000, **changes: Any) -> int:
    """Number of a suspense entry: a buy-in of ann at a wrong amount, taken without the leaf."""
    asked = sale("buy_in", "ann", "a1", intent={"recorded_ms": 5}, amount=cents)
    posted = till.post(**{**asked, **changes})
    assert posted.link.entry.kind == "suspense"
    return posted.link.entry.seq


def test_a_balance_grows_and_shrinks(till: Till) -> None:  # [LE53]
    assert legs(till.post("deposit", player="ann", amount=30_000, **CASH)) == [
        ("1010/d", 30_000),
        ("2030/ann", -30_000),
    ]
    till.post("deposit", player="ann", amount=5_000, **BANK)
    posted = till.post("withdraw", player="ann", amount=20_000, **CASH)
    assert legs(posted) == [("2030/ann", 20_000), ("1010/d", -20_000)]
    assert posted.link.entry.data["balance_after_cents"] == 15_000
    assert till.refuse("withdraw", player="ann", amount=15_001, **BANK) == "not_enough_balance"
    assert till.refuse("withdraw", player="bob", amount=1, **CASH) == "not_enough_balance"
    till.post("withdraw", player="ann", amount=15_000, **BANK)
    assert (till.balance("2030/ann"), till.balance("1015")) == (0, -10_000)


def test_a_large_withdrawal_takes_two(till: Till) -> None:  # [LE16]
    till.post("deposit", player="ann", amount=60_000, **BANK)
    asked = {"player": "ann", "amount": 50_001, **BANK}
    assert till.refuse("withdraw", **asked) == "needs_second"
    till.post("withdraw", **asked, approved=Second("zoe", "manager"))


def test_a_deposit_spent_is_not_reversed(till: Till) -> None:  # [LE53]
    seq = till.post("deposit", player="ann", amount=10_000, **CASH).link.entry.seq
    entry = till.post(**sale("buy_in", "ann", "a1", method="balance")).link.entry.seq
    assert till.refuse("reverse", seq=seq, reason="x") == "not_enough_balance"
    till.post("reverse", seq=entry, reason="x")
    till.post("reverse", seq=seq, reason="x")
    assert till.balance("2030/ann") == 0


def test_money_received_becomes_the_entry_it_was_for(till: Till) -> None:  # [LE54]
    seq = received(till, 12_000)
    asked = sale("buy_in", "ann", "a1", method="received", received=seq)
    posted = till.post(**asked)
    assert legs(posted)[0] == ("2090/till1/k5", 10_000)
    assert till.refuse(**{**asked, "kind": "re_entry", "entry": "a2"}) == "over_due"
    till.post("settle", received=seq, to="back", amount=2_000, drawer="d", reason="change")
    assert (
        till.refuse("settle", received=seq, to="back", amount=1, drawer="d", reason="x") == "nothing_received"
    )
    assert till.refuse("reverse", seq=seq, reason="x") == "not_reversible"
    assert till.balance("2090/till1/k5") == 0
    till.post("reverse", seq=posted.link.entry.seq, reason="wrong event")
    till.post("settle", received=seq, to="balance", player="ann", amount=10_000, reason="next week")
    assert till.balance("2030/ann") == -10_000


def test_an_entry_of_received_money_is_refunded_in_cash(till: Till) -> None:  # [LE52] [LE54]
    seq = received(till, 10_000, drawer="d", expects={"entries": 4})
    till.post(**sale("buy_in", "ann", "a1", method="received", received=seq))
    posted = till.post("unregister", tournament="t", entry="a1", drawer="d", reason="ill")
    assert legs(posted)[0] == ("1010/d", -10_000)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"amount": 9_001}, "over_due"),
        ({"received": 1}, "nothing_received"),
        ({"received": 99}, "nothing_received"),
        ({"drawer": "e"}, "drawer_closed"),
        ({"to": "income", "role": "cashier"}, "limit"),
    ],
)
def test_what_does_not_settle_is_refused(till: Till, changes: dict[str, Any], code: str) -> None:  # [LE54]
    asked = {"received": received(till), "to": "back", "amount": 9_000, "drawer": "d", "reason": "x"}
    assert till.refuse("settle", **{**asked, **changes}) == code


def test_a_manager_keeps_what_nobody_claims(till: Till) -> None:  # [LE54]
    seq = received(till)
    settled = till.post("settle", received=seq, to="income", amount=9_000, reason="a year").link.entry.seq
    assert till.balance("4030") == -9_000
    till.post("reverse", seq=settled, reason="claimed")
    till.post("settle", received=seq, to="back", amount=9_000, drawer="d", reason="claimed")
    assert till.balance("1010/d") == 20_000


def test_nothing_received_is_no_money_to_settle(till: Till) -> None:  # [LE15]
    asked = sale("buy_in", "ann", "a1", intent={"recorded_ms": 5}, amount=0)
    assert till.refuse(**asked) == "wrong_amount"


def test_a_rebuy_taken_without_the_leaf_meets_a_late_entry_and_the_close(till: Till) -> None:  # [LE54]
    till.post(**sale("buy_in", "ann", "a1"))
    till.post(**sale("buy_in", "bob", "b1"))  # late, on line, booked first
    in_time = till.post(**sale("rebuy", "ann", "a1", intent={"recorded_ms": 5}, key="i1"))
    assert (in_time.link.entry.kind, till.balance("2010/t")) == ("rebuy", -21_000)
    till.post("close_registration", tournament="t")
    too_late = till.post(**sale("rebuy", "bob", "b1", intent={"recorded_ms": 6}, key="i2")).link.entry
    assert (too_late.kind, too_late.data["refusal"]) == ("suspense", "registration_closed")
    assert (till.balance("2010/t"), till.balance("2090/till1/i2")) == (-21_000, -5_000)
    till.post("settle", received=too_late.seq, to="back", amount=5_000, drawer="d", reason="too late")
    assert till.balance("2090/till1/i2") == 0


def test_a_dealer_add_on_is_for_the_staff_alone(till: Till) -> None:  # [LE55]
    prices = {**RULES["prices"], "dealer_add_on": {"prize_cents": 0, "staff_cents": 500}}
    till.post("adopt_tournament", tournament="t", rules={**RULES, "prices": prices})
    till.post(**sale("buy_in", "ann", "a1"))
    assert legs(till.post(**sale("dealer_add_on", "ann", "a1", amount=500))) == [
        ("1010/d", 500),
        ("2040", -500),
    ]
