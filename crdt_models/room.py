"""A room: a server's live replica of one document, and the sessions attached to it.

Frames come in (`receive`), wait in the inbox, are judged together (`gather`), logged by whoever owns the
rooms, and only then applied and sent on (`done`): what anybody has seen, a power cut can't take back
(DESIGN 3.4.3). The room answers from what is durable; `Known`, the gate's knowledge, runs ahead by the batch
in flight, so a batch that fails ends the room (`abandon`), and it is loaded again from the log.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final, Literal

import anyio.to_thread

from . import epochs, wire
from .arrivals import arrivals
from .audience import Audience, Peer
from .conflicts import conflicts
from .counters import Counters
from .documents.catalogue import DocumentKind
from .edits import BLANK, Json
from .errors import CloseCode, EditInvalid, Foul, RoomClosed, StoreTrouble
from .gate import ANSWER, LIVE, RELAY, Check, Limits, Verdict, gate
from .inbox import Frame, Inbox, Item, Own, Rows, Waiter
from .pruning import Pruner
from .replay import replay
from .session import (
    Presence,
    PresenceQuery,
    Sync,
    SyncStep,
    accepted_note,
    beat_note,
    hello_note,
    read_message,
    refused_note,
    sync_message,
)
from .stamps import order
from .take_back import Taking
from .turn import Turn, Writer
from .update_log import LogRow, StoredDocument

__all__ = ["Batch", "Counters", "Peer", "Room", "Waiter"]

DOCUMENT_BYTES_MAX: Final = 8 * 1024 * 1024  # beyond it edits are refused
DOCUMENT_BYTES_CUT: Final = 12 * 1024 * 1024  # beyond it even their tombstones are too many
HEAVY_BYTES: Final = 128 * 1024  # a frame judged on a worker thread
PRUNE_AT: Final = 64
QUIET_TICKS: Final = 2  # ticks without a frame for all: then a beat
SNAPSHOT_ROWS: Final = 1_000
SNAPSHOT_BYTES: Final = 1024 * 1024
_CLIENTS_MAX: Final = 100_000  # in a peer's state vector

_log = logging.getLogger(__name__)
_At = Literal["leaf", "core"]


@dataclass(slots=True)
class Batch:
    """What a turn of one room brought, between judging and showing."""

    room: "Room"
    turn: Turn
    row: LogRow | None = None
    writers: set[Peer] = field(default_factory=set)
    to_all: bool = False  # nobody has all of it
    refused: list[tuple[Peer, str, str, str]] = field(default_factory=list)  # peer, stamp, name, code
    asking: set[Peer] = field(default_factory=set)


class Room:
    """See the module. `wake` is called when there is something to gather; `full` says whether a document that
    does not exist yet may not come into being, `trouble` what ails the store. Raises StoreUnreadable.
    """

    def __init__(
        self,
        document: str,
        kind: DocumentKind,
        stored: StoredDocument | None,
        *,
        at: _At,
        writer: Writer,
        now: int,
        wake: Callable[["Room"], None],
        full: Callable[[], bool],
        trouble: Callable[[], StoreTrouble | None],
        counters: Counters,
    ) -> None:
        self.document = document
        self.kind = kind
        self.at: _At = at
        self.epoch = epochs.FIRST if stored is None else stored.epoch
        self.closed = False
        self.idle_ticks = 0
        self._writer = writer
        self._wake = wake
        self._full = full
        self._trouble = trouble
        self._counters = counters
        replayed = replay(kind, stored, writer.client_id)
        self.facts = replayed.facts
        self._doc, self._known = replayed.doc, replayed.known
        self._greatest_ms = replayed.greatest_ms
        self._decided = dict(self._known.vector)  # what is durable of it
        self._decided_by_leaf = {} if stored is None else dict(stored.leaf_vector)  # at the core
        self._known.bound.setdefault(writer.client_id, "")  # nobody else can take it
        self._pruner = Pruner(self._known) if at == "leaf" else None
        self._audience = Audience()
        self._inbox = Inbox()
        self._in_flight: list[Waiter] = []  # those who wait for the turn that was gathered
        self._whole: bytes | None = None  # step 2 for a newcomer, kept until the next update
        self._quiet_ticks = 0
        self._prune_due = False
        self._bytes = self._logged_rows = self._logged_bytes = 0
        if stored is not None:
            self._logged_rows, self._logged_bytes = len(stored.updates), sum(map(len, stored.updates))
            self._bytes = len(stored.snapshot) + self._logged_bytes
        self._settle(self.facts.names(), now)

    @property
    def state_vector(self) -> bytes:
        """Of what is durable."""
        return self._doc.get_state()

    @property
    def waiting(self) -> int:
        return len(self._inbox)

    @property
    def founded(self) -> bool:
        """Whether the document exists (as far as the batch in flight is concerned)."""
        return self._known.founded

    def join(self, peer: Peer, *, term: int, now: int) -> None:
        """A new connection: says hello, asks what it has, tells who is here."""
        self.idle_ticks = 0
        self._audience.join(peer)
        if peer.session.felt:
            servers = sorted(client for client, device in self._known.bound.items() if device == "")
            peer.push(hello_note(epoch=self.epoch, term=term, now=now, servers=servers))
            if trouble := self._trouble():
                peer.push(beat_note(now, trouble))
        self._ask(peer)
        self._audience.introduce(peer)

    def leave(self, peer: Peer) -> None:
        """It is gone; what it sent before is still judged."""
        self._audience.leave(peer)

    def pause(self, peer: Peer) -> None:
        """It can't keep up: sent nothing more until `resume`."""
        self._audience.pause(peer, self._doc.get_state())

    def resume(self, peer: Peer) -> None:
        """It took all it was sent: one diff for all it missed."""
        vector = self._audience.resume(peer)
        if vector is not None:
            peer.push(sync_message(SyncStep.STEP_2, self._doc.get_update(vector)))
            self._tell_vectors(peer)

    @property
    def crowded(self) -> bool:
        return self._inbox.crowded

    async def writable(self) -> None:
        """Returns when the inbox has room again: what waits for the log is bounded by not reading writers."""
        await self._inbox.writable()

    def receive(self, peer: Peer, frame: bytes) -> None:
        """One frame of a connection. Raises Foul, RoomClosed."""
        message = read_message(frame)
        if isinstance(message, Sync):
            if message.step is SyncStep.STEP_1:
                self._answer(peer, message.body)
            else:
                self._offered(peer, message.body, answer=message.step is SyncStep.STEP_2)
        elif isinstance(message, Presence):
            self._audience.hear(peer, message.body, self._known.bound)
        elif isinstance(message, PresenceQuery):
            self._audience.introduce(peer)
        else:
            raise Foul("only servers send notes")

    def write(
        self, changes: Sequence[tuple[str, Json]], person: str, undoing: Taking | None = None
    ) -> Waiter:
        """The server's own edits, one act; a new document gets its `setup` if that needs no more than a name.

        Raises RoomClosed.
        """
        own = Own(tuple(changes), person, undoing=undoing)
        self._put(own)
        return own.waiter

    def take(self, row: LogRow) -> Waiter:
        """A row of the other server. Raises RoomClosed."""
        waiter = Waiter()
        self._put(Rows(row, waiter))
        return waiter

    def _answer(self, peer: Peer, vector: bytes) -> None:
        asked = wire.read_state_vector(vector, clients_max=_CLIENTS_MAX)
        if self._audience.postpone(peer, vector):
            return
        if asked:
            peer.push(sync_message(SyncStep.STEP_2, self._doc.get_update(vector)))
        else:
            self._whole = self._whole or sync_message(SyncStep.STEP_2, self._doc.get_update())
            peer.push(self._whole)
        self._tell_vectors(peer)

    def _offered(self, peer: Peer, update: bytes, *, answer: bool) -> None:
        if answer:
            peer.session.asked = False
        if update in (b"", wire.EMPTY) or (answer and not peer.session.may_write):
            return
        if not peer.session.may_write:
            raise Foul("may only read", CloseCode.FORBIDDEN)
        self._put(Frame(peer, update, ANSWER if answer else LIVE))

    def _put(self, item: Item) -> None:
        if self.closed:
            raise RoomClosed(self.document)
        self.idle_ticks = 0
        self._inbox.put(item)
        self._wake(self)

    def _ask(self, peer: Peer) -> None:
        peer.session.asked = True
        peer.push(sync_message(SyncStep.STEP_1, self._doc.get_state()))

    def _tell_vectors(self, peer: Peer) -> None:
        """All that is decided of this device's replicas."""
        session = peer.session
        if session.felt:
            peer.push(accepted_note(_of_device(self._decided, session.device), self.at))
            if self.at == "core":
                peer.push(accepted_note(_of_device(self._decided_by_leaf, session.device), "leaf"))

    async def gather(self, now: int) -> Batch | None:
        """Judges what waits, up to a bound. None: nothing to log (who has to know was told)."""
        items = self._inbox.next_turn()
        self._in_flight = [item.waiter for item in items if not isinstance(item, Frame)]
        origin: Literal["device", "core", "leaf"] = "device"
        if items and isinstance(items[0], Rows):
            origin = "core" if self.at == "leaf" else "leaf"
        turn = Turn(self.document, self.epoch, now, self._known, self.facts, self._pruner, origin)
        batch, unfounded = Batch(self, turn), not self._known.founded
        for item in items:
            if isinstance(item, Frame):
                await self._judge_frame(item, batch)
            elif isinstance(item, Rows):
                await self._judge_rows(item, batch)
            else:
                self._write_own(item, batch)
        if origin == "leaf" or (unfounded and self._known.founded):
            batch.asking.update(self._audience.unstick())
        if self._pruner is not None and (
            self._prune_due or self._pruner.urgent or len(self._pruner) >= PRUNE_AT
        ):
            self._prune_due = False
            batch.to_all |= turn.prune()
        batch.row = turn.row(turn.update)
        if self._inbox:
            self._wake(self)
        if batch.row is None:
            self._close_turn(batch)
            return None
        return batch

    async def _judge_frame(self, frame: Frame, batch: Batch) -> None:
        peer, session = frame.peer, frame.peer.session
        if session.fenced:
            return
        try:
            if self._bytes > DOCUMENT_BYTES_CUT:
                raise Foul("no room even for tombstones", CloseCode.TOO_LARGE)
            verdict = await self._gate(
                frame.update, session.device, batch.turn.now, self._check(session.speaks_for), frame.limits
            )
            answer = frame.limits is ANSWER
            if verdict.resync and session.hole(progress=bool(verdict.update), answer=answer):
                batch.asking.add(peer)
            elif session.stuck and self.at == "leaf" and self._known.founded:
                raise Foul("answers never bring what is missing", CloseCode.FENCED)
        except Foul as foul:
            self._fence(peer, foul.code)
            return
        if verdict.refused and not self._refuse(peer, verdict, batch):
            return
        self._counters.accepted += len(verdict.accepted)
        batch.writers.add(peer)
        batch.to_all |= verdict.changed
        batch.turn.admit(
            verdict, via="device", claimed=lambda _stamp, edit: edit.person not in ("", session.person)
        )

    def _refuse(self, peer: Peer, verdict: Verdict, batch: Batch) -> bool:
        """Whether the rest of the frame stands."""
        refused = [(peer, stamp, r.name, r.code) for stamp, r in verdict.refused.items() if r.code != "blank"]
        self._counters.refused += len(refused)
        if self.at == "core" and refused:
            # The core never makes tombstones: it could delete what the leaf accepted.
            self._tell_refused(refused, batch.turn.now)
            self._fence(peer, CloseCode.FENCED)
            return False
        batch.refused += refused
        return True

    async def _judge_rows(self, rows: Rows, batch: Batch) -> None:
        """At the core as they are, at the leaf through the gate: the core is not believed."""
        row, waiter = rows.row, rows.waiter
        batch.to_all = True
        if row.epoch != self.epoch or (self.at == "leaf" and not self.kind.core):
            waiter.hole = True
            return
        try:
            if self.at == "core":
                waiter.hole = not batch.turn.take(row)
                return
            verdict = await self._gate(row.update, None, batch.turn.now, self._check(None), RELAY)
        except Foul as foul:
            waiter.settle(foul)
            return
        waiter.hole = verdict.resync
        told = {change.stamp: change.claimed for change in row.history}
        batch.turn.admit(verdict, via="core", claimed=lambda stamp, _edit: told.get(stamp, True))

    def _write_own(self, own: Own, batch: Batch) -> None:
        batch.to_all = True
        changes = list(own.changes)
        if not self._known.founded and all(name != "setup" for name, _ in changes):
            changes.insert(0, ("setup", {"kind": self.kind.name}))
        ms = max(batch.turn.now, self._greatest_ms + 1)
        try:
            batch.turn.write(
                changes, self._writer, person=own.person, ms=ms, via=self.at, undoing=own.undoing
            )
        except EditInvalid as error:
            _log.exception("%s: own edits not written", self.document)
            own.waiter.settle(error)
            return
        self._greatest_ms = ms

    async def _gate(
        self, update: bytes, device: str | None, now: int, judge: Check, limits: Limits
    ) -> Verdict:
        work = partial(
            gate, update, self._known, device=device, now=now, check=judge, limits=limits,
            claimed=self._audience.claimed,
        )  # fmt: skip
        return await anyio.to_thread.run_sync(work) if len(update) > HEAVY_BYTES else work()

    def _check(self, speaks_for: Callable[[str], bool] | None) -> Check:
        """The model, and the rights of one sender; None: the other server has looked at them."""
        full = self._bytes > DOCUMENT_BYTES_MAX or (not self._known.founded and self._full())
        blank = "blank" if self.at == "leaf" else None

        def judge(name: str, value: object, person: str) -> str | None:
            if name == BLANK:
                return blank if value is None else "model"
            code = self.kind.check(name, value)
            if code is not None:
                return code
            if speaks_for is not None and not speaks_for(person):
                return "person"
            return "full" if full else None

        return judge

    def _fence(self, peer: Peer, code: CloseCode) -> None:
        self._counters.fenced += 1
        peer.session.fenced = True
        self.leave(peer)
        peer.shut(code)

    def done(self, batch: Batch) -> None:
        """The row is in the log: apply, send on, say what was accepted."""
        turn, row = batch.turn, batch.row
        assert row is not None
        changed: set[str] = set()
        if row.update:
            self._doc.apply_update(row.update)
            self._whole = None
            changed = self._show(turn)
            sole = next(iter(batch.writers)) if len(batch.writers) == 1 and not batch.to_all else None
            self._audience.send(sync_message(SyncStep.UPDATE, row.update), but=sole)
            self._quiet_ticks = 0
        self._bytes += len(row.update)
        self._logged_rows += 1
        self._logged_bytes += len(row.update)
        self._decided.update(turn.vector)
        self._decided_by_leaf.update(turn.leaf_vector)
        self._audience.send_accepted(turn.vector, self.at)
        self._audience.send_accepted(turn.leaf_vector, "leaf")
        self._close_turn(batch)
        self._settle(changed, turn.now)

    def _show(self, turn: Turn) -> set[str]:
        """Brings the facts up to date; answers the names that changed."""
        changed: set[str] = set()
        for stamp in turn.removed:
            edit = self.facts.edits.get(stamp)
            if edit is not None:
                changed.add(edit.name)
                self.facts.remove(stamp)
        for stamp, edit in turn.added.items():
            changed.add(edit.name)
            self.facts.add(stamp, edit)
            self._greatest_ms = max(self._greatest_ms, order(stamp).ms)
        return changed

    def _tell_refused(self, refused: Iterable[tuple[Peer, str, str, str]], now: int) -> None:
        for peer, stamp, name, code in refused:
            if peer.session.felt:
                peer.push(refused_note(stamp=stamp, name=name, code=code, now=now))

    def _close_turn(self, batch: Batch) -> None:
        self._tell_refused(batch.refused, batch.turn.now)
        for peer in batch.asking:
            if peer in self._audience:
                self._ask(peer)
        self._settle_waiters(None)

    def _settle_waiters(self, failure: RoomClosed | None) -> None:
        waiters, self._in_flight = self._in_flight, []
        for waiter in waiters:
            waiter.settle(failure)

    def _settle(self, names: Iterable[str], now: int) -> None:
        """What the leaf itself writes after facts changed."""
        if self.at != "leaf" or not self._known.founded:
            return
        concerned, own = list(names), list[tuple[str, Json]]()
        if self.kind.fact("conflict/x") is not None:
            own += conflicts(self.facts, concerned, now)
        if self.document == "floor":
            own += arrivals(self.facts, concerned, now)
        if own:
            self.write(own, "")

    def abandon(self) -> None:
        """The batch was lost: everybody out; who comes next has the room loaded again from the log."""
        self.closed = True
        self._audience.disperse(CloseCode.NOT_READY)
        self._settle_waiters(RoomClosed(self.document))
        self._inbox.abandon(RoomClosed(self.document))

    def tick(self, now: int) -> None:
        """Twice a second: a beat where nothing was sent, pruning where nothing comes in."""
        self._quiet_ticks += 1
        self.idle_ticks = 0 if self._audience or self._inbox else self.idle_ticks + 1
        if self._quiet_ticks % QUIET_TICKS == 0:
            self.beat(now)
        if self._quiet_ticks == 1 and self._pruner:
            self._prune_due = True
            self._wake(self)

    def beat(self, now: int) -> None:
        self._audience.send_note(beat_note(now, self._trouble()))

    @property
    def snapshot_due(self) -> bool:
        return self._logged_rows >= SNAPSHOT_ROWS or self._logged_bytes >= SNAPSHOT_BYTES

    def snapshot(self) -> bytes:
        """The state for the store; everything appended is in it. To be taken between two batches."""
        self._logged_rows = self._logged_bytes = 0
        state = self._doc.get_update()
        self._bytes = len(state)
        return state

    def whole(self) -> LogRow | None:
        """The document as one row, for the other server; None: it does not exist."""
        known = self._known
        if not known.clocks:
            return None
        return LogRow(
            document=self.document,
            epoch=self.epoch,
            update=self._doc.get_update(),
            vector=dict(self._decided),
            bound=dict(known.bound),
            refused={stamp: list(named) for stamp, named in known.refused.items()},
            origin="leaf" if self.at == "leaf" else "device",
        )


def _of_device(vector: Mapping[str, int], device: str) -> dict[str, int]:
    prefix = device + "-"
    return {replica: counter for replica, counter in vector.items() if replica.startswith(prefix)}
