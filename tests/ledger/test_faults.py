"""What is wrong with a field is said in words for who filled it in, with a stable code."""

import json
from typing import Any

import pytest

from ledger.commands import read_command
from ledger.errors import CommandInvalid
from tests.ledger.till import body

BANK = {"method": "bank", "reference": "T 1", "amount": {"amount": 100, "currency": "EUR"}}


@pytest.mark.parametrize(
    ("changes", "field", "code", "sentence"),
    [
        ({"reason": None}, "reason", "missing", "fill it in"),
        ({"reason": ""}, "reason", "missing", "fill it in"),
        ({"reason": "x" * 121}, "reason", "too_long", "at most 120 characters; shorten it"),
        ({"reason": 7}, "reason", "no_text", "give it as text"),
        ({"method": "shells"}, "method", "none_of_these", "choose one of those that are offered"),
        ({"method": "cash"}, "reference", "rule", "leave it out, for it goes by cash"),
        ({"reference": "4111 1111 1111 1111"}, "reference", "rule",
         "this looks like a card number; give the number of the slip"),
        ({"reference": "4111.1111.1111.1111"}, "reference", "rule",
         "this looks like a card number; give the number of the slip"),
        ({"amount": {"amount": 0, "currency": "EUR"}}, "amount.amount", "too_small", "this is not enough"),
        ({"amount": {"amount": 10**13, "currency": "EUR"}}, "amount.amount", "too_large", "this is too much"),
        ({"amount": {"amount": 1.5, "currency": "EUR"}}, "amount.amount", "no_number",
         "give a whole number, without decimals and letters"),
        ({"amount": {"amount": 1, "currency": "€"}}, "amount.currency", "signs",
         "leave out unusual signs; letters and digits always do"),
    ],
)  # fmt: skip
def test_a_field_has_a_sentence_and_a_code(
    changes: dict[str, Any], field: str, code: str, sentence: str
) -> None:  # [LE10]
    with pytest.raises(CommandInvalid) as invalid:
        read_command(body("pay_expense", **{"reason": "Cards", **BANK, **changes}))
    details = json.loads(json.dumps(dict(invalid.value.details)))
    assert invalid.value.code == "invalid"
    assert details["fields"][field] == sentence
    assert details["faults"][field] == code
    assert f"“{field}”: {sentence}" in invalid.value.message
