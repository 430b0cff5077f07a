"""Who else must approve, and what may be recorded without the leaf."""

from typing import Any

from ledger.commands import Second
from ledger.gaming_days import DAY_MS
from tests.ledger.till import PROFILE, Till, sale

ZOE = Second("zoe", "manager")


def adopt(till: Till, **fields: Any) -> None:
    till.post("adopt_profile", profile={**PROFILE, **fields})


def chips(till: Till, cents: int = 90_000) -> None:
    till.post("cash_buy_in", player="ann", drawer="d", amount=cents)


def test_payouts_to_one_person_add_up_over_a_gaming_day(till: Till) -> None:  # [LE70]
    adopt(till, payout_day_limit_cents=10_000)
    chips(till)
    out: dict[str, Any] = {"player": "ann", "drawer": "d"}
    till.post("cash_out", **out, amount=6_000)
    till.post("cash_out", **out, amount=4_000)
    assert till.refuse("cash_out", **out, amount=1) == "needs_second"
    till.post("cash_out", player="bob", drawer="d", amount=10_000)
    till.post("cash_out", **out, amount=1, approved=ZOE)
    till.asked += DAY_MS
    till.post("cash_out", **out, amount=10_000)


def test_a_reversed_payout_was_paid_all_the_same(till: Till) -> None:  # [LE70]
    adopt(till, payout_day_limit_cents=10_000)
    chips(till)
    seq = till.post("cash_out", player="ann", drawer="d", amount=10_000).link.entry.seq
    till.post("reverse", seq=seq, reason="x")
    assert till.refuse("cash_out", player="ann", drawer="d", amount=1) == "needs_second"


def test_only_two_days_of_payouts_are_kept(till: Till) -> None:  # [LE70]
    chips(till)
    for _ in range(4):
        till.post("cash_out", player="ann", drawer="d", amount=100)
        till.asked += DAY_MS
    assert len(till.journal.book.state.payouts) == 2


def test_refunds_may_have_their_own_limit(till: Till) -> None:  # [LE70]
    for limit, code in ((9_999, "needs_second"), (10_000, "")):
        adopt(till, refund_limit_cents=limit)
        till.post(**sale("buy_in", "ann", "a1"))
        refund = {"tournament": "t", "entry": "a1", "drawer": "d", "reason": "ill", "role": "cashier"}
        if code:
            assert till.refuse("unregister", **refund) == code
            till.post("unregister", **refund, approved=ZOE)
        else:
            till.post("unregister", **refund)


def test_a_cashier_works_on_their_own_drawer_where_the_house_says_so(till: Till) -> None:  # [LE71]
    mine: dict[str, Any] = {"player": "ann", "drawer": "d", "amount": 500, "role": "cashier"}
    till.post("cash_buy_in", **mine, person="cat")
    adopt(till, own_drawers=True)
    assert till.refuse("cash_buy_in", **mine, person="cat") == "other_cashier"
    assert (
        till.refuse("close_drawer", drawer="d", counted={}, role="cashier", person="cat") == "other_cashier"
    )
    exact = {"drawer": "d", "counted": {"100": 205}, "role": "cashier", "person": "cat"}
    assert till.refuse("close_drawer", **exact) == "other_cashier"
    assert till.refuse("count_drawer", **exact) == "other_cashier"
    till.post("cash_buy_in", **mine, person="mia")
    till.post("cash_buy_in", **{**mine, "role": "manager"}, person="max")
    till.post("open_drawer", drawer="e", amount=100, role="cashier", person="cat")
    till.post("cash_buy_in", **{**mine, "drawer": "e"}, person="cat")
    loan: dict[str, Any] = {"drawer": "e", "to": "d", "amount": 100, "approved": ZOE}
    till.post("lend_cash", **loan, role="cashier", person="cat")
    seq = till.post("cash_buy_in", **mine, person="mia").link.entry.seq
    assert till.refuse("reverse", seq=seq, reason="x", role="cashier", person="cat") == "other_cashier"
    over = {"drawer": "d", "counted": {"100": 217}, "approved": ZOE, "second": {"person": "zoe", "pin": "1"}}
    till.post("sign_over_drawer", **over, role="cashier", person="mia")
    assert till.refuse("cash_buy_in", **mine, person="mia") == "other_cashier"


def test_cash_in_another_cashiers_drawer_without_the_leaf_is_not_settled(till: Till) -> None:  # [LE71]
    adopt(till, own_drawers=True)
    asked: dict[str, Any] = {"player": "ann", "drawer": "d", "amount": 500, "intent": {"recorded_ms": 5}}
    entry = till.post("cash_buy_in", **asked, role="cashier", person="cat").link.entry
    assert (entry.kind, entry.data["refusal"]) == ("suspense", "other_cashier")


def test_nothing_leaves_without_the_leaf(till: Till) -> None:  # [LE72]
    chips(till)
    seq = till.journal.tip.seq
    intent = {"recorded_ms": 5}
    assert till.refuse("cash_out", player="ann", drawer="d", amount=1, intent=intent) == "needs_leaf"
    assert till.refuse("reverse", seq=seq, reason="x", intent=intent) == "needs_leaf"
    assert till.refuse("drop_to_vault", drawer="d", amount=1, intent=intent) == "needs_leaf"


def test_beyond_the_offline_limit_cash_is_not_settled(till: Till) -> None:  # [LE72]
    adopt(till, offline_limit_cents=9_999)
    sold = sale("buy_in", "ann", "a1", intent={"recorded_ms": 5})
    entry = till.post(**sold).link.entry
    assert (entry.kind, entry.data["refusal"]) == ("suspense", "limit")
    adopt(till, offline_limit_cents=10_000)
    assert till.post(**sold).link.entry.kind == "buy_in"


def test_nobody_gets_what_the_house_does_not_owe(till: Till) -> None:  # [LE53]
    bought = till.post("cash_buy_in", player="ann", drawer="d", amount=5_000).link.entry.seq
    till.post("cash_out", player="ann", drawer="d", amount=1)
    assert till.refuse("reverse", seq=bought, reason="x") == "over_due"
    assert till.balance("2000") == -4_999


def test_bounties_on_the_spot_add_up_too(till: Till) -> None:  # [LE70]
    adopt(till, payout_day_limit_cents=1_500)
    for name in ("ann", "bob", "cid"):
        till.post(**sale("buy_in", name, f"{name[0]}1"))
    spot: dict[str, Any] = {"tournament": "t", "by": ["a1"], "method": "cash", "drawer": "d"}
    till.post("knock_out", **spot, entry="b1")
    assert till.refuse("knock_out", **spot, entry="c1") == "needs_second"
    till.post("knock_out", **spot, entry="c1", approved=ZOE)
