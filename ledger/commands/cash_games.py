"""Cash games: chips against money, the house's time, and the count of drop boxes."""

from typing import ClassVar, Literal, TypeAlias

from ..adopted import Id
from .every_command import Common, Something
from .means import ByMeans
from .payouts import PaysPlayer
from .pieces import Pieces, worth_cents

__all__ = ["CashBuyIn", "CashOut", "CollectTime", "CountDrop", "Shapes"]


class CashBuyIn(ByMeans):
    receives: ClassVar = True
    kind: Literal["cash_buy_in"]
    player: Id
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
    """A box of a table, counted by two. Without `jackpot` it is rake."""

    takes_two: ClassVar = True
    kind: Literal["count_drop"]
    table: Id
    box: Id
    jackpot: Id | None = None
    counted: Pieces

    @property
    def counted_cents(self) -> int:
        """What was in the box."""
        return worth_cents(self.counted)


Shapes: TypeAlias = CashBuyIn | CashOut | CollectTime | CountDrop
