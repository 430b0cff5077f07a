"""The cage's door to the ledger: who may ask, in which order commands go in, what comes back.

Everything that touches the journal, reading too, waits in one bounded line and is done in turns on one
worker thread: a turn takes all that waits (at most a batch) and commits it together, so the more come at
once the cheaper each is. What is no outcome is raised as a `Problem` and stored nowhere.
"""

import gc
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final, TypeVar, cast

import anyio
from anyio import TASK_STATUS_IGNORED, CapacityLimiter, from_thread, to_thread
from anyio.abc import TaskStatus

from leaf_server.money.approvals import Approvals
from leaf_server.money.standing import FILE, Standing
from ledger.chain import Link
from ledger.commands import Asked, Read, Second, is_key, read_command, roles_of
from ledger.errors import (
    CommandInvalid,
    DiskFull,
    KeyReused,
    LedgerError,
    LedgerLocked,
    LedgerStopped,
    LedgerUnreadable,
)
from ledger.gaming_days import GamingDays
from ledger.heads import Head, Signer
from ledger.journal import BATCH_MAX, CHECKPOINT_SEQ_MIN, Journal, Outcome, Posted
from serving.cores import shared_out
from serving.problems import Problem
from serving.tokens import SignIn

__all__ = ["WAITING_MAX", "Cage"]

WAITING_MAX: Final = 1_024
"""Commands and looks in the line; above, `too_many`."""

_QUIET_S: Final = 2.0
_OPEN_AGAIN_S: Final = 1.0
_LOG = logging.getLogger("felt.cage")
_T = TypeVar("_T")
_through_cores: Final = partial(shared_out, nice=5)  # documents go on meanwhile
CheckSecond = Callable[[str, str], Awaitable[str | None]]


@dataclass(eq=False, slots=True)
class _Turn:
    """One place in the line: what to do, then what came of it."""

    work: Asked | Callable[[Journal], object]
    head: Head | None = None  # the last one that the till has seen
    done: anyio.Event = field(default_factory=anyio.Event)
    result: object = None


class Cage:
    """`now_ms` is Unix milliseconds; `check_second` answers the role of who gave that PIN, None if wrong."""

    def __init__(
        self, *, path: Path, venue: str, currency: str, signer: Signer, now_ms: Callable[[], int],
        check_second: CheckSecond, venue_key: str = "",
    ) -> None:  # fmt: skip
        self.venue = venue
        self.currency = currency
        self.key_id = signer.key_id
        self.standing = Standing(path.with_name(FILE))
        self._path = path
        self._venue_key = venue_key
        self._signer = signer
        self._clock = now_ms
        self._check_second = check_second
        self.approvals = Approvals(now_ms)
        self._line: deque[_Turn] = deque()  # at most WAITING_MAX, see `_wait_for`
        self._came = anyio.Event()
        self._moved = anyio.Event()
        self._thread = CapacityLimiter(1)
        self._journal: Journal | None = None
        self._why_not: str = ""
        self._full = False  # the last commit found no room
        self.checked_percent: int | None = 0
        """How much of the books was checked since the start; None: they are open, or won't be."""
        self._counts = {"posted": 0, "refused": 0, "commits": 0, "too_many": 0}
        self.term = 1
        self.seq = 0  # durable
        self.replayed_from, self.checkpoint = 0, ""  # as the journal's, at the start

    async def run(self, *, task_status: TaskStatus[None] = TASK_STATUS_IGNORED) -> None:
        """Opens the ledger, then works off the line until cancelled.

        Started when it is open, or known to take long: then only money waits. How far it is, or why it can't
        be opened, is told by `why_not_ready`: the rest of the leaf goes on. Raises a group of LedgerLocked.
        """
        known = anyio.Event()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._open, known)
            await known.wait()
            task_status.started()
        if self._journal is None:
            return
        try:
            await self._work_off(self._journal)
        finally:
            self._why_not = "the leaf is stopping"
            with anyio.CancelScope(shield=True):
                self._turn_away(Problem(503, "not_ready", "The leaf is stopping; send it again."))
                await to_thread.run_sync(self._journal.close, limiter=self._thread)

    def now_ms(self) -> int:
        """Unix milliseconds, as commands are booked by."""
        return self._clock()

    async def gaming_days(self) -> GamingDays:
        """When gaming days begin, as the profile has it. Raises Problem as all that asks the ledger."""
        return await self.look(lambda journal: journal.book.state.days)

    def stop(self, why: str) -> None:
        """No more money until a person has looked: the ledger was found not to hold."""
        _LOG.critical("the ledger stopped: %s", why)
        self._why_not = f"the ledger stopped: {why}"

    def why_not_ready(self) -> str | None:
        """Why no money is taken now; None: it is."""
        full = "the disk is full: nothing is booked" if self._full else ""
        return self._closed() or self.standing.now.why or full or None

    def _closed(self) -> str:
        if self.checked_percent is None or self._why_not:
            return self._why_not
        return f"the books are being checked, {self.checked_percent} %"

    def statistics(self) -> dict[str, int]:
        """Counters and gauges for `/metrics`."""
        return {**self._counts, "seq": self.seq, "term": self.term, "waiting": len(self._line)}

    async def command(
        self, sign_in: SignIn, key: str | None, body: bytes, head: Head | None = None
    ) -> Outcome:
        """The first and final outcome of this device's key, durable. Raises Problem for what is none.

        `head` is the last one that the till has seen; a ledger that does not extend it takes no money.
        """
        key = _key(key)
        problem = self.standing.problem()
        if problem is not None:
            raise problem
        if sign_in.opened_by != "leaf" or sign_in.venue != self.venue:
            raise Problem(403, "other_leaf", "Money moves only on a session that this leaf opened.")
        read = _read(body)
        if sign_in.role not in roles_of(read.command.kind):
            why = "Your role may not do this."
            raise Problem(403, "forbidden", why, {"role": sign_in.role, "kind": read.command.kind})
        second = await self._second(sign_in, key, read)
        asked = Asked(read, key, sign_in.person, sign_in.role, sign_in.device, self._clock(), second)
        result = await self._wait_for(_Turn(asked, head))
        if isinstance(result, KeyReused):
            raise Problem(422, "key_reused", "This key was used for another command.", {"key": key})
        assert isinstance(result, Outcome)
        return result

    async def look(self, work: Callable[[Journal], _T]) -> _T:
        """Runs a short read on the journal's thread, between commits. Raises Problem."""
        return cast(_T, await self._wait_for(_Turn(work)))

    def head_at(self, link: Link) -> Head:
        """The signed head of the ledger as it ended with this entry; the same bytes each time."""
        return self._signer.sign(link.tip)

    async def beyond(self, seq: int) -> int:
        """Waits until the ledger is durable beyond `seq`; answers how far it is."""
        while self.seq <= seq:
            await self._moved.wait()
        return self.seq

    async def _second(self, sign_in: SignIn, key: str, read: Read) -> Second | None:
        """Who approved. A repeated key is not looked at again: its outcome stands, and no try is counted."""
        said = read.command.second
        if said is None:
            return None
        if await self.look(lambda journal: journal.outcome(sign_in.device, key)):
            return None
        if said.pin is not None:
            return Second(said.person, await self._check_second(said.person, said.pin))
        approval = said.approval or ""
        return Second(said.person, self.approvals.role_of(sign_in.device, key, read, said.person, approval))

    async def _wait_for(self, turn: _Turn) -> object:
        if why_not := self._closed():
            percent = self.checked_percent
            details = {} if percent is None else {"checked_percent": percent}
            raise Problem(503, "not_ready", f"No money now: {why_not}.", details)
        if len(self._line) >= WAITING_MAX:
            self._counts["too_many"] += 1
            raise Problem(429, "too_many", "Too many at once; send it again.", headers={"retry-after": "1"})
        self._line.append(turn)
        self._came.set()
        await turn.done.wait()
        if isinstance(turn.result, BaseException) and not isinstance(turn.result, KeyReused):
            raise turn.result
        return turn.result

    async def _work_off(self, journal: Journal) -> None:
        while True:
            with anyio.move_on_after(_QUIET_S):
                await self._came.wait()
            if not self._line:
                await to_thread.run_sync(journal.rest, limiter=self._thread)
                self._full = self._full and not journal.has_room()
                if self._full and not self._line:
                    continue  # nobody asks for anything: look again, for who asks how we are
                if not self._line:
                    self._came = anyio.Event()
                    await self._came.wait()
            turns = [self._line.popleft() for _ in range(min(len(self._line), BATCH_MAX))]
            if not self._line:
                self._came = anyio.Event()
            with anyio.CancelScope(shield=True):  # who left the line gets an answer, also at the end
                await to_thread.run_sync(self._take_turns, journal, turns, limiter=self._thread)
            self._note(journal)
            for turn in turns:
                turn.done.set()

    def _take_turns(self, journal: Journal, turns: list[_Turn]) -> None:
        """On the worker thread: all commands in one commit, then the looks. Fills in every result."""
        asking = [turn for turn in turns if isinstance(turn.work, Asked) and self._may_go(journal, turn)]
        if asking:
            self._commit(journal, asking)
        for turn in turns:
            if isinstance(turn.work, Asked):
                continue
            try:
                turn.result = turn.work(journal)
            except (DiskFull, LedgerStopped) as error:  # of a look that adds a term, or a tail
                turn.result = self._not_now(error)
            except Exception as error:
                turn.result = error  # raised again where it was asked for

    def _may_go(self, journal: Journal, turn: _Turn) -> bool:
        problem = self.standing.problem()
        if problem is None and turn.head is not None:
            problem = self.standing.heard(journal, turn.head)
        turn.result = problem
        return problem is None

    def _commit(self, journal: Journal, asking: list[_Turn]) -> None:
        try:
            results = journal.commit([turn.work for turn in asking if isinstance(turn.work, Asked)])
        except (DiskFull, LedgerStopped, LedgerUnreadable) as error:
            self._fail(asking, self._not_now(error))
        except Exception as error:
            self._commit_singly(journal, asking, error)
        else:
            self._full = False
            self._counts["commits"] += 1
            for turn, result in zip(asking, results, strict=True):
                turn.result = result
                if not isinstance(result, KeyReused):
                    self._counts["posted" if isinstance(result, Posted) else "refused"] += 1

    def _not_now(self, error: LedgerError) -> Problem:
        """A full disk passes; what else stops the ledger is looked at by a person."""
        if isinstance(error, DiskFull):
            _LOG.error("%s", error)
            self._full = True
            return Problem(503, "not_ready", "The disk is full; nothing was booked.")
        self.stop(str(error))
        return Problem(503, "not_ready", f"No money now: {self._why_not}.")

    def _commit_singly(self, journal: Journal, asking: list[_Turn], error: Exception) -> None:
        """A bug in one command must not take the others with it, nor take them again and again."""
        if len(asking) == 1:
            _LOG.exception("a command broke the ledger's rules", exc_info=error)
            self._fail(asking, error)
            return
        for turn in asking:
            self._commit(journal, [turn])

    @staticmethod
    def _fail(turns: list[_Turn], error: Exception) -> None:
        for turn in turns:
            turn.result = error

    def _turn_away(self, problem: Problem) -> None:
        while self._line:
            turn = self._line.popleft()
            turn.result = problem
            turn.done.set()

    async def _open(self, known: anyio.Event) -> None:
        """A disk that is full passes: it is tried again until there is space, as a running ledger does."""
        while self._journal is None:
            try:
                self._journal = await to_thread.run_sync(self._opened, known.set, limiter=self._thread)
            except LedgerLocked:
                raise
            except LedgerError as error:
                _LOG.critical("the ledger does not open: %s", error)
                self._why_not = f"the ledger does not open: {error}"
                self.checked_percent = None
                known.set()
                if not isinstance(error, DiskFull):
                    return
                await anyio.sleep(_OPEN_AGAIN_S)
        self.replayed_from, self.checkpoint = self._journal.replayed_from, self._journal.checkpoint
        self._note(self._journal)
        self._why_not, self.checked_percent = "", None
        known.set()

    def _opened(self, takes_long: Callable[[], None]) -> Journal:
        """On the worker thread."""

        def told(done: int, last: int) -> None:
            from_thread.check_cancelled()  # a leaf that is stopped waits for no replay
            if done < last:
                self.checked_percent = 100 * done // last
                from_thread.run_sync(takes_long)

        journal = Journal.open(
            self._path, venue=self.venue, currency=self.currency, signer=self._signer, at_ms=self._clock(),
            venue_key=self._venue_key, told=told, through=_through_cores,
        )  # fmt: skip
        if journal.is_anothers:
            self.standing.need_term("This box has another key than the one that kept this ledger.")
        if journal.tip.seq >= CHECKPOINT_SEQ_MIN:
            gc.freeze()  # else Python looks through a year for cycles, again and again, while tills wait
        return journal

    def _note(self, journal: Journal) -> None:
        """After a turn: how far the ledger is, told to those who follow it."""
        tip = journal.tip
        if tip.seq != self.seq:
            self.seq, self.term = tip.seq, tip.term
            self._moved.set()
            self._moved = anyio.Event()


def _key(key: str | None) -> str:
    if not key:
        raise Problem(400, "key_missing", "Money needs an Idempotency-Key.")
    if not is_key(key):
        why = "An Idempotency-Key is 1 to 64 letters, digits, dots, colons, hyphens and underscores."
        raise Problem(422, "invalid", why, {"fields": {"Idempotency-Key": why}})
    return key


def _read(body: bytes) -> Read:
    try:
        return read_command(body)
    except CommandInvalid as error:
        status = 400 if error.code == "malformed" else 422
        raise Problem(status, error.code, error.message, error.details) from None
