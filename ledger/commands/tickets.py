"""Tickets: sold, won as seats of a satellite, cashed, expired."""

from typing import Annotated, ClassVar, Literal, TypeAlias

from pydantic import Field

from ..adopted import Id
from .every_command import MANAGERS, Common, Reason, Something
from .means import ByMeans
from .payouts import PaysPlayer
from .results import PLACES_MAX

__all__ = ["AwardSeat", "CashTicket", "ConfirmSeats", "ExpireTicket", "IssueTicket", "Shapes"]


class IssueTicket(ByMeans):
    """A ticket for `player`'s entry in `target`, worth `amount`."""

    receives: ClassVar = True
    kind: Literal["issue_ticket"]
    player: Id
    target: Id
    method: Literal["cash", "card", "bank", "balance", "received", "comp"]
    amount: Something


class CashTicket(PaysPlayer, ByMeans):
    """The whole value to its owner `player`, where the profile allows it."""

    kind: Literal["cash_ticket"]
    ticket: Id
    method: Literal["cash", "bank", "balance"]

    def faults(self) -> dict[str, str]:
        return {name: why for name, why in super().faults().items() if name != "ticket"}


class ExpireTicket(Common):
    """Past the profile's days its value is the house's."""

    roles: ClassVar = MANAGERS
    kind: Literal["expire_ticket"]
    ticket: Id
    reason: Reason


class AwardSeat(Common):
    """A seat is won in play, at a target of chips; the stack leaves play."""

    roles: ClassVar = MANAGERS
    kind: Literal["award_seat"]
    tournament: Id
    player: Id
    entry: Id


class ConfirmSeats(Common):
    """The result of a satellite. `seats`: [player, entry] of as many as the pool pays seats for, less those
    that were won in play.

    `next`: [player, entry] of who takes what is left of the pool, in cash; `rest`: of several, best first,
    where it goes in steps.
    """

    roles: ClassVar = MANAGERS
    kind: Literal["confirm_seats"]
    tournament: Id
    seats: Annotated[list[tuple[Id, Id]], Field(max_length=PLACES_MAX)]
    next: tuple[Id, Id] | None = None
    rest: Annotated[list[tuple[Id, Id]], Field(max_length=PLACES_MAX)] | None = None

    def faults(self) -> dict[str, str]:
        return {"rest": "name the next in one of the two"} if self.next and self.rest else {}

    def others(self) -> list[tuple[Id, Id]]:
        """Who shares what is left, the best first."""
        return self.rest or ([self.next] if self.next else [])


Shapes: TypeAlias = IssueTicket | CashTicket | ExpireTicket | AwardSeat | ConfirmSeats
