"""Cash games: chips against money, the house's time, and the count of drop boxes."""

from typing import ClassVar, Literal, TypeAlias

from ..adopted import Id
from .ages import AsksAge
from .every_command import Common, Something
from .means import ByMeans
from .payouts import PaysPlayer
from .pieces import Pieces, worth_cents

__all__ = ["CashBuyIn", "CashOut", "CollectTime", "CountDrop", "Shapes"]


class CashBuyIn(AsksAge):
    receives: ClassVar = True
    kind: Literal["cash_buy_in"]
    table: Id | None = None
    method: Literal["cash", "card", "bank", "balance"] = "cash"
    amount: Something


class CashOut(PaysPlayer, ByMeans):
    kind: Literal["cash_out"]
    table: Id | None = None
    method: Literal["cash", "card", "bank", "balance"] = "cash"
    amount: Something


class CollectTime(ByMeans):
    """The house's time at a table; of one player, or of the table's seats together."""

    receives: ClassVar = True
    kind: Literal["collect_time"]
    table: Id
    player: Id | None = None
    method: Literal["cash", "card", "chips"] = "chips"
    amount: Something


class CountDrop(Common):
    """A box of a table, counted by two. Its chips are rake, with `jackpot` the players' own.

    `cash` in it bought chips at the table: they went out of the tray when it went in.
    """

    takes_two: ClassVar = True
    kind: Literal["count_drop"]
    table: Id
    box: Id
    jackpot: Id | None = None
    counted: Pieces
    cash: Pieces | None = None

    @property
    def counted_cents(self) -> int:
        """The chips that were in the box."""
        return worth_cents(self.counted)

    @property
    def cash_cents(self) -> int:
        """The cash that was in the box."""
        return worth_cents(self.cash or {})


Shapes: TypeAlias = CashBuyIn | CashOut | CollectTime | CountDrop
