"""A cashier's whole shift, by the pages alone: from the float to a count that is five short, and its proof.

What the leaf's statement says of the shift is added up a second time here, in a few lines, over the ledger's
own export, which a script without Felt has proved.
"""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tests.e2e.test_cage import count
from tests.e2e.test_cage_forms import ASK, booked, keys, player
from tests.e2e.test_first_evening import (
    CASHIER_PIN,
    FLOOR_PIN,
    MANAGER_PIN,
    NewVenue,
    enrol,
    sell,
    set_up,
    sign_in,
    twice,
    venue,
    window,
)
from tests.fix_room import ROOT

__all__ = ["venue", "window"]

Entry = dict[str, Any]


def set_limits(boss: Page) -> None:
    """A cashier voids alone up to 40.00 and pays out alone up to 45.00."""
    boss.get_by_test_id("nav-money").click()
    boss.get_by_role("button", name="Change limits").click()
    boss.get_by_label("A cashier voids alone up to").fill("40")
    boss.get_by_label("Paid out by one person up to").fill("45")
    boss.get_by_role("button", name="Adopt").click()
    expect(boss.get_by_role("region", name="House rules")).to_contain_text("one person up to €45.00")


def open_by_count(till: Page) -> None:
    """A float of 500.00."""
    till.get_by_test_id("rail-drawer").click()
    till.get_by_role("button", name="Use it").click()
    till.get_by_test_id("drawer-open").click()
    expect(till.get_by_test_id("count-done")).to_have_text("Open with €0.00")
    count(till, c10000=2, c5000=4, c2000=5)
    expect(till.get_by_test_id("drawer-close")).to_be_visible()


def sell_known(till: Page, name: str) -> int:
    till.get_by_test_id("rail-sell").click()
    till.get_by_test_id("player-search").fill(name)
    till.get_by_test_id("player-row").first.click()
    till.get_by_test_id("cash-exact").click()
    return booked(till)


def void_with_second(till: Page, seq: int) -> int:
    """Above what a cashier voids alone."""
    till.get_by_test_id("rail-receipts").click()
    till.get_by_test_id("receipt-search").fill("gauss")
    till.get_by_test_id("receipt-row").filter(has_text=f"{seq:05d}").click()
    till.get_by_test_id("void").click()
    till.get_by_role("button", name="Booked twice").click()
    till.get_by_test_id("void-confirm").click()
    expect(till.get_by_test_id("second-why")).to_contain_text("Above your limit of €40.00.")
    sign_in(till, "Mara", MANAGER_PIN)
    void = till.get_by_role("region", name="Receipt", exact=True)
    expect(void).to_contain_text(f"Voids receipt {seq:05d}")
    return int(void.get_by_test_id("receipt").locator(".number").inner_text())


def cash_game(till: Page, name: str) -> None:
    """Chips for 100.00, and 40.00 of them back."""
    till.get_by_test_id("rail-desk").click()
    player(till, name)
    keys(till, "1", "0", "0", "00")
    till.get_by_test_id("cash-buy-in").click()
    bought = booked(till)
    keys(till, "4", "0", "00")
    till.get_by_test_id("cash-out").click()
    expect(till.get_by_test_id("booked-seq")).not_to_have_text(f"{bought:05d}")


def move_cash(till: Page, move: str, **pieces: int) -> None:
    till.get_by_test_id("rail-drawer").click()
    till.get_by_test_id(move).click()
    count(till, **pieces)
    booked(till)


def bust(floor: Page, name: str) -> None:
    floor.get_by_test_id("rail-tables").click()
    floor.get_by_test_id("table-1").click()
    floor.locator("[data-testid^=seat-]").filter(has_text=name).click()
    floor.get_by_test_id("bust").click()
    expect(floor.get_by_text(f"{name} out").last).to_be_visible()
    floor.get_by_test_id("rail-tables").click()


def pay(till: Page, *, part: str = "") -> None:
    """The first prize: whole, or so many euros of it."""
    till.get_by_test_id("rail-payout").click()
    till.get_by_test_id("prize-1").click()
    till.get_by_test_id("id-seen").check()
    if part:
        till.get_by_test_id("pay-part").click()
        keys(till, *part, "00")
    till.get_by_test_id("pay-prize").click()


def close_short(till: Page) -> int:
    """Counted ten short, counted again five short, accepted with a reason; answers the closing's number."""
    till.get_by_test_id("rail-drawer").click()
    till.get_by_test_id("drawer-close").click()
    expect(till.get_by_text("Expected")).to_have_count(0)
    count(till, c20000=2, c10000=1, c5000=1, c2000=2)
    expect(till.get_by_test_id("variance")).to_have_text("−€10.00")
    till.get_by_test_id("count-again").click()
    count(till, c20000=2, c10000=1, c5000=1, c2000=2, c500=1)
    expect(till.get_by_test_id("variance")).to_have_text("−€5.00")
    till.get_by_role("button", name="Change given wrong").click()
    till.get_by_test_id("accept-count").click()
    expect(till.get_by_test_id("drawer-open")).to_be_visible()
    return booked(till)


def export(office: Page, folder: Path) -> tuple[Path, list[Entry]]:
    office.get_by_test_id("rail-report").click()
    with office.expect_download() as file:
        office.get_by_test_id("ledger-jsonl").click()
    path = folder / "ledger.jsonl"
    file.value.save_as(path)
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    return path, [line["entry"] for line in lines if "entry" in line]


def moved(entry: Entry) -> int:
    """What came into the drawer."""
    return sum(leg["amount"] for leg in entry["postings"] if leg["account"] == "1010/d1")


def test_a_shift_from_float_to_count_is_proved_by_its_export(
    venue: NewVenue, window: Callable[[], Page], tmp_path: Path
) -> None:  # [LE124]
    boss, till, office, floor = (window() for _ in range(4))
    boss.goto(venue.first_link)
    sign_in(boss, "Mara", MANAGER_PIN)
    boss.goto(f"{venue.url}/admin")
    sign_in(boss, "Mara", MANAGER_PIN)
    set_up(boss)
    set_limits(boss)
    enrol(boss, "Cage", "Cage 1", till)
    sign_in(till, "Cleo", CASHIER_PIN)
    enrol(boss, "Cage", "Cage 2", office)
    sign_in(office, "Mara", MANAGER_PIN)
    enrol(boss, "Floor tablet", "Tablet 2", floor)
    sign_in(floor, "Ida", FLOOR_PIN)

    open_by_count(till)
    for name in ("Ada Byron", "Carl Gauss", "Dana Scott"):
        sell(till, name)
    wrong = sell_known(till, "gauss")
    assert void_with_second(till, wrong) == wrong + 1  # what was refused until two asked has no number
    floor.get_by_test_id("rail-clock").click()
    floor.get_by_test_id("resume").click()
    bust(floor, "Ada Byron")
    sell_known(till, "ada")
    cash_game(till, "dana")
    move_cash(till, "fill", c10000=1)
    move_cash(till, "drop", c10000=2)
    bust(floor, "Ada Byron")
    bust(floor, "Dana Scott")
    boss.get_by_test_id("nav-money").click()
    twice(boss, "close-registration")
    twice(boss, "confirm-result")
    expect(boss.get_by_test_id("money-state")).to_have_text("Result confirmed")

    pay(till, part="40")
    first = booked(till)
    expect(till.get_by_text("€60.00 is still due.")).to_be_visible()
    expect(till.get_by_test_id("remaining")).to_have_text("€160.00")
    till.get_by_role("button", name="Pay more of it").click()
    till.get_by_test_id("pay-prize").click()
    expect(till.get_by_test_id("second-why")).to_contain_text("Above your limit of €45.00.")
    sign_in(till, "Mara", MANAGER_PIN)
    expect(till.get_by_test_id("remaining")).to_have_text("€100.00")
    assert booked(till) > first

    closed = close_short(till)
    with till.expect_download() as file:
        till.get_by_test_id("shift-file").click()
    assert Path(file.value.path()).read_bytes().startswith(b"%PDF-")

    path, entries = export(office, tmp_path)
    script = [sys.executable, "scripts/verify_export.py", str(path)]
    assert subprocess.run(script, cwd=ROOT, check=False).returncode == 0
    (opened,) = [entry["seq"] for entry in entries if entry["kind"] == "open_drawer"]
    shift = [one for one in entries if one["data"].get("drawer") == "d1" or moved(one)]
    said = till.evaluate(ASK, ["GET", f"/api/v1/statements/shifts/{opened}", None, None])
    assert (said["first_seq"], said["last_seq"], said["count"]) == (opened, closed, len(shift))
    cash_in, cash_out = Counter[str](), Counter[str]()
    for entry in shift:
        cash_in[entry["kind"]] += max(moved(entry), 0)
        cash_out[entry["kind"]] += max(-moved(entry), 0)
    assert {one["kind"]: (one["in_cents"], one["out_cents"]) for one in said["kinds"]} == {
        kind: (cash_in[kind], cash_out[kind]) for kind in {entry["kind"] for entry in shift}
    }
    (told,) = said["shifts"]
    expected = sum(moved(entry) for entry in shift if entry["seq"] != closed)
    assert expected == 60_000
    assert (told["expected_cents"], told["counted_cents"], told["difference_cents"]) == (
        expected,
        59_500,
        -500,
    )
    assert told["reason"] == "Change given wrong"
    assert sum(moved(entry) for entry in entries) == told["counted_cents"]  # the books follow the count
