"""Amounts as people read them."""

import pytest

from ledger.money import render


@pytest.mark.parametrize(
    ("cents", "currency", "text"),
    [
        (5_500, "EUR", "55.00 EUR"),
        (5, "DKK", "0.05 DKK"),
        (-1_234, "USD", "-12.34 USD"),
        (500, "JPY", "500 JPY"),
        (1_500, "KWD", "1.500 KWD"),
        (0, "EUR", "0.00 EUR"),
    ],
)
def test_an_amount_has_the_digits_of_its_currency(cents: int, currency: str, text: str) -> None:
    assert render(cents, currency) == text
