"""The watchman with real, small programs."""

import os
import select
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import anyio
import pytest

from felt.process import Program
from felt.watchman import NotReady, Watchman

pytestmark = pytest.mark.anyio

SLEEPER = [sys.executable, "-c", "import signal; signal.pause()"]
ENVIRONMENT = dict(os.environ)


class Pids:
    """What the watchman told, and a way to wait for the next word."""

    def __init__(self) -> None:
        self.now: dict[str, int] = {}
        self._changed = anyio.Event()

    def tell(self, pids: Mapping[str, int]) -> None:
        self.now = dict(pids)
        changed, self._changed = self._changed, anyio.Event()
        changed.set()

    async def change(self) -> None:
        with anyio.fail_after(20):
            await self._changed.wait()


async def test_what_dies_is_started_again_and_the_new_pid_is_told(tmp_path: Path) -> None:
    pids = Pids()
    async with anyio.create_task_group() as tasks:
        watchman = Watchman(tmp_path, pids.tell)
        await tasks.start(watchman.run)
        await watchman.add(Program("one", SLEEPER, ENVIRONMENT))
        await watchman.add(Program("two", SLEEPER))
        before = pids.now
        os.kill(before["one"], signal.SIGKILL)
        await pids.change()
        assert pids.now["one"] != before["one"]
        assert pids.now["two"] == before["two"]
        tasks.cancel_scope.cancel()
    assert not any(alive(pid) for pid in pids.now.values())


async def test_a_program_that_dies_all_the_time_comes_back_all_the_time(tmp_path: Path) -> None:
    pids = Pids()
    async with anyio.create_task_group() as tasks:
        watchman = Watchman(tmp_path, pids.tell)
        await tasks.start(watchman.run)
        tasks.start_soon(watchman.add, Program("bad", [sys.executable, "-c", "1/0"]))
        await pids.change()
        for _ in range(3):
            await pids.change()
        tasks.cancel_scope.cancel()
    assert b"ZeroDivisionError" in (tmp_path / "bad.log").read_bytes()


async def test_one_that_never_gets_ready_is_named_with_its_log(tmp_path: Path) -> None:
    async def never() -> bool:
        return False

    program = Program("ended", [sys.executable, "-c", "print('why')"], ready=never)
    async with anyio.create_task_group() as tasks:
        watchman = Watchman(tmp_path)
        await tasks.start(watchman.run)
        with pytest.raises(NotReady) as caught:
            await watchman.add(program)
        tasks.cancel_scope.cancel()
    assert caught.value.log.read_text() == "why\n"


async def test_a_program_that_ignores_the_signal_is_killed(tmp_path: Path) -> None:
    deaf = "import signal; signal.signal(15, signal.SIG_IGN); print(1, flush=True); signal.pause()"
    pids = Pids()

    async def ready() -> bool:
        return (tmp_path / "deaf.log").read_text() == "1\n"

    with anyio.fail_after(60):
        async with anyio.create_task_group() as tasks:
            watchman = Watchman(tmp_path, pids.tell)
            await tasks.start(watchman.run)
            await watchman.add(Program("deaf", [sys.executable, "-c", deaf], ready=ready, stop_seconds=0.2))
            tasks.cancel_scope.cancel()
    assert not alive(pids.now["deaf"])


def test_nothing_is_left_behind_when_the_watchman_is_killed(tmp_path: Path) -> None:
    script = f"""
import anyio, os, sys
from pathlib import Path
from felt.process import Program
from felt.watchman import Watchman
async def main():
    async with anyio.create_task_group() as tasks:
        watchman = Watchman(Path({str(tmp_path)!r}), lambda pids: print(pids["one"], flush=True))
        await tasks.start(watchman.run)
        await watchman.add(Program("one", {SLEEPER!r}))
anyio.run(main)
"""
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as watchman:
        assert watchman.stdout is not None
        pid = int(watchman.stdout.readline())
        descriptor = os.pidfd_open(pid)
        watchman.kill()
        assert ended(descriptor)
        os.close(descriptor)


def ended(pidfd: int) -> bool:
    return bool(select.select([pidfd], [], [], 5)[0])


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
