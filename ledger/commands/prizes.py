"""Prizes paid, and handed back where a result was corrected."""

from typing import ClassVar, Literal, TypeAlias

from ..adopted import Id
from .common import Cents, Place, Something
from .means import ByMeans

__all__ = ["PayPrize", "ReturnPrize", "Shapes"]


class PayPrize(ByMeans):
    """`amount` of what is due, of which `tax_cents` are withheld."""

    pays_out: ClassVar = True
    kind: Literal["pay_prize"]
    tournament: Id
    player: Id
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


Shapes: TypeAlias = PayPrize | ReturnPrize
