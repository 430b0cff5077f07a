"""Chips of the cash games against cash."""

from typing import ClassVar, Literal, TypeAlias

from ..adopted import Id
from .common import Common, Something

__all__ = ["CashBuyIn", "CashOut", "Shapes"]


class CashBuyIn(Common):
    receives: ClassVar = True
    kind: Literal["cash_buy_in"]
    player: Id
    table: Id | None = None
    drawer: Id
    amount: Something


class CashOut(Common):
    pays_out: ClassVar = True
    kind: Literal["cash_out"]
    player: Id
    table: Id | None = None
    drawer: Id
    amount: Something


Shapes: TypeAlias = CashBuyIn | CashOut
