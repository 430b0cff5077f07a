"""One program started from a description: in a session of its own, its words in a log file, never an orphan.

The program is started through a few lines of Python that tie its life to ours (PR_SET_PDEATHSIG: when we
die, however we die, the kernel kills it) and then become the program, with the same pid.
"""

import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import anyio
import anyio.abc

__all__ = ["LOG_BYTES_MAX", "Program", "start", "stop"]

LOG_BYTES_MAX: Final = 8 * 2**20  # a log larger than this when its program starts becomes `<name>.log.1`

_SHIM: Final = """
import ctypes, os, signal, sys
parent, command = int(sys.argv[1]), sys.argv[2:]
ctypes.CDLL(None).prctl(1, int(signal.SIGKILL), 0, 0, 0)
if os.getppid() != parent:
    sys.exit(1)
os.execvp(command[0], command)
"""


async def _ready_at_once() -> bool:
    return True


@dataclass(frozen=True)
class Program:
    """What to run and how to know that it works.

    `ready` is asked again and again until it says yes; it must not raise.
    `stop_signal` asks it to end; after `stop_seconds` it is killed.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    ready: Callable[[], Awaitable[bool]] = _ready_at_once
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 8.0


async def start(program: Program, logs: Path, parent_pid: int) -> anyio.abc.Process:
    """Starts it; its output goes to `<logs>/<name>.log`. Raises OSError when there is no such program."""
    log = logs / f"{program.name}.log"
    if log.exists() and log.stat().st_size > LOG_BYTES_MAX:
        log.replace(log.with_suffix(".log.1"))
    shim = [sys.executable, "-I", "-S", "-c", _SHIM, str(parent_pid)]
    with log.open("ab") as output:
        return await anyio.open_process(
            [*shim, *program.command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=program.environment,
            start_new_session=True,
        )


async def stop(program: Program, process: anyio.abc.Process) -> None:
    """Asks it to end and waits; kills it after `stop_seconds`. Safe when it is gone already."""
    if process.returncode is not None:
        return
    try:
        process.send_signal(program.stop_signal)
        with anyio.move_on_after(program.stop_seconds):
            await process.wait()
            return
        process.kill()
    except ProcessLookupError:
        return  # it ended by itself between our look and our signal
    await process.wait()
