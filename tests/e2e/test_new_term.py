"""A restored box takes no money: its tills bring back what it lacks, a manager opens its term."""

import subprocess
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.test_first_evening import (
    CASHIER_PIN,
    FELT,
    MANAGER_PIN,
    NewVenue,
    enrol,
    set_up,
    sign_in,
    twice,
    venue,
    window,
)
from tests.fix_room import ROOT

__all__ = ["venue", "window"]


def put_in(boss: Page, amount: str, cash: str) -> None:
    boss.get_by_test_id("vault-amount").fill(amount)
    boss.get_by_test_id("vault-book").click()
    expect(boss.get_by_test_id("cash")).to_have_text(cash)


def test_a_manager_opens_the_term_when_the_tills_have_come(
    venue: NewVenue, window: Callable[[], Page]
) -> None:
    """[LE97] [LE99]"""
    boss, till = window(), window()
    boss.goto(venue.first_link)
    sign_in(boss, "Mara", MANAGER_PIN)
    boss.goto(f"{venue.url}/admin")
    sign_in(boss, "Mara", MANAGER_PIN)
    set_up(boss)
    enrol(boss, "Cage", "Cage 1", till)
    sign_in(till, "Cleo", CASHIER_PIN)
    subprocess.run(
        [*FELT, "backup", "--data", venue.data, "--to", venue.data.with_name("saved")],
        cwd=ROOT, check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    boss.get_by_test_id("nav-money").click()
    put_in(boss, "300", "€2,300.00")
    expect(boss.get_by_test_id("term-panel")).to_have_count(0)

    venue.restore(venue.data.with_name("saved"))
    told = boss.get_by_test_id("term-answers")
    expect(told).to_contain_text("The core has not answered yet.")
    expect(told).to_contain_text("has handed in what it keeps, up to number 0")
    expect(boss.get_by_test_id("term-lost")).to_have_text("No number is known to be missing.")
    expect(boss.get_by_test_id("cash")).to_have_text("€2,300.00")  # what the backup did not have is back
    expect(till.get_by_test_id("term-panel")).to_contain_text("Call a manager")
    expect(till.get_by_test_id("term-open")).to_have_count(0)

    boss.get_by_test_id("term-why").fill("Drawers counted with Cleo.")
    twice(boss, "term-open")
    expect(boss.get_by_test_id("term-panel")).to_have_count(0)
    expect(till.get_by_test_id("term-panel")).to_have_count(0)
    put_in(boss, "200", "€2,500.00")
