"""`leagues`: seasons, formulas, what counts, who is ranked. No points are stored: `rules/leagues`."""

import re
from typing import Annotated, Final, Literal

from pydantic import Field, StringConstraints

from . import settling
from .fact import Count, Fact, FactKind, Id, Line, Setup

__all__ = ["FACTS", "Counting", "Eligible", "FormulaText", "Guest", "Joining", "Season", "TieBreak"]

_OF_SEASON: Final = re.compile(r"[A-Za-z0-9_-]{1,36}\.[A-Za-z0-9_-]{1,36}")
TieBreak = Literal["countback", "fewer_events", "hits", "prize", "wins"]


class Season(Fact):
    """`season/<id>`. Every number that is 0 sets no bound.

    `formula`: a built-in one or `formula/<id>`. `field`: what the formula's `n` counts. `tie`: what its `k`
    is for people who share places. `best…`: how many of a player's results count, in all and of one week,
    month and year of the venue's calendar. `field_min`: smaller events give no points. `events_min`: who
    played fewer is not ranked yet. `deal_place_cap`: who took part in a deal is placed no better.
    `eligible`: who is ranked when no `eligible/` fact says.
    """

    name: Line
    tournaments: Annotated[list[Id], Field(max_length=80)] = []
    best: Count = 0
    formula: Id = "school"
    field: Literal["entries", "players"] = "entries"
    tie: Literal["average", "best"] = "average"
    best_week: Count = 0
    best_month: Count = 0
    best_year: Count = 0
    field_min: Count = 0
    events_min: Count = 0
    deal_place_cap: Count = 0
    tiebreaks: Annotated[list[TieBreak], Field(max_length=5)] = ["wins", "countback", "prize"]
    eligible: Literal["everybody", "listed"] = "everybody"


class FormulaText(Fact):
    """`formula/<id>`: one of the house's own. What can't be read scores nobody, and the page says why."""

    name: Line
    text: Annotated[str, StringConstraints(min_length=1, max_length=2_000)]


class Counting(Fact):
    """`counts/<season>.<tournament>`: whether this event counts there; without it the season's list says."""

    counts: bool = True


class Eligible(Fact):
    """`eligible/<season>.<player>`: whether this player is ranked there."""

    eligible: bool
    reason: Line | None = None


class Guest(Fact):
    """`guest/<season>.<venue>`: whether events of that other room may count in this room's season."""

    invited: bool


class Joining(Fact):
    """`joins/<season>`: whether this room takes part in a season of the room `home`, which calls it `name`.

    `counts/` says which of this room's events count there.
    """

    home: Id
    name: Line
    joins: bool = True


FACTS = {
    "setup": FactKind(Setup, conflict=False),
    "season/": FactKind(Season),
    "formula/": FactKind(FormulaText),
    "counts/": FactKind(Counting, ids=_OF_SEASON),
    "eligible/": FactKind(Eligible, ids=_OF_SEASON, same_by=("eligible",)),
    "guest/": FactKind(Guest, ids=_OF_SEASON),
    "joins/": FactKind(Joining),
    **settling.FACTS,
}
