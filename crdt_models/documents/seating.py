"""Facts of `tournament/<id>` about how seats are given: house settings, needs, alternates, draws."""

import re
from typing import Annotated, Final, Literal

from pydantic import Field, StringConstraints

from .fact import Fact, FactKind, Id, LeafMs, Line

__all__ = [
    "DRAW_ID", "DRAW_PLAYERS_MAX", "FACTS", "POOL_MAX", "Alternate", "Draw", "HandDraw", "Need", "Pool",
    "SeatNumber", "SeatRules", "Series",
]  # fmt: skip

DRAW_ID: Final = re.compile(r"[1-9][0-9]{0,3}\.[1-9][0-9]{0,5}")
SERIES_NUMBER: Final = re.compile(r"[1-9][0-9]{0,3}")
DRAW_PLAYERS_MAX: Final = 40
POOL_MAX: Final = 1_800  # characters

SeatNumber = Annotated[int, Field(ge=1, le=12)]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
SeatLabel = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,36}\.[0-9]{1,2}$")]  # <table>.<seat>
Pool = Annotated[str, StringConstraints(max_length=POOL_MAX, pattern=r"^[A-Za-z0-9_,/;-]*$")]


class SeatRules(Fact):
    """`seating`: what the house chose beside the rule text. Absent: all as here.

    `final_seats` None: as RP-9 says for the seats of a table. `redraw_tables`: when so many tables are left,
    all seats are drawn anew. `game` stud: movers go by position, no blinds. `halting`: 11-D is not waived.
    """

    rules: Literal["tda-2024"] = "tda-2024"
    game: Literal["blinds", "stud"] = "blinds"
    spare_seats: Annotated[int, Field(ge=0, le=9)] = 0
    final_seats: Annotated[int, Field(ge=2, le=12)] | None = None
    redraw_tables: Annotated[list[Annotated[int, Field(ge=1, le=3)]], Field(max_length=3)] = [1]
    halting: bool = True


class Need(Fact):
    """`need/<player>`: special needs (TDA 9): these tables and seats first; `stays`: nobody moves them."""

    tables: Annotated[list[Id], Field(max_length=8)] = []
    seats: Annotated[list[SeatNumber], Field(max_length=12)] = []
    stays: bool = True


class Alternate(Fact):
    """`alternate/<player>`: paid, and no seat was open; seated in the order of `since_ms`."""

    since_ms: LeafMs


class Series(Fact):
    """`series/<n>`: a seed that draws follow from; SHA-256 of it is told before, itself when it is over."""

    commitment: Digest
    at_ms: LeafMs
    seed: Digest | None = None
    revealed_ms: LeafMs | None = None


class Draw(Fact):
    """`draw/<series>.<number>`: `players` were given `seats`, as seed, number and `pool` make it (ADR 40)."""

    kind: Literal["seat", "break", "redraw"]
    players: Annotated[list[Id], Field(min_length=1, max_length=DRAW_PLAYERS_MAX)]
    pool: Pool
    seats: Annotated[list[SeatLabel], Field(max_length=DRAW_PLAYERS_MAX)]
    ask: Id
    at_ms: LeafMs
    reason: Line | None = None


class HandDraw(Fact):
    """`handdraw/<player>`: a seat that a tablet drew by itself while the leaf was out of reach."""

    table: Id
    seat: SeatNumber
    at_ms: LeafMs


FACTS = {
    "seating": FactKind(SeatRules),
    "need/": FactKind(Need),
    "alternate/": FactKind(Alternate, policy="earliest", same_by=()),
    "series/": FactKind(Series, leaf_only=True, conflict=False, ids=SERIES_NUMBER),
    "draw/": FactKind(Draw, leaf_only=True, conflict=False, ids=DRAW_ID),
    "handdraw/": FactKind(HandDraw, conflict=False),
}
