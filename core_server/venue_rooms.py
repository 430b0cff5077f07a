"""The rooms and views of each venue this process owns: opened on the first wish, kept until they are lost.

What another process has taken over, and a venue that is enrolled no more, is closed at once: everybody in it
gets 4503 and comes back to whoever has it now. The core counts a venue's leaf time from its own clock and
the venue's start; it never goes back while the process runs. Rows that arose here, not at the leaf, make a
nudge, again and again until the leaf pulls them.
"""

import json
import secrets
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

import anyio
from anyio.abc import TaskGroup, TaskStatus

from crdt_models.documents.schema import SCHEMA
from crdt_models.update_log import LogRow
from serving.league_tables import LeagueTables
from serving.nats_link import LinkDown, NatsLink
from serving.rooms import Rooms
from serving.sse import Made, Views
from serving.views import picture

from .db import Database
from .doc_store import CoreDocStore
from .erased import Erased
from .ledger_mirror import LedgerMirror
from .ownership import Ownership
from .venues import Venue, Venues

__all__ = ["LEAF_SCHEMA", "OpenVenue", "VenueRooms", "leaf_time"]

NUDGE_GAP_S: Final = 0.05
NUDGE_AGAIN_S: Final = 1.0  # while the leaf does not ask
LEAF_SCHEMA: Final = "leaf_schema"
"""Cursor of a kind: the newest schema that the venue's leaf takes."""
TERM: Final = "term"
"""Cursor: no position, the greatest term of its documents that the leaf told."""


def leaf_time(venue: Venue) -> int:
    """Milliseconds since the venue's start, by this machine's clock."""
    return max(0, time.time_ns() // 1_000_000 - venue.start_ms)


class CoreTime:
    """Leaf time as this process tells it: never back."""

    def __init__(self, venue: Venue) -> None:
        self._venue = venue
        self._last = 0

    def __call__(self) -> int:
        self._last = max(self._last, leaf_time(self._venue))
        return self._last


@dataclass(slots=True)
class Schema:
    """The newest that clients of the core may write: what a phone writes, the leaf has to take."""

    of_leaf: int = SCHEMA

    def __call__(self) -> int:
        return min(SCHEMA, self.of_leaf)


class DocumentsTerm:
    """The term of the leaf's documents, as the leaf last said. `load` first."""

    def __init__(self, store: CoreDocStore) -> None:
        self._store = store
        self.number = 1

    async def load(self) -> None:
        self.number = max(1, await self._store.cursor(TERM))

    async def begin(self, number: int) -> None:
        await self._store.set_cursor(TERM, number)
        self.number = number


class News:
    """What arose here and not at the leaf, and how far the leaf has it."""

    def __init__(self) -> None:
        self.last = 0  # number of the newest row that arose here, as far as this process knows
        self._pulled = -1  # the leaf holds our rows up to here; -1: it has not said
        self._turned = anyio.Event()

    @property
    def waiting(self) -> bool:
        return self._pulled < self.last

    def arose(self, n: int) -> None:
        self.last = n
        self._turn()

    def pulled(self, after: int) -> None:
        """The leaf asks for rows after this one."""
        self._pulled = after
        self._turn()

    async def turned(self) -> None:
        await self._turned.wait()

    def _turn(self) -> None:
        self._turned.set()
        self._turned = anyio.Event()


class NewsStore(CoreDocStore):
    """A store that says which row arose here last."""

    def __init__(self, database: Database, ownership: Ownership, venue: str, news: News) -> None:
        super().__init__(database, ownership, venue)
        self._news = news

    async def append(self, rows: Sequence[LogRow]) -> int:
        last = await super().append(rows)
        own = [n for n, row in enumerate(rows, last - len(rows) + 1) if row.origin != "leaf"]
        if own:
            self._news.arose(own[-1])
        return last


@dataclass(frozen=True, slots=True)
class OpenVenue:
    """What this process has open of a venue."""

    venue: Venue
    store: NewsStore
    rooms: Rooms
    views: Views
    leagues: LeagueTables
    now: CoreTime
    schema: Schema
    term: DocumentsTerm
    news: News
    erased: Erased
    fence: int
    scope: anyio.CancelScope
    taking: anyio.Lock = field(default_factory=anyio.Lock)  # rows of the leaf are taken one message at a time


class VenueRooms:
    """All open venues. `run` first, then `get`."""

    def __init__(
        self, database: Database, ownership: Ownership, venues: Venues, mirror: LedgerMirror, link: NatsLink
    ) -> None:
        self._database = database
        self._ownership = ownership
        self._venues = venues
        self._mirror = mirror
        self._link = link
        self._open: dict[str, OpenVenue] = {}
        self._opening = anyio.Lock()
        self._tasks: TaskGroup | None = None

    async def run(self, *, task_status: TaskStatus[None] = anyio.TASK_STATUS_IGNORED) -> None:
        """Runs the rooms of all venues until cancelled."""
        async with anyio.create_task_group() as tasks:
            self._tasks = tasks
            task_status.started()
            await anyio.sleep_forever()

    def all(self) -> Sequence[OpenVenue]:
        """What is open now."""
        return list(self._open.values())

    async def get(self, venue: str) -> OpenVenue | None:
        """The venue, opened if need be; None: no such venue. Raises DatabaseDown, OwnedElsewhere."""
        known = self._venues.get(venue)
        if known is None or self._tasks is None:
            return None
        if (found := self._open.get(venue)) is not None:
            return found
        while True:
            fence = await self._ownership.fence(venue)
            async with self._opening:
                if (found := self._open.get(venue)) is None:
                    await self._mirror.state(venue)  # so that its term is known
                    found = self._open[venue] = await self._tasks.start(self._keep, known, fence)
                if self._ownership.holds(venue, found.fence):
                    return found
                self._close(found)  # it passed on while it was opened, and nobody tells us so again

    async def lose(self, venue: str, fence: int) -> None:
        """Closes what was opened under this fence or an older one."""
        found = self._open.get(venue)
        if found is not None and found.fence <= fence:
            self._close(found)

    def keep_enrolled(self) -> None:
        """Closes the venues that the directory does not know any more."""
        for opened in self.all():
            if self._venues.get(opened.venue.id) is None:
                self._close(opened)

    def _close(self, opened: OpenVenue) -> None:
        del self._open[opened.venue.id]
        opened.scope.cancel()

    async def _keep(
        self, venue: Venue, fence: int, *, task_status: TaskStatus[OpenVenue] = anyio.TASK_STATUS_IGNORED
    ) -> None:
        """Runs the venue's rooms until its scope is cancelled."""
        news, now = News(), CoreTime(venue)
        store = NewsStore(self._database, self._ownership, venue.id, news)
        schema = Schema(await store.cursor(LEAF_SCHEMA) or SCHEMA)
        term = DocumentsTerm(store)
        await term.load()
        erased = Erased(self._database, venue.id)
        await erased.load()
        rooms = Rooms(
            venue=venue.id,
            at="core",
            store=store,
            now=now,
            term=lambda: term.number,
            forgets=erased.forgets,
            client_id=lambda: secrets.randbelow(2**32 - 1) + 1,
            schema=schema,
        )

        async def make(view: str) -> Made | None:
            return await picture(rooms, view, now())

        views = Views(make, now)
        leagues = LeagueTables(rooms.facts, venue.start_ms)
        with anyio.CancelScope() as scope:
            async with anyio.create_task_group() as tasks:
                await tasks.start(rooms.run)
                await tasks.start(views.run)
                tasks.start_soon(_tell, rooms, views, leagues)
                tasks.start_soon(self._nudge, venue, news)
                opened = OpenVenue(
                    venue, store, rooms, views, leagues, now, schema, term, news, erased, fence, scope
                )
                task_status.started(opened)

    async def _nudge(self, venue: Venue, news: News) -> None:
        """Nudges the leaf until it asks for what is new: a line that is cut for a moment loses a nudge."""
        again_s = NUDGE_GAP_S
        while True:
            if not news.waiting:
                again_s = NUDGE_GAP_S
                await news.turned()
                continue
            with suppress(LinkDown):
                message = json.dumps({"v": 1, "last": news.last}).encode()
                await self._link.publish(f"down.{venue.account}.nudge", message)
            await anyio.sleep(again_s)
            again_s = min(2 * again_s, NUDGE_AGAIN_S)


async def _tell(rooms: Rooms, views: Views, leagues: LeagueTables) -> None:
    async with rooms.follow() as changes:
        async for documents in changes:
            views.changed(documents)
            leagues.changed(documents)
