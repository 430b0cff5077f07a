"""What a till and a floor tablet show of a box that is not itself: its books are read, its clock is in doubt.

The leaf runs in this process, on a thread of its own, so that its books stand still half read and its wall
clock is what a test says.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from time import time

import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from playwright.sync_api import Browser, BrowserContext, Page, expect

from leaf_server import app
from leaf_server.box import leaf_time
from tests.e2e.test_cage_forms import ASK, keys, player
from tests.e2e.test_first_evening import sign_in
from tests.fix_room import in_touch
from tests.leaf_server.fix_leaf import PINS, Leaf, found, running
from tests.leaf_server.test_long_start import halfway
from tests.ledger.till import PROFILE, RULES
from tests.ports import free_port

__all__ = ["halfway"]
HOUR_MS = 3_600_000
EUROS = {"amount": 100_000, "currency": "EUR"}


@pytest.fixture
def portal() -> Iterator[BlockingPortal]:
    with start_blocking_portal() as portal:
        yield portal


@pytest.fixture
def enrolled(browser: Browser) -> Iterator[Callable[[Leaf, str, str], Page]]:
    """A tablet of one of the kinds that a new venue lets in, with a person signed in."""
    contexts: list[BrowserContext] = []

    def open_page(leaf: Leaf, kind: str, name: str) -> Page:
        contexts.append(browser.new_context(viewport={"width": 1180, "height": 820}))
        page = contexts[-1].new_page()
        key = leaf.founded.enrolment_keys[["floor", "cage"].index(kind)]
        page.goto(f"{leaf.url}/auth#key={key}&name={kind}")
        sign_in(page, name, PINS[name.lower()])
        return page

    yield open_page
    for context in contexts:
        context.close()


def open_by_command(till: Page) -> None:
    """A house with an open drawer, in five entries."""
    for kind, content in (
        ("adopt_profile", {"profile": PROFILE}),
        ("adopt_tournament", {"tournament": "t", "rules": RULES}),
        ("vault_in", {"amount": EUROS}),
        ("open_drawer", {"drawer": "d1", "amount": EUROS}),
    ):
        told = till.evaluate(ASK, ["POST", "/api/v1/ledger/commands", {"kind": kind, **content}, kind])
        assert told.get("outcome") == "posted", told


def pick_ada(till: Page) -> None:
    till.get_by_test_id("rail-desk").click()
    player(till, "ada")
    keys(till, "5", "0", "00")


def test_while_the_books_are_read_money_in_is_kept_and_none_goes_out(
    portal: BlockingPortal,
    enrolled: Callable[[Leaf, str, str], Page],
    tmp_path: Path,
    halfway: Event,
) -> None:  # [LE165]
    data, port = tmp_path / "leaf", free_port()
    founded = portal.call(found, data)
    halfway.set()
    with portal.wrap_async_context_manager(running(data, founded, port=port)) as leaf:
        till = enrolled(leaf, "cage", "Ana")
        open_by_command(till)
        till.get_by_test_id("player-search").fill("Ada Byron")
        till.get_by_test_id("new-player").click()
        till.get_by_test_id("new-adult").check()
        till.get_by_test_id("new-save").click()
        pick_ada(till)
        expect(till.get_by_test_id("cash-out")).to_be_enabled()
        in_touch(till)
    halfway.clear()
    with portal.wrap_async_context_manager(running(data, founded, port=port)):
        banner = till.get_by_test_id("checking-banner")
        expect(banner).to_contain_text("The books are being checked, 40 %.")
        in_touch(till)  # all else works
        expect(till.get_by_test_id("cash-out")).to_be_disabled()
        expect(till.get_by_text("The books are being checked, 40 %", exact=True).first).to_be_visible()
        till.get_by_test_id("cash-buy-in").click()
        expect(till.get_by_test_id("intent-noted")).to_be_visible()
        till.get_by_test_id("rail-drawer").click()
        expect(till.get_by_test_id("drawer-close")).to_be_disabled()
        expect(till.get_by_test_id("term-panel")).to_have_count(0)
        halfway.set()
        expect(banner).to_have_count(0)
        till.get_by_test_id("rail-receipts").click()
        expect(till.get_by_test_id("receipt-row").first).to_contain_text("Chips bought Ada Byron 50.00")
        expect(till.get_by_test_id("rail-unsent")).to_have_text("Unsent")


def test_a_clock_in_doubt_is_told_at_till_and_floor_until_it_is_right(
    portal: BlockingPortal,
    enrolled: Callable[[Leaf, str, str], Page],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # [DO26]
    ahead_ms = 0
    monkeypatch.setattr(app, "_wall_ms", lambda: int(time() * 1000) + ahead_ms)
    monkeypatch.setattr(leaf_time, "WRITE_S", 0.1)
    data = tmp_path / "leaf"
    with portal.wrap_async_context_manager(running(data, portal.call(found, data))) as leaf:
        till, floor = enrolled(leaf, "cage", "Cat"), enrolled(leaf, "floor", "Ben")
        for page in (till, floor):
            expect(page.get_by_test_id("clock-banner")).to_have_count(0)
        ahead_ms = 2 * HOUR_MS + 300_000
        for page in (till, floor):
            banner = page.get_by_test_id("clock-banner")
            expect(banner).to_contain_text("The box's clock is 2 h")
            expect(banner).to_contain_text("ahead of Felt's")
            expect(banner).to_contain_text("S-043")
            expect(page.get_by_test_id("sync-pill")).to_contain_text("Synced Clock?")
        ahead_ms = 0
        for page in (till, floor):
            expect(page.get_by_test_id("clock-banner")).to_have_count(0)
