"""Rooms of a leaf on a disk of ours, and hands that write and watch through real replicas.

A hand writes down what it saw with the moment of the disk at which it was sent (`Disk.done`), so that a cut
played later knows what had been seen by then.
"""

import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Final

import anyio
from anyio.lowlevel import checkpoint

from crdt_models.errors import CloseCode, Foul
from crdt_models.facts import Json
from crdt_models.replica import Replica
from crdt_models.room import Room
from crdt_models.session import Note, NoteKind, Session
from crdt_models.update_log import Change, HistoryQuery
from leaf_server.box.database import Database
from leaf_server.documents.doc_store import LeafDocStore
from serving.rooms import Rooms
from tests.faults.disk import Disk

__all__ = ["LONG", "Clock", "Hand", "Leaf", "history", "open_leaf", "until"]

SECONDS_MAX: Final = 120  # before a test that hangs is given up
_CLIENT_IDS: Final = count(1_000_000)  # of replicas that start over
LONG: Final = bool(os.environ.get("FELT_LONG"))


class Clock:
    """Leaf time that no restart sets back."""

    def __init__(self, ms: int = 1_000) -> None:
        self.ms = ms

    def __call__(self) -> int:
        self.ms += 1
        return self.ms


@dataclass
class Leaf:
    database: Database
    store: LeafDocStore
    rooms: Rooms


@asynccontextmanager
async def open_leaf(
    path: Path,
    disk: Disk | None,
    now: Clock,
    client_id: int,
    open_store: Callable[[Database], LeafDocStore] = LeafDocStore,
    seconds: float = SECONDS_MAX,
) -> AsyncIterator[Leaf]:
    """Started on `path`; at the end its tasks are ended and the file closed."""
    database = Database(path, vfs=None if disk is None else disk.name)
    await database.open()
    store = open_store(database)
    ids = count(client_id)
    rooms = Rooms(venue="v", at="leaf", store=store, now=now, term=lambda: 1, client_id=lambda: next(ids))
    try:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(database.run)
            await tasks.start(rooms.run)
            with anyio.fail_after(seconds):
                yield Leaf(database, store, rooms)
            tasks.cancel_scope.cancel()
    finally:
        with anyio.CancelScope(shield=True):
            await database.close()


async def history(store: LeafDocStore, document: str) -> list[Change]:
    """All of it, oldest first."""
    changes: list[Change] = []
    before: int | None = None
    while True:
        page = await store.history(HistoryQuery([document]), before, 10_000)
        changes += [numbered.change for numbered in page.changes]
        before = page.next
        if before is None:
            return changes[::-1]


async def until(true: Callable[[], bool]) -> None:
    """Lets all others work until it is so."""
    while not true():
        await checkpoint()


@dataclass(eq=False)
class Hand:
    """A device with a replica of one document. `moment` is how much the disk has done so far."""

    replica: Replica
    moment: Callable[[], int] = lambda: 0
    code: CloseCode | None = None
    notes: list[Note] = field(default_factory=list)
    seen: dict[str, int] = field(default_factory=dict)  # others' stamp → moment at which it was sent to us
    accepted: dict[str, int] = field(default_factory=dict)  # own stamp → moment
    written: set[str] = field(default_factory=set)
    session: Session = field(init=False)
    _frames: list[tuple[int, bytes]] = field(default_factory=list)
    _room: Room | None = None

    @classmethod
    def new(cls, document: str, device: str, client_id: int, moment: Callable[[], int] = lambda: 0) -> "Hand":
        return cls(Replica(document, device=device, nonce=f"n{client_id}", client_id=client_id), moment)

    def push(self, frame: bytes) -> None:
        self._frames.append((self.moment(), frame))

    def shut(self, code: CloseCode) -> None:
        self.code, self._room = code, None

    @property
    def connected(self) -> bool:
        return self._room is not None and not self._room.closed

    async def connect(self, rooms: Rooms) -> None:
        device = self.replica.name.partition("-")[0]
        room = await rooms.enter(self.replica.document)
        if self.replica.epoch not in (0, room.epoch):
            self.replica.start_over(next(_CLIENT_IDS))
        self.session = Session(
            device=device,
            person="ana",
            role="floor",
            may_write=True,
            speaks_for=lambda person: person == "ana",
            felt=True,
        )
        self.code, self._room = None, room
        self._frames.clear()
        self._room.join(self, term=rooms.term(), now=rooms.now())
        self._send(*self.replica.connected())
        self.hear()

    def reload(self, client_id: int) -> None:
        """The page is loaded again: another nonce and client id, and what was kept on the device."""
        self.leave()
        device, saved = self.replica.name.partition("-")[0], self.replica.saved
        self.replica = type(self.replica)(
            self.replica.document, device=device, nonce=f"n{client_id}", client_id=client_id, saved=saved
        )

    @property
    def digest(self) -> str:
        """Of what it shows by now."""
        self.hear()
        return self.replica.facts.digest

    def leave(self) -> None:
        if self._room is not None:
            self._room.leave(self)
            self._room = None

    def write(self, changes: list[tuple[str, Json]], now: int) -> int:
        """Answers how many bytes that took."""
        frame = self.replica.write(changes, person="ana", now=now)
        self.written.update(self.replica.own_stamps())
        self._send(frame)
        return len(frame)

    async def writable(self) -> None:
        assert self._room is not None
        await self._room.writable()

    @property
    def may_send(self) -> bool:
        """Whether it would be read now."""
        return self._room is not None and not self._room.crowded

    def _send(self, *frames: bytes) -> None:
        for frame in frames:
            if self._room is not None and not self._room.closed:
                try:
                    self._room.receive(self, frame)
                except Foul as foul:
                    if foul.code is not CloseCode.OTHER_EPOCH:
                        raise
                    self.leave()  # it wrote in an epoch of which it never heard
                    self.replica.start_over(next(_CLIENT_IDS))

    def hear(self) -> None:
        """Takes what was sent to it."""
        while self._frames:
            frames, self._frames = self._frames, []
            for moment, frame in frames:
                before, unsent = set(self.replica.facts.edits), set(self.replica.own_stamps())
                heard = self.replica.receive(frame)
                self.notes += heard.notes
                for stamp in set(self.replica.facts.edits) - before - self.written:
                    self.seen.setdefault(stamp, moment)
                for stamp in unsent - set(self.replica.own_stamps()):
                    self.accepted.setdefault(stamp, moment)
                if heard.other_epoch:
                    self.leave()
                self._send(*heard.answers)

    @property
    def settled(self) -> bool:
        """All it wrote is decided."""
        self.hear()
        return self.replica.unsent == 0

    @property
    def troubles(self) -> list[str | None]:
        """What its beats said of the store, in order."""
        self.hear()
        return [note.content.get("store") for note in self.notes if note.kind is NoteKind.BEAT]
