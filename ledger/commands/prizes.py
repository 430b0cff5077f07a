"""Prizes paid, and handed back where a result was corrected."""

from typing import ClassVar, Literal, TypeAlias

from ..adopted import Id
from .every_command import MANAGERS, Cents, Place, Reason, Something
from .means import ByMeans
from .payouts import PaysPlayer

__all__ = ["PayPrize", "PayTax", "ReturnPrize", "Shapes"]


class PayPrize(PaysPlayer, ByMeans):
    """`amount` of what is due, of which `tax_cents` are withheld. `flight`: due there, by its places."""

    kind: Literal["pay_prize"]
    tournament: Id
    flight: Id | None = None
    place: Place
    method: Literal["cash", "bank", "balance"]
    amount: Something
    tax_cents: Cents | None = None

    def faults(self) -> dict[str, str]:
        if self.tax_cents is not None and self.tax_cents > self.amount.amount:
            return {"tax_cents": "more than the amount"}
        return super().faults()


class ReturnPrize(ByMeans):
    """What a player was paid beyond a corrected prize, handed back."""

    receives: ClassVar = True
    kind: Literal["return_prize"]
    tournament: Id
    player: Id
    method: Literal["cash", "card", "bank", "balance"]
    amount: Something


class PayTax(ByMeans):
    """Tax withheld from prizes, paid on to the authority."""

    roles: ClassVar = MANAGERS
    pays_out: ClassVar = True
    kind: Literal["pay_tax"]
    method: Literal["cash", "bank"]
    amount: Something
    reason: Reason


Shapes: TypeAlias = PayPrize | ReturnPrize | PayTax
