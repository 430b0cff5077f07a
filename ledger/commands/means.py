"""How money comes in and goes out: cash in a drawer, card or bank with a reference, a balance, a ticket …

A card number never gets in: a reference is the slip's or transfer's own number.
"""

from typing import Annotated, Final, Literal, TypeAlias

from pydantic import Field, StringConstraints

from ..adopted import Id, Method
from .every_command import Common

__all__ = ["ByMeans", "CardBankCash", "Method", "Reference", "Seq1"]

Reference = Annotated[
    str, StringConstraints(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._:/#-]*$")
]
Seq1 = Annotated[int, Field(ge=1, le=2**53 - 1)]
CardBankCash: TypeAlias = Literal["cash", "card", "bank"]
_NEEDS: Final = {
    "cash": "drawer",
    "card": "reference",
    "bank": "reference",
    "balance": "player",
    "ticket": "ticket",
    "received": "received",
}
_OWN: Final = ("reference", "ticket", "received")
_CARD_DIGITS: Final = range(13, 20)


class ByMeans(Common):
    """Base of commands that name a `method`; each narrows it. `received`: number of a `suspense` entry."""

    method: Method
    reference: Reference | None = None
    ticket: Id | None = None
    received: Seq1 | None = None

    def faults(self) -> dict[str, str]:
        needed = _NEEDS.get(self.method, "")
        found = {
            name: f"leave it out, for it goes by {self.method}"
            for name in _OWN
            if name != needed and getattr(self, name)
        }
        if needed and getattr(self, needed, None) is None:
            found[needed] = f"fill it in, for it goes by {self.method}"
        if self.reference and _holds_card_number(self.reference):
            found["reference"] = "this looks like a card number; give the number of the slip"
        return found


def _holds_card_number(text: str) -> bool:
    """13 to 19 digits, spaces, dots and hyphens between them or not, whose check digit fits (Luhn)."""
    runs = "".join(c if c.isdigit() else "" if c in " .-" else "x" for c in text).split("x")
    return any(len(run) in _CARD_DIGITS and _fits(run) for run in runs)


def _fits(digits: str) -> bool:
    doubled = (int(d) * (1 + n % 2) for n, d in enumerate(reversed(digits)))
    return sum(n - 9 if n > 9 else n for n in doubled) % 10 == 0
