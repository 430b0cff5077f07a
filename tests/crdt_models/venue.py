"""A venue in one process for tests: leaf and core rooms over a list for a log, tablets with real replicas.

No tasks and no time of its own: a test says who speaks with whom, and `settle` runs the rooms' turns.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from crdt_models.documents.catalogue import kind_of
from crdt_models.edits import Edit, Json, encode
from crdt_models.errors import CloseCode, Foul
from crdt_models.replica import Replica, Saved
from crdt_models.replication import outgoing, pack, unpack
from crdt_models.room import Counters, Room
from crdt_models.session import Note, Session
from crdt_models.stamps import Stamp
from crdt_models.turn import Writer
from crdt_models.update_log import LogRow, NumberedRow
from tests.crdt_models.memory_store import MemoryStore

__all__ = ["LooseReplica", "Server", "Tablet", "exchange"]


class LooseReplica(Replica):
    """Writes without looking: what the server must refuse."""

    def _text(self, stamp: Stamp, edit: Edit) -> str:
        return encode(edit)


class Server:
    """One room at leaf or core and its log."""

    def __init__(self, at: Literal["leaf", "core"], client_id: int, document: str = "floor") -> None:
        self.at: Literal["leaf", "core"] = at
        self.client_id = client_id
        self.document = document
        self.now = 0
        self.full = False  # no document more of this kind
        self.term = 1
        self.hand_in = True
        self.log: list[LogRow] = []
        self.pushed = 0  # rows of the other server that are here
        self.counters = Counters()
        self._open(None)

    def _open(self, stored: Any) -> None:
        kind = kind_of(self.document)
        assert kind is not None
        self.room = Room(
            self.document,
            kind,
            stored,
            at=self.at,
            writer=Writer(self.client_id, f"{self.at}-{self.client_id}"),
            now=self.now,
            wake=lambda room: None,
            full=lambda: self.full,
            trouble=lambda: None,
            counters=self.counters,
            client_id=self._next_client_id,
            hand_in_open=lambda: self.hand_in and self.term > 1,
        )

    def _next_client_id(self) -> int:
        self.client_id += 1_000
        return self.client_id

    async def settle(self) -> None:
        """Turns until nothing waits any more."""
        while True:
            self.now += 1
            batch = await self.room.gather(self.now)
            if batch is not None and batch.row is not None:
                self.log.append(batch.row)
                self.room.done(batch)
            elif not self.room.waiting:
                return

    async def prune(self) -> None:
        """As when nothing came in for a while."""
        self.room.tick(self.now)
        self.room.tick(self.now)
        await self.settle()

    async def switch(self) -> None:
        """Begins a new epoch."""
        self.room.switch()
        await self.settle()

    async def restart(self) -> None:
        """Loads the room from its log, under a new client id, as after kill -9."""
        self.room.abandon()
        self._next_client_id()
        self._open(await MemoryStore(list(self.log)).load(self.document))
        await self.settle()


@dataclass(eq=False)
class Tablet:
    """A peer with a replica. `loses` answers when the line is bad."""

    replica: Replica
    may_write: bool = True
    felt: bool = True
    people: frozenset[str] = frozenset({"ana"})
    notes: list[Note] = field(default_factory=list)
    frames: list[bytes] = field(default_factory=list)
    code: CloseCode | None = None
    deaf: bool = False  # hears nothing after the first step
    session: Session = field(init=False)
    _room: Room | None = None

    def __post_init__(self) -> None:
        self.session = self._session()

    def _session(self) -> Session:
        device = self.replica.name.partition("-")[0]
        return Session(device, "ana", self.may_write, self.people.__contains__, self.felt)

    def push(self, frame: bytes) -> None:
        self.frames.append(frame)

    def shut(self, code: CloseCode) -> None:
        self.code = code
        self._room = None

    def connect(self, server: Server, *, epoch_told: bool = True) -> None:
        self.code, self._room, self.session = None, server.room, self._session()
        self.frames.clear()
        if (
            epoch_told and self.felt and self.replica.epoch not in (0, server.room.epoch)
        ):  # the door sees it in the path
            self.shut(CloseCode.OTHER_EPOCH)
            return
        server.room.join(self, term=server.term, now=server.now)
        self.send(*self.replica.connected())

    def send(self, *frames: bytes) -> None:
        for frame in frames:
            if self._room is not None:
                try:
                    self._room.receive(self, frame)
                except Foul as foul:
                    self._room.leave(self)
                    self.shut(foul.code)

    def hear(self) -> None:
        """Takes what was pushed, and answers it."""
        while self.frames:
            frames, self.frames = self.frames, []
            for frame in frames:
                heard = self.replica.receive(frame)
                self.notes += heard.notes
                if heard.old_box:
                    self.leave()
                if heard.other_epoch:
                    self.leave()
                    self.shut(CloseCode.OTHER_EPOCH)
                self.send(*heard.answers)

    async def sync(self, server: Server, *, loses: bool = False) -> None:
        """Connects, exchanges all there is, and leaves; `loses`: what the server says at the end is lost."""
        self.connect(server)
        for _ in range(6):
            self.hear()
            await server.settle()
            if loses:
                self.frames.clear()
                break
            if not self.frames:
                break
        self.hear()
        self.leave()

    def leave(self) -> None:
        if self._room is not None:
            self._room.leave(self)
            self._room = None

    def write(self, changes: Sequence[tuple[str, Json]], now: int, person: str = "ana") -> None:
        self.send(self.replica.write(changes, person=person, now=now))

    @property
    def saved(self) -> Saved:
        return self.replica.saved


async def exchange(leaf: Server, core: Server, *, to_core: int = 10**9, to_leaf: int = 10**9) -> None:
    """Rows both ways, as many as go through before the line drops; both sides may get them twice."""
    for source, target, most in ((leaf, core, to_core), (core, leaf, to_leaf)):
        rows = [NumberedRow(n, row) for n, row in enumerate(source.log, 1)][target.pushed :][:most]
        for numbered in unpack(pack(outgoing(rows, target.at))):
            if numbered.row.update or numbered.row.vector:
                waiter = target.room.take(numbered.row)
                await target.settle()
                await waiter.wait()
                assert not waiter.hole
        target.pushed += len(rows)
