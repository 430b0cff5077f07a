"""What a house chooses for seats, needs and held seats, zones, and a draw that a phone checks."""

import re

from playwright.sync_api import Page, expect

from felt.demo.crew import Crew
from felt.demo.links import claim_code
from felt.demo.registration import write_down_player
from tests.e2e.play import seat_players, sell
from tests.fix_room import Room, Tablets, in_touch


def open_table(page: Page, table: int) -> None:
    page.get_by_test_id("rail-tables").click()
    page.get_by_test_id(f"table-{table}").click()


def test_the_office_says_how_seats_go_and_the_form_shows_it_again(room: Room, tablets: Tablets) -> None:
    room.prepare()
    page = tablets.sign_in("floor", "manager", "Office")
    page.goto(f"{room.url}/admin")
    tablets.enter(page, "manager")
    page.get_by_test_id("nav-events").click()
    page.get_by_test_id("edit").click()
    rules = page.get_by_test_id("event-seating")
    rules.locator("summary").click()
    for testid in ("apart-2", "redraw-2", "halting-off"):
        page.get_by_test_id(testid).click()
    page.get_by_test_id("spare-seats").fill("x")
    page.get_by_test_id("save-event").click()
    expect(rules).to_contain_text("from 0 to 9")
    page.get_by_test_id("spare-seats").fill("2")
    page.get_by_test_id("save-event").click()
    expect(page.get_by_test_id("event-form")).to_have_count(0)
    facts = room.facts(f"tournament/{room.tournament}")
    assert facts["setup"]["max_diff"] == 2
    assert facts["seating"] == {
        "rules": "tda-2024",
        "game": "blinds",
        "spare_seats": 2,
        "final_seats": None,
        "redraw_tables": [1, 2],
        "halting": False,
    }
    page.get_by_test_id("edit").click()
    expect(page.get_by_test_id("spare-seats")).to_have_value("2")
    expect(page.get_by_test_id("redraw-2")).to_have_attribute("aria-pressed", "true")


def test_a_new_event_announces_what_the_house_says(room: Room, tablets: Tablets) -> None:
    """[RU13] Events there are already keep theirs."""
    page = tablets.office("Office 2")
    page.get_by_test_id("nav-events").click()
    page.get_by_test_id("house-cues").locator("summary").click()
    for testid in ("cue-five", "cue-seconds"):
        page.get_by_test_id(testid).click()
    expect(page.get_by_test_id("cue-five")).to_have_attribute("aria-pressed", "false")
    page.get_by_test_id("new-event").click()
    page.get_by_test_id("event-name").fill("Sunday 30")
    page.get_by_test_id("save-event").click()
    expect(page.get_by_text("Sunday 30 is ready to be sold.")).to_be_visible()
    said = {name: room.facts(name).get("cues") for name in events(room)}
    assert said.pop(f"tournament/{room.tournament}") is None
    assert list(said.values()) == [
        {"on": ["minute", "seconds", "level", "break", "back", "registration"]}
    ]  # the order of the buttons


def events(room: Room) -> list[str]:
    told = room.get("/api/v1/documents")
    return [row["document"] for row in told if row["document"].startswith("tournament/")]


def test_needs_and_held_seats_are_said_on_one_tablet_and_kept_for_all(room: Room, tablets: Tablets) -> None:
    players = seat_players(room, ["Eve Short", "Fay Long"])
    one = tablets.sign_in("floor", "floor", "Tablet 1")
    two = tablets.sign_in("floor", "floor2", "Tablet 2")
    open_table(one, 1)
    one.get_by_test_id("seat-1").click()
    one.get_by_test_id("needs").click()
    one.get_by_test_id("need-seat-1").click()
    one.get_by_test_id("need-save").click()
    expect(one.get_by_test_id("needs")).to_have_text("Has needs…")
    in_touch(one)
    open_table(two, 1)
    two.get_by_test_id("held-seats").click()
    two.get_by_test_id("hold-9").click()
    two.get_by_test_id("held-save").click()
    expect(one.get_by_test_id("seat-9")).to_have_attribute("aria-label", re.compile("held for somebody"))
    facts = room.facts(f"tournament/{room.tournament}")
    assert facts[f"need/{players['Eve Short']}"] == {"tables": ["t1"], "seats": [1], "stays": True}
    assert facts["table/t1"]["held"] == [9]

    two.get_by_test_id("seat-2").click()
    two.get_by_test_id("move").click()
    open_table(two, 1)
    two.get_by_test_id("seat-9").click()  # by hand, it is given
    expect(one.get_by_test_id("seat-9")).to_have_attribute("aria-label", re.compile("Fay Long"))


def test_other_zones_are_outlines_on_this_tablet_alone_until_somebody_calls(
    room: Room, tablets: Tablets
) -> None:
    one = tablets.sign_in("floor", "floor", "Tablet 3")
    one.get_by_test_id("zone").click()
    one.get_by_test_id("zone-from").fill("2")
    one.get_by_test_id("zone-to").fill("17")
    one.get_by_test_id("zone-save").click()
    expect(one.get_by_test_id("table-1")).to_have_class(re.compile(r"\bdim\b"))
    expect(one.get_by_test_id("table-18")).to_have_class(re.compile(r"\bdim\b"))
    expect(one.get_by_test_id("table-17")).not_to_have_class(re.compile(r"\bdim\b"))
    one.reload()
    expect(one.get_by_test_id("zone")).to_have_text("Tables 2–17")
    expect(one.get_by_test_id("table-1")).to_have_class(re.compile(r"\bdim\b"))

    async def seated_unpaid(crew: Crew) -> None:
        event = await crew.event(crew.floor)
        player = await write_down_player(crew.floor, crew, "Gus Late", 999)
        await event.write((f"seat/{player}", {"table": "t1", "seat": 5}))
        await event.settled()

    room.work(seated_unpaid)
    expect(one.get_by_test_id("table-1")).to_contain_text("UNPAID")
    expect(one.get_by_test_id("table-1")).not_to_have_class(re.compile(r"\bdim\b"))


def test_a_phone_checks_the_draw_of_its_seat_once_the_seed_is_told(room: Room, tablets: Tablets) -> None:
    (sold,) = sell(room, ["Hal Drawn"])
    floor = tablets.sign_in("floor", "floor", "Tablet 4")
    phone = tablets.open(390, 844)
    phone.goto(room.work(lambda crew: claim_code(crew.floor.http, sold.player)).url)
    phone.get_by_test_id("claim-yes").click()
    floor.get_by_test_id("seat-next").click()
    check = phone.get_by_test_id("draw-check")
    expect(check).to_have_attribute("data-verdict", "sealed")
    floor.get_by_test_id("rail-clock").click()
    floor.get_by_test_id("late-close").click()
    floor.get_by_test_id("late-confirm").click()
    expect(check).to_have_attribute("data-verdict", "matches")
    expect(check).to_contain_text("This matches.")
