"""Leagues in the office: a season begun, a formula written wrong, mended, worked, kept and chosen."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.test_first_evening import MANAGER_PIN, NewVenue, sign_in, venue, window
from tests.fix_room import in_touch

__all__ = ["venue", "window"]


def test_a_formula_is_mended_where_it_is_wrong_and_chosen_for_a_season(
    venue: NewVenue, window: Callable[[], Page]
) -> None:
    """[RU110] [RU113]"""
    boss = window()
    boss.goto(venue.first_link)
    sign_in(boss, "Mara", MANAGER_PIN)
    boss.goto(f"{venue.url}/admin")
    sign_in(boss, "Mara", MANAGER_PIN)
    boss.get_by_test_id("nav-leagues").click()
    boss.get_by_test_id("season-name").fill("Winter league")
    boss.get_by_test_id("save-season").click()
    expect(boss.get_by_text("No event of this season is over yet.")).to_be_visible()

    boss.get_by_test_id("tab-formula").click()
    boss.get_by_test_id("formula-text").fill("10 * sqrt(n) / sqrt(kk)")
    expect(boss.get_by_test_id("formula-trouble")).to_contain_text("Column 21")
    expect(boss.get_by_test_id("save-formula")).to_have_attribute("aria-disabled", "true")
    boss.get_by_test_id("formula-text").fill("10 * sqrt(n) / sqrt(k) * (1 + log10(b + 0.25))")
    boss.get_by_test_id("example-entries").fill("150")
    worked = "10 * sqrt(150) / sqrt(3) * (1 + log10(20 + 0.25)) = 163.09"
    expect(boss.get_by_test_id("worked")).to_have_text(worked)
    expect(boss.get_by_test_id("worked-3")).to_contain_text("163.09")
    boss.get_by_label("Name of the formula").fill("House points")
    boss.get_by_test_id("save-formula").click()
    boss.get_by_test_id("tab-season").click()
    boss.get_by_test_id("season-formula").select_option("House points")
    boss.get_by_test_id("save-season").click()

    in_touch(boss)  # it is kept
    boss.reload()
    expect(boss.get_by_test_id("season-formula").locator("option:checked")).to_have_text("House points")
