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
