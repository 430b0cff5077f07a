"""Amounts: whole minor units of one currency. A float never touches money.

In JSON an amount is `{"amount": 5500, "currency": "EUR"}`; inside the ledger it is `Cents` of the venue's
currency. Rendering ("55.00") is for receipts and pages only.
"""

from typing import Final, NewType

__all__ = ["AMOUNT_MAX", "BALANCE_MAX", "BASIS_POINTS", "Cents", "render"]

Cents = NewType("Cents", int)

AMOUNT_MAX: Final = 10**12
"""The greatest amount one command may name, in minor units."""

BALANCE_MAX: Final = 10**13
"""No account may go beyond ± this; far below 2^53, so that every reader's numbers stay exact."""

BASIS_POINTS: Final = 10_000
"""100 % in basis points."""

_NO_MINOR_UNITS: Final = frozenset({"ISK", "JPY", "KRW", "VND", "CLP", "PYG", "UGX", "XAF", "XOF", "XPF"})
_THOUSANDTHS: Final = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})


def render(cents: int, currency: str) -> str:
    """`5500, "EUR"` → `55.00 EUR`; digits after the point as ISO 4217 has them."""
    digits = 0 if currency in _NO_MINOR_UNITS else 3 if currency in _THOUSANDTHS else 2
    sign = "-" if cents < 0 else ""
    whole, rest = divmod(abs(cents), 10**digits)
    text = f"{whole}.{rest:0{digits}d}" if digits else f"{whole}"
    return f"{sign}{text} {currency}"
