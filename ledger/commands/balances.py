"""People's money at the house: deposits, withdrawals, and what was received and not settled."""

from typing import ClassVar, Literal, TypeAlias

from ..adopted import Id
from .every_command import Common, Reason, Something
from .means import ByMeans, CardBankCash, Seq1
from .payouts import PaysPlayer

__all__ = ["Deposit", "Settle", "Shapes", "Withdraw"]


class Deposit(ByMeans):
    """Into the player's balance."""

    receives: ClassVar = True
    kind: Literal["deposit"]
    player: Id
    method: CardBankCash
    amount: Something


class Withdraw(PaysPlayer, ByMeans):
    """Out of the player's balance."""

    kind: Literal["withdraw"]
    method: Literal["cash", "bank"]
    amount: Something


class Settle(Common):
    """Money of the `suspense` entry `received`: to a balance, back to who brought it, or kept."""

    kind: Literal["settle"]
    received: Seq1
    to: Literal["balance", "back", "income"]
    player: Id | None = None
    amount: Something
    reason: Reason

    def faults(self) -> dict[str, str]:
        return (
            {"player": "choose whose balance it goes to"}
            if self.to == "balance" and self.player is None
            else {}
        )


Shapes: TypeAlias = Deposit | Withdraw | Settle
