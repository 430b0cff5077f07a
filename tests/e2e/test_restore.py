"""A leaf restored from a backup, on a manager's page: who has brought what was forgotten; closing that."""

import subprocess
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.test_first_evening import FELT, MANAGER_PIN, NewVenue, enrol, sign_in, twice, venue, window
from tests.fix_room import ROOT, in_touch

__all__ = ["venue", "window"]


def add_table(boss: Page, number: int) -> None:
    boss.get_by_test_id("nav-tables").click()
    expect(boss.get_by_test_id("table-number")).to_have_value(str(number))
    boss.get_by_test_id("save-table").click()
    expect(boss.get_by_test_id(f"furniture-{number}")).to_be_visible()


def test_a_manager_sees_who_has_handed_in_and_closes_it(venue: NewVenue, window: Callable[[], Page]) -> None:
    """[DO110]"""
    boss, other = window(), window()
    boss.goto(venue.first_link)
    sign_in(boss, "Mara", MANAGER_PIN)
    boss.goto(f"{venue.url}/admin")
    sign_in(boss, "Mara", MANAGER_PIN)
    boss.get_by_test_id("nav-restore").click()
    expect(boss.get_by_text("never restored")).to_be_visible()
    enrol(boss, "Floor tablet", "Tablet 3", other)
    expect(other.get_by_role("button", name="Mara")).to_be_visible()  # it is let in, and away from now on
    other.close()
    add_table(boss, 1)
    subprocess.run(
        [*FELT, "backup", "--data", venue.data, "--to", venue.data.with_name("saved")],
        cwd=ROOT, check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    add_table(boss, 2)
    in_touch(boss)

    venue.restore(venue.data.with_name("saved"))
    boss.get_by_test_id("nav-tonight").click()
    boss.get_by_test_id("hand-in-open").get_by_role("link").click()
    came = boss.get_by_test_id("came-row")
    expect(came).to_contain_text("brought 1 change: Set-up 1")
    expect(boss.get_by_test_id("missing-row")).to_contain_text("Tablet 3")
    expect(boss.get_by_test_id("hand-in-state")).to_contain_text("1 of 2 tablets")
    twice(boss, "close-hand-in")
    expect(boss.get_by_test_id("hand-in-state")).to_contain_text("nothing is handed in any more")
    expect(boss.get_by_test_id("close-hand-in")).to_have_count(0)
    boss.get_by_test_id("nav-tables").click()
    expect(boss.get_by_test_id("furniture-2")).to_be_visible()
