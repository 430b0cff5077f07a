"""Facts about conduct and comfort: penalties, and who waits for another seat."""

from typing import Annotated, Literal

from pydantic import Field

from .fact import Count, Fact, FactKind, Id, LeafMs, Line
from .seating import SeatNumber

__all__ = ["CHANGES", "FACTS", "Penalty", "SeatChange", "Served"]


class Penalty(Fact):
    """`penalty/<id>`: hands or minutes a player misses (TDA 71); with neither it is a warning.

    `rounds`: how many rounds the hands are, a round being one hand for each player at the table then.
    """

    player: Id
    hands: Annotated[int, Field(ge=0, le=1_188)] = 0
    rounds: Annotated[int, Field(ge=0, le=99)] = 0
    minutes: Annotated[int, Field(ge=0, le=600)] = 0
    reason: Line
    at_ms: LeafMs


class Served(Fact):
    """`served/<penalty>`: how many of its hands the player has missed; `ended`: a person ended it."""

    player: Id
    hands: Count
    ended: bool = False


class SeatChange(Fact):
    """`change/<player>`: who sits there waits for another seat, or another table; a move ends it."""

    table: Id
    seat: SeatNumber
    kind: Literal["seat", "table"] = "seat"
    at_ms: LeafMs


# Two tablets that put one player on the list put them there once.
CHANGES = {"change/": FactKind(SeatChange, policy="earliest", same_by=("table", "seat"))}
FACTS = {
    "penalty/": FactKind(Penalty),
    "served/": FactKind(Served, conflict=False),
    **CHANGES,
}
