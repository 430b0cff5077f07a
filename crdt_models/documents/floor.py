"""`floor`: cash tables, their seats, waitlists, calls, seat changes, answers to requests."""

from typing import Annotated, Literal

from pydantic import Field

from . import conduct, settling
from .fact import Fact, FactKind, Id, LeafMs, Line, Setup

__all__ = ["FACTS", "Answer", "Call", "CashTable", "ListEntry", "Seat", "Waitlist"]

SeatNumber = Annotated[int, Field(ge=1, le=12)]


class CashTable(Fact):
    """`cash/<table>`: a furniture table used for a cash game."""

    list: Id
    state: Literal["open", "closed"]
    must_move_to: Id | None = None


class Seat(Fact):
    """`seat/<player>`: where this player's one body is; null = nowhere."""

    table: Id
    seat: SeatNumber


class Waitlist(Fact):
    """`list/<list>`: one list per game and limit."""

    name: Line
    start_number: Annotated[int, Field(ge=1, le=12)] = 5


class ListEntry(Fact):
    """`waitlist/<entry>`: a player on a list; order is `arrived/<entry>`, provisional until that is there."""

    list: Id
    player: Id
    source: Literal["desk", "phone", "call-in", "kiosk"] = "desk"
    state: Literal["waiting", "away", "seated", "left", "missed"] = "waiting"
    request: Id | None = None


class Call(Fact):
    """`call/<entry>`: a person is called once; the earliest call counts."""

    table: Id
    seat: SeatNumber | None = None
    until_ms: LeafMs


class Answer(Fact):
    """`answer/<request>`: what the floor answered to a request of a phone or dealer."""

    answer: Literal["accepted", "declined", "done"]
    text: str = ""


FACTS = {
    "setup": FactKind(Setup, conflict=False),
    "cash/": FactKind(CashTable),
    "seat/": FactKind(Seat),
    "list/": FactKind(Waitlist),
    "waitlist/": FactKind(ListEntry),
    "call/": FactKind(Call, policy="earliest", same_by=()),  # two tablets calling one entry is one call
    "answer/": FactKind(Answer),
    **conduct.CHANGES,
    **settling.FACTS,
}
