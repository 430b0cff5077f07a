"""What the house gives: comps, and money added to a pool."""

from typing import Any

from ledger.commands import Second
from tests.ledger.till import PROFILE, Till, legs, sale

ZOE = Second("zoe", "manager")


def test_a_comp_becomes_chips_balance_or_cash(till: Till) -> None:  # [LE87]
    till.post("adopt_profile", profile={**PROFILE, "comp_limit_cents": 1_000})
    comp: dict[str, Any] = {"player": "ann", "reason": "birthday", "amount": 1_000}
    assert legs(till.post("redeem_comp", **comp)) == [("5010", 1_000), ("2000", -1_000)]
    posted = till.post("redeem_comp", **comp, method="balance")
    assert legs(posted) == [("5010", 1_000), ("2030/ann", -1_000)]
    assert legs(till.post("redeem_comp", **comp, method="cash", drawer="d")) == [
        ("5010", 1_000), ("1010/d", -1_000),
    ]  # fmt: skip
    till.post("reverse", seq=posted.link.entry.seq, reason="x")
    assert till.balance("5010") == 2_000


def test_a_comp_above_the_limit_takes_two_without_a_limit_every_one(till: Till) -> None:  # [LE87] [LE70]
    comp: dict[str, Any] = {"player": "ann", "reason": "birthday"}
    assert till.refuse("redeem_comp", **comp, amount=1) == "needs_second"
    till.post("redeem_comp", **comp, amount=1, approved=ZOE)
    till.post("adopt_profile", profile={**PROFILE, "comp_limit_cents": 1_000})
    assert till.refuse("redeem_comp", **comp, amount=1_001) == "needs_second"


def test_added_money_is_in_the_pool_while_the_event_sells(till: Till) -> None:  # [LE87]
    added: dict[str, Any] = {"tournament": "t", "amount": 5_000, "reason": "jubilee"}
    posted = till.post("add_money", **added)
    assert legs(posted) == [("5040", 5_000), ("2010/t", -5_000)]
    till.post(**sale("buy_in", "ann", "a1", expects={"pool_cents": 5_000}))
    assert till.refuse("add_money", **{**added, "tournament": "u"}) == "unknown_tournament"
    closed = till.post("close_registration", tournament="t").link.entry
    assert closed.data["pool_cents"] == 13_000
    assert till.refuse("add_money", **added) == "registration_closed"
    assert till.refuse("reverse", seq=posted.link.entry.seq, reason="x") == "not_reversible"
    till.post("reverse", seq=closed.seq, reason="x")
    till.post("reverse", seq=posted.link.entry.seq, reason="x")
    assert (till.balance("2010/t"), till.balance("5040")) == (-8_000, 0)
    till.post("adopt_profile", profile={**PROFILE, "pool_max_cents": 12_999})
    assert till.refuse("add_money", **added) == "limit"


def test_a_comp_in_cash_is_a_payout(till: Till) -> None:  # [LE70] [LE87]
    till.post("adopt_profile", profile={**PROFILE, "comp_limit_cents": 90_000, "payout_limit_cents": 500})
    comp: dict[str, Any] = {"player": "ann", "reason": "birthday", "amount": 501}
    till.post("redeem_comp", **comp)
    assert till.refuse("redeem_comp", **comp, method="cash", drawer="d") == "needs_second"
