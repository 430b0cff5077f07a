"""Flights and the day they lead to: one ends, its stacks are bagged, its players carried over and seated."""

import re
from typing import Final

from playwright.sync_api import Page, expect

from crdt_models.facts import Json
from felt.demo import structure
from felt.demo.crew import Crew
from felt.demo.office import write
from tests.e2e.play import seat_players
from tests.fix_room import Room, Tablets, in_touch

DAY: Final = "d" * 32
SECOND: Final = "b" * 32
BAGS: Final = {1: 40_000, 2: 25_000, 3: 13_000}


def event(crew: Crew, name: str, table: str, **facts: Json) -> list[tuple[str, Json]]:
    """An event of one table with a level of an hour."""
    setup: Json = {
        "kind": "tournament", "version": 1, "name": name, "starts_ms": crew.manager.clock.now(),
        "seats_per_table": 9, "starting_stack": 20_000, "late_until_level": 1,
    }  # fmt: skip
    level: Json = {"kind": "play", "duration_ms": 3_600_000, "small": 100, "big": 200, "ante_by": "big_blind"}
    return [
        ("setup", setup), ("level/1", level), (f"table/{table}", {"open": True, "order": 1}), *facts.items()
    ]  # fmt: skip


def three_events(room: Room) -> None:
    """A flight of three players after its last level, a second flight, and the day of both."""
    room.prepare()
    seat_players(room, ["Flo One", "Flo Two", "Flo Three"])

    async def job(crew: Crew) -> None:
        day = event(crew, "Sunday final", "t5", days={"carry": "first"})
        await write(crew.manager, f"tournament/{DAY}", day)
        flight: Json = {"of": DAY, "name": "1B", "until_level": 1}
        await write(crew.manager, f"tournament/{SECOND}", event(crew, "Flight B", "t6", flight=flight))
        await crew.manager.command("adopt_tournament", tournament=SECOND, rules=structure.RULES)
        first = await crew.event(crew.manager)
        now = crew.manager.clock.now()
        clock: Json = {"level": 2, "state": "running", "anchor_ms": now, "remaining_ms": 3_600_000}
        await first.write(("flight", {"of": DAY, "name": "1A", "until_level": 1}), ("clock", clock))
        await first.settled()

    room.work(job)


def choose(page: Page, name: str) -> None:
    """The event whose chip says so."""
    page.get_by_role("button", name=re.compile(name)).first.click()


def test_a_flight_is_bagged_and_its_day_drawn_in_one(room: Room, tablets: Tablets) -> None:
    """[RU77] [RU130] [RU132]"""
    three_events(room)
    floor = tablets.sign_in("floor", "floor", "Tablet 1")
    floor.get_by_test_id("now-flight").click()
    expect(floor.get_by_test_id("days-page")).to_contain_text("0 of 3 bagged")
    expect(floor.get_by_test_id("end-flight")).to_have_attribute("aria-disabled", "true")

    floor.get_by_test_id("bag-of-1").click()
    for seat, chips in BAGS.items():
        floor.get_by_test_id(f"count-{seat}").fill(str(chips))
        floor.get_by_test_id(f"second-{seat}").fill(str(chips))
        floor.get_by_test_id(f"signed-{seat}").click()
    floor.get_by_test_id("bag-save").click()
    expect(floor.get_by_test_id("count-of-1")).to_contain_text("all bagged")
    floor.get_by_test_id("rail-clock").click()
    floor.get_by_test_id("to-days").click()
    expect(floor.get_by_test_id("days-page")).to_contain_text("All bagged")

    choose(floor, "Sunday final")
    expect(floor.get_by_test_id("days-page")).to_contain_text("3 players come with 78,000 chips")
    floor.get_by_test_id("carry-now").click()
    expect(floor.get_by_text("3 players carried over.").first).to_be_visible()
    expect(floor.get_by_test_id("seat-carried")).to_have_text("Draw 3 seats")
    floor.get_by_test_id("seat-carried").click()
    expect(floor.get_by_test_id("seat-carried")).to_have_text("Draw 0 seats")
    rows = floor.get_by_test_id("carried-row")
    expect(rows).to_have_count(3)
    expect(rows.filter(has_text="40,000 from 1A")).to_have_count(1)
    in_touch(floor)
    facts = room.facts(f"tournament/{DAY}")
    seats = [value for name, value in facts.items() if name.startswith("seat/")]
    assert [seat["table"] for seat in seats] == ["t5"] * 3
    (draw,) = (value for name, value in facts.items() if name.startswith("draw/"))
    assert (draw["kind"], len(draw["players"])) == ("seat", 3)


def test_who_is_through_is_not_sold_another_flight(room: Room, tablets: Tablets) -> None:
    """[RU78] [RU130] The till asks the terms before it sells."""
    till = tablets.sign_in("cage", "cashier", "Cage 1")
    till.get_by_test_id("player-search").fill("Flo On")
    till.get_by_test_id("player-row").filter(has_text="Flo One").click()
    choose(till, "Flight B")
    cash = till.get_by_test_id("cash-exact")
    expect(till.get_by_text("Through already from another flight").first).to_be_visible()
    expect(cash).to_have_attribute("aria-disabled", "true")
