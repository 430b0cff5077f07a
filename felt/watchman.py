"""The watchman: starts programs in order, starts again what dies, stops all in the reverse order.

A program that dies is started again at once; one that dies again and again waits longer each time, at most
`PAUSE_MS_MAX`. Every change of a pid is told. Leaving the task group (cancellation) stops everything.
"""

import logging
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import anyio
import anyio.abc

from felt.process import Program, start, stop

__all__ = ["NotReady", "Watchman"]

log = logging.getLogger(__name__)

READY_SECONDS_MAX: Final = 60.0
READY_POLL_SECONDS: Final = 0.05  # a foreign program has no other way to tell us
STEADY_SECONDS: Final = 10.0  # who lived this long is started again without a pause
PAUSE_MS_MAX: Final = 1_500


class NotReady(Exception):
    """A program did not get ready in time, or ended before it did. `name`, `log`: where to look."""

    def __init__(self, name: str, log: Path) -> None:
        super().__init__(f"{name} did not start; what it said is in {log}")
        self.name = name
        self.log = log


class Watchman:
    """Owns the programs while `run` runs. `tell` gets all pids by name whenever one changes."""

    def __init__(self, logs: Path, tell: Callable[[Mapping[str, int]], None] = lambda pids: None) -> None:
        self._logs = logs
        self._tell = tell
        self._programs: list[Program] = []
        self._processes: dict[str, anyio.abc.Process] = {}
        self._tasks: anyio.abc.TaskGroup

    @property
    def pids(self) -> dict[str, int]:
        return {name: process.pid for name, process in self._processes.items()}

    async def run(self, *, task_status: anyio.abc.TaskStatus[None] = anyio.TASK_STATUS_IGNORED) -> None:
        """Owns what `add` brings until cancelled, then stops it all, the last one first."""
        self._logs.mkdir(parents=True, exist_ok=True)
        try:
            async with anyio.create_task_group() as self._tasks:
                task_status.started()
                await anyio.sleep_forever()
        finally:
            with anyio.CancelScope(shield=True):
                for program in reversed(self._programs):
                    await stop(program, self._processes[program.name])

    async def add(self, program: Program) -> None:
        """Starts it, answers when it is ready, and watches it from now on. Raises NotReady, OSError."""
        await self._start(program)
        self._programs.append(program)
        if not await self._wait_ready(program):
            raise NotReady(program.name, self._logs / f"{program.name}.log")
        self._tasks.start_soon(self._watch, program)

    async def _start(self, program: Program) -> None:
        self._processes[program.name] = await start(program, self._logs, os.getpid())
        self._tell(self.pids)

    async def _wait_ready(self, program: Program) -> bool:
        """Whether it became ready while it was running, in time."""
        with anyio.move_on_after(READY_SECONDS_MAX):
            while self._processes[program.name].returncode is None:
                if await program.ready():
                    return True
                await anyio.sleep(READY_POLL_SECONDS)
        return False

    async def _watch(self, program: Program) -> None:
        pause_ms = 0
        while True:
            started = anyio.current_time()
            code = await self._processes[program.name].wait()
            if anyio.current_time() - started > STEADY_SECONDS:
                pause_ms = 0
            log.warning("%s ended (%s); starting it again in %d ms", program.name, code, pause_ms)
            await anyio.sleep(pause_ms / 1_000)
            pause_ms = min(max(2 * pause_ms, 200), PAUSE_MS_MAX)
            await self._start(program)
