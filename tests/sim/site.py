"""A server of the simulated venue: its rooms, its log in memory, its clock. It can die within a turn."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from enum import Enum
from typing import Final, Literal

from crdt_models import epochs
from crdt_models.documents.catalogue import kind_of
from crdt_models.replication import outgoing, pack, unpack
from crdt_models.room import Batch, Counters, Room
from crdt_models.turn import Writer
from crdt_models.update_log import LogRow, NumberedRow
from tests.crdt_models.memory_store import MemoryStore

__all__ = ["Crash", "Site", "exchange"]

TERM: Final = 1
STARTS_MAX: Final = 1_000  # of one box in an evening


class Crash(Enum):
    """Where in a turn the power goes."""

    JUDGED = "judged, not in the log"
    LOGGED = "in the log, shown to nobody"


class Site:
    """`now` is leaf time as this server counts it, `ids` gives each start a client id of its own."""

    def __init__(
        self, at: Literal["leaf", "core"], now: Callable[[], int], ids: Iterator[int], starts: int = 0
    ) -> None:
        self.at: Literal["leaf", "core"] = at
        self.now = now
        self.store = MemoryStore()
        self.term = TERM
        self.counters = Counters()
        self.starts = starts
        self.hand_in = False
        self.burnt: list[LogRow] = []  # rows that no box has any more
        self.taken = 0  # rows of the other server that are here
        self.holes: list[str] = []  # documents of which even the whole had a hole here
        self._ids = ids
        self._rooms: dict[str, Room] = {}
        self._start()

    def _start(self) -> None:
        self.starts += 1
        client_id = next(self._ids)
        self._writer = Writer(client_id, f"{self.at}-{self.starts}")

    def room(self, document: str) -> Room:
        """Loaded from the log where it is not open."""
        room = self._rooms.get(document)
        if room is None or room.closed:
            kind = kind_of(document)
            assert kind is not None
            room = self._rooms[document] = Room(
                document,
                kind,
                self.store.stored(document),
                at=self.at,
                writer=self._writer,
                now=self.now(),
                wake=lambda room: None,
                full=lambda: False,
                counters=self.counters,
                trouble=lambda: None,
                client_id=lambda: next(self._ids),
                hand_in_open=lambda: self.hand_in,
                first_epoch=epochs.first_of(self.term),
            )
        return room

    @property
    def rooms(self) -> list[Room]:
        """The open ones."""
        return [room for room in self._rooms.values() if not room.closed]

    async def settle(self, crash: Crash | None = None) -> None:
        """Turns until nothing waits any more, or the server dies in the first that has something to log."""
        for room in self.rooms:
            while room.waiting:
                batch = await room.gather(self.now())
                if batch is None:
                    continue
                if crash is not None:
                    self._die_in(batch, crash)
                    return
                self._log(batch)
                room.done(batch)

    def _log(self, batch: Batch) -> None:
        assert batch.row is not None
        self.store.rows.append(batch.row)

    def _die_in(self, batch: Batch, crash: Crash) -> None:
        if crash is Crash.LOGGED:
            self._log(batch)
        self.restart()

    def restart(self) -> None:
        """kill -9, and started again: only the log is left, and everybody's line is cut."""
        for room in self.rooms:
            room.abandon()
        self._rooms.clear()
        self._start()

    def fail(self, document: str) -> None:
        """A commit of this document was lost: its room closes (4503) and is loaded again."""
        self.room(document).abandon()

    async def switch(self, document: str) -> None:
        """A new epoch, if the document exists."""
        if self.room(document).founded:
            self.room(document).switch()
            await self.settle()

    async def take(self, row: LogRow) -> bool:
        """A row of the other server. Whether what comes before it is missing: then nothing was taken."""
        waiter = self.room(row.document).take(row)
        await self.settle()
        await waiter.wait()
        return waiter.hole

    async def restore(self, rows: int, documents: Iterable[str], core: "Site") -> None:
        """The box burnt. Another goes on, in a new term, from a backup of so many rows, and asks the core."""
        self.burnt += self.store.rows[rows:]
        del self.store.rows[rows:]
        self.store.snapshots.clear()
        self.restart()
        await self._open_term(documents, core)

    async def promote(self, rows: int, documents: Iterable[str], core: "Site") -> "Site":
        """A spare that has so many of this box's rows takes over in a new term. This one goes on."""
        spare = Site(self.at, self.now, self._ids, starts=self.starts + STARTS_MAX)
        spare.store.rows = self.store.rows[:rows]
        spare.burnt = list(self.burnt)
        spare.term = self.term
        await spare._open_term(documents, core)
        return spare

    async def _open_term(self, documents: Iterable[str], core: "Site") -> None:
        rows = len(self.store.rows)
        self.term += 1
        self.hand_in = True
        for document in documents:
            if self.store.stored(document) is not None:
                self.room(document).switch(epochs.first_of(self.term))
        await self.settle()
        for document in documents:
            whole = core.room(document).whole()
            if whole is not None:
                self.room(document).take(whole, whole=True)
        await self.settle()
        core.term = self.term
        core.taken, self.taken = rows, 0

    async def prune(self) -> None:
        """As when nothing came in for a while."""
        for room in self.rooms:
            room.tick(self.now())
        await self.settle()

    def snapshot(self) -> None:
        """Of all open documents that have something in the log."""
        logged = {row.document for row in self.store.rows}
        for room in self.rooms:
            if room.document in logged:
                room.replica._gone = 10**9  # each time Yjs is rid of what is gone, however little it is
                self.store.keep_snapshot(room.document, room.epoch, room.replica.snapshot(self.now()))


async def exchange(
    source: Site, target: Site, *, most: int, again: int = 0, whole: Callable[[], bool] = lambda: False
) -> None:
    """Rows from one server to the other, at most so many; the last `again` of those it has come once more.

    `whole`: whether a row is lost, and its document asked for whole, as after a hole: of a row of an earlier
    epoch that is no substitute.
    """
    first = max(0, target.taken - again)
    rows = [NumberedRow(n, row) for n, row in enumerate(source.store.rows, 1)][first : target.taken + most]
    for numbered in unpack(pack(outgoing(rows, target.at))):
        if whole():
            state = source.room(numbered.row.document).whole()
            if state is not None and state.epoch == numbered.row.epoch:
                numbered = replace(numbered, row=state)
        if numbered.row.update or numbered.row.vector or numbered.row.refused:
            await _take(source, target, numbered)
    target.taken = max(target.taken, first + len(rows))


async def _take(source: Site, target: Site, numbered: NumberedRow) -> None:
    """Where something is missing before it the document is asked for whole; where that does not help (what a
    burnt leaf had decided is in the core's vector, and nobody has it here) the leaf builds it anew.
    """
    document = numbered.row.document
    hole = await target.take(numbered.row)
    state = source.room(document).whole() if hole else None
    if state is None:
        return
    hole = await target.take(state)
    if hole and target.at == "leaf":
        await target.switch(document)
        hole = await target.take(state)
    if hole and source.room(document).founded:
        target.holes.append(document)
