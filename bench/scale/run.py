"""A full house: 1,004 entries at 112 tables, 8 tablets, 20 screens. How soon every act shows, here and there.

    felt bench scale          (or: python bench/scale/run.py [--entries 1004] [--tables 112] [--rounds 5])
    felt bench slow           forty tables, the acting tablet's processor four times slower

A real leaf. Two tablets are real browsers: one is tapped, the other looks at all tables; five are stock yjs
clients, one is ours in Python; half of the screens show the clock, half the seating.

`here`: from the tap until the frame that shows it is painted; `paint`: until the next frame, by the browser's
Event Timing; `there`: until the other browser has painted it; `tablets`: until the last of the five has it;
`screens`: until the last of them has the picture.
"""

import argparse
import asyncio
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from acts import Figures, Floor, News, balance, break_table, bust, move, pause, register, settle
from house import EVENT, PIN, House, furnished
from pages import enter, opened_browser
from playwright.async_api import Error as PageError
from playwright.async_api import Page, async_playwright

from felt.demo.desk import Desk

ROOT = Path(__file__).resolve().parents[2]
RECORD = ROOT / "docs" / "performance.md"
FIRST_PORT = 29_460
TABLETS, SCREENS = 8, 20
LISTENING = TABLETS - 3
HERE_MS, THERE_MS, PAINT_MS = 100.0, 200.0, 50.0
SLOW_PAINT_MS = 200.0  # what Web Vitals call a good interaction


async def main(entries: int, tables: int, rounds: int, slow: int) -> None:
    with tempfile.TemporaryDirectory(prefix="felt-bench-") as folder:
        begun = time.monotonic()
        async with furnished(Path(folder) / "leaf", FIRST_PORT, entries, tables, TABLETS, SCREENS) as house:
            print(f"furnished in {time.monotonic() - begun:.0f} s", file=sys.stderr)
            figures, heap = await evening(house, rounds, slow)
    tell(entries, tables, rounds, slow, figures, heap)


async def evening(house: House, rounds: int, slow: int) -> tuple[Figures, list[float]]:
    """Browsers and listeners come, and every act is done so many times."""
    figures, news = Figures(), News()
    async with (
        async_playwright() as playwright,
        Desk(house.url, house.venue, house.tablets[-1]) as desk,
        Desk(house.url, house.venue, house.cage) as till,
        listening(house, news),
    ):
        event, other = await desk.open(f"tournament/{EVENT}"), await till.open(f"tournament/{EVENT}")
        browsers = [await opened_browser(playwright) for _ in range(2)]
        here, there = [
            await enter(one, house.url, key, PIN)
            for one, key in zip(browsers, house.browser_keys, strict=True)
        ]
        await slowed(here, slow)
        screens = {"clock": SCREENS // 2, "seating": SCREENS - SCREENS // 2}
        floor = Floor(here, there, event, news, figures, LISTENING, screens)
        heap = [await heap_mib(here)]
        acts = [pause, bust, balance, move, partial(settle, other=other), partial(register, till=till)]
        for act, n in [
            *((act, n) for n in range(rounds) for act in acts),
            *((break_table, n) for n in range(rounds)),
        ]:
            await attempt(act, floor, n)  # a table that can break comes before any balance: breaks come last
        heap.append(await heap_mib(here))
        for browser in browsers:
            await browser.close()
    return figures, heap


async def attempt(act: Callable[..., Awaitable[None]], floor: Floor, n: int) -> None:
    """An act that can't be done now is left out of this round, and told."""
    try:
        await act(floor, n=n)
    except (PageError, TimeoutError) as error:
        name = act.func.__name__ if isinstance(act, partial) else act.__name__
        floor.figures.left_out.append(f"{name} in round {n + 1}: {str(error).splitlines()[0]}")
        await floor.here.keyboard.press("Escape")


@asynccontextmanager
async def listening(house: House, news: News) -> AsyncIterator[None]:
    """All other tablets and screens are there, and end with the block, however it ends."""
    process = await asyncio.to_thread(listening_to, house, news)
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGKILL)  # the command starts the real node beside itself
        process.wait()


def listening_to(house: House, news: News) -> "subprocess.Popen[str]":
    """In a process of their own; what they tell is read by a thread."""
    wanted = {
        "sync": house.sync_url, "url": house.url, "event": EVENT,
        "tablets": [one.token for one in house.tablets[:LISTENING]],
        "screens": [
            [token, f"{'seating' if n % 2 else 'clock'}/{EVENT}"] for n, token in enumerate(house.screens)
        ],
    }  # fmt: skip
    script = Path(__file__).with_name("listeners.mjs")
    node = Path(sys.executable).with_name("node")
    process = subprocess.Popen(
        [node, script, json.dumps(wanted)], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert process.stdout is not None
    told = process.stdout

    def read() -> None:
        for line in told:
            one = json.loads(line)
            news.append((one["at"], one["who"], one["what"]))

    told.readline()  # all of them are there
    threading.Thread(target=read, daemon=True).start()
    return process


async def slowed(page: Page, times: int) -> None:
    """So many times slower, by the browser's own throttle of its processor."""
    session = await page.context.new_cdp_session(page)
    await session.send("Emulation.setCPUThrottlingRate", {"rate": times})


async def heap_mib(page: Page) -> float:
    used: int = await page.evaluate("(window.gc && gc(), performance.memory.usedJSHeapSize)")
    return used / 2**20


def tell(entries: int, tables: int, rounds: int, slow: int, figures: Figures, heap: list[float]) -> None:
    asked = (
        f"| asked | < {HERE_MS:.0f} | ≤ {PAINT_MS:.0f} {3 * f'| < {THERE_MS:.0f} '}|"
        if slow == 1
        else f"| asked |  | < {SLOW_PAINT_MS:.0f} |  |  |  |"
    )
    slower = "" if slow == 1 else f"the acting tablet {slow} times slower; "
    lines = [
        f"{time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.0f}; "
        f"{entries:,} entries, {tables} tables, {TABLETS} tablets, {SCREENS} screens, "
        f"all on one machine; {slower}{rounds} rounds.",
        "", "| ms from the tap, median (worst) | here | paint | there | tablets | screens |",
        "|---|---:|---:|---:|---:|---:|",
        *(_row(act, columns) for act, columns in figures.rows.items()),
        asked,
        *(("", f"Left out: {'; '.join(figures.left_out)}.") if figures.left_out else ()),
        "", f"JavaScript heap of the acting tablet, after garbage collection: {heap[0]:.0f} MiB at first, "
        f"{heap[-1]:.0f} MiB after {rounds} rounds.",
    ]  # fmt: skip
    table = "\n".join(lines)
    print(table)
    name = "scale" if slow == 1 else "slow"
    marks = rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)"
    RECORD.write_text(re.sub(marks, lambda m: m[1] + table + "\n" + m[2], RECORD.read_text(), flags=re.S))


def _row(act: str, columns: dict[str, list[float]]) -> str:
    cells = (
        f"{statistics.median(columns[one]):.0f} ({max(columns[one]):.0f})" if one in columns else ""
        for one in ("here", "paint", "there", "tablets", "screens")
    )
    return f"| {act} | {' | '.join(cells)} |"


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--entries", type=int, default=1_004)
    parser.add_argument("--tables", type=int, default=112)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--slow", type=int, default=1)
    asked = parser.parse_args()
    asyncio.run(main(asked.entries, asked.tables, asked.rounds, asked.slow))
