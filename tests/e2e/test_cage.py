"""The cage by hand: a buy-in in two taps, receipts on paper, a drop, a blind count, and what managers see.

One real leaf with a printer that is a file; what it was sent is read back byte by byte.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.test_first_evening import (
    CASHIER_PIN,
    FLOOR_PIN,
    MANAGER_PIN,
    NewVenue,
    enrol,
    open_drawer,
    sell,
    set_up,
    sign_in,
)
from tests.fix_room import until
from tests.leaf_server.paper.virtual_printer import Decoder, Paper

TABLET = {"width": 1180, "height": 820}


class Cage:
    """A founded house: the manager in the office and at a cage, the cashier at another; and the paper."""

    def __init__(self, venue: NewVenue, window: Callable[[], Page], paper: Path) -> None:
        self.paper = paper
        self.boss = window()
        self.boss.goto(venue.first_link)
        sign_in(self.boss, "Mara", MANAGER_PIN)
        self.boss.goto(f"{venue.url}/admin")
        sign_in(self.boss, "Mara", MANAGER_PIN)
        set_up(self.boss)
        self.till, self.office, self.floor = window(), window(), window()
        enrol(self.boss, "Cage", "Cage 1", self.till)
        sign_in(self.till, "Cleo", CASHIER_PIN)
        enrol(self.boss, "Cage", "Cage 2", self.office)
        sign_in(self.office, "Mara", MANAGER_PIN)
        enrol(self.boss, "Floor tablet", "Tablet 2", self.floor)
        sign_in(self.floor, "Ida", FLOOR_PIN)

    @property
    def slips(self) -> list[Paper]:
        decoder = Decoder()
        decoder.feed(self.paper.read_bytes() if self.paper.exists() else b"")
        return decoder.slips

    def slip(self, seq: int, copy: bool = False) -> Paper:
        """The slip of a receipt, once it is on paper; exactly one."""

        def found() -> list[Paper]:
            return [
                one
                for one in self.slips
                if f"{seq:05d}" in " ".join(one.texts) and ("COPY" in one.texts) == copy
            ]

        until(found, f"receipt {seq} on paper")
        (slip,) = found()
        return slip


@pytest.fixture(scope="module")
def cage(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cage]:
    """One house for all tests of this file, in their order."""
    folder = tmp_path_factory.mktemp("cage")
    venue = NewVenue(folder / "leaf", FELT_PRINTERS=f"cage=file:{folder / 'paper'}")
    contexts: list[BrowserContext] = []

    def window() -> Page:
        contexts.append(browser.new_context(viewport=TABLET))
        return contexts[-1].new_page()

    yield Cage(venue, window, folder / "paper")
    for context in contexts:
        context.close()
    venue.stop()


def count(page: Page, **pieces: int) -> None:
    for face, many in pieces.items():
        page.get_by_test_id(f"count-{face.removeprefix('c')}").fill(str(many))
    page.get_by_test_id("count-done").click()


def void(page: Page, seq: int) -> None:
    page.get_by_test_id("rail-receipts").click()
    page.get_by_test_id("receipt-search").fill(str(seq))
    page.get_by_role("button", name="Find").click()
    page.get_by_test_id("void").click()
    page.get_by_role("button", name="Wrong player").click()
    page.get_by_test_id("void-confirm").click()
    expect(page.get_by_role("region", name="Receipt", exact=True)).to_contain_text(f"{seq:05d}")
    expect(page.get_by_test_id("void-sheet")).to_have_count(0)


def booked(page: Page) -> int:
    return int(page.get_by_test_id("booked-seq").inner_text())


def test_a_known_player_is_bought_in_with_two_taps_and_gets_paper(cage: Cage) -> None:
    till = cage.till
    open_drawer(till)
    sell(till, "Ada Byron")
    sell(till, "Carl Gauss")
    first = booked(till)
    till.get_by_test_id("next-player").click()

    expect(till.get_by_test_id("player-search")).to_be_focused()
    till.evaluate("window.taps = 0; addEventListener('click', () => window.taps++, true)")
    till.keyboard.type("ada")
    till.get_by_test_id("player-row").filter(has_text="Ada Byron").click()
    expect(till.get_by_test_id("sell-re_entry")).to_be_visible()
    till.get_by_test_id("cash-exact").click()
    expect(till.get_by_test_id("booked-seq")).to_be_visible()
    assert till.evaluate("window.taps") == 2

    carl = cage.slip(first)
    assert carl.said("Player") == "Carl G."
    assert any(text.startswith("Table ") for text in carl.texts)  # the seat that was drawn with the sale
    slip = cage.slip(booked(till))
    assert (slip.said("Player"), slip.said("Cashier"), slip.kicks) == ("Ada B.", "Cleo", 1)
    expect(till.get_by_test_id("print-line")).to_contain_text("Printed")


def test_a_receipt_printed_again_is_a_copy_and_opens_no_drawer(cage: Cage) -> None:
    till = cage.till
    seq = booked(till)
    till.get_by_test_id("rail-receipts").click()
    till.get_by_test_id("receipt-search").fill(str(seq))
    till.get_by_role("button", name="Find").click()
    till.get_by_test_id("print-again").click()
    expect(till.get_by_test_id("print-line")).to_contain_text("copy")
    assert cage.slip(seq, copy=True).kicks == 0
    with till.expect_download() as file:
        till.get_by_test_id("receipt-pdf").click()
    assert Path(file.value.path()).read_bytes().startswith(b"%PDF-")


def test_floor_and_money_that_differ_are_shown_on_both_until_somebody_acts(cage: Cage) -> None:
    till, floor = cage.till, cage.floor
    void(till, 7)
    till.get_by_test_id("rail-settle").click()
    row = till.get_by_test_id("reconcile-row").filter(has_text="Seated, not paid: Carl Gauss")
    expect(row).to_be_visible()
    expect(row.get_by_test_id("explain")).to_have_attribute("aria-disabled", "true")  # a manager's
    floor.get_by_test_id("rail-settle").click()
    expect(floor.get_by_test_id("reconcile-row")).to_contain_text("Seated, not paid: Carl Gauss")

    office = cage.office
    office.get_by_test_id("rail-settle").click()
    office.get_by_test_id("reconcile-row").get_by_test_id("explain").click()
    office.get_by_role("button", name="Left, will come back").click()
    office.get_by_test_id("explain-save").click()
    expect(till.get_by_test_id("explained-row")).to_contain_text("Left, will come back")
    expect(floor.get_by_test_id("explained-row")).to_contain_text("Carl Gauss")
    expect(row).to_have_count(0)

    office.get_by_test_id("rail-sell").click()
    till.get_by_test_id("rail-sell").click()
    till.get_by_test_id("player-search").fill("carl")
    till.get_by_test_id("player-row").filter(has_text="Carl Gauss").click()
    till.get_by_test_id("cash-exact").click()
    expect(till.get_by_test_id("booked-seq")).to_be_visible()
    till.get_by_test_id("rail-settle").click()
    expect(till.get_by_test_id("explained-row")).to_have_count(0)
    expect(floor.get_by_text("Floor and money agree.")).to_be_visible()


def test_a_receipt_is_found_by_who_what_how_much_and_when(cage: Cage) -> None:  # [LE176]
    till = cage.till
    rows, one = till.get_by_test_id("receipt-row"), till.get_by_role("region", name="Receipt", exact=True)
    till.get_by_test_id("rail-receipts").click()
    search = till.get_by_test_id("receipt-search")
    search.fill("gauss")
    expect(rows).to_have_count(3)
    expect(rows.nth(0)).to_contain_text("Carl Gauss 60.00")
    expect(rows.nth(1)).to_contain_text("Carl Gauss, voids 00007 −60.00")
    expect(rows.nth(2)).to_contain_text("Carl Gauss, voided by 00009")
    till.get_by_test_id("receipt-kind").select_option("voids")
    expect(rows).to_have_count(1)
    search.press("Enter")
    expect(one).to_contain_text("Voids receipt 00007")
    till.get_by_test_id("receipt-kind").select_option("")
    search.fill("nobody")
    expect(till.get_by_text("Nobody here is called that.")).to_be_visible()
    search.fill("")
    till.get_by_test_id("receipt-amount").fill("500")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("Drawer opened")
    till.get_by_test_id("receipt-amount").fill("")
    till.get_by_test_id("when-shift").click()
    expect(rows.last).to_contain_text("Drawer opened")
    till.get_by_test_id("when-day").fill("2020-01-01")
    expect(till.get_by_text("No receipt like that.")).to_be_visible()
    till.get_by_test_id("when-any").click()
    expect(rows.last).to_contain_text("00001")
    code = cage.slip(6).codes[0]  # a reader types what it reads
    search.press_sequentially(code)
    search.press("Enter")
    expect(one).to_contain_text("00006")
    expect(search).to_have_value("")


def test_a_keyboard_sells_without_a_tap_and_tells_the_change(cage: Cage) -> None:
    till = cage.till
    till.get_by_test_id("rail-sell").click()
    expect(till.get_by_test_id("player-search")).to_be_focused()
    till.keyboard.type("gauss")
    till.keyboard.press("Enter")
    expect(till.get_by_test_id("cash-exact")).to_have_text("Cash exact")
    till.get_by_test_id("given-10000").click()
    expect(till.get_by_test_id("cash-exact")).to_have_text("Cash, €40.00 back")
    till.get_by_test_id("given").fill("70")
    expect(till.get_by_test_id("cash-exact")).to_have_text("Cash, €10.00 back")
    till.keyboard.press("F4")
    expect(till.get_by_test_id("slip-reference")).to_be_visible()
    till.get_by_test_id("slip-reference").press(
        "Enter"
    )  # no number yet: nothing is booked, not in cash either
    expect(till.get_by_test_id("cash-exact")).to_be_enabled()
    till.get_by_test_id("given").press("Enter")
    expect(till.get_by_test_id("change-due")).to_have_text("€10.00")
    seq = booked(till)
    till.keyboard.press("F9")
    expect(till.get_by_test_id("drawer-move")).to_contain_text("Drawer opened")
    till.keyboard.press("?")
    expect(till.get_by_test_id("keys-sheet")).to_contain_text("Cash exact")
    till.keyboard.press("Escape")
    void(till, seq)
    till.get_by_test_id("check-chain").click()
    expect(till.get_by_test_id("chain-fits")).to_contain_text(
        f"{seq + 1:05d} fits the chain up to {seq + 1:05d}"
    )


def test_a_manager_always_sees_what_the_house_owes_and_holds(cage: Cage) -> None:
    expect(cage.office.get_by_test_id("house-owes")).to_have_text("€150.00")
    expect(cage.office.get_by_test_id("house-holds")).to_have_text("€2,180.00")
    expect(cage.till.get_by_test_id("house-line")).to_have_count(0)


def test_a_count_is_blind_and_what_differs_needs_a_reason(cage: Cage) -> None:
    till = cage.till
    till.get_by_test_id("rail-drawer").click()
    till.get_by_test_id("drop").click()
    count(till, c10000=2)
    expect(till.get_by_test_id("booked-seq")).to_be_visible()
    till.get_by_test_id("drawer-close").click()
    expect(till.get_by_text("Expected")).to_have_count(0)
    expect(till.get_by_text("480")).to_have_count(0)
    count(till, c10000=4, c2000=3, c1000=1)
    expect(till.get_by_test_id("variance")).to_have_text("−€10.00")
    expect(till.get_by_test_id("expected")).to_have_text("€480.00")
    expect(till.get_by_test_id("accept-count")).to_have_attribute("aria-disabled", "true")
    till.get_by_test_id("count-again").click()
    expect(till.get_by_test_id("expected")).to_have_count(0)
    count(till, c10000=4, c2000=3, c1000=1, c500=1)
    expect(till.get_by_test_id("variance")).to_have_text("−€5.00")
    till.get_by_role("button", name="Not found").click()
    till.get_by_test_id("accept-count").click()
    expect(till.get_by_test_id("drawer-open")).to_be_visible()
    slip = cage.slip(booked(till))
    assert (slip.said("Counted"), slip.said("Short")) == ("475.00 EUR", "-5.00 EUR")
    with till.expect_download() as file:
        till.get_by_test_id("shift-file").click()
    assert Path(file.value.path()).read_bytes().startswith(b"%PDF-")


def test_the_days_report_adds_up(cage: Cage) -> None:
    office = cage.office
    office.get_by_test_id("rail-report").click()
    shifts = office.get_by_role("region", name="Shifts")
    expect(shifts).to_contain_text("−5.00 short")
    expect(shifts).to_contain_text("475.00")
    expect(office.get_by_role("region", name="Bookings")).to_contain_text("Drawer counted")
    with office.expect_download() as file:
        office.get_by_test_id("day-csv").click()
    assert "not found" in Path(file.value.path()).read_text("utf-8-sig").lower()
