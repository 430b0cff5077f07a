"""A confirmed result, one prize of it paid, is put right at the cage: who was paid too much hands it back."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.test_cage_forms import booked
from tests.e2e.test_cashier_shift import bust
from tests.e2e.test_first_evening import (
    FLOOR_PIN,
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

__all__ = ["venue", "window"]


def test_a_result_is_corrected_although_a_prize_was_paid(
    venue: NewVenue, window: Callable[[], Page]
) -> None:  # [LE58]
    boss, till, floor = window(), window(), window()
    boss.goto(venue.first_link)
    sign_in(boss, "Mara", MANAGER_PIN)
    boss.goto(f"{venue.url}/admin")
    sign_in(boss, "Mara", MANAGER_PIN)
    set_up(boss)
    enrol(boss, "Cage", "Cage 1", till)
    sign_in(till, "Mara", MANAGER_PIN)
    enrol(boss, "Floor tablet", "Tablet 2", floor)
    sign_in(floor, "Ida", FLOOR_PIN)
    open_drawer(till)
    for name in ("Ada Byron", "Carl Gauss", "Dana Scott"):
        sell(till, name)
    floor.get_by_test_id("rail-clock").click()
    floor.get_by_test_id("resume").click()
    for name in ("Ada Byron", "Dana Scott"):
        bust(floor, name)
    boss.get_by_test_id("nav-money").click()
    twice(boss, "close-registration")
    twice(boss, "confirm-result")
    expect(boss.get_by_test_id("money-state")).to_have_text("Result confirmed")

    till.get_by_test_id("rail-payout").click()
    till.get_by_test_id("prize-1").click()
    till.get_by_test_id("id-seen").check()
    first = till.get_by_test_id("due").inner_text()
    till.get_by_test_id("pay-prize").click()
    booked(till)

    till.get_by_test_id("correct-result").click()
    page = till.get_by_role("region", name="Correct the result")
    expect(page.get_by_test_id("correct-book")).to_be_disabled()
    second, third = (
        float(page.get_by_role("row").nth(n).get_by_role("cell").last.inner_text()) for n in (2, 3)
    )
    page.get_by_test_id("place-1").click()
    page.get_by_test_id("place-2").click()
    most = float(first.removeprefix("€"))
    more = most - second
    told = [f"Dana Scott gets €{more:.2f} more.", f"Carl Gauss was paid {first}: €{more:.2f} comes back."]
    expect(page.get_by_test_id("changes").get_by_role("listitem")).to_have_text(told)
    page.get_by_role("button", name="Places swapped").click()
    twice(page, "correct-book")
    expect(page.get_by_test_id("corrected").get_by_role("listitem")).to_have_text(told)
    page.get_by_test_id("correct-close").click()

    expect(till.get_by_test_id("remaining")).to_have_text(f"€{most + third:.2f}")
    expect(till.get_by_test_id("owed-back")).to_have_text(f"· {more:.2f} to come back")
    till.get_by_test_id("prize-1").click()
    expect(till.get_by_role("heading", name="Dana Scott")).to_be_visible()
    till.get_by_test_id("prize-2").click()
    expect(till.get_by_test_id("owed")).to_have_text(f"€{more:.2f}")
    till.get_by_test_id("take-back-prize").click()
    booked(till)
    expect(till.get_by_test_id("owed-back")).to_have_count(0)
    expect(till.get_by_test_id("prize-state")).to_have_text(["Due", "Paid", "Due"])

    till.get_by_test_id("prize-1").click()
    till.get_by_test_id("hold-no_id").click()
    expect(till.get_by_test_id("held")).to_contain_text("Held: no ID. By Mara at")
    expect(till.get_by_test_id("prize-state")).to_have_text(["Held: no ID", "Paid", "Due"])
    till.get_by_test_id("release-prize").click()
    expect(till.get_by_test_id("prize-state")).to_have_text(["Due", "Paid", "Due"])

    till.get_by_test_id("rail-settle").click()
    row = till.get_by_test_id("reconcile-row").filter(has_text="Dana Scott")
    expect(row).to_contain_text("Another place than the money has")
    row.get_by_test_id("to-correct").click()
    page.get_by_test_id("floor-order").click()
    expect(page.get_by_test_id("place-1")).to_have_text("Carl Gauss")
    page.get_by_test_id("correct-reason").fill("It was right at first")
    twice(page, "correct-book")
    expect(page.get_by_test_id("corrected").get_by_role("listitem")).to_have_count(2)
    till.get_by_test_id("rail-settle").click()
    expect(till.get_by_text("Floor and money agree.")).to_be_visible()
