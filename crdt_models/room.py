"""A room: a server's live replica of one document, and the sessions attached to it.

Frames come in (`receive`), wait in the inbox, are judged together (`gather`), logged by whoever owns the
rooms, and only then applied and sent on (`done`): what anybody has seen, a power cut can't take back
(DESIGN 3.4.3). The room answers from what is durable; `Known`, the gate's knowledge, runs ahead by the batch
in flight, so a batch that fails ends the room (`abandon`), and it is loaded again from the log.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Final, Literal

from . import epochs, wire
from .audience import Audience, Peer
from .counters import Counters
from .documents.catalogue import DocumentKind
from .documents.schema import SCHEMA
from .edits import Json
from .errors import CloseCode, Foul, RoomClosed, StoreTrouble
from .facts import Index
from .gate import ANSWER, LIVE
from .hand_in import read_hand_in
from .inbox import Frame, HandIn, Inbox, Item, Own, Rows, Waiter
from .judge import Batch, Judge, tell_refused
from .server_replica import ServerReplica, of_device
from .session import (
    NoteKind,
    Presence,
    PresenceQuery,
    Sync,
    SyncStep,
    accepted_note,
    beat_note,
    hello_note,
    read_message,
    sync_message,
)
from .take_back import Taking
from .turn import Turn, Writer
from .update_log import LogRow, StoredDocument

__all__ = ["Batch", "Counters", "Peer", "Room", "Waiter"]

QUIET_TICKS: Final = 2  # ticks without a frame for all: then a beat
LONG_QUIET_TICKS: Final = 60  # half a minute
_CLIENTS_MAX: Final = 100_000  # in a peer's state vector

_At = Literal["leaf", "core"]


class Room:
    """See the module. `wake` is called when there is something to gather; `full` says whether a document that
    does not exist yet may not come into being, whose first epoch is `first_epoch`; `client_id` gives one that
    was never used, for a new epoch; `trouble` says what ails the store, `schema` which is the newest that is
    taken. Raises StoreUnreadable.
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
        client_id: Callable[[], int],
        first_epoch: int = epochs.FIRST,
        hand_in_open: Callable[[], bool] = lambda: False,
        came: Callable[[str, int], None] = lambda device, edits: None,
        forget: Callable[[str], bool] = lambda name: False,
        schema: Callable[[], int] = lambda: SCHEMA,
    ) -> None:
        self.document = document
        self.kind = kind
        self.at: _At = at
        self.closed = False
        self.idle_ticks = 0
        self._wake = wake
        self._trouble = trouble
        self._schema = schema
        self._client_id = client_id
        self._hand_in_open = hand_in_open
        self._came = came  # while that is open: a device has answered, or brought so many edits nobody had
        self.replica = ServerReplica(
            document, kind, stored, at=at, writer=writer, first_epoch=first_epoch, forget=forget
        )
        self._audience = Audience()
        self._inbox = Inbox()
        self._judge = Judge(self.replica, self._audience, full, counters)
        self._in_flight: list[Waiter] = []  # those who wait for the turn that was gathered
        self._next_epoch = self._begun_epoch = 0  # wanted; on its way to the log; 0: none
        self._switching: list[Waiter] = []  # those who wait for it
        self._whole: bytes | None = None  # step 2 for a newcomer, kept until the next update
        self._quiet_ticks = 0
        self._settle(self.facts.names(), now)

    @property
    def epoch(self) -> int:
        return self.replica.epoch

    @property
    def facts(self) -> Index:
        """Of what is durable; another object in a new epoch."""
        return self.replica.facts

    @property
    def state_vector(self) -> bytes:
        """Of what is durable."""
        return self.replica.state_vector

    @property
    def waiting(self) -> int:
        return len(self._inbox) + (self._next_epoch > 0)

    @property
    def unused(self) -> bool:
        return not (self._audience or self.waiting)

    @property
    def founded(self) -> bool:
        """Whether the document exists (as far as the batch in flight is concerned)."""
        return self.replica.known.founded

    def join(self, peer: Peer, *, term: int, now: int) -> None:
        """A new connection: says hello, asks what it has, tells who is here."""
        self._audience.join(peer)
        if peer.session.felt:
            hello = partial(hello_note, epoch=self.epoch, term=term, now=now, servers=self.replica.servers())
            takes = self._hand_in_open() and peer.session.may_write  # a reader that hands in is shut out
            peer.push(hello(hand_in=takes, at=self.at, schema=self._schema()))
            if trouble := self._trouble():
                peer.push(beat_note(now, trouble))
        self._ask(peer)
        self._audience.introduce(peer)

    def leave(self, peer: Peer) -> None:
        self._audience.leave(peer)

    def pause(self, peer: Peer) -> None:
        """It can't keep up: sent nothing more until `resume`."""
        self._audience.pause(peer, self.replica.state_vector)

    def resume(self, peer: Peer) -> None:
        """It took all it was sent: one diff for all it missed."""
        vector = self._audience.resume(peer)
        if vector is not None:
            peer.push(sync_message(SyncStep.STEP_2, self.replica.update(vector)))
            self._tell_vectors(peer)
            self._audience.introduce(peer)

    @property
    def crowded(self) -> bool:
        return self._inbox.crowded

    @property
    def ample(self) -> bool:
        """A whole turn waits."""
        return self._inbox.ample

    async def writable(self) -> None:
        """Returns when the inbox has room again: what waits for the log is bounded by not reading writers."""
        await self._inbox.writable()

    def receive(self, peer: Peer, frame: bytes) -> None:
        """One frame of a connection. Raises Foul, RoomClosed."""
        if peer.session.fenced:
            return
        message = read_message(frame)
        if isinstance(message, Sync):
            if message.step is SyncStep.STEP_1:
                self._answer(peer, message.body)
            else:
                self._offered(peer, message.body, answer=message.step is SyncStep.STEP_2)
        elif isinstance(message, Presence):
            self._audience.hear(peer, message.body, self.replica.known.bound)
        elif isinstance(message, PresenceQuery):
            self._audience.introduce(peer)
        elif message.kind is NoteKind.HAND_IN:
            self._handed(peer, message.content, len(frame))
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

    def take(self, row: LogRow, *, whole: bool = False) -> Waiter:
        """A row of the other server; `whole`: its `whole()`. Raises RoomClosed."""
        waiter = Waiter()
        self._put(Rows(row, waiter, whole))
        return waiter

    def switch(self, epoch: int = 0) -> Waiter:
        """At the leaf: a new epoch, at least `epoch`; sessions are shut and come back. Raises RoomClosed."""
        if self.closed:
            raise RoomClosed(self.document)
        self._next_epoch = max(self.epoch + 1, self._begun_epoch + 1, self._next_epoch, epoch)
        self._switching.append(waiter := Waiter())
        self._wake(self)
        return waiter

    def _answer(self, peer: Peer, vector: bytes) -> None:
        asked = wire.read_state_vector(vector, clients_max=_CLIENTS_MAX)
        if not self.replica.known.former.isdisjoint(asked):
            raise Foul("a replica of an earlier epoch", CloseCode.OTHER_EPOCH)
        if self._audience.postpone(peer, vector):
            return
        if asked:
            peer.push(sync_message(SyncStep.STEP_2, self.replica.update(vector)))
        else:
            self._whole = self._whole or sync_message(SyncStep.STEP_2, self.replica.update())
            peer.push(self._whole)
        self._tell_vectors(peer)

    def _offered(self, peer: Peer, update: bytes, *, answer: bool) -> None:
        if answer:
            peer.session.asked = False
            if self._hand_in_open():
                self._came(peer.session.device, 0)
        if update in (b"", wire.EMPTY) or (answer and not peer.session.may_write):
            return
        if not peer.session.may_write:
            raise Foul("may only read", CloseCode.FORBIDDEN)
        self._put(Frame(peer, update, ANSWER if answer else LIVE))

    def _handed(self, peer: Peer, content: Mapping[str, object], size: int) -> None:
        if not self._hand_in_open():
            raise Foul("nothing is handed in now", CloseCode.NOT_READY)
        if not peer.session.may_write:
            raise Foul("may only read", CloseCode.FORBIDDEN)
        self._put(HandIn(peer, *read_hand_in(content, peer.session.device, size)))

    def _put(self, item: Item) -> None:
        if self.closed:
            raise RoomClosed(self.document)
        self.idle_ticks = 0
        self._inbox.put(item)
        self._wake(self)

    def _ask(self, peer: Peer) -> None:
        peer.session.asked = True
        peer.push(sync_message(SyncStep.STEP_1, self.replica.state_vector))

    def _tell_vectors(self, peer: Peer) -> None:
        """All that is decided of this device's replicas, and what was refused: that may not have come."""
        session = peer.session
        if session.felt:
            refused = self.replica.refused_of(session.device)
            own = of_device(self.replica.decided, session.device)
            peer.push(accepted_note(own, self.at, refused=refused))
            if self.at == "core":
                peer.push(accepted_note(of_device(self.replica.decided_by_leaf, session.device), "leaf"))

    async def gather(self, now: int) -> Batch | None:
        """Judges what waits, up to a bound. None: nothing to log (who has to know was told)."""
        if self._next_epoch:
            return self._begin_epoch(now)
        items = self._inbox.next_turn(self.epoch)
        self._in_flight = [item.waiter for item in items if isinstance(item, Own | Rows)]
        batch = await self._judge.batch(items, now)
        if self._inbox:
            self._wake(self)
        if batch.row is None:
            self._close_turn(batch)
            return None
        return batch

    def _begin_epoch(self, now: int) -> Batch:
        epoch = self._begun_epoch = self._next_epoch
        self._next_epoch = 0
        self._in_flight, self._switching = self._switching, []
        succession = self.replica.begin_epoch(epoch, self._client_id(), now)
        turn = Turn(self.document, epoch, now, self.replica.known, self.facts, None)
        if self._inbox:
            self._wake(self)
        return Batch(turn, succession.row, succession=succession)

    def done(self, batch: Batch) -> None:
        """The row is in the log: apply, send on, say what was accepted."""
        turn, row = batch.turn, batch.row
        assert row is not None
        if batch.succession is not None:
            self.replica.succeed(batch.succession, turn.now)
            self._whole = None
            self._audience.disperse(CloseCode.OTHER_EPOCH)
            self._close_turn(batch)
            return
        changed = self.replica.apply(turn, row)
        if row.update:
            self._whole = None
            sole = next(iter(batch.writers)) if len(batch.writers) == 1 and not batch.to_all else None
            self._audience.send(sync_message(SyncStep.UPDATE, row.update), but=sole)
            self._quiet_ticks = 0
        if batch.refused:
            # while its author still has it, who may have come back on another line
            tell_refused(
                [
                    (one, stamp, name, code)
                    for peer, stamp, name, code in batch.refused
                    for one in self._audience.of_device(peer)
                ],
                turn.now,
            )
            batch.refused.clear()
        self._audience.send_accepted(turn.vector, self.at)
        if turn.leaf_vector:
            self._audience.send_accepted(turn.leaf_vector, "leaf")
        self._close_turn(batch)
        self._settle(changed, turn.now)

    def _close_turn(self, batch: Batch) -> None:
        if batch.refused:
            tell_refused(batch.refused, batch.turn.now)
        for peer in batch.asking:
            if peer in self._audience:
                self._ask(peer)
        for peer, count, new in batch.handed:
            self._came(peer.session.device, new)
            device = peer.session.device
            own, refused = of_device(self.replica.decided, device), self.replica.refused_of(device)
            peer.push(
                accepted_note(own, self.at, taken=count, refused=refused)
            )  # it may have slept meanwhile
        if self._in_flight:
            self._settle_waiters(None)

    def _settle_waiters(self, failure: RoomClosed | None) -> None:
        waiters, self._in_flight = self._in_flight, []
        if failure is not None:
            waiters, self._switching = waiters + self._switching, []
        for waiter in waiters:
            waiter.settle(failure)

    def _settle(self, names: Iterable[str], now: int) -> None:
        if own := self.replica.own_facts(names, now):
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
        self.idle_ticks = self.idle_ticks + 1 if self.unused else 0
        if self._quiet_ticks % QUIET_TICKS == 0:
            self.beat(now)
        if self._quiet_ticks == 1 and self.replica.pruner:
            self._judge.prune_due = True
            self._wake(self)
        quiet_for = self._quiet_ticks - LONG_QUIET_TICKS
        due = self.at == "leaf" and self.replica.epoch_due(now, quiet=quiet_for >= 0, first=quiet_for == 0)
        if due and max(self._next_epoch, self._begun_epoch) <= self.epoch:
            self.switch()

    def beat(self, now: int) -> None:
        self._audience.send_note(beat_note(now, self._trouble()))

    def whole(self) -> LogRow | None:
        return self.replica.whole()
