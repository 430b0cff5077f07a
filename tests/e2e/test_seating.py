"""Seats on two tablets: moves, balance and breaks within their taps, and what the one who is late is told."""

import re
from typing import Any

from playwright.sync_api import Page, expect

from crdt_models.facts import Json
from felt.demo.crew import Crew
from tests.e2e.play import sell
from tests.fix_room import Room, Tablets, off_line, on_line, until


class Taps:
    """A page whose taps are counted."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.count = 0

    def __call__(self, testid: str) -> None:
        self.page.get_by_test_id(testid).first.click()
        self.count += 1


def seat(room: Room, tables: dict[str, dict[int, str]], buttons: dict[str, tuple[int, int, int]]) -> None:
    """An event whose clock runs, these people in these seats, the buttons as told."""
    names = [name for seats in tables.values() for name in seats.values()]
    sold = dict(zip(names, sell(room, names), strict=True))

    async def job(crew: Crew) -> None:
        event = await crew.event(crew.floor)
        for order, (table, seats) in enumerate(tables.items(), start=1):
            changes: list[tuple[str, Json]] = [(f"table/{table}", {"open": True, "order": order})]
            for number, name in seats.items():
                one = sold[name]
                changes.append((f"entry/{one.entry}", {"player": one.player, "number": 1, "kind": "initial"}))
                changes.append((f"seat/{one.player}", {"table": table, "seat": number}))
            await event.write(*changes)
        for table, (button, small, big) in buttons.items():
            positions: Json = {"button": button, "small_blind": small, "big_blind": big}
            await event.write((f"button/{table}", positions))
        clock: Json = {
            "level": 1,
            "state": "running",
            "anchor_ms": crew.floor.clock.now(),
            "remaining_ms": 900_000,
        }
        await event.write(("clock", clock))
        await event.settled()

    room.work(job)


def tables(page: Page) -> None:
    page.get_by_test_id("rail-tables").click()


def sits(page: Page, table: int, seat_number: int, name: str) -> None:
    tables(page)
    page.get_by_test_id(f"table-{table}").click()
    expect(page.get_by_test_id(f"seat-{seat_number}")).to_have_attribute("aria-label", re.compile(name))
    tables(page)


def facts(room: Room) -> dict[str, Any]:
    return room.facts(f"tournament/{room.tournament}")


def test_moves_balance_and_breaks_within_their_taps(room: Room, tablets: Tablets) -> None:
    """UX 3: move one 4+1, move two 8, accept a balance 1-2, break a table 4. NEW-05"""
    room.prepare()
    first = {n: f"Ann {n}" for n in range(1, 9)}
    second = {n: f"Bob {n}" for n in range(1, 6)}
    seat(room, {"t1": first, "t2": second}, {"t1": (1, 2, 3), "t2": (1, 2, 3)})
    one = tablets.sign_in("floor", "floor", "Tablet 1")
    two = tablets.sign_in("floor", "floor2", "Tablet 2")

    tap = Taps(one)  # three apart: Ann 4 is next big blind, seat 6 the worst open one
    tap("confirm-move")
    assert tap.count == 1
    sits(two, 2, 6, "Ann 4")

    tap = Taps(one)
    for testid in ("table-1", "seat-1", "move", "table-1", "seat-9"):
        tap(testid)
    assert tap.count == 4 + 1
    sits(two, 1, 9, "Ann 1")

    tables(one)
    tap = Taps(one)
    tap("table-1")
    one.get_by_role("button", name="Select several").click()
    tap.count += 1
    for testid in ("seat-2", "seat-3", "move-several", "table-2", "seat-7", "seat-8"):
        tap(testid)
    assert tap.count == 8
    sits(two, 2, 7, "Ann 2")
    sits(two, 2, 8, "Ann 3")

    tables(two)  # five and eight are three apart
    expect(two.get_by_test_id("now-halt").first).to_be_visible()


def test_a_table_breaks_in_four_taps_and_its_draw_can_be_checked(room: Room, tablets: Tablets) -> None:
    """NEW-06: the draw is the leaf's, and what it wrote down is what a phone checks."""
    seat(room, {"t3": {1: "Cyd 1", 2: "Cyd 2", 3: "Cyd 3"}}, {})
    one = tablets.sign_in("floor", "floor", "Tablet 3")
    two = tablets.sign_in("floor", "floor2", "Tablet 4")
    before = set(facts(room))
    tap = Taps(one)
    for testid in ("table-3", "break-table", "draw-break", "confirm-break"):
        tap(testid)
    assert tap.count == 4
    expect(one.get_by_test_id("carried-count")).to_have_text("0/3 carried")
    one.get_by_test_id("rail-tables").click()  # the board stands beside the room, which stays in use
    one.get_by_test_id("table-1").click()
    expect(one.get_by_test_id("seat-1")).to_be_visible()
    one.get_by_test_id("carried-1").check()
    expect(one.get_by_test_id("carried-count")).to_have_text("1/3 carried")
    one.get_by_test_id("close-board").click()
    expect(two.get_by_test_id("table-3")).to_have_accessible_name(re.compile("closed"))
    drawn = {
        name: value for name, value in facts(room).items() if name.startswith("draw/") and name not in before
    }
    (draw,) = drawn.values()
    assert (draw["kind"], len(draw["seats"])) == ("break", 3)


def test_who_confirms_too_late_moves_nobody_and_sees_what_changed(room: Room, tablets: Tablets) -> None:
    """F-110: what a person looks at goes stale. F-101: a seat is taken while they place somebody."""
    seat(room, {"t4": {n: f"Dan {n}" for n in range(1, 6)}}, {"t4": (1, 2, 3)})
    one = tablets.sign_in("floor", "floor", "Tablet 5")
    two = tablets.sign_in("floor", "floor2", "Tablet 6")
    for page in (one, two):
        page.get_by_test_id("look-proposal").click()
        expect(page.get_by_test_id("proposal")).to_contain_text("TDA 2024 11-A")
    one.get_by_test_id("confirm-move").click()
    expect(two.get_by_test_id("look-again")).to_be_visible()
    expect(two.get_by_test_id("confirm-move")).to_have_count(0)
    expect(two.get_by_test_id("proposal")).to_contain_text("now")
    two.get_by_test_id("look-again").click()
    expect(two.get_by_test_id("confirm-move")).to_be_visible()

    pick_up(two, 4, 1)
    two.get_by_test_id("table-4").click()
    pick_up(one, 4, 2)
    one.get_by_test_id("table-4").click()
    one.get_by_test_id("seat-9").click()
    expect(two.get_by_test_id("seat-9")).to_have_attribute("aria-label", re.compile("Dan 2"))
    two.get_by_test_id("seat-9").click()
    expect(two.get_by_text("F-101")).to_be_visible()
    expect(two.get_by_test_id("placing")).to_contain_text("Dan 1")
    two.get_by_test_id("seat-8").click()
    sits(one, 4, 8, "Dan 1")


def test_a_tablet_without_the_leaf_draws_by_itself_and_says_so(room: Room, tablets: Tablets) -> None:
    """Two tablets, one of them off line half the time; both draws stand once they meet again."""
    one = tablets.sign_in("floor", "floor", "Tablet 7")
    two = tablets.sign_in("floor", "floor2", "Tablet 8")
    for page in (one, two):
        expect(page.get_by_test_id("table-4")).to_be_visible()
    off_line(two)
    pick_up(two, 4, 8)
    two.get_by_test_id("placing-draw").click()
    expect(two.get_by_test_id("draw-card")).to_have_attribute("data-draw", "")
    pick_up(one, 4, 9)
    one.get_by_test_id("placing-draw").click()
    expect(one.get_by_test_id("draw-card")).to_have_attribute("data-draw", re.compile(r"^\d+\.\d+$"))
    on_line(two)
    until(lambda: any(name.startswith("handdraw/") for name in facts(room)), "its draw is told apart")


def pick_up(page: Page, table: int, seat_number: int) -> None:
    tables(page)
    page.get_by_test_id(f"table-{table}").click()
    page.get_by_test_id(f"seat-{seat_number}").click()
    page.get_by_test_id("move").click()


def test_a_button_nobody_knows_is_set_in_two_taps(room: Room, tablets: Tablets) -> None:
    """[RU39] UX 3: tile, seat; and moved on in two: tile, Button +1."""
    seat(room, {"t11": {n: f"Gus {n}" for n in range(1, 9)}}, {})
    one = tablets.sign_in("floor", "floor", "Tablet 1")
    for testid, button in (("button-at-3", 3), ("button-next", 4)):
        tables(one)
        tap = Taps(one)
        tap("table-11")
        tap(testid)
        until(lambda at=button: facts(room).get("button/t11", {}).get("button") == at, "the button is there")
        assert tap.count == 2
