"""The cash room by hand: chips sold, a drop box counted by two, rake seen by nobody but the books."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.test_first_evening import (
    CASHIER_PIN,
    MANAGER_PIN,
    NewVenue,
    enrol,
    open_drawer,
    sell,
    set_up,
    sign_in,
)

TABLET = {"width": 1180, "height": 820}


@pytest.fixture
def till(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """A founded house, its cashier's drawer open, one player known."""
    venue = NewVenue(tmp_path / "leaf")
    contexts: list[BrowserContext] = []

    def window() -> Page:
        contexts.append(browser.new_context(viewport=TABLET))
        return contexts[-1].new_page()

    boss, till = window(), window()
    boss.goto(venue.first_link)
    sign_in(boss, "Mara", MANAGER_PIN)
    boss.goto(f"{venue.url}/admin")
    sign_in(boss, "Mara", MANAGER_PIN)
    set_up(boss)
    enrol(boss, "Cage", "Cage 1", till)
    sign_in(till, "Cleo", CASHIER_PIN)
    open_drawer(till)
    sell(till, "Ada Byron")
    yield till
    for context in contexts:
        context.close()
    venue.stop()


def test_a_box_is_counted_by_two_and_a_form_says_what_is_missing(till: Page) -> None:
    till.get_by_test_id("rail-desk").click()
    till.get_by_test_id("player-search").fill("ada")
    till.get_by_test_id("player-row").first.click()
    for digit in ("5", "0", "00"):
        till.get_by_role("button", name=digit, exact=True).click()
    till.get_by_test_id("cash-buy-in").click()
    expect(till.get_by_test_id("booked-seq")).to_be_visible()

    till.get_by_test_id("cash-room").click()
    till.get_by_test_id("room-count_drop").click()
    book = till.get_by_test_id("room-book")
    expect(book).to_have_attribute("aria-disabled", "true")
    till.get_by_test_id("room-table").select_option(label="T1")
    till.get_by_test_id("room-box").fill("red 1")
    till.get_by_test_id("count-500").fill("3")
    expect(book).to_have_text("Book €15.00")
    book.click()
    approval = till.get_by_test_id("second-person")
    expect(approval).to_contain_text("Drop box: €15.00.")
    sign_in(till, "Mara", MANAGER_PIN)
    expect(till.get_by_test_id("booked-seq")).to_be_visible()
    expect(till.get_by_test_id("room-box")).to_have_value("")

    till.get_by_test_id("room-collect_time").click()
    expect(till.get_by_test_id("booked-seq")).to_have_count(0)
