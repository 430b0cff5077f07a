"""`tournament/<id>`: setup, levels, clock, entries, seats, stacks, bust-outs, tables, button, moves."""

from typing import Annotated, Any, Literal

from pydantic import Field

from . import chips, conduct, elimination, seating, settling, structure
from .chips import Stack
from .elimination import Bust
from .fact import (
    DIFFERENCE_ID,
    LEVEL_NUMBER,
    AnteBy,
    Chips,
    ColourUp,
    Count,
    Fact,
    FactKind,
    Former,
    Id,
    LeafMs,
    Line,
    Minutes,
    Note,
)
from .floor import Seat
from .seating import SeatNumber

__all__ = [
    "FACTS", "Bust", "Button", "Clock", "Entry", "Explained",
    "Level", "LevelOfSchema1", "Move", "Registration",
    "Stack", "Table", "TournamentSetup",
]  # fmt: skip

Duration = Annotated[int, Field(ge=0, le=36_000_000)]


class TournamentSetup(Fact):
    """`setup`: what the event is. Money that depends on it is adopted into the ledger."""

    kind: Literal["tournament"] = "tournament"
    version: Literal[1] = 1
    name: Line
    letter: Annotated[str, Field(pattern=r"^[A-F]$")] = "A"
    game: Line = "No-limit hold'em"
    starts_ms: LeafMs
    seats_per_table: Annotated[int, Field(ge=2, le=12)]
    starting_stack: Chips
    late_until_level: Count
    entries_per_player: Annotated[int, Field(ge=1, le=99)] = 1
    max_diff: Annotated[int, Field(ge=1, le=3)] = 1


class LevelOfSchema1(Fact):
    """`level/<n>` before a level said who pays its ante: it was the big blind."""

    kind: Literal["play", "break"]
    duration_ms: Duration
    small: Chips = 0
    big: Chips = 0
    ante: Chips = 0
    minutes: Minutes | None = None  # as published; the demo shortens duration_ms


class Level(LevelOfSchema1):
    """`level/<n>`, n = 1, 2, 3 … over play and breaks.

    `ante` is what the big blind or the button pays for the table, or what each player pays.
    `colour_up`: denominations that leave play in this break.
    """

    ante_by: AnteBy
    colour_up: ColourUp = []
    note: Note = ""


def _says_who_pays_the_ante(level: dict[str, Any]) -> dict[str, Any]:
    return {**level, "ante_by": "big_blind"}


class Clock(Fact):
    """`clock`: one fact; everything shown is computed from it and the levels, no tick is ever written.

    running: `remaining_ms` were left of `level` at `anchor_ms`. paused, pending: they are left now.
    """

    level: Annotated[int, Field(ge=1, le=200)]
    state: Literal["pending", "running", "paused", "ended"]
    anchor_ms: LeafMs
    remaining_ms: Duration


class Entry(Fact):
    """`entry/<entry>`: one life of a player; the id is the one the cage sold it under."""

    player: Id
    number: Annotated[int, Field(ge=1, le=99)]  # 1 the first entry, 2.. re-entries of this player
    kind: Literal["initial", "re-entry"] = "initial"


class Table(Fact):
    """`table/<table>`: a furniture table used by this event; `order` is its place in the break order.

    `held` seats are kept for somebody: no draw or proposal gives them. `seats`: so many here, whatever the
    event says (a final table of nine in an event of eight).
    """

    open: bool
    order: Annotated[int, Field(ge=1, le=999)]
    locked: bool = False
    held: Annotated[list[SeatNumber], Field(max_length=12)] = []
    seats: Annotated[int, Field(ge=2, le=12)] | None = None


class Button(Fact):
    """`button/<table>`: positions of the hand that just ended, in seat numbers; any may be empty now."""

    button: SeatNumber
    small_blind: SeatNumber
    big_blind: SeatNumber


class Move(Fact):
    """`move/<player>`: the call-out of the last move; stays on displays until `arrived`."""

    from_table: Id | None
    from_seat: SeatNumber | None
    to_table: Id
    to_seat: SeatNumber
    rule: Annotated[str, Field(max_length=64)] = "floor"
    basis: Annotated[str, Field(max_length=64)] = ""
    at_ms: LeafMs
    arrived: bool = False
    override: Literal["special_need", "just_moved", "mid_hand", "td_decision"] | None = None


class Registration(Fact):
    """`registration`: open, or closed by a person. Open with a `reason`: although its time is over."""

    state: Literal["open", "closed"]
    at_ms: LeafMs
    reason: Line | None = None


class Explained(Fact):
    """`explained/<kind>.<player>.<entry or ->`: somebody wrote down why floor and money differ there.

    Good for what was so up to `since_ms`; what changes on either side after that has to be explained anew.
    """

    reason: Line
    since_ms: LeafMs


# Two people pressing pause of one level at once is one pause.
FACTS = {
    "setup": FactKind(TournamentSetup, conflict=False),
    "clock": FactKind(Clock, same_by=("level", "state")),
    "registration": FactKind(Registration),
    "level/": FactKind(Level, ids=LEVEL_NUMBER, former=(Former(LevelOfSchema1, 1, _says_who_pays_the_ante),)),
    "entry/": FactKind(Entry, policy="earliest"),
    "seat/": FactKind(Seat),
    "table/": FactKind(Table),
    "button/": FactKind(Button, conflict=False),
    "move/": FactKind(Move, conflict=False),
    "explained/": FactKind(Explained, conflict=False, ids=DIFFERENCE_ID),
    **elimination.FACTS,
    **chips.FACTS,
    **conduct.FACTS,
    **seating.FACTS,
    **structure.FACTS,
    **settling.FACTS,
}
