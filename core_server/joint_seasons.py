"""Seasons over several rooms of the core, made of what each room's documents say.

Each room is read in transactions of that room alone, under row level security, from the database and not
from its open rooms: another process may own them, and nothing is written. Events and players of a room are
read only where it said itself that it joins, and has the same currency, since a formula may count money.
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final, Literal

import anyio

from crdt_models.documents.catalogue import kind_of
from crdt_models.documents.leagues import Season
from crdt_models.errors import FormulaInvalid
from crdt_models.facts import FactReader
from crdt_models.replay import replay
from crdt_models.rules.leagues.joint import (
    Part,
    guests_of,
    has_joined,
    joined_events,
    joint_table,
    people,
)
from crdt_models.rules.leagues.points import EventResult, Ranked
from crdt_models.rules.leagues.results import events_of, formula_of, seasons
from serving.league_tables import LeagueTables

from .db import Database
from .doc_store import CoreDocStore
from .ownership import Ownership
from .venues import Venue, Venues

__all__ = ["FRESH_S", "SEASONS_MAX", "JointSeason", "JointSeasons", "RoomState"]

FRESH_S: Final = 10.0
"""A table is told again for so long; it may be that far behind."""
SEASONS_MAX: Final = 32  # remembered with the results they are made of; beyond, the one longest unasked goes
RoomState = Literal["home", "in", "invited", "other_currency", "not_here"]
"""`invited`: it has not joined. `not_here`: no such room at this core."""


@dataclass(frozen=True)
class JointSeason:
    """A season over several rooms as it stands. `trouble`: why its formula scores nobody."""

    home: Venue
    ident: str
    season: Season
    text: str | None
    trouble: FormulaInvalid | None
    rooms: dict[str, tuple[str, RoomState]]  # venue → its name and state, the season's own first
    results: list[EventResult]
    waiting: int
    rows: list[Ranked]
    names: dict[str, str]


@dataclass
class _Remembered:
    """A season's table, and how far the rooms it is made of were read."""

    rooms: dict[str, "_RoomReader"] = field(default_factory=dict)
    table: JointSeason | None = None
    made_s: float = -FRESH_S
    making: anyio.Lock = field(default_factory=anyio.Lock)


class JointSeasons:
    """All seasons that were asked for lately."""

    def __init__(self, database: Database, ownership: Ownership, venues: Venues) -> None:
        self._database = database
        self._ownership = ownership
        self._venues = venues
        self._known: OrderedDict[tuple[str, str], _Remembered] = OrderedDict()

    async def table(self, home: str, ident: str) -> JointSeason | None:
        """The season of this room, with its guests; None: there is none, or it invites nobody.

        Raises DatabaseDown, StoreUnreadable.
        """
        venue = self._venues.get(home)
        if venue is None:
            return None
        known = self._known.setdefault((home, ident), _Remembered())
        self._known.move_to_end((home, ident))
        while len(self._known) > SEASONS_MAX:
            self._known.popitem(last=False)
        async with known.making:  # many may ask at once
            if anyio.current_time() - known.made_s >= FRESH_S:
                known.table = await self._made(known, venue, ident)
                known.made_s = anyio.current_time()
        if known.table is None:
            self._known.pop((home, ident), None)
        return known.table

    async def _made(self, known: _Remembered, home: Venue, ident: str) -> JointSeason | None:
        own = await self._opened(known, home)
        leagues = await own.facts("leagues")
        season, guests = seasons(leagues).get(ident), guests_of(leagues, ident)
        if season is None or not guests:
            return None
        rooms: dict[str, tuple[str, RoomState]] = {home.id: (home.name, "home")}
        results, waiting = await own.tables.results(events_of(leagues, ident, season))
        parts = [Part(home.id, leagues, await own.facts("roster"), tuple(results))]
        for guest in guests:
            rooms[guest], part, waits = await self._guest(known, guest, home, ident)
            parts += [] if part is None else [part]
            waiting += waits
        text, trouble, rows, all_results = None, None, list[Ranked](), results
        try:
            formula = formula_of(leagues, season)
            text = formula.text
            rows, all_results = joint_table(ident, season, formula, parts)
        except FormulaInvalid as error:
            trouble = error
        names = dict(people(parts)[1])
        return JointSeason(home, ident, season, text, trouble, rooms, all_results, len(waiting), rows, names)

    async def _guest(
        self, known: _Remembered, venue: str, home: Venue, ident: str
    ) -> tuple[tuple[str, RoomState], Part | None, list[str]]:
        guest = self._venues.get(venue)
        if guest is None or guest.id == home.id:
            return (venue, "not_here"), None, []
        reader = await self._opened(known, guest)
        leagues = await reader.facts("leagues")
        if not has_joined(leagues, ident, home.id):
            return (guest.name, "invited"), None, []
        if guest.currency != home.currency:
            return (guest.name, "other_currency"), None, []
        results, waiting = await reader.tables.results(joined_events(leagues, ident))
        part = Part(guest.id, leagues, await reader.facts("roster"), tuple(results))
        return (guest.name, "in"), part, waiting

    async def _opened(self, known: _Remembered, venue: Venue) -> "_RoomReader":
        reader = known.rooms.get(venue.id)
        if reader is None:
            store = CoreDocStore(self._database, self._ownership, venue.id)
            reader = known.rooms[venue.id] = _RoomReader(store, venue.start_ms)
        await reader.look()
        return reader


class _RoomReader:
    """One room's documents as the database holds them; results of its events are kept until they change."""

    def __init__(self, store: CoreDocStore, start_ms: int) -> None:
        self._store = store
        self._read: dict[str, FactReader] = {}
        self._seen = 0
        self.tables = LeagueTables(self.facts, start_ms)

    async def look(self) -> None:
        """What was written since is read anew."""
        self._seen, changed = await self._store.changed(self._seen)
        self.tables.changed(changed)
        self._read.clear()

    async def facts(self, document: str) -> FactReader:
        """Raises StoreUnreadable, DatabaseDown."""
        found = self._read.get(document)
        if found is None:
            stored = await self._store.load(document)
            kind = kind_of(document)
            assert kind is not None, document
            found = replay(kind, stored, client_id=1).facts
            if "/" not in document:  # an event is read once
                self._read[document] = found
        return found
