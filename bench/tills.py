"""Fifty tills of a real leaf over HTTP: how long each waits for its outcome, durable, with its receipt.

    felt bench tills        (or: python -P bench/tills.py [--seconds 10] [--tablets 20])

Tablets are connected meanwhile and quiet, as on a normal evening. First every till asks about once a second,
each in its own time; then all fifty ask at the same moment, once a second; then each asks again as soon as it
has its answer, which is more than any house does and shows what the box can do. Leaf and tills share the
machine's cores.
"""

import argparse
import os
import platform
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import anyio
from anyio.abc import SocketStream, TaskGroup

from felt.demo.copy import Copy
from felt.demo.desk import Http, LeafClock, SignedIn, enrol, sign_in
from leaf_server.identity.founding import NewDevice, NewPerson, initialise

TILLS = 50
PORT = 29_440
ROOT = Path(__file__).resolve().parents[1]
PROFILE = (
    b'{"kind":"adopt_profile","profile":{"name":"Bench","cash":true,"cash_games":true,'
    b'"reverse_limit_cents":0,"payout_limit_cents":0}}'
)
DRAWER = b'{"kind":"open_drawer","drawer":"d","amount":{"amount":0,"currency":"EUR"}}'
CHIPS = b'{"kind":"cash_buy_in","player":"p%d","drawer":"d","amount":{"amount":20000,"currency":"EUR"}}'


class Till:
    """One connection that is kept, one command at a time. `took_ms` of every answer."""

    def __init__(self, number: int, token: str) -> None:
        self._number = number
        self._token = token.encode()
        self._count = 0
        self._socket: SocketStream
        self.took_ms: list[float] = []

    async def connect(self) -> None:
        self._socket = await anyio.connect_tcp("127.0.0.1", PORT)

    async def ask(self, body: bytes = b"") -> None:
        self._count += 1
        body = body or CHIPS % (self._number * 1_000 + self._count % 100)
        started = time.perf_counter()
        await self._socket.send(
            b"POST /api/v1/ledger/commands HTTP/1.1\r\nhost: leaf\r\nauthorization: Bearer %b\r\n"
            b"content-type: application/json\r\nidempotency-key: t%d-%d-%d\r\ncontent-length: %d\r\n\r\n%b"
            % (self._token, os.getpid(), self._number, self._count, len(body), body)
        )
        answer = await self._answer()
        assert answer.startswith(b"HTTP/1.1 201"), answer
        self.took_ms.append((time.perf_counter() - started) * 1_000)

    async def _answer(self) -> bytes:
        found = b""
        while b"\r\n\r\n" not in found:
            found += await self._socket.receive()
        head, _, rest = found.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        while len(rest) < length:
            rest += await self._socket.receive()
        return found


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=10.0, help="of each way of asking")
    options.add_argument("--tablets", type=int, default=20)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="felt-bench-") as folder:
        anyio.run(measure, Path(folder) / "leaf", chosen.seconds, chosen.tablets)


async def measure(data: Path, seconds: float, tablets: int) -> None:
    founded = await initialise(
        data, name="Bench", currency="EUR", time_zone="UTC",
        people=[NewPerson("ana", "Ana", "manager", "1111")], devices=[NewDevice("cage", "Cage")],
    )  # fmt: skip
    ports = ["--port", str(PORT), "--sync-port", str(PORT + 1)]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-P", "-m", "felt", "leaf", "--data", str(data), *ports]
    async with await anyio.open_process(command, env=env, stdout=None, stderr=subprocess.DEVNULL) as leaf:
        url = f"http://127.0.0.1:{PORT}"
        http = Http(url)
        await http.get("/health")  # asks again until somebody answers
        await http.close()
        device, _ = await enrol(url, founded.enrolment_keys[0], "Cage")
        who = await sign_in(url, device, "ana", "1111")
        async with anyio.create_task_group() as tasks:
            await connected(tasks, founded.venue, who, tablets)
            await ask_in_three_ways(who, seconds, tablets)
            tasks.cancel_scope.cancel()
        leaf.terminate()


async def connected(tasks: TaskGroup, venue: str, who: SignedIn, tablets: int) -> None:
    clock, address = LeafClock(), f"ws://127.0.0.1:{PORT + 1}/sync/{venue}"
    for _ in range(tablets):
        copy = Copy("floor", who.device.device, "ana", [address], who.token, clock.now, clock.hear)
        await tasks.start(copy.run)


async def ask_in_three_ways(who: SignedIn, seconds: float, tablets: int) -> None:
    tills = [Till(n, who.token) for n in range(TILLS)]
    for till in tills:
        await till.connect()
    for body in (PROFILE, DRAWER):
        await tills[0].ask(body)
    head = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"\n### {TILLS} tills over HTTP ({head}, {time.strftime('%Y-%m-%d')}; {tablets} tablets beside)\n")
    print("| | answers a second | p50 ms | p99 ms | longest |\n|---|---:|---:|---:|---:|")
    for words, way in (
        ("each about once a second", now_and_then),
        ("all at the same moment, once a second", all_at_once),
        ("each again at once", without_end),
    ):
        for till in tills:
            till.took_ms.clear()
        deadline = time.perf_counter() + seconds
        async with anyio.create_task_group() as asking:
            for till in tills:
                asking.start_soon(way, till, deadline)
        took = sorted(ms for till in tills for ms in till.took_ms)
        half, most = took[len(took) // 2], took[int(len(took) * 0.99)]
        print(f"| {words} | {len(took) / seconds:,.0f} | {half:.1f} | {most:.1f} | {took[-1]:.1f} |")


async def now_and_then(till: Till, deadline: float) -> None:
    while time.perf_counter() < deadline:
        await anyio.sleep(random.uniform(0.5, 1.5))
        await till.ask()


async def all_at_once(till: Till, deadline: float) -> None:
    moment = deadline - int(deadline - time.perf_counter())
    while moment < deadline:
        await anyio.sleep(moment - time.perf_counter())
        await till.ask()
        moment += 1


async def without_end(till: Till, deadline: float) -> None:
    while time.perf_counter() < deadline:
        await till.ask()


if __name__ == "__main__":
    main()
