"""Leaf and core after hours apart, and after a core process's death: how long until all is everywhere.

    felt bench merge        (or: python -P bench/merge.py [--edits 5000] [--kills 10])

Runs a demo of its own with two core processes. First the line between leaf and core is cut, tablets at the
leaf write nine tenths of the edits and phones at the core one tenth, and the line comes back. Then core
processes are killed (-9) in turn, and phones that know both addresses, one at each, write again.
"""

import argparse
import contextlib
import os
import platform
import signal
import statistics
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import anyio
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from crdt_models.edits import Json
from crdt_models.replica import Replica
from crdt_models.session import NoteKind
from felt.demo.beside import demo_beside, line_command
from felt.demo.demo_file import read_demo_file

FIRST_PORT = 29_300
ACT = 50  # edits written at once, as a device hands in what it wrote apart
DOCUMENT = "floor"
PLAIN: dict[str, Any] = {"compression": None, "max_size": None, "proxy": None, "open_timeout": 2}


class Client:
    """A replica that knows several addresses and stays at whichever answers."""

    def __init__(self, demo: dict[str, Any], role: str, addresses: Sequence[str], nonce: str) -> None:
        device, client = demo["devices"][role]["device"], int.from_bytes(os.urandom(4)) | 1
        self.replica = Replica(DOCUMENT, device=device, nonce=nonce, client_id=client)
        self.person = demo["people"][role.removesuffix("2")]
        self.addresses = list(addresses)
        self._path = f"/sync/{demo['venue']}/{DOCUMENT}"
        self._offers = [Subprotocol("felt.sync.1"), Subprotocol(f"felt.token.{demo['tokens'][role]}")]
        self._heard = anyio.Event()
        self._now, self._at_s = 0, time.monotonic()
        self._socket: Any = None
        self.vectors: dict[str, int] = {}  # "leaf" or "core" → last decided counter of ours

    async def run(self) -> None:
        while True:
            for address in self.addresses:
                with contextlib.suppress(OSError, TimeoutError, ConnectionClosed):
                    where = address.replace("http", "ws", 1) + self._path
                    async with connect(where, subprotocols=self._offers, **PLAIN) as self._socket:
                        await self._stay()
                self._socket = None
                await anyio.sleep(0.05)

    async def _stay(self) -> None:
        for frame in self.replica.connected():
            await self._socket.send(frame)
        async for frame in self._socket:
            heard = self.replica.receive(frame)
            for answer in heard.answers:
                await self._socket.send(answer)
            for note in heard.notes:
                if "now" in note.content:
                    self._now, self._at_s = note.content["now"], time.monotonic()
                if note.kind is NoteKind.ACCEPTED:
                    own = note.content["vector"].get(self.replica.name, 0)
                    at = note.content["at"]
                    self.vectors[at] = max(self.vectors.get(at, 0), own)
            self._heard.set()
            self._heard = anyio.Event()

    async def until(self, condition: Any) -> None:
        with anyio.fail_after(120):
            while not condition():
                await self._heard.wait()

    async def write(self, changes: Sequence[tuple[str, Json]]) -> None:
        now = self._now + int((time.monotonic() - self._at_s) * 1_000)
        frame = self.replica.write(changes, person=self.person, now=now)
        if self._socket is not None:
            with contextlib.suppress(ConnectionClosed):
                await self._socket.send(frame)

    def shown(self) -> int:
        return len(self.replica.facts.group("waitlist/"))


def line(data: Path, state: str) -> None:
    subprocess.run(line_command(data, state), check=True, stdout=subprocess.DEVNULL)


def entries(first: int, count: int) -> list[list[tuple[str, Json]]]:
    """Acts of list entries with ids of their own."""
    made: list[tuple[str, Json]] = [
        (f"waitlist/{uuid(first + n)}", {"list": "nlh12", "player": uuid(first + n)}) for n in range(count)
    ]
    return [made[start : start + ACT] for start in range(0, count, ACT)]


def uuid(n: int) -> str:
    return f"0190{n:08x}"[:8] + f"-0000-7000-8000-{n:012x}"


async def apart(demo: dict[str, Any], data: Path, edits: int) -> None:
    leaf, cores = [demo["leaf_url"]], [demo["core2_url"], demo["core_url"]]
    tablet, phone = Client(demo, "floor", leaf, "bench"), Client(demo, "floor2", cores, "bench")
    async with anyio.create_task_group() as tasks:
        for client in (tablet, phone):
            tasks.start_soon(client.run)
        await tablet.write([("setup", {"kind": "floor", "version": 1})])
        await tablet.until(lambda: tablet.vectors.get("leaf", 0) >= 1)
        await phone.until(lambda: phone.replica.facts.get("setup") is not None)
        line(data, "cut")
        at_core = edits // 10
        for client, first, count in ((tablet, 0, edits - at_core), (phone, edits - at_core, at_core)):
            for act in entries(first, count):
                await client.write(act)
        await tablet.until(lambda: tablet.vectors.get("leaf", 0) >= edits - at_core + 1)
        await phone.until(lambda: phone.vectors.get("core", 0) >= at_core)
        begun = time.monotonic()
        line(data, "restore")
        restored = time.monotonic()
        await phone.until(lambda: phone.shown() == edits)
        down = time.monotonic()
        await tablet.until(lambda: tablet.shown() == edits)
        up = time.monotonic()
        await phone.until(lambda: phone.vectors.get("leaf", 0) >= at_core)
        whole = time.monotonic()
        print(f"{edits} edits written apart, {at_core} of them at the core (the other core process's client)")
        print(f"  the command that restores the line took    {restored - begun:6.2f} s")
        print(f"  then all at the core's clients after       {down - restored:6.2f} s")
        print(f"  all at the leaf's clients after            {up - restored:6.2f} s")
        print(f"  phones know that the leaf has them after   {whole - restored:6.2f} s")
        tasks.cancel_scope.cancel()


async def deaths(demo: dict[str, Any], data: Path, kills: int) -> None:
    cores = [demo["core_url"], demo["core2_url"]]
    phones = [Client(demo, "floor", cores, "k1"), Client(demo, "floor2", cores[::-1], "k2")]
    waits: list[float] = []
    async with anyio.create_task_group() as tasks:
        for phone in phones:
            tasks.start_soon(phone.run)
        for phone in phones:
            await phone.until(lambda phone=phone: phone.shown() > 0)
        for kill in range(kills):
            pids = (read_demo_file(data) or {})["pids"]
            os.kill(pids["core" if kill % 2 == 0 else "core2"], signal.SIGKILL)
            killed = time.monotonic()
            for n, phone in enumerate(phones):
                await phone.write(entries(100_000 + 10 * kill + n, 1)[0])
            for phone in phones:
                wanted = phone.replica._counter
                await phone.until(lambda phone=phone, wanted=wanted: phone.vectors.get("core", 0) >= wanted)
                waits.append(time.monotonic() - killed)
            await anyio.sleep(4)  # the watchman starts it again
        tasks.cancel_scope.cancel()
    print(f"{kills} core processes killed, two phones that know both addresses, one at each")
    middle, longest = statistics.median(waits), max(waits)
    print(f"  until a phone's next edit is accepted      median {middle:.2f} s, longest {longest:.2f} s")


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--edits", type=int, default=5_000)
    options.add_argument("--kills", type=int, default=10)
    chosen = options.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="felt-merge-") as name,
        demo_beside(Path(name), FIRST_PORT, "--cores", "2") as demo,
    ):
        print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
        anyio.run(apart, demo, Path(name), chosen.edits)
        anyio.run(deaths, demo, Path(name), chosen.kills)


if __name__ == "__main__":
    main()
