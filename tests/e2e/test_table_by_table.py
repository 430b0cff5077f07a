"""The add-on break, table by table on two tablets, what the counts say of it; a long press."""

from typing import Any, Final

from playwright.sync_api import Page, expect

from felt.demo import structure
from felt.demo.crew import Crew
from felt.demo.office import euros
from tests.e2e.play import seat_players
from tests.fix_room import Room, Tablets, in_touch

NAMES: Final = ["Ada Lovelace", "Grace Hopper", "Alan Turing"]


def sell_add_ons(room: Room) -> None:
    """Add-ons have a price at the cage and chips at the floor."""

    async def job(crew: Crew) -> None:
        prices: dict[str, Any] = dict(structure.RULES["prices"])  # type: ignore[arg-type]
        rules = {**structure.RULES, "prices": {**prices, "add_on": prices["buy_in"]}}
        await crew.manager.command("adopt_tournament", tournament=crew.tournament, rules=rules)
        event = await crew.event(crew.floor)
        await event.write(("terms/add_on", {"chips": 10_000, "per_player": 1}))
        await event.settled()

    room.work(job)


def add_on(room: Room, player: str) -> None:
    """The cage sells what it was asked for."""

    async def job(crew: Crew) -> None:
        event = await crew.event(crew.floor)
        lives = event.facts.group("entry/")
        entry = next(life for life, fact in lives.items() if fact["player"] == player)  # type: ignore[index, call-overload]
        await crew.cashier.command(
            "add_on", tournament=crew.tournament, player=player, entry=entry, drawer="d1", method="cash",
            amount=euros(structure.PRICE_CENTS),
        )  # fmt: skip

    room.work(job)


def to_count(page: Page, room: Room, mode: str) -> None:
    page.goto(f"{room.url}/floor#count/t1/{mode}")
    expect(page.get_by_test_id("count-page")).to_be_visible()


def test_the_add_on_break_goes_table_by_table(room: Room, tablets: Tablets) -> None:
    """[RU131]"""
    room.prepare()
    players = seat_players(room, NAMES)
    sell_add_ons(room)
    one, two = tablets.sign_in("floor", "floor", "Add-on 1"), tablets.sign_in("floor", "floor2", "Add-on 2")
    for page in (one, two):
        to_count(page, room, "add_ons")
        expect(page.get_by_test_id("add-on-foot")).to_contain_text(
            "0 of 3 bought, 0 picked, 10,000 chips each"
        )
    one.get_by_test_id("add-on-1").click()
    one.get_by_test_id("add-on-2").click()
    expect(one.get_by_test_id("add-on-foot")).to_contain_text("2 picked")
    one.get_by_test_id("ask-add-ons").click()
    expect(two.get_by_test_id("count-of-1")).to_contain_text("0 of 3 bought, 2 asked")
    for seat in (1, 2):
        expect(two.get_by_test_id(f"add-on-{seat}")).to_have_attribute("aria-disabled", "true")
    expect(two.get_by_test_id("add-on-3")).not_to_have_attribute("aria-disabled", "true")

    add_on(room, players["Ada Lovelace"])
    for page in (one, two):
        expect(page.get_by_test_id("count-of-1")).to_contain_text("1 of 3 bought, 1 asked")
        expect(page.get_by_test_id("add-on-foot")).to_contain_text("1 of 3 bought")
    two.get_by_test_id("count-mode-stacks").click()
    expect(two.get_by_test_id("count-total")).to_contain_text("40,000 in play")
    expect(two.get_by_test_id("count-bought")).to_contain_text("10,000 bought since the last count")
    for seat, stack in ((1, "20,000"), (2, "10,000"), (3, "10,000")):
        two.get_by_test_id(f"count-{seat}").fill(stack)
    expect(two.get_by_test_id("count-foot")).to_contain_text("expected 40,000, it adds up")
    two.get_by_test_id("count-close").click()
    one.get_by_test_id("count-mode-stacks").click()
    expect(one.get_by_test_id("count-total")).to_contain_text("40,000 counted")
    expect(one.get_by_test_id("count-bought")).to_have_count(0)

    add_on(room, players["Grace Hopper"])
    expect(one.get_by_test_id("count-bought")).to_contain_text("10,000 bought since the last count")
    for seat, stack in ((1, "25,000"), (2, "15,000"), (3, "10,000")):
        one.get_by_test_id(f"count-{seat}").fill(stack)
    expect(one.get_by_test_id("count-foot")).to_contain_text("expected 50,000, it adds up")
    one.get_by_test_id("count-close").click()
    expect(two.get_by_test_id("count-total")).to_contain_text("50,000 counted")
    in_touch(one)


def test_a_long_press_begins_to_choose_tables(room: Room, tablets: Tablets) -> None:
    page = tablets.sign_in("floor", "floor", "Add-on 3")
    page.get_by_test_id("table-1").click(button="right")
    expect(page.get_by_test_id("select-bar")).to_contain_text("1 chosen: 1")
    page.get_by_test_id("table-1").click(button="right")
    expect(page.get_by_test_id("select-bar")).to_contain_text("Tap the tables")
