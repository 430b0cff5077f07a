"""Two core processes on one database and one hub: real processes, that a test may kill, stop and wake."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Generic, TypeVar

import anyio
import httpx
import pytest
from websockets.exceptions import ConnectionClosed

from crdt_models.facts import Json
from serving.settings import CoreSettings
from tests.core_server.fix_core import START_MS, Leaf, RunningCore, Tablet, enrolled, running
from tests.fix_nats import Hub
from tests.ports import free_port


@dataclass
class CoreProcess(RunningCore):
    """One of the processes, as clients see it."""

    log: Path
    process: subprocess.Popen[bytes]

    def kill(self) -> None:
        """kill -9."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def wake(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    async def start(self) -> None:
        """Again, or for the first time; answers when it is ready."""
        self.process = _run(self.settings, self.log)
        await self.ready()

    async def ready(self) -> None:
        with anyio.fail_after(60):
            async with self.client() as client:
                while True:
                    try:
                        if (await client.get("/health")).status_code == 200:
                            return
                    except httpx.TransportError:
                        assert self.process.poll() is None, self.log.read_text()[-2_000:]
                    await anyio.sleep(0.05)  # a foreign program has no other way to tell us


async def until_ready(core: RunningCore) -> None:
    with anyio.fail_after(60):
        async with core.client() as client:
            while True:
                if (await client.get("/health")).json()["ready"]:
                    return
                await anyio.sleep(0.02)  # health is only told, never sent


C_co = TypeVar("C_co", bound=RunningCore, covariant=True)


@dataclass(frozen=True)
class Both(Generic[C_co]):
    """Both ready; venues `east` and `west` are enrolled and nobody's yet."""

    first: C_co
    second: C_co
    hub: Hub

    @property
    def east(self) -> Leaf:
        return self.first.east


Cores = Both[CoreProcess]


async def number(core: RunningCore, name: str) -> float:
    """Of `/metrics`."""
    async with core.client() as client:
        lines = (await client.get("/metrics")).text.splitlines()
    return next((float(line.split()[-1]) for line in lines if line.startswith(name + " ")), 0.0)


def tablet(core: RunningCore, device: str, venue: str = "east") -> Tablet:
    """At this process; a manager's, on `config`."""
    return Tablet(core, core.east if venue == "east" else core.west, "config", device, "manager")


class Roamer:
    """A tablet that knows both processes: whichever answers, it stays until it is sent away."""

    def __init__(self, cores: Sequence[RunningCore], device: str, venue: str = "east") -> None:
        self.tablet = tablet(cores[0], device, venue)
        self._cores = cores
        self._turn = 0
        self.connected = anyio.Event()
        self.heard = anyio.Event()  # set and replaced at each frame
        self.wanted = 0  # edits

    async def run(self) -> None:
        while True:
            self.tablet._core = self._cores[self._turn % len(self._cores)]
            self._turn += 1
            with suppress(ConnectionClosed, OSError, TimeoutError):
                async with self.tablet:
                    self.connected.set()
                    while True:
                        await self.tablet.turn()
                        self.heard.set()
                        self.heard = anyio.Event()
            self.connected = anyio.Event()
            await anyio.sleep(0.05)  # a client's own pause between two tries

    async def write(self, name: str, value: Json) -> None:
        """Written now, sent now or with the next connection."""
        self.wanted += 1
        now = time.time_ns() // 1_000_000 - START_MS
        frame = self.tablet.replica.write([(name, value)], person="ana", now=now)
        if self.connected.is_set():
            with suppress(ConnectionClosed):
                await self.tablet.socket.send(frame)

    async def until_accepted(self) -> None:
        """By any process."""
        with anyio.fail_after(60):
            while not any(
                note.content.get("vector", {}).get(self.tablet.replica.name, 0) >= self.wanted
                for note in self.tablet.notes
            ):
                await self.heard.wait()


def _run(settings: CoreSettings, log: Path) -> subprocess.Popen[bytes]:
    own = {
        "FELT_DATA": str(settings.data),
        "FELT_PORT": str(settings.port),
        "FELT_SYNC_PORT": str(settings.sync_port),
        "FELT_NATS_URL": str(settings.nats_url),
        "DATABASE_URL": str(settings.database_url),
        "FELT_WEB": str(settings.web),
    }
    with log.open("ab") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "felt", "core"], env={**os.environ, **own}, stdout=output, stderr=output
        )


@pytest.fixture
async def cores(core_settings: CoreSettings, hub: Hub, tmp_path: Path) -> AsyncIterator[Cores]:
    """Processes of their own, to be killed and stopped."""
    east, west = [await enrolled(core_settings, hub, tmp_path / venue, venue) for venue in ("east", "west")]
    both = []
    try:
        for name in ("first", "second"):
            settings = replace(core_settings, port=free_port(), sync_port=free_port())
            log = tmp_path / f"{name}.log"
            url = f"http://127.0.0.1:{settings.port}"
            both.append(CoreProcess(settings, url, east, west, log, _run(settings, log)))
        for core in both:
            await core.ready()
        yield Both(*both, hub)
    finally:
        for core in both:
            core.kill()


@pytest.fixture
async def cores_here(
    core_settings: CoreSettings, hub: Hub, tmp_path: Path
) -> AsyncIterator[Both[RunningCore]]:
    """Two of them in the test's own process, quicker to start."""
    east, west = [await enrolled(core_settings, hub, tmp_path / venue, venue) for venue in ("east", "west")]
    both = [replace(core_settings, port=free_port(), sync_port=free_port()) for _ in range(2)]
    async with running(both[0]), running(both[1]):
        cores = [RunningCore(each, f"http://127.0.0.1:{each.port}", east, west) for each in both]
        for core in cores:
            await until_ready(core)  # a core serves before its hub is connected, and sends clients away
        yield Both(*cores, hub)
