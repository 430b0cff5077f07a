"""What the floor does with people at a table beside their chips: penalties, and another seat."""

import re

import pytest
from playwright.sync_api import expect

from felt.demo.crew import Crew
from felt.demo.links import claim_code
from tests.e2e.play import seat_players
from tests.fix_room import Room, Tablets


@pytest.fixture(scope="module", autouse=True)
def prepared(room: Room) -> None:
    room.prepare()


NAMES = ["Ida Berg", "Jon Ek", "Kim Lund"]


def test_a_penalty_is_given_seen_served_and_told(room: Room, tablets: Tablets) -> None:
    """[RU52]"""
    players = seat_players(room, NAMES)
    one = tablets.sign_in("floor", "floor", "Tablet 1")
    two = tablets.sign_in("floor", "floor2", "Tablet 2")
    for page in (one, two):
        page.get_by_test_id("table-1").click()
    one.get_by_test_id("seat-1").click()
    one.get_by_test_id("penalty").click()
    one.get_by_test_id("penalty-rounds").click()
    expect(one.get_by_test_id("penalty-give")).to_have_attribute("aria-disabled", "true")
    one.get_by_role("button", name="Phone", exact=True).click()
    one.get_by_test_id("penalty-give").click()
    expect(one.get_by_text("Ida Berg misses 1 round (3 hands): Phone.")).to_be_visible()

    seat = two.get_by_test_id("seat-1")
    expect(seat).to_have_attribute("aria-label", re.compile("penalty, misses 3"))
    seat.click()
    for left in (2, 1):
        two.get_by_test_id("hand-missed").click()
        expect(one.get_by_test_id("seat-1")).to_have_attribute("aria-label", re.compile(f"misses {left}"))
    two.get_by_test_id("hand-missed").click()
    expect(one.get_by_test_id("serving")).to_have_count(0)
    expect(one.get_by_test_id("seat-1")).not_to_have_attribute("aria-label", re.compile("penalty"))

    one.get_by_test_id("seat-2").click()
    one.get_by_test_id("penalty").click()
    one.get_by_test_id("penalty-minutes").click()
    one.get_by_test_id("penalty-reason").fill("Threw cards")
    one.get_by_test_id("penalty-give").click()
    expect(one.get_by_test_id("serving")).to_contain_text("Threw cards")
    expect(two.get_by_test_id("seat-2")).to_have_attribute("aria-label", re.compile("penalty, until"))
    one.get_by_test_id("penalty-end").click()
    expect(one.get_by_test_id("serving")).to_have_count(0)
    one.get_by_test_id("penalty").click()
    expect(one.get_by_role("list", name="Before")).to_contain_text("5 minutes Threw cards")

    one.goto(f"{room.url}/floor#history/{players['Ida Berg']}")
    expect(one.get_by_text("gave Ida Berg a penalty of 1 round (3 hands): Phone")).to_be_visible()
    expect(one.get_by_text("saw Ida Berg miss hand 3")).to_be_visible()


def test_another_seat_is_taken_at_once_or_waited_for(room: Room, tablets: Tablets) -> None:
    """[RU53]"""
    players = seat_players(room, [f"Player {letter}" for letter in "ABCDEFGHI"], table="t2")
    page = tablets.sign_in("floor", "floor", "Tablet 1")
    page.get_by_test_id("table-2").click()
    for seat in (3, 2):
        page.get_by_test_id(f"seat-{seat}").click()
        page.get_by_test_id("seat-change").click()
        page.get_by_test_id("change-ask").click()
        expect(page.get_by_test_id("changing")).to_contain_text("waits since")
    page.get_by_test_id("rail-tables").click()
    expect(page.get_by_test_id("now-change")).to_have_count(0)
    page.get_by_test_id("table-2").click()
    page.get_by_test_id("seat-9").click()
    page.get_by_test_id("bust").click()
    page.get_by_test_id("rail-tables").click()
    first = page.get_by_test_id("now-change")
    expect(first).to_have_text(re.compile("Player C asked for another seat: T2·9 free"))
    first.click()
    page.get_by_test_id("seat-change").click()
    page.get_by_test_id("change-to-9").click()
    expect(page.get_by_test_id("seat-9")).to_have_attribute("aria-label", re.compile("Player C"))
    expect(page.get_by_test_id("changing")).to_have_count(0)
    page.get_by_test_id("rail-tables").click()
    expect(first).to_have_text(re.compile("Player B asked for another seat: T2·3 free"))
    facts = room.facts(f"tournament/{room.tournament}")
    assert facts[f"seat/{players['Player C']}"] == {"table": "t2", "seat": 9}


def test_a_phone_that_asks_for_another_seat_is_put_on_the_list(room: Room, tablets: Tablets) -> None:
    players = seat_players(room, ["Nora Vik"], table="t3")

    async def claim(crew: Crew) -> str:
        return (await claim_code(crew.floor.http, players["Nora Vik"])).digits

    digits: str = room.work(claim)
    phone, floor = tablets.open(390, 844), tablets.sign_in("floor", "floor", "Tablet 1")
    phone.goto(f"{room.url}/phone")
    phone.get_by_test_id("claim-code").fill(digits)
    phone.get_by_test_id("claim").click()
    phone.get_by_test_id("claim-yes").click()
    phone.get_by_test_id("ask-seat_change").click()
    row = floor.get_by_test_id("request-row").filter(has_text="Nora Vik")
    row.get_by_test_id("accept").click()
    expect(row).to_have_count(0)
    expect(floor.get_by_test_id("now-change").filter(has_text="Nora Vik")).to_be_visible()
    expect(phone.get_by_text("Ask for a seat change: you are on the list")).to_be_visible()
