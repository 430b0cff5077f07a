"""The acts of a floor, tapped on one tablet, and when everybody else has heard of them."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

from house import buy_in
from pages import Tap, measured
from playwright.async_api import Page

from crdt_models.documents.floor import Seat
from crdt_models.documents.typed import many
from crdt_models.edits import Json
from felt.demo.copy import Copy
from felt.demo.desk import Desk

__all__ = [
    "Figures", "Floor", "News", "balance", "break_table", "bust", "move", "pause", "register", "settle",
]  # fmt: skip

PATIENCE_S: Final = 3.0
PAGE_TABLES: Final = 24
VIEW_TABLES: Final = "[data-testid=now]"
News = list[tuple[float, str, str]]  # at, who, what


@dataclass
class Figures:
    """Milliseconds by act and column; `left_out`: what could not be done, by why."""

    rows: dict[str, dict[str, list[float]]] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)

    def add(self, act: str, column: str, value: float) -> None:
        self.rows.setdefault(act, {}).setdefault(column, []).append(value)


class Floor:
    """What the bench does on the acting tablet, and what it hears from all others."""

    def __init__(
        self,
        here: Page,
        there: Page,
        event: Copy,
        news: News,
        figures: Figures,
        tablets: int,
        screens: dict[str, int],
    ) -> None:
        self.here, self.there, self.event, self.news, self.figures = here, there, event, news, figures
        self.screens = screens
        self.tablets = tablets

    def sitting(self) -> dict[str, dict[int, str]]:
        """Table → seat → player, of the tables on the first page of tiles, by number."""
        found: dict[str, dict[int, str]] = {f"t{n}": {} for n in range(1, PAGE_TABLES + 1)}
        for player, seat in many(self.event.facts, "seat/", Seat).items():
            if seat.table in found:
                found[seat.table][seat.seat] = player
        return {table: seats for table, seats in found.items() if seats}

    async def tables(self) -> None:
        await self.here.get_by_test_id("rail-tables").click()
        await self.here.locator(VIEW_TABLES).wait_for()

    async def open_table(self, table: str) -> None:
        await self.tables()
        tile = self.here.get_by_test_id(f"table-{table[1:]}")
        await self._time("open a table", tile.click, "document.querySelector('[data-testid=seat-1]')", "true")

    async def act(
        self, act: str, tap: Callable[[], Awaitable[None]], shown: str, there: str, fact: str, views: str
    ) -> None:
        """One measured act: it writes facts that begin so, and these views show it."""
        done = await self._time(act, tap, shown, there)
        seen = await self._heard(done.at, "tablet", lambda what: what.startswith(fact), self.tablets)
        self.figures.add(act, "tablets", seen - done.at)
        for view in views.split():
            got = await self._heard(
                done.at, "screen", lambda what, view=view: what == view, self.screens[view]
            )
            self.figures.add(act, "screens", got - done.at)

    async def _time(self, act: str, tap: Callable[[], Awaitable[None]], shown: str, there: str) -> Tap:
        done = await measured(self.here, self.there, tap, shown, there)
        self.figures.add(act, "here", done.here - done.at)
        self.figures.add(act, "paint", done.paint_ms)
        if there != "true":
            self.figures.add(act, "there", done.there - done.at)
        return done

    async def _heard(self, since: float, who: str, is_it: Callable[[str], bool], count: int) -> float:
        """When the last of so many had it."""
        until = time.monotonic() + PATIENCE_S
        while True:
            first: dict[str, float] = {}
            for at, one, what in self.news:
                if at >= since and one.startswith(who) and is_it(what):
                    first.setdefault(one, at)
            if len(first) >= count:
                return max(first.values())
            if time.monotonic() > until:
                raise TimeoutError(f"{len(first)} of {count} {who}s heard of it")
            await asyncio.sleep(0.02)


def count_is(table: str, players: int) -> str:
    tile = f"document.querySelector('[data-testid=table-{table[1:]}] .count')"
    return f"{tile}?.firstChild.textContent == '{players}'"


async def bust(floor: Floor, n: int) -> None:
    table, seats = sorted(floor.sitting().items(), key=lambda one: len(one[1]))[n % 4]
    seat, player = max(seats.items())
    await floor.open_table(table)
    chair = floor.here.get_by_test_id(f"seat-{seat}")
    await floor._time(
        "open a player", chair.click, "document.querySelector('[data-testid=player-sheet]')", "true"
    )
    name = f"Number{int(player[1:]):04}"
    gone = f"!document.querySelector('[data-testid=seat-{seat}]')?.textContent.includes('{name}')"
    tap = floor.here.get_by_test_id("bust").click
    await floor.act("bust", tap, gone, count_is(table, len(seats) - 1), "bust/", "clock seating")


async def move(floor: Floor, n: int) -> None:
    by_count = sorted(floor.sitting().items(), key=lambda one: len(one[1]))
    (to, taken), (table, seats) = by_count[0], by_count[-1 - n]
    seat, free = max(seats), next(n for n in range(1, 10) if n not in taken)
    await floor.open_table(table)
    await floor.here.get_by_test_id(f"seat-{seat}").click()
    await floor.here.get_by_test_id("move").click()
    await floor.here.get_by_test_id(f"table-{to[1:]}").click()
    name = f"Number{int(seats[seat][1:]):04}"
    there = f"document.querySelector('[data-testid=seat-{free}]')?.textContent.includes('{name}')"
    tap = floor.here.get_by_test_id(f"seat-{free}").click
    await floor.act("move", tap, there, count_is(table, len(seats) - 1), "seat/", "seating")


async def pause(floor: Floor, n: int) -> None:
    paused, clock = "document.querySelector('.bar .paused')", floor.here.get_by_test_id
    await floor.here.get_by_test_id("rail-clock").click()
    state = "document.querySelector('[data-testid=clock-state]')?.dataset.state"
    await floor.act("pause", clock("pause").click, f"{state} == 'paused'", paused, "clock", "clock")
    await floor.act("resume", clock("resume").click, f"{state} == 'running'", f"!{paused}", "clock", "clock")


async def balance(floor: Floor, n: int) -> None:
    await floor.tables()
    await floor.here.get_by_test_id("look-proposal").click()
    before = json.dumps(await floor.there.locator(VIEW_TABLES).inner_text())
    gone = "!document.querySelector('[data-testid=proposal]')"
    other = f"document.querySelector('{VIEW_TABLES}').innerText != {before}"
    tap = floor.here.get_by_test_id("confirm-move").click
    await floor.act("confirm a balance", tap, gone, other, "move/", "seating")


async def register(floor: Floor, till: Desk, n: int) -> None:
    await buy_in(till, 5_000 + n)
    await floor.tables()
    seat = floor.here.get_by_test_id("seat-next")
    await seat.wait_for(timeout=20_000)  # what is younger than ten seconds is no disagreement yet
    before = json.dumps(await floor.there.locator(VIEW_TABLES).inner_text())
    other = f"document.querySelector('{VIEW_TABLES}').innerText != {before}"
    gone = "!document.querySelector('[data-testid=seat-next]')"
    await floor.act("seat a newcomer", seat.click, gone, other, "seat/", "clock seating")


async def break_table(floor: Floor, n: int) -> None:
    """A table of which three are left, for whom seats came free elsewhere."""
    sitting = floor.sitting()
    table, seats = max(sitting.items(), key=lambda one: int(one[0][1:]))
    elsewhere = [list(sitting[f"t{5 + 3 * n + k}"].values())[-1] for k in range(3)]
    for player in (*list(seats.values())[3:], *elsewhere):
        life, now = f"e{player[1:]}", int(time.time() * 1_000)
        bust: Json = {"player": player, "at_ms": now, "hand": life}
        await floor.event.write((f"bust/{life}", bust), (f"seat/{player}", None))
    await floor.event.settled()
    await floor.tables()
    await floor.here.get_by_test_id(f"table-{table[1:]}").click()
    await floor.here.get_by_test_id("break-table").click()
    await floor.here.get_by_test_id("draw-break").click()
    await floor.here.get_by_test_id("confirm-break").wait_for()
    tiles = await floor.there.locator("button.tile:not(.closed)").count()
    gone = "document.querySelector('[data-testid=close-board]')"
    fewer = f"document.querySelectorAll('button.tile:not(.closed)').length < {tiles}"
    tap = floor.here.get_by_test_id("confirm-break").click
    await floor.act("break a table", tap, gone, fewer, "table/", "seating")
    await floor.here.get_by_test_id("close-board").click()


async def settle(floor: Floor, other: Copy, n: int) -> None:
    """Two tablets set one table's button without having seen each other's word."""
    table = f"table/t{PAGE_TABLES + 1 + n}"
    was = floor.event.facts.get(table)
    assert isinstance(was, dict)
    one, two = {**was, "locked": True}, {**was, "order": 500 + n}
    await asyncio.gather(floor.event.write((table, one)), other.write((table, two)))
    await floor.here.get_by_test_id("rail-settle").click()
    keep = floor.here.get_by_test_id("keep-answer").first
    await keep.wait_for()
    await floor.there.get_by_test_id("now-rivals").wait_for()
    none = "document.querySelector('[data-testid=tray-count]').dataset.count == '0'"
    await floor.act(
        "settle a rival",
        keep.click,
        none,
        "!document.querySelector('[data-testid=now-rivals]')",
        "settled/",
        "",
    )
