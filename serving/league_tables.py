"""A venue's league tables, made of its documents when somebody asks; only what is dear to make is remembered.

An event that is over is read once and kept until its document changes, or what the cage says of it; its
points are kept per formula. Nothing here is truth: a server that starts anew makes the same tables.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

import anyio.lowlevel

from crdt_models.documents.config import Venue
from crdt_models.documents.leagues import Season
from crdt_models.documents.typed import one
from crdt_models.errors import FormulaInvalid
from crdt_models.facts import FactReader, Json
from crdt_models.rules.leagues.formula import Formula, read_formula
from crdt_models.rules.leagues.points import EventResult, Ranked, event_scores, season_table
from crdt_models.rules.leagues.results import (
    Spans,
    event_result,
    events_of,
    flights_of,
    formula_of,
    ranks_in,
    seasons,
)

__all__ = ["EVENTS_MAX", "LeagueTables", "SeasonTable"]

EVENTS_MAX: Final = 400
"""Events of one season that count; of more the newest (ids rise with time)."""
RESULTS_MAX: Final = 2_000  # remembered; beyond, the one longest unused goes
SCORES_MAX: Final = 8  # ways to score one event that are remembered


@dataclass(frozen=True, slots=True)
class SeasonTable:
    """A season as it stands. `trouble`: why its formula scores nobody; `waiting`: events without a result."""

    ident: str
    season: Season
    formula: Formula | None
    trouble: FormulaInvalid | None
    results: tuple[EventResult, ...]
    waiting: tuple[str, ...]
    rows: tuple[Ranked, ...]


@dataclass(slots=True)
class _Known:
    """One event as it was read, and the cage's word on it then."""

    said: Json
    result: EventResult | None
    scores: dict[tuple[object, ...], Mapping[str, int]] = field(default_factory=dict)


class LeagueTables:
    """`facts` reads a document of the venue; `start_ms`: Unix time at which its leaf time is 0."""

    def __init__(self, facts: Callable[[str], Awaitable[FactReader]], start_ms: int) -> None:
        self._facts = facts
        self._start_ms = start_ms
        self._known: dict[str, _Known] = {}
        self._leads_to: dict[str, str] = {}  # flight → the event it was read with

    def changed(self, documents: Iterable[str]) -> None:
        """To be told of every document that changes."""
        for document in documents:
            kind, _, ident = document.partition("/")
            if kind == "tournament":
                self._known.pop(ident, None)
                self._known.pop(self._leads_to.get(ident, ident), None)

    async def seasons(self) -> Mapping[str, Season]:
        """By id."""
        return seasons(await self._facts("leagues"))

    async def table(self, ident: str, text: str | None = None) -> SeasonTable | None:
        """The season's table, or as it would be by another formula; None: there is no such season.

        A formula that can't be read is told as `trouble`. Other tasks run between two events.
        """
        season = (await self.seasons()).get(ident)
        if season is None:
            return None
        leagues = await self._facts("leagues")
        events = events_of(leagues, ident, season)[-EVENTS_MAX:]
        formula, trouble = _formula(leagues, season, text)
        known = await self._read(events)
        over = [(event.result, event) for event in known.values() if event.result is not None]
        scored = []
        for result, event in over if formula else ():
            scored.append((result, _scores(event, result, season, formula)))
            await anyio.lowlevel.checkpoint()
        rows = season_table(season, scored, ranks_in(await self._facts("leagues"), ident, season))
        results = sorted((result for result, _ in over), key=lambda result: (result.starts_ms, result.event))
        waiting = tuple(ident for ident, event in known.items() if event.result is None)
        return SeasonTable(ident, season, formula, trouble, tuple(results), waiting, tuple(rows))

    async def results(self, events: Iterable[str]) -> tuple[list[EventResult], list[str]]:
        """Of the newest EVENTS_MAX of these events those that are over, by their start, and the others."""
        known = await self._read(sorted(events)[-EVENTS_MAX:])
        over = [event.result for event in known.values() if event.result is not None]
        over.sort(key=lambda result: (result.starts_ms, result.event))
        return over, [ident for ident, event in known.items() if event.result is None]

    async def _read(self, events: Iterable[str]) -> dict[str, _Known]:
        said = _said(await self._facts("cage"))
        zone = _zone(await self._facts("config"))
        found = {}
        for event in events:
            known = self._known.pop(event, None)
            if known is None or known.said != said.get(event):
                tournament = await self._facts(f"tournament/{event}")
                cage = await self._facts("cage")
                names = flights_of(event, cage)
                self._leads_to.update(dict.fromkeys(names, event))
                flights = [(name, await self._facts(f"tournament/{name}")) for name in names]
                result = event_result(event, tournament, cage, self._spans(zone), flights)
                known = _Known(said.get(event), result)
            found[event] = self._known[event] = known  # before anybody can tell that it changed
            await anyio.lowlevel.checkpoint()
        while len(self._known) > RESULTS_MAX:
            del self._known[next(iter(self._known))]
        return found

    def _spans(self, zone: tzinfo) -> Callable[[int], Spans]:
        def spans(leaf_ms: int) -> Spans:
            day = datetime.fromtimestamp((self._start_ms + leaf_ms) / 1_000, zone)
            week = day.isocalendar()
            return Spans(f"{week.year}-W{week.week:02}", f"{day:%Y-%m}", f"{day:%Y}")

        return spans


def _said(cage: FactReader) -> dict[str, Json]:
    """Event → what the cage says of it: money, deal and prizes."""
    prizes: dict[str, dict[str, Json]] = {}
    for ident, prize in cage.group("prize/").items():
        prizes.setdefault(ident.partition(".")[0], {})[ident] = prize
    money, deals = cage.group("tournament/"), cage.group("deal/")
    return {
        event: [money.get(event), deals.get(event), prizes.get(event)]
        for event in money.keys() | prizes.keys()
    }


def _scores(known: _Known, result: EventResult, season: Season, formula: Formula | None) -> Mapping[str, int]:
    assert formula is not None
    way = (formula.text, season.field, season.tie, season.field_min, season.deal_place_cap)
    if way not in known.scores:
        while len(known.scores) >= SCORES_MAX:
            del known.scores[next(iter(known.scores))]
        known.scores[way] = event_scores(result, season, formula)
    return known.scores[way]


def _formula(
    leagues: FactReader, season: Season, text: str | None
) -> tuple[Formula | None, FormulaInvalid | None]:
    try:
        return (formula_of(leagues, season) if text is None else read_formula(text)), None
    except FormulaInvalid as trouble:
        return None, trouble


def _zone(config: FactReader) -> tzinfo:
    """The venue's; UTC where it says none that is known here."""
    venue = one(config, "venue", Venue)
    try:
        return ZoneInfo(venue.time_zone) if venue else UTC
    except (KeyError, ValueError, OSError):
        return UTC
