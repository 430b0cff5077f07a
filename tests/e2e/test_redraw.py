"""A room drawn anew is read out table by table: who goes where, from which seat, who has arrived."""

import re
from typing import Final

from playwright.sync_api import expect

from crdt_models.facts import Json
from felt.demo.crew import Crew
from tests.e2e.play import seat_players
from tests.fix_room import Room, Tablets, in_touch

PLAYERS: Final = 11  # two tables are enough, one is not


def three_short_tables(room: Room) -> None:
    room.prepare()
    for n, count in enumerate((4, 4, 3), start=1):
        seat_players(room, [f"Red {n} {'ABCD'[seat]}" for seat in range(count)], f"t{n}")

    async def job(crew: Crew) -> None:
        event = await crew.event(crew.manager)
        now = crew.manager.clock.now()
        clock: Json = {"level": 1, "state": "running", "anchor_ms": now, "remaining_ms": 600_000}
        await event.write(("clock", clock), ("seating", {"redraw_tables": [1, 2]}))
        await event.settled()

    room.work(job)


def test_a_redraw_is_read_table_by_table(room: Room, tablets: Tablets) -> None:
    """[RU35]"""
    three_short_tables(room)
    floor = tablets.sign_in("floor", "floor", "Tablet 1")
    floor.get_by_test_id("look-break").click()
    floor.get_by_test_id("draw-break").click()
    lists = floor.get_by_test_id(re.compile(r"^list-of-\d+$"))
    rows = floor.get_by_test_id("redrawn-row")
    expect(rows).to_have_count(PLAYERS)
    expect(lists).to_have_count(2)
    told = {
        (int(number), row.split()[0], " ".join(row.split()[1:4]))
        for one in lists.all()
        for number in re.findall(r"\d+", one.get_attribute("data-testid") or "")
        for row in one.get_by_test_id("redrawn-row").all_inner_texts()
    }
    for one in lists.all():
        seats = [int(row.split()[0]) for row in one.get_by_test_id("redrawn-row").all_inner_texts()]
        assert seats == sorted(seats)
    floor.get_by_test_id("confirm-break").click()
    expect(floor.get_by_test_id("carried-count")).to_contain_text("0/")
    floor.get_by_test_id("carried-1").check()
    expect(floor.get_by_test_id("carried-count")).to_contain_text("1/")
    in_touch(floor)
    facts = room.facts(f"tournament/{room.tournament}")
    seats_of = [value for name, value in facts.items() if name.startswith("seat/") and value]
    assert {(f"t{number}", int(seat)) for number, seat, _ in told} == {
        (at["table"], at["seat"]) for at in seats_of
    }
    floor.get_by_test_id("close-board").click()
    expect(floor.get_by_test_id("break-board")).to_have_count(0)
