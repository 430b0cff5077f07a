"""Two core processes on one database and one hub: real processes, that a test may kill, stop and wake."""

import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import anyio
import httpx
import pytest

from serving.settings import CoreSettings
from tests.core_server.fix_core import Leaf, RunningCore, enrolled
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
        with anyio.fail_after(30):
            async with self.client() as client:
                while True:
                    try:
                        if (await client.get("/health")).status_code == 200:
                            return
                    except httpx.TransportError:
                        assert self.process.poll() is None, self.log.read_text()[-2_000:]
                    await anyio.sleep(0.05)  # a foreign program has no other way to tell us

    async def number(self, name: str) -> float:
        """Of `/metrics`."""
        async with self.client() as client:
            lines = (await client.get("/metrics")).text.splitlines()
        return next((float(line.split()[-1]) for line in lines if line.startswith(name + " ")), 0.0)


@dataclass
class Cores:
    first: CoreProcess
    second: CoreProcess
    hub: Hub

    @property
    def east(self) -> Leaf:
        return self.first.east


def _run(settings: CoreSettings, log: Path) -> subprocess.Popen[bytes]:
    own = {
        "FELT_DATA": str(settings.data),
        "FELT_PORT": str(settings.port),
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
    """Both ready; venues `east` and `west` are enrolled and nobody's yet."""
    east, west = [await enrolled(core_settings, hub, tmp_path / venue, venue) for venue in ("east", "west")]
    both = []
    try:
        for name in ("first", "second"):
            settings = replace(core_settings, port=free_port())
            log = tmp_path / f"{name}.log"
            url = f"http://127.0.0.1:{settings.port}"
            both.append(CoreProcess(settings, url, east, west, log, _run(settings, log)))
        for core in both:
            await core.ready()
        yield Cores(*both, hub)
    finally:
        for core in both:
            core.kill()
