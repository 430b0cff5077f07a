"""The replicator: sends the core what it lacks of the ledger, after each commit and on every reconnect.

The ledger file itself is the buffer: after an outage of a second or a week the core says how far it is, and
the next batch starts there. Nothing here ever stops the leaf. A core that holds another entry under one of
our numbers (a fork), more than we have, or a newer term, stops the sending until a person has looked.
"""

import logging
from typing import Final, Literal

import anyio

from ledger.chain import Tip
from ledger.entry import read_entry
from ledger.errors import RequestMalformed
from ledger.heads import Head
from ledger.journal import Journal
from ledger.replication import (
    BATCH_ENTRIES_MAX,
    Answer,
    Rejected,
    append_request,
    cut_batch,
    head_request,
    next_step,
    read_answer,
)
from serving.nats_link import LinkError, NatsLink
from serving.problems import Problem

from .cage import Cage

__all__ = ["Replicator", "ReplicatorState"]

SUBJECT: Final = "ledger"
TIMEOUT_S: Final = 3.0
TRY_S: Final = 1.0
AGAIN_S: Final = 0.5
NOT_READY_S: Final = 2.0
ASK_AGAIN_S: Final = 15.0
"""After trouble, or when all is quiet: how often the core is asked how far it is."""
_LOG = logging.getLogger("felt.replicator")

ReplicatorState = Literal["connecting", "sending", "in step", "offline", "stopped"]


class Replicator:
    """Follows the cage to the core; `run` in the server's task group."""

    def __init__(self, cage: Cage, link: NatsLink) -> None:
        self._cage = cage
        self._link = link
        self.core_seq = 0  # durable at the core
        self.state: ReplicatorState = "connecting"
        self.trouble = ""  # why it stopped, in words

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                await self._follow()
            except LinkError as error:
                self.state = "offline"
                _LOG.info("the core can't be reached: %s", error)
                await anyio.sleep(AGAIN_S)
            except RequestMalformed as error:
                _LOG.error("the core answered what is no answer: %s", error)
                await anyio.sleep(AGAIN_S)
            except Problem as error:
                _LOG.info("the ledger can't be read now: %s", error)
                await anyio.sleep(NOT_READY_S)

    async def _follow(self) -> None:
        """Asks how far the core is, then sends on from there until something is odd."""
        after = await self._judge(await self._ask(head_request()))
        while not self.trouble:
            if after >= self._cage.seq:
                self.state = "in step"
                with anyio.move_on_after(ASK_AGAIN_S):
                    await self._cage.beyond(after)
                if after >= self._cage.seq:
                    return  # quiet: look again whether the core still has it all
            self.state = "sending"
            after = await self._send(after)
        await anyio.sleep(ASK_AGAIN_S)
        self.trouble = ""

    async def _send(self, after: int) -> int:
        """One batch behind `after`; answers how far the core is then."""
        request = await self._cage.look(lambda journal: _batch(journal, after))
        return await self._judge(await self._ask(request))

    async def _ask(self, request: bytes) -> Answer | Rejected:
        return read_answer(await self._link.request(SUBJECT, request, timeout_s=TIMEOUT_S, try_s=TRY_S))

    async def _judge(self, answer: Answer | Rejected) -> int:
        """Where to go on; sets `trouble` where a person must look."""
        if isinstance(answer, Rejected):
            seq = answer.details.get("seq")
            if answer.code == "gap" and isinstance(seq, int) and seq < self._cage.seq:
                return seq
            self._stop(f"{answer.code}: {answer.message}")
            return self.core_seq
        step, tip = await self._cage.look(lambda journal: (_step(journal, answer), journal.tip))
        if step:
            self._stop(f"{step}: the core is at entry {answer.seq} of term {answer.term}, we at {tip.seq}")
            return answer.seq
        self.core_seq = answer.seq
        return answer.seq

    def _stop(self, why: str) -> None:
        self.state, self.trouble = "stopped", why
        _LOG.critical("the core does not take our ledger: %s", why)


def _step(journal: Journal, answer: Answer) -> str:
    """The trouble with the core's head, or empty."""
    rows = journal.stored_after(answer.seq - 1, 1) if answer.seq else []
    own = rows[0][2] if rows and rows[0][0] == answer.seq else None
    return next_step(journal.tip, answer, own).trouble


def _batch(journal: Journal, after: int) -> bytes:
    """The next entries, and the head signed at the last of them."""
    rows = journal.stored_after(after, BATCH_ENTRIES_MAX)
    rows = rows[: cut_batch([body for _, body, _ in rows])]
    return append_request(
        journal.tip.term, rows[0][0], [body for _, body, _ in rows], _head(journal, rows[-1])
    )


def _head(journal: Journal, row: tuple[int, bytes, bytes]) -> Head:
    seq, body, hash_ = row
    entry = read_entry(body)
    return journal.head(Tip(entry.venue, entry.term, seq, hash_, entry.at_ms))
