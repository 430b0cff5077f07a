"""A box restored too early: a person deals with what only the old one had booked, and that one is fenced."""

import subprocess
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.test_first_evening import (
    CASHIER_PIN,
    FELT,
    MANAGER_PIN,
    NewVenue,
    enrol,
    open_drawer,
    sell,
    set_up,
    sign_in,
    twice,
    venue,
    window,
)
from tests.fix_room import ROOT

__all__ = ["venue", "window"]


def look(page: Page) -> None:
    page.get_by_test_id("rail-settle").click()
    page.get_by_test_id("proposal-look").first.click()


def test_a_left_branch_is_booked_again_or_set_aside_and_its_box_is_fenced(
    venue: NewVenue, window: Callable[[], Page]
) -> None:
    """[LE145] [LE146]"""
    boss, till, office = window(), window(), window()
    boss.goto(venue.first_link)
    sign_in(boss, "Mara", MANAGER_PIN)
    boss.goto(f"{venue.url}/admin")
    sign_in(boss, "Mara", MANAGER_PIN)
    set_up(boss)
    enrol(boss, "Cage", "Cage 1", till)
    sign_in(till, "Cleo", CASHIER_PIN)
    enrol(boss, "Cage", "Cage 2", office)
    sign_in(office, "Mara", MANAGER_PIN)
    open_drawer(till)
    subprocess.run(
        [*FELT, "backup", "--data", venue.data, "--to", venue.data.with_name("saved")],
        cwd=ROOT, check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    sell(till, "Ada Byron")
    sell(till, "Carl Gauss")
    till.goto("about:blank")  # out of reach while the box is restored

    old = venue.data
    venue.restore(venue.data.with_name("saved"))
    boss.get_by_test_id("nav-money").click()
    boss.get_by_test_id("term-why").fill("The box fell down. Cage 1 is being charged.")
    expect(boss.get_by_test_id("term-open")).to_be_enabled()
    twice(boss, "term-open")
    expect(boss.get_by_test_id("term-panel")).to_have_count(0)
    till.goto(f"{venue.url}/cage")

    office.get_by_test_id("rail-settle").click()
    rows = office.get_by_test_id("proposal-row")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("Old receipt 000")
    look(office)
    office.get_by_test_id("book-again").click()
    expect(office.get_by_test_id("left-branch")).to_contain_text("Booked again")
    office.get_by_test_id("left-done").click()
    expect(rows).to_have_count(1)
    look(office)
    office.get_by_role("button", name="Never happened").click()
    office.get_by_test_id("set-aside").click()
    sign_in(office, "Cleo", CASHIER_PIN)
    expect(office.get_by_test_id("left-branch")).to_contain_text("Set aside")
    office.get_by_test_id("left-done").click()
    expect(office.get_by_test_id("proposals")).to_have_count(0)

    venue.start_with(old)
    office.get_by_test_id("rail-sell").click()
    office.get_by_test_id("player-search").fill("carl")
    office.get_by_test_id("player-row").first.click()
    office.get_by_test_id("cash-exact").click()
    expect(office.get_by_test_id("term-panel")).to_contain_text("no money any more")
