"""A venue's rooms on one server: opened on demand, committed together, unloaded when idle.

One committer for all rooms: the first turn is logged at once, then at most one commit in 8 ms, up to 40
ms where many rooms are busy, whatever came meanwhile in it; where a whole turn waits, at once. While the
store is not ready (full, failing) the same batch is tried again and the rooms stay open for reading. Anything
else that breaks between judging and showing closes the rooms of that batch (4503); who comes next has them
loaded again from the log.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from types import TracebackType
from typing import Final, Literal, Self

import anyio
from anyio import TASK_STATUS_IGNORED
from anyio.abc import TaskStatus
from anyio.lowlevel import checkpoint

from crdt_models import epochs
from crdt_models.documents.catalogue import DOCUMENTS_PER_KIND_MAX, DocumentKind, check, kind_of
from crdt_models.documents.schema import SCHEMA
from crdt_models.edits import ACT_EDITS_MAX
from crdt_models.errors import EditInvalid, Foul, RoomClosed, StoreNotReady, StoreTrouble, StoreUnreadable
from crdt_models.facts import FactReader, Json
from crdt_models.inbox import Waiter
from crdt_models.room import Batch, Counters, Room
from crdt_models.stamps import base36
from crdt_models.take_back import Plan, Taking
from crdt_models.turn import Writer
from crdt_models.update_log import (
    DocStore,
    HistoryPage,
    HistoryQuery,
    LogRow,
    NumberedChange,
    NumberedRow,
)

from .store_watch import StoreWatch

__all__ = ["Follower", "Listing", "Rooms", "Statistics"]

COMMIT_GAP_S: Final = 0.008  # after a commit; longer where many rooms are busy: more goes into the next
ROOM_GAP_S: Final = 0.002
COMMIT_GAP_MAX_S: Final = 0.040
TICK_S: Final = 0.5
IDLE_TICKS_MAX: Final = 120  # a minute
ROOMS_MAX: Final = 4_096  # loaded at once; then who opens one more has one unloaded that nobody uses
HISTORY_WINDOWS_MAX: Final = 10  # of `HISTORY_WINDOW` changes
UNREADABLE_TOLD: Final = 8  # documents named in `/health`
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Listing:
    """One stored document, for the list of documents."""

    document: str
    epoch: int
    bytes: int  # kept of it
    edits: int  # accepted so far


@dataclass(frozen=True, slots=True)
class Statistics:
    """Numbers for `/metrics`."""

    rooms: int
    sessions: int
    edits_accepted: int
    edits_refused: int
    commits: int
    fenced: int
    tries_failed: int  # commits the store refused; each was or will be tried again
    unreadable: int  # documents


class Rooms:
    """Nothing moves before `run`. Times are leaf time; `client_id` gives one that was never used."""

    def __init__(
        self,
        *,
        venue: str,
        at: Literal["leaf", "core"],
        store: DocStore,
        now: Callable[[], int],
        term: Callable[[], int],
        client_id: Callable[[], int],
        schema: Callable[[], int] = lambda: SCHEMA,
        hand_in_open: Callable[[], bool] = lambda: False,
        came: Callable[[str, str, int], None] = lambda document, device, edits: None,
        forgets: Callable[[str, str], bool] = lambda document, name: False,
    ) -> None:
        self.venue = venue
        self.at: Literal["leaf", "core"] = at
        self.now = now
        self.term = term
        self._store = store
        self._schema = schema
        self._client_id = client_id
        self._hand_in_open = hand_in_open
        self._came = came
        self._forgets = forgets
        writer = client_id()
        self._writer = Writer(writer, f"{at}-{base36(writer)[:12]}")
        self._rooms: dict[str, Room] = {}
        self._opening: dict[str, anyio.Event] = {}
        self._counts: dict[str, int] = {}  # prefix of a kind of many documents → how many exist
        self._dirty: dict[Room, None] = {}
        self._committing: Sequence[Room] = ()  # being judged, logged and shown
        self._watch = StoreWatch(self._tell_trouble)
        self._over = False  # `run` has ended: a room that is opened now would never move
        self._unreadable: dict[str, str] = {}  # document → why
        self._wanted = asyncio.Event()
        self._followers: set[Follower] = set()
        self._counters = Counters()
        self.sessions: dict[str, int] = {}  # device → its open connections; kept by the sockets

    async def run(self, *, task_status: TaskStatus[None] = TASK_STATUS_IGNORED) -> None:
        """Commits, beats, unloads; until cancelled."""
        try:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self._commit_all)
                tasks.start_soon(self._tick_all)
                task_status.started()
        finally:
            self._over = True
            for room in list(self._rooms.values()):
                self._close(room)

    async def enter(self, document: str) -> Room:
        """The document's room, loaded if need be.

        Raises StoreUnreadable, StoreNotReady, RoomClosed; KeyError: no such kind.
        """
        while True:
            room = self._rooms.get(document)
            if room is not None:
                room.idle_ticks = 0
                return room
            opening = self._opening.get(document)
            if opening is None:
                return await self._open(document)
            await opening.wait()  # ten clients at once load it once

    async def facts(self, document: str) -> FactReader:
        """Live reading of what is durable; ask again after each wait (an idle room unloads)."""
        return (await self.enter(document)).facts

    async def write(self, document: str, changes: Sequence[tuple[str, Json]], *, person: str = "") -> None:
        """The server's own edits, one act, durable on return; makes the `setup` of a new document itself.

        Raises EditInvalid (a bug of ours), RoomClosed (the commit failed: write again), StoreNotReady
        (nothing is written; while the store is merely slow this waits).
        """
        self._watch.check()
        room = await self.enter(document)
        founding = [] if room.founded else [("setup", {"kind": room.kind.name})]
        for name, value in (*changes, *(founding if all(name != "setup" for name, _ in changes) else ())):
            code = check(document, name, value, by_leaf=self.at == "leaf")
            if code is not None:
                raise EditInvalid(code, f"{document}: {name}: {code}")
        if changes:
            await room.write(changes, person).wait()

    async def take_back(self, document: str, plan: Plan, person: str) -> None:
        """Writes a plan made over this document's facts, in a person's name; durable on return.

        What comes between is a rival. Raises EditInvalid (a value that is no fact of today), RoomClosed,
        StoreNotReady.
        """
        self._watch.check()
        room = await self.enter(document)
        acts = [taking for whole in plan.taken for taking in _acts(whole)]
        for name, value, _ in (writing for taking in acts for writing in taking.edits):
            code = check(document, name, value)
            if code is not None:
                raise EditInvalid(code, f"{document}: {name}: {code}")
        waiters = [
            room.write([(one.name, one.value) for one in taking.edits], person, taking) for taking in acts
        ]
        for waiter in waiters:
            await waiter.wait()

    async def switch(self, document: str) -> None:
        """At the leaf: a new epoch of the document, durable on return. Raises RoomClosed: try again."""
        await (await self.enter(document)).switch().wait()

    def follow(self) -> "Follower":
        """What changes, by document: `async with rooms.follow() as turns: async for names in turns`."""
        return Follower(self._followers)

    async def take(self, rows: Sequence[NumberedRow]) -> frozenset[str]:
        """Rows of the other server; durable on return.

        Answers the documents of which something is missing, or was not fit to take: ask the other's `state`.
        Raises RoomClosed: nothing can be said of these rows, take them again.
        """
        waiting: list[tuple[str, Waiter]] = []
        missing: set[str] = set()
        for numbered in rows:
            row = numbered.row
            if kind_of(row.document) is None:
                missing.add(row.document)
            elif row.update or row.vector or row.refused:
                room = await self.enter(row.document)
                await room.writable()
                waiting.append((row.document, room.take(row, whole=numbered.n == 0)))
        for document, waiter in waiting:
            try:
                await waiter.wait()
            except Foul as foul:
                _log.error("%s: a row of the other server was not taken: %s", document, foul)
                missing.add(document)
            if waiter.hole:
                missing.add(document)
        return frozenset(missing)

    async def state(self, document: str) -> LogRow | None:
        """The whole document as one row for the other server's `take`, as NumberedRow(0, row)."""
        return None if kind_of(document) is None else (await self.enter(document)).whole()

    async def digests(self, documents: Iterable[str] | None = None) -> dict[str, tuple[int, str]]:
        """Document → (epoch, digest of its live stamps), for `sync.compare`; None: all that are stored."""
        names = await self._store.names() if documents is None else documents
        found: dict[str, tuple[int, str]] = {}
        for document in names:
            if kind_of(document) is not None:
                room = await self.enter(document)
                found[document] = (room.epoch, room.facts.digest)
        return found

    async def documents(self) -> list[Listing]:
        """All documents, by name; none is opened for it. Where all was refused there is none."""
        return [Listing(*size) for size in await self._store.sizes() if size[3]]

    async def history(
        self, query: HistoryQuery, *, before: int | None = None, limit: int = 100
    ) -> HistoryPage:
        """Changes, newest first; `before` is the number of a change. Looks at a bounded number of them."""
        found: list[NumberedChange] = []
        for _ in range(HISTORY_WINDOWS_MAX):  # the disk writes between two of them
            page = await self._store.history(query, before, limit - len(found))
            found += page.changes
            before = page.next
            if before is None or len(found) >= limit:
                break
        return HistoryPage(found, before)

    def why_not_ready(self) -> Sequence[str]:
        """What keeps edits from being kept, and documents that can't be read; for `/health`."""
        trouble = self._watch.trouble
        why = [] if trouble is None else [f"documents: the store is {trouble}: {self._watch.why}"]
        unread = [f"{document} can't be read: {why}" for document, why in self._unreadable.items()]
        return [*why, *unread[:UNREADABLE_TOLD]]

    @property
    def trouble(self) -> StoreTrouble | None:
        """Why nothing becomes durable now."""
        return self._watch.trouble

    def statistics(self) -> Statistics:
        counters = self._counters
        return Statistics(
            rooms=len(self._rooms),
            sessions=sum(self.sessions.values()),
            edits_accepted=counters.accepted,
            edits_refused=counters.refused,
            commits=counters.commits,
            fenced=counters.fenced,
            tries_failed=self._watch.tries_failed,
            unreadable=len(self._unreadable),
        )

    async def _open(self, document: str) -> Room:
        kind = kind_of(document)
        if kind is None:
            raise KeyError(document)
        self._make_room(document)
        opened = self._opening[document] = anyio.Event()
        try:
            stored = await self._store.load(document)
            prefix = _prefix(kind)
            if prefix not in self._counts:
                self._counts[prefix] = await self._store.count(prefix)
            room = Room(
                document,
                kind,
                stored,
                at=self.at,
                writer=self._writer,
                now=self.now(),
                wake=self._wake,
                full=lambda: self._counts.get(prefix, 0) >= DOCUMENTS_PER_KIND_MAX,
                trouble=lambda: self._watch.trouble,
                schema=self._schema,
                counters=self._counters,
                client_id=self._client_id,
                first_epoch=(first := epochs.first_of(self.term())),
                hand_in_open=self._hand_in_open,
                came=partial(self._came, document),
                forget=partial(self._forgets, document),
            )
            if self.at == "leaf" and room.epoch < first:
                with anyio.CancelScope(shield=True):  # nobody else may open it meanwhile
                    await room.switch(first).wait()
        except StoreUnreadable as error:
            self._unreadable[document] = str(error)
            raise
        else:
            self._unreadable.pop(document, None)
            self._rooms[document] = room
            if self._over:
                self._close(room)
                raise RoomClosed(document)
            return room
        finally:
            del self._opening[document]
            opened.set()

    def _wake(self, room: Room) -> None:
        self._dirty[room] = None
        self._wanted.set()

    async def _commit_all(self) -> None:
        """One commit after the other; what comes meanwhile waits in the rooms' inboxes."""
        next_s, now_s = 0.0, asyncio.get_running_loop().time
        while True:
            if not self._dirty:
                self._wanted.clear()
                await self._wanted.wait()
            rest_s = next_s - now_s()
            if rest_s > 0:
                await anyio.sleep(rest_s)  # the pace of commits, not a wait for anything
            self._committing, self._dirty = list(self._dirty), {}
            try:
                await self._commit(self._committing)
                gap_s = _gap_s(self._committing)
                if not gap_s:  # what comes to nothing has waited for nobody
                    await checkpoint()
                next_s = now_s() + gap_s
            finally:
                self._committing = ()

    async def _commit(self, rooms: Sequence[Room]) -> None:
        batches: list[tuple[Room, Batch]] = []
        for room in rooms:
            if room.closed:
                continue
            try:
                batch = await room.gather(self.now())
                if batch is not None and batch.founding:
                    prefix = _prefix(room.kind)
                    self._counts[prefix] = self._counts.get(prefix, 0) + 1
            except BaseException as error:
                self._broken([room], error)
                continue
            if batch is not None:
                batches.append((room, batch))
        if not batches:
            return
        rows = [batch.row for _, batch in batches if batch.row is not None]
        try:
            await self._watch.until_done(partial(self._store.append, rows))
        except BaseException as error:
            self._broken([room for room, _ in batches], error)
            return
        self._counters.commits += 1
        for room, batch in batches:
            try:
                room.done(batch)
            except BaseException as error:
                self._broken([room], error)
        for follower in self._followers:
            follower.tell(room.document for room, _ in batches)
        for room, _ in batches:
            if room.replica.snapshot_due and not room.closed:
                await self._snapshot(room)

    def _broken(self, rooms: Sequence[Room], error: BaseException) -> None:
        """Closes rooms whose batch was lost. Raises on what is no failure but an end (cancellation)."""
        for room in rooms:
            self._close(room)
            self._counts.pop(_prefix(room.kind), None)  # counted again by the next that is opened
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise error  # pycrdt's panics are no Exception, but break one room only
        _log.error("closed %s", ", ".join(room.document for room in rooms), exc_info=error)

    async def _snapshot(self, room: Room) -> None:
        try:
            await self._store.save_snapshot(room.document, room.epoch, room.replica.snapshot(self.now()))
        except (StoreNotReady, StoreUnreadable) as error:
            _log.warning("%s: no snapshot for now: %s", room.document, error)
        except Exception:  # stores differ in what they raise; nothing is lost without a snapshot
            _log.exception("%s: no snapshot; the log has it all", room.document)

    async def _tick_all(self) -> None:
        while True:
            await anyio.sleep(TICK_S)
            self._watch.look()
            now = self.now()
            for room in list(self._rooms.values()):
                room.tick(now)
                if room.idle_ticks >= IDLE_TICKS_MAX and self._may_unload(room):
                    self._close(room)

    def _make_room(self, document: str) -> None:
        """Raises RoomClosed where all are in use."""
        if len(self._rooms) + len(self._opening) >= ROOMS_MAX:
            unused = next(filter(self._may_unload, self._rooms.values()), None)
            if unused is None:
                raise RoomClosed(f"{document}: too many documents are open")
            self._close(unused)

    def _may_unload(self, room: Room) -> bool:
        return room.unused and room not in self._dirty and room not in self._committing

    def _tell_trouble(self) -> None:
        """At once to all who are here; the next beats say it again."""
        for room in list(self._rooms.values()):
            room.beat(self.now())

    def _close(self, room: Room) -> None:
        room.abandon()
        if self._rooms.get(room.document) is room:
            del self._rooms[room.document]


class Follower:
    """Follows all rooms of a venue; what changes while nobody looks is told in one turn, so it is bounded."""

    def __init__(self, followers: "set[Follower]") -> None:
        self._followers = followers
        self._changed: set[str] = set()
        self._told = anyio.Event()

    def tell(self, documents: Iterable[str]) -> None:
        self._changed.update(documents)
        self._told.set()

    async def __aenter__(self) -> Self:
        self._followers.add(self)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._followers.discard(self)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> frozenset[str]:
        """The documents that changed since the last turn; waits for at least one."""
        await self._told.wait()
        self._told = anyio.Event()
        changed, self._changed = frozenset(self._changed), set()
        return changed


def _gap_s(rooms: Sequence[Room]) -> float:
    """For how long more is gathered; not at all where as much as a turn may hold waits already."""
    if any(room.ample for room in rooms):
        return 0
    return min(COMMIT_GAP_S + ROOM_GAP_S * len(rooms), COMMIT_GAP_MAX_S)


def _acts(taking: Taking) -> list[Taking]:
    """As acts of no more edits than one may have: what it takes back was one, but settling may add to it."""
    edits = taking.edits
    return [Taking(taking.stamp, edits[n : n + ACT_EDITS_MAX]) for n in range(0, len(edits), ACT_EDITS_MAX)]


def _prefix(kind: DocumentKind) -> str:
    return f"{kind.name}/" if kind.many else kind.name
