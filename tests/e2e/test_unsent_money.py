"""Money that waits at a till for the leaf: put right, taken out with a reason, and booked once."""

from playwright.sync_api import Locator, Page, expect

from tests.e2e.test_cage_forms import House, house, keys, player
from tests.e2e.test_first_evening import MANAGER_PIN, open_drawer, sell, sign_in
from tests.fix_room import in_touch

__all__ = ["house"]


def chips(till: Page, name: str, *digits: str) -> None:
    player(till, name)
    keys(till, *digits, "00")
    till.get_by_test_id("cash-buy-in").click()
    expect(till.get_by_test_id("intent-noted")).to_be_visible()


def row(till: Page, text: str) -> Locator:
    return till.get_by_test_id("intent-row").filter(has_text=text)


def test_unsent_money_is_put_right_or_given_back_and_booked_once(house: House) -> None:  # [LE182]
    till = house.till
    open_drawer(till)
    for name in ("Ada Byron", "Carl Gauss"):
        sell(till, name, seat=False)
    till.get_by_test_id("rail-desk").click()
    house.venue.pause()
    expect(till.get_by_test_id("connection-banner")).to_be_visible()
    chips(till, "ada", "2", "0")
    chips(till, "carl", "3", "0")

    till.get_by_test_id("rail-unsent").click()
    row(till, "Ada Byron").get_by_test_id("intent-edit").click()
    edit = till.get_by_test_id("edit-intent")
    expect(edit.get_by_test_id("edit-confirm")).to_be_disabled()
    edit.get_by_test_id("edit-another").click()
    edit.get_by_test_id("player-search").fill("carl")
    edit.get_by_test_id("player-row").click()
    edit.get_by_role("button", name="Delete the last digit").click()
    expect(edit.get_by_test_id("edit-difference")).to_have_text("Give €18.00 back to Carl Gauss.")
    edit.get_by_role("button", name="0", exact=True).click()
    expect(edit.get_by_test_id("edit-difference")).to_have_count(0)
    edit.get_by_test_id("edit-confirm").click()
    expect(row(till, "Ada Byron")).to_contain_text("Edited: now Carl Gauss. Cleo recorded it anew.")
    expect(row(till, "€20.00").filter(has_text="Carl Gauss").get_by_text("Not booked yet")).to_be_visible()

    row(till, "€30.00").get_by_test_id("intent-remove").click()
    sheet = till.get_by_test_id("remove-intent")
    expect(sheet.get_by_test_id("give-back")).to_have_text("Give €30.00 back to Carl Gauss.")
    expect(sheet.get_by_test_id("remove-confirm")).to_be_disabled()
    sheet.get_by_role("button", name="Money given back").click()
    sheet.get_by_test_id("remove-confirm").click()
    expect(row(till, "€30.00")).to_contain_text("Money given back. Cleo removed it.")
    expect(row(till, "€30.00").get_by_role("button")).to_have_count(0)

    house.venue.go_on()
    expect(row(till, "€20.00").filter(has_text="Receipt")).to_have_count(1)
    till.keyboard.press("Escape")
    in_touch(till)
    bought = house.ask("/api/v1/receipts?kinds=cash_buy_in")["receipts"]
    assert [one["amount_cents"] for one in bought] == [2_000]
    till.get_by_test_id("rail-receipts").click()
    expect(till.get_by_test_id("receipt-row").first).to_contain_text("Chips bought Carl Gauss 20.00")

    till.get_by_test_id("rail-settle").click()
    removal = till.get_by_test_id("removal-row")
    expect(removal).to_have_count(2)
    expect(removal.first.get_by_test_id("removal-seen")).to_be_disabled()
    expect(till.get_by_test_id("rail-unsent")).to_have_text("Unsent")
    in_touch(till)
    till.keyboard.press("Alt+l")
    sign_in(till, "Mara", MANAGER_PIN)
    till.get_by_test_id("rail-settle").click()
    removal.filter(has_text="€30.00").get_by_test_id("removal-seen").click()
    expect(removal).to_have_count(1)
    expect(removal).to_contain_text("€20.00: Chips bought, Ada Byron")
    till.get_by_test_id("rail-unsent").click()
    till.get_by_role("tab", name="Money").click()
    row(till, "Ada Byron").get_by_test_id("intent-seen").click()
    expect(row(till, "Ada Byron")).to_contain_text("Seen by Mara.")
    till.keyboard.press("Escape")
    expect(till.get_by_test_id("rail-settle")).to_have_text("To settle")
