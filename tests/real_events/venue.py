"""A venue for real events: a leaf process, and its manager who works it over HTTP and sync alone."""

import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

import anyio
import httpx

from felt.demo.desk import Desk, SignedIn, enrol, sign_in
from felt.demo.plain_http import NO_TLS
from tests.fix_room import ROOT, until
from tests.ports import free_port

__all__ = ["PIN", "House", "leaf_process"]

FELT: Final = [sys.executable, "-m", "felt"]
PIN: Final = "246810"
T = TypeVar("T")


@dataclass(frozen=True)
class House:
    """A running leaf, and its manager signed in on a tablet."""

    url: str
    venue: str
    who: SignedIn

    @asynccontextmanager
    async def desk(self) -> AsyncIterator[Desk]:
        async with Desk(self.url, self.venue, self.who) as desk:
            yield desk

    def work(self, job: Callable[[Desk], Awaitable[None]]) -> None:
        """Does it at a desk of its own, also where a browser's loop occupies this thread."""

        async def run() -> None:
            async with self.desk() as desk:
                await job(desk)

        _aside(run)


@contextmanager
def leaf_process(data: Path, currency: str) -> Iterator[House]:
    """A leaf just founded; it has to stop by itself."""
    founding = [*FELT, "enrol", "--data", str(data), "--name", "Real", "--currency", currency]
    environment = {**os.environ, "FELT_PIN": PIN}
    told = subprocess.run(founding, cwd=ROOT, env=environment, check=True, capture_output=True, text=True)
    key = re.search(r"/auth#key=([A-Z0-9-]+)", told.stdout)
    assert key is not None, told.stdout
    port = free_port()
    leaf = subprocess.Popen([*FELT, "leaf", "--data", str(data), "--port", str(port)], cwd=ROOT)
    url = f"http://127.0.0.1:{port}"

    def answers() -> bool:
        assert leaf.poll() is None, "the leaf ended"
        try:
            return httpx.get(f"{url}/health", timeout=5, trust_env=False, verify=NO_TLS).status_code == 200
        except httpx.TransportError:
            return False

    try:
        until(answers, "the leaf is ready")
        venue: str = httpx.get(f"{url}/api/v1/venue", trust_env=False, verify=NO_TLS).json()["id"]
        yield House(url, venue, _aside(lambda: _first_tablet(url, key[1])))
    finally:
        leaf.terminate()
        ended = leaf.wait(60)
    assert ended == 0


async def _first_tablet(url: str, key: str) -> SignedIn:
    device, _ = await enrol(url, key, "Office")
    return await sign_in(url, device, "manager", PIN)


def _aside(job: Callable[[], Awaitable[T]]) -> T:
    with ThreadPoolExecutor(1) as aside:
        return aside.submit(anyio.run, job).result()
