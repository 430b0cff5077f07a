"""The line between leaf and core: how soon the ledger flows again after it was away, and with a queue.

    felt bench line        (or: python -P bench/line.py [--entries 10000] [--outages 2 60 600])

Runs a demo of its own. The line is cut, an entry is booked, the line comes back after so many seconds; at
last with many entries queued. Seconds count from the moment at which the line is up until the core says that
it holds all.
"""

import argparse
import os
import platform
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import anyio
import httpx

from felt.demo.beside import demo_beside, line_command

FIRST_PORT = 29_420
TILLS = 24


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--entries", type=int, default=10_000)
    options.add_argument("--outages", type=float, nargs="*", default=[2.0, 60.0], help="seconds")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="felt-bench-") as name:
        data = Path(name)
        with demo_beside(data, FIRST_PORT) as demo:
            away = anyio.run(line_times, demo, data, chosen.entries, chosen.outages)
    head = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"\n### Leaf to core ({head}, {time.strftime('%Y-%m-%d')})\n")
    print("| after an outage of | until the core has all |\n|---|---:|")
    for words, seconds in away:
        print(f"| {words} | {seconds:.2f} s |")


async def line_times(
    demo: dict[str, Any], data: Path, entries: int, outages: list[float]
) -> list[tuple[str, float]]:
    found = []
    async with httpx.AsyncClient(
        trust_env=False, timeout=30, limits=httpx.Limits(max_connections=TILLS)
    ) as http:
        for seconds in [*outages, None]:
            count = entries if seconds is None else 1
            line(data, "cut")
            started = time.monotonic()
            await book(http, demo, count)
            seq = (await http.get(f"{demo['leaf_url']}/api/v1/ledger/head")).json()["seq"]
            await anyio.sleep(max(0.0, (seconds or 0) - (time.monotonic() - started)))
            restoring = await anyio.open_process(line_command(data, "restore"), stdout=subprocess.DEVNULL)
            await core_has(http, demo, seq)
            up_s = (data / "line.now").stat().st_mtime
            words = f"{seconds:g} s, one entry" if seconds else f"{count:,} entries queued"
            found.append((words, time.time() - up_s))
            await restoring.wait()
    return found


async def book(http: httpx.AsyncClient, demo: dict[str, Any], count: int) -> None:
    left = iter(range(count))
    token = demo["tokens"]["manager"]

    async def till() -> None:
        for _ in left:
            answer = await http.post(
                f"{demo['leaf_url']}/api/v1/ledger/commands",
                json={"kind": "vault_in", "amount": {"amount": 100, "currency": "EUR"}},
                headers={"authorization": f"Bearer {token}", "idempotency-key": f"bench-{time.time_ns()}"},
            )
            assert answer.status_code == 201, answer.text

    async with anyio.create_task_group() as tasks:
        for _ in range(min(TILLS, count)):
            tasks.start_soon(till)


async def core_has(http: httpx.AsyncClient, demo: dict[str, Any], seq: int) -> None:
    with anyio.fail_after(120):
        while True:
            answer = await http.get(f"{demo['core_url']}/api/v1/venues/{demo['venue']}")
            if answer.json()["ledger"]["seq"] >= seq:
                return
            await anyio.sleep(0.02)


def line(data: Path, state: str) -> None:
    subprocess.run(line_command(data, state), check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
