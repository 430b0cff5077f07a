"""The cage's other forms by hand: two people on two tablets, limits, markers, boxes, jackpots, tickets.

One real leaf, a cashier at a till, a manager at another and with a floor tablet in hand; the tests go on from
each other, as an evening does.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.e2e.test_cage import TABLET
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
from tests.fix_room import until

PROFILE: dict[str, Any] = {
    "name": "Card room", "cash": True, "cash_games": True, "reverse_limit_cents": 4_000,
    "payout_limit_cents": 6_000, "markers": True, "marker_limit_cents": 100_000, "comp_limit_cents": 5_000,
    "stake_per_day_cents": 12_000, "offline_limit_cents": 5_000,
}  # fmt: skip
ASK = """async ([method, path, body, key]) => {
    const { token } = JSON.parse(localStorage.getItem('felt.cage.sign-in'));
    const headers = { authorization: `Bearer ${token}`, ...(key ? { 'idempotency-key': key } : {}) };
    const answer = await fetch(path, { method, headers, body: body && JSON.stringify(body) });
    return await answer.json();
}"""


class House:
    """`till` is the cashier's, `office` the manager's cage, `tablet` the manager's in the room."""

    def __init__(self, venue: NewVenue, window: Callable[[], Page]) -> None:
        self.venue = venue
        boss = window()
        boss.goto(venue.first_link)
        sign_in(boss, "Mara", MANAGER_PIN)
        self.tablet = boss
        self.till, self.office = window(), window()
        desk = boss.context.new_page()
        desk.goto(f"{venue.url}/admin")
        sign_in(desk, "Mara", MANAGER_PIN)
        set_up(desk)
        enrol(desk, "Cage", "Cage 1", self.till)
        sign_in(self.till, "Cleo", CASHIER_PIN)
        enrol(desk, "Cage", "Cage 2", self.office)
        sign_in(self.office, "Mara", MANAGER_PIN)
        desk.close()

    def command(self, key: str, **content: Any) -> dict[str, Any]:
        """Booked by the manager without a page."""
        told: dict[str, Any] = self.office.evaluate(ASK, ["POST", "/api/v1/ledger/commands", content, key])
        assert told.get("outcome") == "posted", told
        return told

    def ask(self, path: str) -> dict[str, Any]:
        found: dict[str, Any] = self.office.evaluate(ASK, ["GET", path, None, None])
        return found


@pytest.fixture(scope="module")
def house(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    venue = NewVenue(tmp_path_factory.mktemp("forms") / "leaf")
    contexts: list[BrowserContext] = []

    def window() -> Page:
        contexts.append(browser.new_context(viewport=TABLET))
        return contexts[-1].new_page()

    made = House(venue, window)
    made.command("p1", kind="adopt_profile", profile=PROFILE)
    yield made
    for context in contexts:
        context.close()
    venue.stop()


def room(page: Page, kind: str) -> Locator:
    """Opens a form of the cash room; answers its button."""
    page.get_by_test_id("rail-desk").click()
    page.get_by_test_id("cash-room").click()
    page.get_by_test_id(f"room-{kind}").click()
    return page.get_by_test_id("room-book")


def player(page: Page, name: str, testid: str = "player-search") -> None:
    page.get_by_test_id(testid).fill(name)
    page.get_by_test_id("player-row").first.click()


def keys(page: Page, *digits: str) -> None:
    for digit in digits:
        page.get_by_role("button", name=digit, exact=True).click()


def booked(page: Page) -> int:
    expect(page.get_by_test_id("booked-seq")).to_be_visible()
    return int(page.get_by_test_id("booked-seq").inner_text())


def mara(page: Page) -> None:
    """Approves at the till."""
    expect(page.get_by_test_id("second-person")).to_be_visible()
    sign_in(page, "Mara", MANAGER_PIN)


def by_hand(tablet: Page, *, yes: bool = True) -> None:
    """The manager answers on their own tablet."""
    tablet.get_by_test_id("approval-look").click()
    sheet = tablet.get_by_test_id("approval-sheet")
    if yes:
        for digit in MANAGER_PIN:
            sheet.get_by_test_id(f"pin-key-{digit}").click()
        sheet.get_by_test_id("pin-key-ok").click()
    else:
        sheet.get_by_test_id("approval-no").click()
    expect(sheet).to_have_count(0)


def test_a_manager_in_the_room_approves_what_a_till_asks(house: House) -> None:  # [LE143]
    till, tablet = house.till, house.tablet
    open_drawer(till)
    sell(till, "Ada Byron", seat=False)
    till.get_by_test_id("rail-desk").click()
    player(till, "ada")
    keys(till, "9", "0", "00")
    till.get_by_test_id("cash-buy-in").click()
    booked(till)
    keys(till, "7", "0", "00")
    till.get_by_test_id("cash-out").click()
    expect(till.get_by_test_id("second-why")).to_contain_text("Above your limit of €60.00.")
    till.get_by_test_id("remote-ask").click()
    expect(till.get_by_test_id("remote-approval")).to_contain_text("Waiting for a second person")
    expect(tablet.get_by_test_id("approval-asked")).to_contain_text("Cleo asks for a second person.")
    by_hand(tablet, yes=False)
    expect(till.get_by_test_id("remote-approval")).to_contain_text("It was not approved.")
    till.get_by_test_id("remote-ask").click()
    tablet.get_by_test_id("approval-look").click()
    expect(tablet.get_by_test_id("approval-what")).to_have_text("Chips cashed: €70.00, Ada Byron")
    tablet.keyboard.press("Escape")
    by_hand(tablet)
    expect(till.get_by_test_id("second-person")).to_have_count(0)
    seq = booked(till)
    (entry,) = house.ask(f"/api/v1/ledger/entries?after={seq - 1}&limit=1")["entries"]
    assert (entry["entry"]["kind"], entry["entry"]["data"]["second"]["person"] != "") == ("cash_out", True)
    expect(tablet.get_by_test_id("approval-asked")).to_have_count(0)


def test_a_limit_is_told_before_anything_is_booked(house: House) -> None:
    till = house.till
    sell(till, "Carl Gauss")
    till.get_by_test_id("next-player").click()
    player(till, "carl")
    till.get_by_test_id("cash-exact").click()
    booked(till)
    till.get_by_test_id("next-player").click()
    player(till, "carl")
    expect(till.get_by_test_id("cash-exact")).to_have_attribute("aria-disabled", "true")
    expect(till.get_by_text("M-220")).to_be_visible()
    expect(till.get_by_test_id("second-person")).to_have_count(0)  # nobody lifts a law


def test_a_void_above_the_limit_takes_two(house: House) -> None:
    till = house.till
    till.get_by_test_id("rail-receipts").click()
    till.get_by_test_id("receipt-row").first.click()
    till.get_by_test_id("void").click()
    till.get_by_role("button", name="Booked twice").click()
    till.get_by_test_id("void-confirm").click()
    expect(till.get_by_test_id("second-person")).to_contain_text("Void of")
    expect(till.get_by_test_id("second-why")).to_have_text(
        "Above your limit of €40.00. A second person's PIN is needed. M-222"
    )
    mara(till)
    expect(till.get_by_test_id("void-sheet")).to_have_count(0)


def test_markers_go_out_against_a_line_and_are_set_off(house: House) -> None:
    till, office = house.till, house.office
    line = room(office, "adopt_credit_line")
    player(office, "ada")
    office.get_by_test_id("room-reason").fill("Known for years")
    keys(office, "2", "0", "0", "00")
    line.click()
    sign_in(office, "Cleo", CASHIER_PIN)
    booked(office)
    marker = room(till, "issue_marker")
    player(till, "ada")
    till.get_by_test_id("room-reference").fill("M 17")
    keys(till, "5", "0", "00")
    marker.click()
    booked(till)
    till.get_by_role("button", name="Chips", exact=True).first.click()
    player(till, "ada")
    expect(till.get_by_test_id("player-money")).to_contain_text("€50.00")
    keys(till, "3", "0", "00")
    till.get_by_test_id("cash-out").click()
    till.get_by_test_id("set-off").click()
    booked(till)
    expect(till.get_by_test_id("player-money")).to_contain_text("€20.00")
    repay = room(till, "repay_marker")
    player(till, "ada")
    keys(till, "2", "0", "00")
    repay.click()
    booked(till)


@pytest.mark.parametrize(
    ("kind", "fill"),
    [("collect_time", {"table": "T1"}), ("take_tip", {}), ("redeem_comp", {"reason": "Late break"})],
)
def test_time_tips_and_comps(house: House, kind: str, fill: dict[str, str]) -> None:
    till = house.till
    book = room(till, kind)
    for field, value in fill.items():
        place = till.get_by_test_id(f"room-{field}")
        if field == "table":
            place.select_option(label=value)
        else:
            place.fill(value)
    if kind == "redeem_comp":
        player(till, "ada")
    keys(till, "4", "00")
    book.click()
    booked(till)


def test_a_drop_box_with_chips_and_cash(house: House) -> None:  # [LE141]
    till = house.till
    book = room(till, "count_drop")
    till.get_by_test_id("room-table").select_option(label="T2")
    till.get_by_test_id("room-box").fill("red 2")
    till.get_by_test_id("count-500").fill("2")
    till.get_by_test_id("cash-5000").fill("1")
    expect(book).to_have_text("Book €60.00")
    book.click()
    mara(till)
    seq = booked(till)
    (entry,) = house.ask(f"/api/v1/ledger/entries?after={seq - 1}&limit=1")["entries"]
    moved = {one["account"]: one["amount"] for one in entry["entry"]["postings"]}
    assert moved == {"1000": 5_000, "2000": -4_000, "4010": -1_000}


def test_a_jackpot_is_promised_filled_and_paid(house: House) -> None:  # [LE144]
    till, office = house.till, house.office
    adopt = room(office, "adopt_jackpot")
    expect(adopt).to_have_attribute("aria-disabled", "true")
    office.get_by_test_id("jackpot-name").fill("High hand")
    office.get_by_test_id("jackpot-mark").fill("hh")
    for _ in range(2):
        office.get_by_role("button", name="Remove share 2").click()
    office.get_by_test_id("share-name-0").fill("high hand")
    office.get_by_test_id("share-percent-0").fill("100")
    adopt.click()
    booked(office)
    seed = room(office, "seed_jackpot")
    office.get_by_test_id("room-jackpot").select_option(label="High hand")
    office.get_by_test_id("room-source").select_option(label="The house's own money")
    office.get_by_test_id("room-reason").fill("Opening week")
    keys(office, "5", "0", "00")
    seed.click()
    sign_in(office, "Cleo", CASHIER_PIN)
    booked(office)

    pay = room(till, "pay_jackpot")
    expect(till.get_by_test_id("award-most")).to_have_text("€50.00")
    player(till, "carl", "winner-high_hand")
    till.get_by_test_id("award-hand").fill("Quad kings, T2")
    till.get_by_test_id("award-verified").select_option(label="Mara")
    till.get_by_test_id("award-witnessed").select_option(label="Mara")
    keys(till, "5", "0", "00")
    expect(pay).to_have_attribute("aria-disabled", "true")
    till.get_by_test_id("award-witnessed").select_option(label="Cleo")
    pay.click()
    mara(till)
    booked(till)
    expect(till.get_by_test_id("award-most")).to_have_text("€0.00")


def test_all_chips_are_counted_tray_by_tray(house: House) -> None:
    office = house.office
    more = room(office, "add_chips")
    office.get_by_test_id("count-500").fill("100")
    office.get_by_test_id("room-reason").fill("New set")
    more.click()
    sign_in(office, "Cleo", CASHIER_PIN)
    booked(office)
    count = room(office, "count_chips")
    office.get_by_test_id("count-500").fill("70")
    office.get_by_test_id("tray-more").select_option(label="T3")
    expect(office.get_by_test_id("count-500")).to_have_value("")
    office.get_by_test_id("count-500").fill("10")
    expect(count).to_have_text("Book the count of €400.00")
    count.click()
    sign_in(office, "Cleo", CASHIER_PIN)
    booked(office)
    expect(office.get_by_role("region", name="Count all chips")).to_contain_text("Missing")


def test_a_ticket_pays_once(house: House) -> None:
    till = house.till
    (event,) = house.ask("/api/v1/ledger/tournaments")["tournaments"]
    sell(till, "Emmy Noether")
    till.get_by_test_id("rail-receipts").click()
    till.get_by_test_id("receipt-row").first.click()
    till.get_by_test_id("void").click()
    till.get_by_role("button", name="Player changed mind").click()
    till.get_by_test_id("void-confirm").click()
    mara(till)
    expect(till.get_by_test_id("void-sheet")).to_have_count(0)
    entries = house.ask("/api/v1/ledger/entries?after=0&limit=500")["entries"]
    emmy = next(one["entry"] for one in reversed(entries) if one["entry"]["kind"] == "buy_in")
    house.command(
        "t1", kind="issue_ticket", player=emmy["data"]["player"], target=event["tournament"], method="card",
        reference="slip 9", amount={"amount": 6_000, "currency": "EUR"},
    )  # fmt: skip
    till.get_by_test_id("rail-sell").click()
    player(till, "emmy")
    till.get_by_test_id("other-means").click()
    till.get_by_test_id("means-ticket").click()
    booked(till)
    till.get_by_test_id("next-player").click()
    player(till, "emmy")
    till.get_by_test_id("other-means").click()
    expect(till.get_by_test_id("means-balance")).to_be_visible()
    expect(till.get_by_test_id("means-ticket")).to_have_count(0)


def test_what_was_paid_for_no_seat_is_refunded(house: House) -> None:
    till = house.till
    till.get_by_test_id("rail-settle").click()
    row = till.get_by_test_id("reconcile-row").filter(has_text="Ada Byron")
    row.get_by_test_id("refund").click()
    till.get_by_role("button", name="Event is full").click()
    till.get_by_test_id("refund-confirm").click()
    mara(till)
    booked(till)
    till.get_by_test_id("refund-sheet").get_by_role("button", name="Done").click()
    expect(row).to_have_count(0)


def test_money_taken_without_the_leaf_has_a_slip_that_is_no_receipt(house: House) -> None:  # [DO130]
    till = house.till
    till.evaluate(
        "() => { window.prints = []; window.print = () => window.prints.push(document.body.innerText); }"
    )
    till.get_by_test_id("rail-sell").click()
    player(till, "carl")
    expect(till.get_by_test_id("cash-exact")).to_be_visible()
    house.venue.pause()
    expect(till.get_by_test_id("connection-banner")).to_be_visible()
    till.get_by_test_id("rail-desk").click()
    till.get_by_test_id("rail-sell").click()
    player(till, "carl")
    till.get_by_test_id("cash-exact").click()
    slip = till.get_by_test_id("intent-slip")
    expect(slip).to_contain_text("NOT BOOKED")
    expect(slip).to_contain_text("keep until you get a receipt")
    code = slip.get_by_test_id("slip-code").inner_text()
    till.get_by_test_id("slip-print").click()
    expect(till.get_by_test_id("slip-print")).to_have_text("Print a copy of the slip")
    till.get_by_test_id("rail-unsent").click()
    row = till.get_by_test_id("intent-row").filter(has_text=code)
    expect(row).to_contain_text("on paper")
    row.get_by_test_id("intent-slip-open").click()
    till.get_by_test_id("slip-sheet").get_by_test_id("slip-print").click()
    until(lambda: till.evaluate("window.prints.length") == 2, "two prints")
    first, second = till.evaluate("window.prints")
    assert ("NOT BOOKED" in first, "COPY" in first) == (True, False)
    assert "COPY · printed before at" in second
    assert "COPY · printed before at" in till.get_by_test_id("slip-copy").last.inner_text()
    house.venue.go_on()
    expect(till.get_by_test_id("no-slip")).to_contain_text("take the slip back")
    till.keyboard.press("Escape")


def test_what_a_rule_refused_is_settled_by_a_person(house: House) -> None:  # [LE54]
    till = house.till
    till.get_by_test_id("rail-settle").click()
    row = till.get_by_test_id("received-row").filter(has_text="Carl Gauss")
    expect(row).to_contain_text("M-220")
    row.get_by_test_id("settle").click()
    till.get_by_role("button", name="Asked the player").click()
    expect(till.get_by_test_id("settle-back")).to_have_text("Give it back in cash")
    till.get_by_test_id("settle-balance").click()
    booked(till)
    till.get_by_test_id("settle-sheet").get_by_role("button", name="Done").click()
    expect(till.get_by_test_id("received")).to_have_attribute("data-count", "0")


def test_what_came_by_card_goes_back_that_way(house: House) -> None:  # [LE54]
    amount = {"amount": 5_500, "currency": "EUR"}
    sale = {"kind": "cash_buy_in", "player": "carl", "method": "card", "reference": "T77", "amount": amount}
    assert house.command("by-card", **sale, intent={"recorded_ms": 1})["entry"]["kind"] == "suspense"
    till = house.till
    till.get_by_test_id("rail-desk").click()
    till.get_by_test_id("rail-settle").click()
    till.get_by_test_id("received-row").get_by_test_id("settle").click()
    till.get_by_role("button", name="Asked the player").click()
    back = till.get_by_test_id("settle-back")
    expect(back).to_have_text("Give it back by card or transfer")
    back.click()
    booked(till)
    till.get_by_test_id("settle-sheet").get_by_role("button", name="Done").click()
    expect(till.get_by_test_id("received")).to_have_attribute("data-count", "0")


def test_an_age_is_seen_once_before_a_player_is_sold_anything(house: House) -> None:  # [LE167]
    till, desk = house.till, house.tablet.context.new_page()
    desk.goto(f"{house.venue.url}/admin")
    desk.get_by_test_id("nav-money").click()
    desk.get_by_role("button", name="Change limits").click()
    desk.get_by_test_id("age-min").fill("18")
    desk.get_by_role("button", name="Adopt", exact=True).click()
    expect(desk.get_by_text("Players are at least 18.")).to_be_visible()
    desk.close()
    till.get_by_test_id("rail-desk").click()
    player(till, "ada")
    keys(till, "1", "0", "00")
    till.get_by_test_id("cash-buy-in").click()
    expect(till.get_by_test_id("sale-refused")).to_contain_text("M-291")
    expect(till.get_by_test_id("age-seen")).to_have_text("18 or older, seen")
    till.get_by_test_id("age-seen").click()
    assert age_said(house, booked(till)) == 18
    till.get_by_test_id("rail-sell").click()
    player(till, "ada")
    till.get_by_test_id("cash-exact").click()
    assert age_said(house, booked(till)) is None
    till.reload()
    knows = "() => JSON.stringify(localStorage).includes('age_min')"
    until(lambda: till.evaluate(knows), "the till knows the rules")
    sell(till, "Emmy Noether")
    assert age_said(house, booked(till)) == 18  # who adds a player has looked just now


def age_said(house: House, seq: int) -> int | None:
    (entry,) = house.ask(f"/api/v1/ledger/entries?after={seq - 1}&limit=1")["entries"]
    said: int | None = entry["entry"]["data"].get("age_seen")
    return said
