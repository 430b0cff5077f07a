"""Epochs, terms and erasures between leaf and core, over a real NATS server."""

from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import anyio
import pytest
from anyio.abc import TaskGroup
from anyio.lowlevel import checkpoint

from crdt_models.facts import Json
from felt.backup import copy_database
from leaf_server.documents.anti_entropy import AntiEntropy
from leaf_server.documents.terms import leave_mark
from serving.nats_link import LinkDown, NatsLink
from tests.fix_nats import NatsProcess, plain_nats
from tests.leaf_server.test_anti_entropy import Line, Side, line, side

pytestmark = pytest.mark.anyio
__all__ = ["line", "plain_nats"]
SEAT: Json = {"table": "t1", "seat": 3}


async def test_a_new_epoch_crosses_and_brings_back_what_the_core_alone_had(line: Line) -> None:
    """[DO54]"""
    await line.leaf.write("floor", "seat/p1", SEAT)
    await line.core.until("floor", "seat/p1", SEAT)
    line.answers = False
    await line.core.write("floor", "seat/p2", SEAT)
    await line.leaf.rooms.switch("floor")
    await line.leaf.write("floor", "seat/p3", SEAT)
    line.answers = True
    await line.core.until("floor", "seat/p3", SEAT)
    await line.leaf.until("floor", "seat/p2", SEAT)
    await line.core.until("floor", "seat/p2", SEAT)
    assert (await line.core.rooms.enter("floor")).epoch == 2
    assert await line.leaf.rooms.digests() == await line.core.rooms.digests()


async def test_a_restored_leaf_gets_back_what_the_core_has(tmp_path: Path, plain_nats: NatsProcess) -> None:
    """[DO55] [DO56] And the box that was thought to be burnt is turned away when it comes back."""
    async with AsyncExitStack() as stack, anyio.create_task_group() as tasks:
        core = await side(stack, tmp_path / "core.db", "core", tasks)
        link = NatsLink(plain_nats.url, name="core")
        await tasks.start(link.run)
        line = Line(core, core, link)
        await link.subscribe("sync.>", line.answer)
        old = await side(stack, _folder(tmp_path, "old") / "leaf.db", "leaf", tasks)
        await old.write("floor", "seat/p1", SEAT)
        old_line = await _to_core(stack, plain_nats, old, tasks)
        await core.until("floor", "seat/p1", SEAT)
        copy_database(tmp_path / "old" / "leaf.db", _folder(tmp_path, "new") / "leaf.db")
        await old.write("floor", "seat/p1", None)
        await old.write("floor", "seat/p2", SEAT)
        await old.write("displays", "theme", {"accent": "#aabbcc"})
        await old.write("requests", "request/r1", {"number": 1, "kind": "count", "at_ms": 1, "until_ms": 2})
        await core.until("requests", "request/r1", await old.value("requests", "request/r1"))
        old_line.answers = False
        leave_mark(tmp_path / "new", "the box burnt")
        new = await side(stack, tmp_path / "new" / "leaf.db", "leaf", tasks)
        assert new.terms.number == 61  # minutes since the venue began, and one
        assert (await new.rooms.enter("floor")).epoch == 600_001
        assert await new.value("floor", "seat/p1") == SEAT
        await new.write("floor", "seat/p9", SEAT)
        await _to_core(stack, plain_nats, new, tasks)
        await new.until("floor", "seat/p2", SEAT)
        await new.until("floor", "seat/p1", None)
        await new.until("requests", "request/r1", await core.value("requests", "request/r1"))
        await new.until("displays", "theme", {"accent": "#aabbcc"})
        await core.until("floor", "seat/p9", SEAT)
        with anyio.fail_after(60):
            async with core.rooms.follow() as turns:
                while await new.rooms.digests() != await core.rooms.digests():
                    await anext(turns)
        assert core.rooms.term() == 61
        assert new.terms.current.core_asked
        old_line.answers = True
        await old.write("displays", "theme", {"accent": "#000000"})
        with anyio.fail_after(60):
            while old_line.sync is None or "took this venue over" not in old_line.sync.state:
                await checkpoint()
        tasks.cancel_scope.cancel()


def _folder(path: Path, name: str) -> Path:
    (path / name).mkdir()
    return path / name


class _Gate(NatsLink):
    """A link that can be cut."""

    answers = True

    async def request(self, subject: str, payload: bytes, *, timeout_s: float) -> bytes:
        if not self.answers:
            raise LinkDown("cut")
        return await super().request(subject, payload, timeout_s=timeout_s)


@dataclass
class _Cut:
    link: _Gate
    sync: AntiEntropy | None = None

    @property
    def answers(self) -> bool:
        return self.link.answers

    @answers.setter
    def answers(self, answers: bool) -> None:
        self.link.answers = answers


async def _to_core(stack: AsyncExitStack, nats: NatsProcess, leaf: Side, tasks: TaskGroup) -> _Cut:
    link = _Gate(nats.url, name="leaf")
    await tasks.start(link.run)
    await link.connected()
    sync = AntiEntropy(leaf.rooms, leaf.store, link, leaf.terms, leaf.erasure)
    tasks.start_soon(sync.run)
    return _Cut(link, sync)


async def test_both_servers_know_whom_either_erased(line: Line) -> None:
    """[DO58]"""
    await line.leaf.write("roster", "player/p1", {"name": "Zebulon"})
    await line.core.until("roster", "player/p1", {"name": "Zebulon"})
    await line.leaf.erasure.ask(["p1"], "ana", 1)
    await line.leaf.erasure.carry_out(line.leaf.rooms)
    with anyio.fail_after(60):
        while line.core.erasure.players != {"p1"} or await line.core.value("roster", "player/p1"):
            await checkpoint()
    assert (await line.core.rooms.enter("roster")).epoch == 2
    await line.core.erasure.ask(["p2"], "another box", 1)
    await line.leaf.write("roster", "player/p3", {"name": "Abe"})
    assert line.sync is not None
    line.sync._asked = False  # as after a minute
    await line.nudge()
    with anyio.fail_after(60):
        while line.leaf.erasure.players != {"p1", "p2"}:
            await checkpoint()
