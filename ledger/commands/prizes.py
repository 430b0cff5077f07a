"""Prizes paid, and handed back where a result was corrected."""

from typing import ClassVar, Literal, TypeAlias

from ..adopted import Id
from .common import Cents, Place, Something
from .means import ByMeans
from .payouts import PaysPlayer

__all__ = ["PayPrize", "ReturnPrize", "Shapes"]


class PayPrize(PaysPlayer, ByMeans):
    """`amount` of what is due, of which `tax_cents` are withheld."""

    kind: Literal["pay_prize"]
    tournament: Id
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
