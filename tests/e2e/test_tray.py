"""What arrives written against a rule is never lost: a row of To settle, with a verb that ends it.

[RU120] [RU121]
"""

import random
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from crdt_models.edits import Json
from felt.demo.crew import new_id
from tests.e2e.play import seat_players
from tests.fix_room import Room, Tablets, in_touch, off_line, on_line, until

NAMES = ["Ada Lovelace", "Grace Hopper", "Alan Turing"]


@pytest.fixture(scope="module")
def players(room: Room) -> dict[str, str]:
    room.prepare()
    return seat_players(room, NAMES)


def write(room: Room, document: str, *changes: tuple[str, Json]) -> None:
    """By a client that asks no rule."""

    async def job(crew: Any) -> None:
        copy = await crew.manager.open(document)
        await copy.write(*changes)
        await copy.settled()

    room.work(job)


def event(room: Room) -> str:
    return f"tournament/{room.tournament}"


def lives(room: Room) -> dict[str, str]:
    facts = room.facts(event(room))
    return {fact["player"]: name[6:] for name, fact in facts.items() if name.startswith("entry/") and fact}


def row(page: Page, kind: str, text: str) -> Any:
    page.get_by_test_id("rail-settle").click()
    found = page.get_by_test_id(f"breach-{kind}")
    expect(found).to_contain_text(text)
    return found


def edit(page: Page, level: int, small: str, big: str) -> None:
    page.get_by_test_id(f"edit-{level}").click()
    page.get_by_test_id("edit-small").fill(small)
    page.get_by_test_id("edit-big").fill(big)
    page.get_by_test_id("level-save").click()
    expect(page.get_by_test_id("level-edit")).to_have_count(0)


def test_two_levels_right_apart_and_wrong_together(
    room: Room, tablets: Tablets, players: dict[str, str]
) -> None:
    one = tablets.sign_in("floor", "floor", "Tray 1")
    two = tablets.sign_in("floor", "floor2", "Tray 2")
    for page in (one, two):
        page.get_by_test_id("rail-clock").click()
        expect(page.get_by_test_id("level-4")).to_be_visible()
    off_line(one, two)
    edit(one, 3, "100", "200")
    edit(two, 4, "75", "150")
    on_line(one, two)

    for page in (one, two):
        found = row(page, "ladder", "falls at level 4: 150 after 200")
    found.get_by_test_id("settle-levels").click()
    edit(two, 4, "100", "200")
    one.get_by_test_id("rail-settle").click()
    for kind in ("ladder", "seat_taken"):
        expect(one.get_by_test_id(f"breach-{kind}")).to_have_count(0)


def test_seats_tables_and_buttons_that_no_verb_would_write(
    room: Room, tablets: Tablets, players: dict[str, str]
) -> None:
    write(room, "config", ("table/t9", {"number": 9, "seats": 2, "out_of_use": [1, 2]}))
    write(
        room,
        event(room),
        ("seat/" + players["Alan Turing"], {"table": "t1", "seat": 1}),
        ("button/t1", {"button": 12, "small_blind": 1, "big_blind": 2}),
        ("table/t9", {"open": True, "order": 9}),
    )
    page = tablets.sign_in("floor", "floor", "Tray 3")
    page.get_by_test_id("now-breaches").click()

    row(page, "table_seatless", "T9 is open, and has no seat").get_by_test_id("settle-close").click()
    expect(page.get_by_test_id("breach-table_seatless")).to_have_count(0)
    row(page, "button_invalid", "T1 has 9 seats, but button or blinds stand on 12").get_by_test_id(
        "settle-not"
    ).click()
    expect(page.get_by_test_id("breach-button_invalid")).to_have_count(0)
    taken = row(page, "seat_taken", "T1·1: Ada Lovelace was there earlier and keeps it, Alan Turing")
    taken.get_by_test_id("settle-draw").click()
    expect(page.get_by_test_id("breach-seat_taken")).to_have_count(0)


def test_busts_and_what_is_written_after_the_end(
    room: Room, tablets: Tablets, players: dict[str, str]
) -> None:
    ada, grace, alan = (players[name] for name in NAMES)
    page = tablets.sign_in("floor", "manager", "Tray 4")
    for at_ms, player in ((1, grace), (2, alan), (3, ada)):
        bust: Json = {"player": player, "at_ms": at_ms, "hand": f"h{at_ms}"}
        write(room, event(room), (f"bust/{lives(room)[player]}", bust), (f"seat/{player}", None))
    last = row(page, "nobody_left", "nobody has won: Ada Lovelace went out last")
    last.get_by_test_id("settle-take").click()
    expect(page.get_by_test_id("breach-nobody_left")).to_have_count(0)

    over: Json = {"level": 5, "state": "ended", "anchor_ms": 1, "remaining_ms": 0}
    rebuy: Json = {"player": ada, "kind": "rebuy", "entry": lives(room)[ada], "had": 0, "at_ms": 1}
    write(room, event(room), ("clock", over))
    write(room, event(room), ("wanted/w1", rebuy), (f"seat/{ada}", {"table": "t1", "seat": 3}))
    asked = row(page, "wanted_over", "Asked of the cage for Ada Lovelace, but the event is over")
    asked.get_by_test_id("settle-drop").click()
    expect(page.get_by_test_id("breach-wanted_over")).to_have_count(0)
    late = row(page, "after_end", "Written after the end: Ada Lovelace: T1·3")
    expect(late.get_by_test_id("settle-history")).to_be_visible()
    late.get_by_test_id("explain-breach").click()
    page.get_by_test_id("explain-reason").fill("The winner sat down again")
    page.get_by_test_id("explain-save").click()
    expect(page.get_by_test_id("breach-after_end")).to_have_count(0)
    expect(page.get_by_test_id("explained-breach")).to_contain_text("The winner sat down again")
    until(
        lambda: any(name.startswith("explained/after_end.seat.") for name in room.facts(event(room))), "kept"
    )

    closed: Json = {"open": False, "order": 1}
    write(room, event(room), ("table/t1", closed))
    write(room, event(room), ("table/t1", None))
    gone = row(page, "after_end", "Written after the end: T1: taken out")
    gone.get_by_test_id("settle-take").click()
    expect(page.get_by_test_id("breach-after_end")).to_have_count(0)
    until(
        lambda: room.facts(event(room)).get("table/t1", {}).get("open"), "the table is as it was at the end"
    )


def test_what_a_person_tries_after_the_end_is_refused_by_its_rule(
    room: Room, tablets: Tablets, players: dict[str, str]
) -> None:
    """The winner is bust, sold a rebuy, and moved; the table is locked: nothing of it is written."""
    page = tablets.sign_in("floor", "manager", "Tray 5")
    before = room.facts(event(room))
    page.get_by_test_id("table-1").click()
    page.get_by_test_id("seat-3").click()
    page.get_by_test_id("bust").click()
    expect(page.get_by_test_id("toast").last).to_contain_text("F-1")
    page.get_by_test_id("rebuy").click()
    expect(page.get_by_test_id("ask-cage")).to_have_attribute("aria-disabled", "true")
    expect(page.get_by_text("This event is over").first).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Lock", exact=True).click()
    expect(page.get_by_test_id("toast").last).to_contain_text("F-141")
    in_touch(page)
    assert room.facts(event(room)) == before


def test_a_table_of_two_events_does_not_stop_the_floor(
    room: Room, tablets: Tablets, players: dict[str, str]
) -> None:
    """Two offices apart may give one table to two events; the page shows it, and goes on."""
    setup: Any = room.facts(event(room))["setup"]
    changes = ("setup", {**setup, "name": "Second", "letter": "F"}), ("table/t1", {"open": True, "order": 1})
    write(room, f"tournament/{new_id(random.Random(2))}", *changes)
    floor = tablets.sign_in("floor", "floor", "Tablet 1")
    expect(floor.get_by_text("Second", exact=True).first).to_be_visible()
    expect(floor.get_by_test_id("table-1").first).to_be_visible()
