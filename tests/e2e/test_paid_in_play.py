"""A prize paid to somebody who still plays: shown at the cage and on the floor, and ended by either."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from tests.e2e.test_cage_forms import ASK
from tests.e2e.test_first_evening import (
    MANAGER_PIN,
    NewVenue,
    enrol,
    open_drawer,
    sell,
    set_up,
    sign_in,
    venue,
    window,
)

__all__ = ["venue", "window"]


def confirmed_too_early(till: Page) -> None:
    """The result as somebody typed it, with both still in their seats."""

    def ask(method: str, path: str, body: Any = None, key: str | None = None) -> Any:
        return till.evaluate(ASK, [method, f"/api/v1/ledger/{path}", body, key])

    entries = [one["entry"] for one in ask("GET", "entries?after=0&limit=500")["entries"]]
    ada = next(one["data"] for one in entries if one["kind"] == "buy_in")
    event = ada["tournament"]
    for command in (
        {"kind": "close_registration", "tournament": event},
        {"kind": "confirm_result", "tournament": event, "places": [[ada["player"], ada["entry"], 1]]},
    ):
        told = ask("POST", "commands", command, command["kind"])
        assert told.get("outcome") == "posted", told


def pay(till: Page) -> None:
    till.get_by_test_id("rail-payout").click()
    till.get_by_test_id("prize-1").click()
    till.get_by_test_id("id-seen").check()
    till.get_by_test_id("pay-prize").click()
    expect(till.get_by_test_id("booked-seq")).to_be_visible()
    till.get_by_test_id("rail-settle").click()


def test_a_prize_paid_in_play_ends_by_a_void_or_by_the_floor(
    venue: NewVenue, window: Callable[[], Page]
) -> None:
    """[LE162]"""
    floor, till = window(), window()
    floor.goto(venue.first_link)
    sign_in(floor, "Mara", MANAGER_PIN)
    boss = floor.context.new_page()
    boss.goto(f"{venue.url}/admin")
    sign_in(boss, "Mara", MANAGER_PIN)
    set_up(boss)
    enrol(boss, "Cage", "Cage 1", till)
    sign_in(till, "Mara", MANAGER_PIN)
    open_drawer(till)
    sell(till, "Ada Byron")
    sell(till, "Carl Gauss")
    confirmed_too_early(till)

    pay(till)
    floor.get_by_test_id("rail-settle").click()
    for page in (till, floor):
        row = page.get_by_test_id("reconcile-row")
        expect(row).to_contain_text("Prize paid, still in play: Ada Byron")
        expect(row).to_contain_text("Void the payout if it was wrong; else the floor takes the player out")
    row = till.get_by_test_id("reconcile-row")
    row.get_by_role("button", name="Void the payout…").click()
    till.get_by_test_id("void").click()
    till.get_by_role("button", name="Wrong player").click()
    till.get_by_test_id("void-confirm").click()
    expect(till.get_by_test_id("void-sheet")).to_have_count(0)
    till.get_by_test_id("rail-settle").click()
    for page in (till, floor):
        expect(page.get_by_text("Floor and money agree.")).to_be_visible()

    pay(till)
    floor.get_by_test_id("reconcile-row").get_by_test_id("paid-out").click()
    for page in (till, floor):
        row = page.get_by_test_id("reconcile-row")
        expect(row).to_contain_text("Another place than the money has: Ada Byron")
        expect(row).to_contain_text("The floor puts the order right, or a manager corrects the result")
