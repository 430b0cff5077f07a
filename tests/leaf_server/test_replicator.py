"""The replicator against a mirror in memory, over a line that a test cuts, delays and lies on."""

import os
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import anyio
import pytest

from leaf_server.money import replicator
from leaf_server.money.cage import Cage
from leaf_server.money.replicator import Replicator
from ledger.chain import Tip
from ledger.errors import RequestMalformed
from ledger.replication import AskHead, AskTail, Rejected, accepted, read_request, rejected, tail, take
from serving.nats_link import NobodyAnswers
from serving.problems import Problem
from tests.leaf_server.fix_cage import new_cage, post, running
from tests.ledger.till import VENUE

pytestmark = pytest.mark.anyio


class Core:
    """What a core answers, and what goes wrong on the way. Stands in for a `NatsLink`."""

    def __init__(self) -> None:
        self.tip = Tip.start(VENUE)
        self.held: dict[int, bytes] = {}
        self.is_cut = False
        self.lose_answers = 0
        self.talks_nonsense = False
        self.requests = 0
        self.head: dict[str, Any] | None = None
        self.rejected: list[tuple[str, Any]] = []  # code, details
        self.asked = anyio.Event()  # set and replaced at each request

    async def request(
        self, subject: str, payload: bytes, *, timeout_s: float = 5.0, try_s: float = 2.0
    ) -> bytes:
        await anyio.lowlevel.checkpoint()
        assert subject == "ledger"
        self.requests += 1
        self.asked.set()
        self.asked = anyio.Event()
        if self.is_cut:
            raise NobodyAnswers("the line is cut")
        answer = self._answer(payload)
        if self.lose_answers:
            self.lose_answers -= 1
            raise NobodyAnswers("the answer was lost")
        return answer

    def _answer(self, payload: bytes) -> bytes:
        if self.talks_nonsense:
            return b"nonsense"
        asked = read_request(payload)
        if isinstance(asked, AskHead):
            return accepted(self.tip, self.head)
        if isinstance(asked, AskTail):
            same = self.held.get(asked.after, b"").hex() == asked.hash
            return tail([], self.tip, None) if same else rejected(Rejected("fork", "It holds another."))
        taken = take(self.tip, asked, self.held)
        if isinstance(taken, Rejected):
            self.rejected.append((taken.code, taken.details))
            return rejected(taken)
        self.held.update({link.entry.seq: link.hash for link in taken.links})
        self.tip = taken.tip
        return accepted(self.tip)


class HostileBroker(Core):
    """Loses requests and answers, delivers old requests again and late, and forgets all the core had."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self._dice = Random(seed)
        self._old: list[bytes] = []
        self.is_hostile = True

    def _answer(self, payload: bytes) -> bytes:
        if self.is_hostile:
            self._old = [*self._old[-20:], payload]
            for late in self._dice.choices(self._old, k=self._dice.randrange(3)):
                super()._answer(late)  # its answer goes nowhere
            fate = self._dice.randrange(8)
            if fate == 0:
                raise NobodyAnswers("the request was lost")
            if fate == 1:
                self.lose_answers = 1
            if fate == 2 and self._dice.random() < 0.3:
                self.tip, self.held = Tip.start(VENUE), {}
        return super()._answer(payload)


async def until_at(core: Core, cage: Cage) -> None:
    with anyio.fail_after(60):
        while core.tip.seq < cage.seq:
            await core.asked.wait()
    own = await cage.look(lambda journal: {seq: hash_ for seq, _, hash_ in journal.stored_after(0, 10**6)})
    assert core.held == own


async def book(cage: Cage, name: str, count: int) -> None:
    async with anyio.create_task_group() as tasks:
        for n in range(count):
            tasks.start_soon(partial(post, cage, f"{name}-{n}", "vault_in", amount=1))


async def test_every_entry_reaches_the_core_also_after_an_outage(tmp_path: Path) -> None:  # [LE40] [LE42]
    core = Core()
    async with running(new_cage(tmp_path)) as cage, anyio.create_task_group() as tasks:
        sender = Replicator(cage, core)  # type: ignore[arg-type]
        tasks.start_soon(sender.run)
        await book(cage, "a", 5)
        await until_at(core, cage)
        core.is_cut = True
        await book(cage, "b", 700)
        assert core.tip.seq < cage.seq
        core.is_cut, core.lose_answers = False, 2
        await until_at(core, cage)
        assert sender.state in ("sending", "in step")
        assert sender.core_seq <= cage.seq
        tasks.cancel_scope.cancel()


async def test_a_core_that_forgot_is_told_again(tmp_path: Path) -> None:  # [LE41]
    core = Core()
    async with running(new_cage(tmp_path)) as cage, anyio.create_task_group() as tasks:
        tasks.start_soon(Replicator(cage, core).run)  # type: ignore[arg-type]
        await book(cage, "a", 5)
        await until_at(core, cage)
        core.tip, core.held = Tip.start(VENUE), {}
        await book(cage, "b", 1)
        await until_at(core, cage)
        tasks.cancel_scope.cancel()


@pytest.mark.parametrize("signed", [True, False])
async def test_the_core_gets_both_branches_of_a_fork_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, signed: bool
) -> None:
    """[LE101] [LE160] From where they part, and of a box that the core's head fences too."""
    monkeypatch.setattr(replicator, "ASK_AGAIN_S", 0.01)
    core = Core()
    async with running(new_cage(tmp_path)) as cage:
        await book(cage, "a", 40)
        own = await cage.look(lambda journal: {seq: hash_ for seq, _, hash_ in journal.stored_after(0, 99)})
        core.held = {seq: hash_ if seq < 18 else b"\1" * 32 for seq, hash_ in own.items() if seq <= 30}
        core.tip = Tip(VENUE, 1, 30, core.held[30], 0)
        core.head = cage._signer.sign(core.tip).as_json() if signed else None
        held = dict(core.held)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(Replicator(cage, core).run)  # type: ignore[arg-type]
            with anyio.fail_after(20):
                while not core.rejected:
                    await core.asked.wait()
                for _ in range(10):
                    await core.asked.wait()
            tasks.cancel_scope.cancel()
        assert core.rejected == [("fork", {"seq": 18})]
        assert core.held == held
        assert cage.standing.now.name == ("fenced" if signed else "open")


async def test_a_box_that_hears_of_a_fork_while_it_sends_takes_no_more_money(tmp_path: Path) -> None:
    """[LE100] At once, not when the core is asked again: another box sends into the same ledger."""
    core = Core()
    async with running(new_cage(tmp_path)) as cage, anyio.create_task_group() as tasks:
        tasks.start_soon(Replicator(cage, core).run)  # type: ignore[arg-type]
        await book(cage, "a", 5)
        await until_at(core, cage)
        core.tip = Tip(VENUE, 1, core.tip.seq + 1, b"\1" * 32, core.tip.at_ms)
        core.held[core.tip.seq] = core.tip.hash
        core.head = cage._signer.sign(core.tip).as_json()
        await book(cage, "b", 1)
        with anyio.fail_after(replicator.ASK_AGAIN_S / 3):
            while cage.standing.now.name != "fenced":
                await core.asked.wait()
        tasks.cancel_scope.cancel()


@pytest.mark.parametrize("lie", ["fork", "behind", "term"])
async def test_a_core_that_holds_something_else_stops_the_sending(tmp_path: Path, lie: str) -> None:  # [LE42]
    core = Core()
    term, seq = (2, 1) if lie == "term" else (1, 99 if lie == "behind" else 1)
    core.tip = Tip(VENUE, term, seq, b"\1" * 32, 0)
    async with running(new_cage(tmp_path)) as cage, anyio.create_task_group() as tasks:
        sender = Replicator(cage, core)  # type: ignore[arg-type]
        tasks.start_soon(sender.run)
        with anyio.fail_after(20):
            while sender.state != "stopped":
                await anyio.lowlevel.checkpoint()
            while lie == "fork" and not core.rejected:  # it gets our branch, too
                await core.asked.wait()
        assert sender.trouble.startswith(lie)
        asked = core.requests
        if lie == "term":
            with pytest.raises(Problem, match="fenced"):
                await post(cage, "a", "vault_in", amount=1)
        else:  # it proves nothing: no head of this venue says so
            await book(cage, "a", 5)
        assert core.requests == asked
        tasks.cancel_scope.cancel()


async def test_an_answer_that_is_none_never_stops_the_leaf(tmp_path: Path) -> None:  # [LE42]
    core = Core()
    core.talks_nonsense = True
    async with running(new_cage(tmp_path)) as cage, anyio.create_task_group() as tasks:
        tasks.start_soon(Replicator(cage, core).run)  # type: ignore[arg-type]
        await book(cage, "a", 3)
        core.talks_nonsense = False
        await until_at(core, cage)
        tasks.cancel_scope.cancel()


@pytest.mark.parametrize("seed", range(100 if os.environ.get("FELT_LONG") else 5))
async def test_a_broker_that_loses_doubles_reorders_and_forgets_costs_a_replay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:  # [LE102]
    monkeypatch.setattr(replicator, "AGAIN_S", 0.005)
    core = HostileBroker(seed)
    async with running(new_cage(tmp_path)) as cage, anyio.create_task_group() as tasks:
        tasks.start_soon(Replicator(cage, core).run)  # type: ignore[arg-type]
        for burst in range(12):
            await book(cage, f"b{burst}", 1 + 7 * (burst % 4))
        core.is_hostile = False
        await until_at(core, cage)
        tasks.cancel_scope.cancel()


def test_the_mirror_itself_takes_no_nonsense() -> None:
    with pytest.raises(RequestMalformed):
        Core()._answer(b"{}")
