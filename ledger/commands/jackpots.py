"""Jackpots and promotion funds: adopted rules, seeds, awards."""

from typing import Annotated, ClassVar, Final, Literal, TypeAlias

from pydantic import Field

from ..adopted import Id, adopted_text
from ..jackpot_rules import JackpotRules
from .every_command import MANAGERS, Common, Reason, Something
from .means import ByMeans

__all__ = ["AdoptJackpot", "PayJackpot", "SeedJackpot", "Shapes"]

WINNERS_MAX: Final = 100


class AdoptJackpot(Common):
    """How drops are split and awards shared, from now on."""

    roles: ClassVar = MANAGERS
    kind: Literal["adopt_jackpot"]
    jackpot: Id
    rules: JackpotRules

    def canonical(self) -> dict[str, str]:
        return {"rules": adopted_text(self.rules)}


class SeedJackpot(Common):
    """Into the fund: out of its reserve, or given by the house."""

    roles: ClassVar = MANAGERS
    takes_two: ClassVar = True
    kind: Literal["seed_jackpot"]
    jackpot: Id
    source: Literal["reserve", "house"]
    amount: Something
    reason: Reason


class PayJackpot(ByMeans):
    """`winners`: [share, player]; every share of the adopted rules has at least one.

    Who looked at the hand and who saw it are two people, where they are named.
    """

    pays_out: ClassVar = True
    takes_two: ClassVar = True
    kind: Literal["pay_jackpot"]
    jackpot: Id
    winners: Annotated[list[tuple[Id, Id]], Field(min_length=1, max_length=WINNERS_MAX)]
    method: Literal["cash", "bank", "balance", "chips"] = "cash"
    amount: Something
    reason: Reason
    verified_by: Id | None = None
    witnessed_by: Id | None = None

    def faults(self) -> dict[str, str]:
        found = super().faults()
        found.pop("player", None)  # the winners' balances, each their own
        if self.verified_by is not None and self.verified_by == self.witnessed_by:
            found["witnessed_by"] = "choose another person than who verified"
        return found


Shapes: TypeAlias = AdoptJackpot | SeedJackpot | PayJackpot
