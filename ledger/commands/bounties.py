"""Heads and who took them."""

from typing import Annotated, ClassVar, Final, Literal, TypeAlias

from pydantic import Field

from ..adopted import Id
from .every_command import MANAGERS, Common, Reason, Something
from .means import ByMeans
from .payouts import PaysPlayer

__all__ = ["EndBounties", "KnockOut", "PayBounty", "Shapes", "WonByOthers"]

SHARES_MAX: Final = 20


class WonByOthers(Common):
    """Entry `entry` is out; `by` are the entries that share what was on it, the earliest position first.

    The winner of the event takes their own: `by` is `[entry]`. With a `method` the one winner is paid at
    once, else what is won is due.
    """

    pays_out: ClassVar = True
    tournament: Id
    entry: Id
    by: Annotated[list[Id], Field(min_length=1, max_length=SHARES_MAX)]
    method: Literal["cash", "balance"] | None = None

    def faults(self) -> dict[str, str]:
        if len(set(self.by)) < len(self.by) or (self.entry in self.by and len(self.by) > 1):
            return {"by": "an entry stands here twice, or is the one that is out"}
        if self.method and len(self.by) > 1:
            return {"method": "several winners are paid one by one"}
        return {"drawer": "needed with cash"} if self.method == "cash" and self.drawer is None else {}


class KnockOut(WonByOthers):
    """The head of `entry` is won."""

    kind: Literal["knock_out"]


class PayBounty(PaysPlayer, ByMeans):
    """What a player won and was not paid."""

    kind: Literal["pay_bounty"]
    tournament: Id
    method: Literal["cash", "bank", "balance"]
    amount: Something


class EndBounties(Common):
    """After the result: every head that nobody took goes to first place, the winner's own with them."""

    roles: ClassVar = MANAGERS
    kind: Literal["end_bounties"]
    tournament: Id
    reason: Reason


Shapes: TypeAlias = KnockOut | PayBounty | EndBounties
