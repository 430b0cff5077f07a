"""The rooms and views of each venue this process owns: opened on the first wish, kept until they are lost.

What another process has taken over, and a venue that is enrolled no more, is closed at once: everybody in it
gets 4503 and comes back to whoever has it now. The core counts a venue's leaf time from its own clock and
the venue's start; it never goes back while the process runs. Rows that arose here, not at the leaf, make a
nudge: the leaf pulls them.
"""

import json
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import anyio
from anyio.abc import TaskGroup, TaskStatus

from crdt_models.documents.schema import SCHEMA
from crdt_models.update_log import LogRow
from serving.nats_link import LinkDown, NatsLink
from serving.rooms import Rooms
from serving.sse import Made, Views
from serving.views import picture

from .db import Database
from .doc_store import CoreDocStore
from .ledger_mirror import LedgerMirror
from .ownership import Ownership
from .venues import Venue, Venues

__all__ = ["LEAF_SCHEMA", "OpenVenue", "VenueRooms", "leaf_time"]

NUDGE_GAP_S: Final = 0.05
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


class NewsStore(CoreDocStore):
    """A store that says which row arose here last."""

    def __init__(self, database: Database, ownership: Ownership, venue: str) -> None:
        super().__init__(database, ownership, venue)
        self.last_own = 0
        self.news = anyio.Event()

    async def append(self, rows: Sequence[LogRow]) -> int:
        last = await super().append(rows)
        own = [n for n, row in enumerate(rows, last - len(rows) + 1) if row.origin != "leaf"]
        if own:
            self.last_own = own[-1]
            self.news.set()
        return last


@dataclass(frozen=True, slots=True)
class OpenVenue:
    """What this process has open of a venue."""

    venue: Venue
    store: NewsStore
    rooms: Rooms
    views: Views
    now: CoreTime
    schema: Schema
    term: DocumentsTerm
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
        fence = await self._ownership.fence(venue)
        async with self._opening:
            if (found := self._open.get(venue)) is None:
                await self._mirror.state(venue)  # so that its term is known
                found = self._open[venue] = await self._tasks.start(self._keep, known, fence)
            return found

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
        store, now = NewsStore(self._database, self._ownership, venue.id), CoreTime(venue)
        schema = Schema(await store.cursor(LEAF_SCHEMA) or SCHEMA)
        term = DocumentsTerm(store)
        await term.load()
        rooms = Rooms(
            venue=venue.id,
            at="core",
            store=store,
            now=now,
            term=lambda: term.number,
            client_id=lambda: secrets.randbelow(2**32 - 1) + 1,
            schema=schema,
        )

        async def make(view: str) -> Made | None:
            return await picture(rooms, view, now())

        views = Views(make, now)
        with anyio.CancelScope() as scope:
            async with anyio.create_task_group() as tasks:
                await tasks.start(rooms.run)
                await tasks.start(views.run)
                tasks.start_soon(_tell_views, rooms, views)
                tasks.start_soon(self._nudge, venue, store)
                task_status.started(OpenVenue(venue, store, rooms, views, now, schema, term, fence, scope))

    async def _nudge(self, venue: Venue, store: NewsStore) -> None:
        while True:
            await store.news.wait()
            store.news = anyio.Event()
            try:
                message = json.dumps({"v": 1, "last": store.last_own}).encode()
                await self._link.publish(f"down.{venue.account}.nudge", message)
            except LinkDown:
                pass  # the leaf asks by itself when the line is back
            await anyio.sleep(NUDGE_GAP_S)


async def _tell_views(rooms: Rooms, views: Views) -> None:
    async with rooms.follow() as changes:
        async for documents in changes:
            views.changed(documents)
