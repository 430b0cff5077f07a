"""Several at once on the floor home, and dragging beside tapping: the same verbs, nothing moved by a slip."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.test_seating import Taps, facts, seat, sits
from tests.fix_room import Room, Tablets, in_touch, until


@pytest.fixture(scope="module", autouse=True)
def prepared(room: Room) -> None:
    """A room with an event; the tests of this file each have tables of their own."""
    room.prepare()


def drag(page: Page, start: str, end: str) -> None:
    """From the middle of one to the middle of the other, which may only be there while something is held."""
    box = page.get_by_test_id(start).bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2 + 20, box["y"] + box["height"] / 2 + 20)
    expect(page.get_by_test_id("placing")).to_be_visible()
    if end.startswith("seat-"):
        expect(page.get_by_test_id(end)).to_have_class(re.compile("legal"))
    target = page.get_by_test_id(end).bounding_box()
    assert target
    page.mouse.move(target["x"] + target["width"] / 2, target["y"] + target["height"] / 2, steps=3)
    if end.startswith("drop-"):
        expect(page.get_by_test_id(end)).to_have_class(re.compile("over"))
    page.mouse.up()


def test_a_player_is_dragged_to_a_chair_and_to_a_table(room: Room, tablets: Tablets) -> None:
    """UX 2.3: dragging is the same move as tapping; let go elsewhere, nothing moves. FELT-031"""
    seat(room, {"t7": {1: "Eve 1", 2: "Eve 2"}, "t8": {1: "Eve 3", 5: "Eve 4"}}, {})
    one = tablets.sign_in("floor", "floor", "Tablet 7")
    one.get_by_test_id("table-7").click()
    expect(one.get_by_test_id("seat-1")).to_have_attribute("aria-label", re.compile("Eve 1"))
    drag(one, "seat-1", "seat-6")
    expect(one.get_by_test_id("seat-6")).to_have_attribute("aria-label", re.compile("Eve 1"))
    expect(one.get_by_test_id("placing")).to_have_count(0)
    drag(one, "seat-2", "sync-pill")
    expect(one.get_by_test_id("placing")).to_have_count(0)
    expect(one.get_by_test_id("seat-2")).to_have_attribute("aria-label", re.compile("Eve 2"))
    drag(one, "seat-6", "drop-8")
    expect(one.get_by_test_id("seat-6")).to_have_attribute("aria-label", re.compile("empty"))
    sits(one, 8, 2, "Eve 1")


def test_several_tables_are_locked_told_and_broken_one_after_the_other(room: Room, tablets: Tablets) -> None:
    """UX 2.1: nobody of one that breaks is drawn to another that breaks next. [RU133]"""
    seat(room, {"t9": {1: "Fay 1", 2: "Fay 2"}, "t10": {1: "Fay 3", 2: "Fay 4"}}, {})
    one = tablets.sign_in("floor", "floor", "Tablet 8")
    tap = Taps(one)
    for testid in ("select-tables", "table-9", "table-10", "select-lock"):
        tap(testid)
    expect(one.get_by_text("Tables 9 and 10 locked.").first).to_be_visible()
    for testid in ("table-9", "table-10", "select-unlock", "table-9", "table-10", "select-next"):
        tap(testid)
    shown = until(
        lambda: [v for n, v in room.facts("displays").items() if n.startswith("announce/")], "announced"
    )
    assert shown[-1]["text"] == "Tables 9 and 10 break next"
    tap("select-break")
    for _ in range(2):
        for testid in ("draw-break", "confirm-break", "close-board"):
            expect(one.get_by_test_id(testid)).to_be_visible()
            tap(testid)
    expect(one.get_by_test_id("select-bar")).to_have_count(0)
    in_touch(one)
    now = facts(room)
    names = {player: value["name"] for player, value in players(room).items()}
    where = {names[n[5:]]: v["table"] for n, v in now.items() if n.startswith("seat/") and v}
    assert {where[f"Fay {n}"] for n in range(1, 5)}.isdisjoint({"t9", "t10"})
    assert [now[f"table/t{n}"]["open"] for n in (9, 10)] == [False, False]


def players(room: Room) -> dict[str, Any]:
    told = room.facts("roster")
    return {name.removeprefix("player/"): value for name, value in told.items() if name.startswith("player/")}
