"""Judging: what waits for a room becomes one batch for the log. Nothing of it is shown here.

Frames of peers go through the gate, rows of the other server and hand-ins by their own ways (`exchange`), the
server's own edits past it. The gate's knowledge moves at once, ahead of the log by this batch.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final, Literal

import anyio.to_thread

from .audience import Audience, Peer
from .counters import Counters
from .errors import CloseCode, EditInvalid, Foul
from .exchange import take_hand_in, take_rows
from .gate import ANSWER, RELAY, Check, Limits, gate
from .inbox import Frame, HandIn, Item, Own, Rows
from .known import Verdict
from .server_replica import ServerReplica
from .session import refused_note
from .succession import Succession
from .turn import Turn
from .update_log import LogRow

__all__ = ["Batch", "Judge", "tell_refused"]

DOCUMENT_BYTES_CUT: Final = 12 * 1024 * 1024  # beyond it even their tombstones are too many
HEAVY_BYTES: Final = 128 * 1024  # a frame judged on a worker thread
PRUNE_AT: Final = 64

_log = logging.getLogger(__name__)
Origin = Literal["device", "core", "leaf"]
Refusal = tuple[Peer, str, str, str]
"""Peer, stamp, name, code."""


@dataclass(slots=True)
class Batch:
    """What a turn of one room brought, between judging and showing."""

    turn: Turn
    row: LogRow | None = None
    writers: set[Peer] = field(default_factory=set)
    to_all: bool = False  # nobody has all of it
    founding: bool = False  # the document comes into being
    refused: list[Refusal] = field(default_factory=list)
    asking: set[Peer] = field(default_factory=set)
    handed: list[tuple[Peer, int, int]] = field(default_factory=list)  # whose hand-ins: edits, new ones
    succession: Succession | None = None  # the row begins a new epoch


class Judge:
    """Of one room. `full` says whether a document that does not exist yet may not come into being."""

    def __init__(
        self, replica: ServerReplica, audience: Audience, full: Callable[[], bool], counters: Counters
    ) -> None:
        self._replica = replica
        self._audience = audience
        self._full = full
        self._counters = counters
        self.prune_due = False  # at the next turn, however little there is

    async def batch(self, items: Sequence[Item], now: int) -> Batch:
        """Judges items of one origin, in order. `row` is None where there is nothing to log."""
        replica = self._replica
        unfounded = not replica.known.founded
        by_rows = bool(items) and isinstance(items[0], Rows)
        origin: Origin = "device" if not by_rows else "core" if replica.at == "leaf" else "leaf"
        turn = Turn(
            replica.document, replica.epoch, now, replica.known, replica.facts, replica.pruner, origin
        )
        batch = Batch(turn)
        for item in items:
            if isinstance(item, Frame):
                await self._judge_frame(item, batch)
            elif isinstance(item, Rows):
                await self._judge_rows(item, batch)
            elif isinstance(item, Own):
                self._write_own(item, batch)
            else:
                self._judge_hand_in(item, batch)
        batch.founding = unfounded and replica.known.founded
        if origin == "leaf" or batch.founding:
            batch.asking.update(self._audience.unstick())
        self._prune(batch)
        batch.row = batch.succession.row if batch.succession else turn.row(turn.update)
        return batch

    def _prune(self, batch: Batch) -> None:
        pruner = self._replica.pruner
        if pruner is not None and (self.prune_due or pruner.urgent or len(pruner) >= PRUNE_AT):
            self.prune_due = False
            batch.to_all |= batch.turn.prune()

    async def _judge_frame(self, frame: Frame, batch: Batch) -> None:
        peer, session = frame.peer, frame.peer.session
        if session.fenced:
            return
        try:
            if self._replica.bytes > DOCUMENT_BYTES_CUT:
                raise Foul("no room even for tombstones", CloseCode.TOO_LARGE)
            verdict = await self._gate(
                frame.update, session.device, batch.turn.now, self._check(session.speaks_for), frame.limits
            )
            answer = frame.limits is ANSWER
            if verdict.resync and session.hole(progress=bool(verdict.update), answer=answer):
                batch.asking.add(peer)
            elif session.stuck and self._replica.at == "leaf" and self._replica.known.founded:
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
        if self._replica.at == "core" and refused:
            # The core never makes tombstones: it could delete what the leaf accepted.
            tell_refused(refused, batch.turn.now)
            self._fence(peer, CloseCode.FENCED)
            return False
        batch.refused += refused
        return True

    async def _judge_rows(self, rows: Rows, batch: Batch) -> None:
        batch.to_all = True
        (check, check_leaf), now = self._checks, batch.turn.now
        try:
            batch.succession = await take_rows(
                rows, batch.turn, self._replica, check=check, check_leaf=check_leaf,
                relay=lambda update: self._gate(update, None, now, check, RELAY),
            )  # fmt: skip
        except Foul as foul:
            rows.waiter.settle(foul)

    def _judge_hand_in(self, handed: HandIn, batch: Batch) -> None:
        if not handed.peer.session.fenced:
            batch.to_all = True
            check, check_leaf = self._checks
            before = len(batch.turn.added)
            take_hand_in(handed, batch.turn, self._replica, check=check, check_leaf=check_leaf)
            new = max(0, len(batch.turn.added) - before)
            batch.handed.append((handed.peer, len(handed.edits), new))

    def _write_own(self, own: Own, batch: Batch) -> None:
        batch.to_all = True
        changes = list(own.changes)
        if not self._replica.known.founded and all(name != "setup" for name, _ in changes):
            changes.insert(0, ("setup", {"kind": self._replica.kind.name}))
        ms = max(batch.turn.now, self._replica.greatest_ms + 1)
        try:
            writer, via = self._replica.writer, self._replica.at
            batch.turn.write(changes, writer, person=own.person, ms=ms, via=via, undoing=own.undoing)
        except EditInvalid as error:
            _log.exception("%s: own edits not written", self._replica.document)
            own.waiter.settle(error)
            return
        self._replica.greatest_ms = ms

    async def _gate(
        self, update: bytes, device: str | None, now: int, judge: Check, limits: Limits
    ) -> Verdict:
        known, claimed = self._replica.known, self._audience.claimed
        if len(update) <= HEAVY_BYTES:
            return gate(update, known, device=device, now=now, check=judge, limits=limits, claimed=claimed)
        work = partial(
            gate, update, known, device=device, now=now, check=judge, limits=limits, claimed=claimed
        )
        return await anyio.to_thread.run_sync(work)

    @property
    def _checks(self) -> tuple[Check, Check]:
        """Of what its server or its device has looked at; the second of what the leaf wrote."""
        return self._check(None), self._replica.check(None, full=self._full, by_leaf=True)

    def _check(self, speaks_for: Callable[[str], bool] | None) -> Check:
        return self._replica.check(speaks_for, full=self._full)

    def _fence(self, peer: Peer, code: CloseCode) -> None:
        self._counters.fenced += 1
        peer.session.fenced = True
        self._audience.leave(peer)
        peer.shut(code)


def tell_refused(refused: Iterable[Refusal], now: int) -> None:
    """To their authors, as far as they understand notes."""
    for peer, stamp, name, code in refused:
        if peer.session.felt:
            peer.push(refused_note(stamp=stamp, name=name, code=code, now=now))
