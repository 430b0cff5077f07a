"""Every key that the floor's `?` lists, by a keyboard alone."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from felt.demo.crew import Crew
from tests.e2e.play import seat_players
from tests.fix_room import Room, Tablets, until

NAMES = ["Ida Berg", "Jon Ek", "Kim Lund", "Leo Marr"]


@pytest.fixture(scope="module")
def players(room: Room) -> dict[str, str]:
    room.prepare()
    return seat_players(room, NAMES)


def press(page: Page, keys: str) -> None:
    for key in keys.split(" "):
        page.keyboard.press({"Space": " "}.get(key, key))


def say(page: Page, words: str) -> None:
    press(page, "Control+k")
    expect(page.get_by_test_id("command-words")).to_be_focused()
    page.keyboard.type(words)


def facts(room: Room) -> dict[str, Any]:
    told: dict[str, Any] = room.facts(f"tournament/{room.tournament}")
    return told


def test_places_events_and_tables(room: Room, tablets: Tablets, players: dict[str, str]) -> None:
    page = tablets.sign_in("floor", "floor", "Tablet 1")
    for letter, place in {"c": "clock", "l": "lists", "s": "settle", "d": "displays", "h": "history"}.items():
        press(page, f"g {letter}")
        expect(page).to_have_url(re.compile(f"#{place}$"))
    press(page, "g t")
    press(page, "e $")
    expect(page.get_by_test_id("table-1")).to_have_count(0)
    press(page, "e a")
    expect(page.get_by_test_id("table-1")).to_be_visible()
    expect(page.get_by_test_id("table-17")).to_have_count(0)
    press(page, "e 0")
    expect(page.get_by_test_id("table-17")).to_be_visible()
    press(page, "1 Enter")
    expect(page).to_have_url(re.compile("#table/t1$"))
    press(page, "h")
    expect(page).to_have_url(re.compile("#history/t1$"))
    press(page, "1 Enter Escape")
    expect(page.get_by_test_id("table-1")).to_be_visible()
    press(page, "/")
    page.keyboard.type("ida")
    press(page, "Enter")
    expect(page.get_by_test_id("player-sheet")).to_have_attribute("data-player", players["Ida Berg"])
    press(page, "h")
    expect(page).to_have_url(re.compile(f"#history/{players['Ida Berg']}$"))


def test_who_is_open_and_their_table(room: Room, tablets: Tablets, players: dict[str, str]) -> None:
    page = tablets.sign_in("floor", "floor", "Tablet 2")
    jon = players["Jon Ek"]
    sheet = page.get_by_test_id("player-sheet")
    page.goto(f"{room.url}/floor#table/t1/{jon}")
    expect(sheet).to_be_visible()
    page.get_by_test_id("button-at-4").click()
    press(page, "d")
    until(lambda: facts(room)["button/t1"]["button"] == 1, "the button moved on")
    press(page, "g d")  # a place, and no hand more
    expect(page).to_have_url(re.compile("#displays$"))
    page.goto(f"{room.url}/floor#table/t1/{jon}")
    press(page, "e b")  # an event that there is not, and nobody out
    press(page, "Control+b")
    press(page, "r")
    sale = page.get_by_role("dialog")
    expect(sale).to_contain_text("Jon Ek")
    press(page, "b")  # a dialog is open
    press(page, "Escape")
    expect(sale).to_have_count(0)
    press(page, "m 1 . 8 Enter")
    until(lambda: facts(room)[f"seat/{jon}"] == {"table": "t1", "seat": 8}, "Jon sits at 1.8")
    assert facts(room)["button/t1"]["button"] == 1
    press(page, "u")
    until(lambda: facts(room)[f"seat/{jon}"] == {"table": "t1", "seat": 2}, "Jon sits at 1.2 again")
    page.goto(f"{room.url}/floor#table/t1/{jon}")
    expect(sheet).to_be_visible()
    press(page, "b")
    until(lambda: any(name.startswith("bust/") for name in facts(room)), "Jon is out")
    press(page, "u")
    until(lambda: not any(facts(room)[n] for n in facts(room) if n.startswith("bust/")), "Jon is back")


def test_the_clock_the_lists_and_the_lock(room: Room, tablets: Tablets, players: dict[str, str]) -> None:
    async def wait_in_line(crew: Crew) -> None:
        floor = await crew.floor.open("floor")
        kim = {"list": "plo25", "player": players["Kim Lund"]}
        await floor.write(("waitlist/w1", kim))
        await floor.settled()

    room.work(wait_in_line)
    page = tablets.sign_in("floor", "floor", "Tablet 3")
    press(page, "g c")
    state = page.get_by_test_id("clock-state")
    expect(state).to_be_visible()
    press(page, "Space")
    expect(state).to_have_attribute("data-state", "running")
    press(page, "Space")
    expect(state).to_have_attribute("data-state", "paused")
    until(lambda: facts(room)["clock"]["state"] == "paused", "the leaf knows of the pause")
    left = facts(room)["clock"]["remaining_ms"]
    press(page, "+")
    until(lambda: facts(room)["clock"]["remaining_ms"] == left + 60_000, "a minute more")
    press(page, "-")
    until(lambda: facts(room)["clock"]["remaining_ms"] == left, "a minute less")

    press(page, "g l")
    expect(page.get_by_test_id("list-plo25")).to_contain_text("Kim Lund")
    press(page, "n")
    expect(page.get_by_text("Kim Lund called.")).to_be_visible()

    say(page, "go clo")
    press(page, "Enter")
    expect(state).to_be_visible()
    say(page, "resume")
    expect(page.get_by_test_id("command-row")).to_have_text(["Start or resume the clock Space"])
    press(page, "Enter")
    expect(state).to_have_attribute("data-state", "running")

    press(page, "?")
    expect(page.get_by_test_id("keys-sheet")).to_contain_text("Undo your last act")
    page.get_by_test_id("keys-single").click()
    press(page, "Escape")
    expect(page.get_by_test_id("keys-sheet")).to_have_count(0)
    press(page, "Space g l")
    expect(state).to_have_attribute("data-state", "running")
    say(page, "keys")
    press(page, "Enter")
    page.get_by_test_id("keys-single").click()
    press(page, "Escape")
    expect(page.get_by_test_id("keys-sheet")).to_have_count(0)
    press(page, "g l")
    expect(page.get_by_test_id("list-plo25")).to_be_visible()
    press(page, "Alt+l")
    expect(page).to_have_url(re.compile("/auth"))
