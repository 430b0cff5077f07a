"""The owner's and the bank's cash."""

from typing import Any

import pytest

from ledger.commands import Second
from ledger.errors import CommandInvalid
from tests.ledger.till import Till, legs

ZOE = Second("zoe", "manager")


def out(to: str, amount: int, **fields: Any) -> dict[str, Any]:
    return {"kind": "vault_out", "to": to, "amount": amount, "approved": ZOE, **fields}


def test_cash_comes_from_the_owner_or_the_bank(till: Till) -> None:  # [LE78]
    assert legs(till.post("vault_in", amount=500)) == [("1000", 500), ("3000", -500)]
    assert legs(till.post("vault_in", amount=500, source="bank", reference="W-17")) == [
        ("1000", 500), ("1015", -500),
    ]  # fmt: skip


def test_cash_goes_to_the_owner_or_the_bank_by_two(till: Till) -> None:  # [LE78]
    assert till.refuse(**out("owner", 500, approved=None)) == "needs_second"
    posted = till.post(**out("owner", 500))
    assert legs(posted) == [("3000", 500), ("1000", -500)]
    assert legs(till.post(**out("bank", 700, reference="bag 12"))) == [("1015", 700), ("1000", -700)]
    assert till.refuse(**out("bank", 10**9, reference="bag 13")) == "not_enough_cash"
    with pytest.raises(CommandInvalid):
        till.ask(**out("bank", 1))
    undo = {"seq": posted.link.entry.seq, "reason": "x"}
    assert till.refuse("reverse", **undo) == "needs_second"
    till.post("reverse", **undo, approved=ZOE)
    assert till.balance("3000") == -100_000


def test_the_owner_takes_nothing_that_the_house_owes(till: Till) -> None:  # [LE78]
    till.post("cash_buy_in", player="ann", drawer="d", amount=50_000)
    till.post(**out("bank", 60_000, reference="bag 1"))
    assert till.refuse("drop_to_vault", drawer="d", amount=70_001) == "not_enough_cash"
    till.post("drop_to_vault", drawer="d", amount=70_000)
    till.post("vault_in", amount=100)
    state = till.journal.book.state
    assert (state.liability_cents, state.cash_cents, state.covering_cents) == (50_000, 90_100, 150_100)
    assert till.refuse(**out("owner", 90_101)) == "not_enough_cash"
    till.post(**out("owner", 80_000))
    till.post("vault_in", amount=60_000)
    till.post("cash_buy_in", player="bob", drawer="d", amount=20_000)
    till.post(**out("owner", 70_100))
    assert till.refuse(**out("owner", 1)) == "not_enough_cash"
    till.post("drop_to_vault", drawer="d", amount=20_000)
    assert till.refuse(**out("owner", 10_001)) == "not_covered"
    till.post(**out("owner", 10_000))


def test_what_the_bank_has_settled_leaves_the_clearing(till: Till) -> None:  # [LE78]
    till.post("cash_buy_in", player="ann", method="card", reference="slip 1", amount=10_000)
    posted = till.post("settle_clearing", side="received", amount=10_000, fee_cents=150, reference="B 7")
    assert legs(posted) == [("1030", 9_850), ("5060", 150), ("1015", -10_000)]
    till.post("reverse", seq=posted.link.entry.seq, reason="x")
    till.post("cash_out", player="ann", method="bank", reference="T 1", amount=4_000)
    assert legs(till.post("settle_clearing", side="paid", amount=4_000, reference="B 8")) == [
        ("1015", 4_000), ("1030", -4_000),
    ]  # fmt: skip
    for wrong in ({"side": "received", "fee_cents": 101}, {"side": "paid", "fee_cents": 1}):
        with pytest.raises(CommandInvalid) as invalid:
            till.ask("settle_clearing", **wrong, amount=100, reference="B 9")
        assert list(invalid.value.details["fields"]) == ["fee_cents"]


def test_cards_cover_what_is_owed_before_and_after_the_bank_settles_them(till: Till) -> None:  # [LE140]
    state = till.journal.book.state
    before = state.covering_cents
    till.post("cash_buy_in", player="ann", method="card", reference="slip 1", amount=40_000)
    assert (state.liability_cents, state.covering_cents) == (40_000, before + 40_000)
    till.post("settle_clearing", side="received", amount=40_000, fee_cents=600, reference="B 7")
    assert (state.liability_cents, state.covering_cents) == (40_000, before + 39_400)
    assert (till.balance("1015"), till.balance("1030"), till.balance("5060")) == (0, 39_400, 600)


def test_the_owner_takes_from_the_bank_what_is_there_and_not_owed(till: Till) -> None:  # [LE140]
    taken: dict[str, Any] = {"kind": "bank_out", "reference": "T 1", "approved": ZOE}
    assert legs(till.post("bank_in", amount=5_000, reference="T 0")) == [("1030", 5_000), ("3000", -5_000)]
    assert till.refuse(**{**taken, "approved": None}, amount=1) == "needs_second"
    assert till.refuse(**taken, amount=5_001) == "not_in_bank"
    till.post(**out("owner", 80_000))
    till.post("cash_buy_in", player="ann", drawer="d", amount=20_000)
    till.post("drop_to_vault", drawer="d", amount=40_000)
    till.post(**out("owner", 24_000))
    assert till.refuse(**taken, amount=1_001) == "not_covered"
    assert legs(till.post(**taken, amount=1_000)) == [("3000", 1_000), ("1030", -1_000)]


def test_other_income_and_expenses(till: Till) -> None:  # [LE78]
    posted = till.post("other_income", drawer="d", amount=500, reason="room hire")
    assert legs(posted) == [("1010/d", 500), ("4030", -500)]
    spent: dict[str, Any] = {"drawer": "d", "reason": "cards"}
    bought = till.post("pay_expense", **spent, amount=700)
    assert legs(bought) == [("5050", 700), ("1010/d", -700)]
    assert till.refuse("pay_expense", **spent, amount=50_001) == "needs_second"
    for entry in (posted.link.entry, bought.link.entry):
        till.post("reverse", seq=entry.seq, reason="x")
    assert (till.balance("4030"), till.balance("5050")) == (0, 0)
