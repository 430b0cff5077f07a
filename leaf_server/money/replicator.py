"""The replicator: sends the core what it lacks of the ledger, after each commit and on every reconnect.

The ledger file itself is the buffer: after an outage of a second or a week the core says how far it is, and
the next batch starts there. A core that holds another entry under one of our numbers (a fork), more than we
have, or a newer term, stops the sending until a person has looked. Money is stopped too where it proves by a
signed head that this box was set back or rewritten, or says that another box opened a later term. Of a fork
the core gets our branch too, once: it keeps it beside its own, books nothing of it, and tells the house.

A box that needs a new term sends nothing: it fetches what the core holds behind its end.
"""

import logging
from functools import partial
from typing import Final, Literal

import anyio

from leaf_server.money.cage import Cage
from leaf_server.money.standing import Standing
from leaf_server.money.tail import fetch_tail, last_common
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
        self._shown = ""  # hash of the core's head beside which our branch was shown

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
        if self._cage.standing.now.name == "new_term":
            await self._bring_tail()
            return
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
        answer = await self._ask(request)
        after = await self._judge(answer)
        if isinstance(answer, Rejected) and answer.code == "fork":
            return await self._judge(await self._ask(head_request()))  # says whether our money has to stop
        return after

    async def _ask(self, request: bytes) -> Answer | Rejected:
        return read_answer(await self._request(request))

    async def _request(self, request: bytes) -> bytes:
        return await self._link.request(SUBJECT, request, timeout_s=TIMEOUT_S, try_s=TRY_S)

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
            await self._heed(step, answer)
            if step == "fork":
                await self._show_branch(answer)
            return answer.seq
        self.core_seq = answer.seq
        return answer.seq

    async def _heed(self, step: str, answer: Answer) -> None:
        """Whether money has to stop too."""
        standing, head = self._cage.standing, answer.head
        if step == "term" and standing.now.name == "open":
            why = f"Another box opened term {answer.term}; this one is of term {self._cage.term}."
            standing.fence(why, answer.term)
        elif head is not None:
            await self._cage.look(partial(_hear, standing, head))

    async def _show_branch(self, core: Answer) -> None:
        """What we hold from where the branches part; that both exist is no longer known here alone."""
        if self._shown == core.hash:
            return
        common = await last_common(self._cage, core.seq, self._request)
        await self._request(await self._cage.look(lambda journal: _batch(journal, common)))
        self._shown = core.hash

    async def _bring_tail(self) -> None:
        """All that the core holds behind our end; then waits for a person to open the term."""
        self.state = "sending"
        tail = await fetch_tail(self._cage, lambda request: self._request(request))
        self.state, self.core_seq = "stopped", tail.seq
        _LOG.warning("the core was asked for our tail: %d entries came back. %s", tail.restored, tail.trouble)
        with anyio.move_on_after(ASK_AGAIN_S):
            await self._cage.beyond(self._cage.seq)

    def _stop(self, why: str) -> None:
        self.state, self.trouble = "stopped", why
        _LOG.critical("the core does not take our ledger: %s", why)


def _hear(standing: Standing, head: Head, journal: Journal) -> None:
    """Why no money is taken on it is an answer to tills; we ask on."""
    standing.heard(journal, head)


def _step(journal: Journal, answer: Answer) -> str:
    """The trouble with the core's head, or empty."""
    rows = journal.stored_after(answer.seq - 1, 1) if answer.seq else []
    own = rows[0][2] if rows and rows[0][0] == answer.seq else None
    return next_step(journal.tip, answer, own).trouble


def _batch(journal: Journal, after: int) -> bytes:
    """The next entries, and the head signed at the last of them; of an earlier term, as its box signed it."""
    rows = journal.stored_after(after, BATCH_ENTRIES_MAX)
    rows = rows[: cut_batch([body for _, body, _ in rows])]
    head = _head(journal, rows[-1])
    if head.term != journal.tip.term:
        kept = journal.kept_head(rows[0][0], rows[-1][0])
        if kept is not None:
            rows, head = [row for row in rows if row[0] <= kept.seq], kept
    return append_request(journal.tip.term, rows[0][0], [body for _, body, _ in rows], head)


def _head(journal: Journal, row: tuple[int, bytes, bytes]) -> Head:
    seq, body, hash_ = row
    entry = read_entry(body)
    return journal.head(Tip(entry.venue, entry.term, seq, hash_, entry.at_ms))
