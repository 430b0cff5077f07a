"""A newcomer's first evening, by hand: a venue is founded, set up, played and paid with the pages alone.

One real leaf without NATS and core, as `felt enrol` and `felt leaf` leave it; nothing else prepares it.
"""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from felt.demo.plain_http import NO_TLS
from tests.fix_room import ROOT, in_touch, until
from tests.ports import free_port

MANAGER_PIN = "246810"
CASHIER_PIN = "975310"
FLOOR_PIN = "135791"
FELT = [sys.executable, "-m", "felt"]


class NewVenue:
    """A leaf just founded, and the key of its first tablet."""

    def __init__(self, data: Path, **settings: str) -> None:
        self.url = f"http://127.0.0.1:{free_port()}"
        self.data = data
        self._settings = settings
        founding = [*FELT, "enrol", "--data", str(data), "--name", "The Felt Room", "--manager", "Mara"]
        environment = {**os.environ, "FELT_PIN": MANAGER_PIN}
        told = subprocess.run(
            founding, cwd=ROOT, env=environment, check=True, capture_output=True, text=True
        ).stdout
        found = re.search(r"/auth#key=[A-Z0-9-]+", told)
        assert found is not None, told
        self.first_link = self.url + found[0]
        self._start()
        until(lambda: self._answer() == 200, "the leaf is ready")

    def _start(self) -> None:
        port = self.url.rpartition(":")[2]
        command = [*FELT, "leaf", "--data", str(self.data), "--port", port]
        self._leaf = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **self._settings})

    def pause(self) -> None:
        """The box answers nobody, as with its cable out."""
        self._leaf.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self._leaf.send_signal(signal.SIGCONT)

    def restore(self, backup: Path) -> None:
        """Another box takes over, with what was saved; its money waits for a person."""
        self.stop()
        self.data = self.data.with_name("new")
        command = [*FELT, "restore", "--from", str(backup), "--data", str(self.data)]
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        self._start()
        until(self._answer, "the leaf answers")

    def start_with(self, data: Path) -> None:
        """The box of that folder answers at this address instead."""
        self.stop()
        self.data = data
        self._start()
        until(self._answer, "the leaf answers")

    def _answer(self) -> int:
        """How it is, as an HTTP status; 0: nobody there."""
        assert self._leaf.poll() is None, "the leaf ended"
        try:
            return httpx.get(f"{self.url}/health", timeout=5, trust_env=False, verify=NO_TLS).status_code
        except httpx.TransportError:
            return 0

    def stop(self) -> None:
        self.go_on()
        self._leaf.terminate()
        assert self._leaf.wait(60) == 0


@pytest.fixture
def venue(tmp_path: Path) -> Iterator[NewVenue]:
    venue = NewVenue(tmp_path / "leaf")
    yield venue
    venue.stop()


@pytest.fixture
def window(browser: Browser, venue: NewVenue) -> Iterator[Callable[[], Page]]:
    """Makes empty browsers, as devices of their own have; they close before the leaf stops."""
    contexts: list[BrowserContext] = []

    def open_window() -> Page:
        contexts.append(browser.new_context(viewport={"width": 1440, "height": 900}))
        return contexts[-1].new_page()

    yield open_window
    for context in contexts:
        context.close()


def sign_in(page: Page, name: str, pin: str) -> None:
    """At an app, or as the second person of what a till asks; ends when the app can be used."""
    page.get_by_role("button", name=name).click()
    for digit in pin:
        page.get_by_test_id(f"pin-key-{digit}").click()
    page.get_by_test_id("pin-key-ok").click()
    in_touch(page)


def twice(page: Page, verb: str) -> None:
    confirm(page.get_by_test_id(verb))


def confirm(button: Locator) -> None:
    """A button that guards against a brushing thumb: it asks, and is off until it takes an answer (0.4 s)."""
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    button.click()


def set_up(boss: Page) -> None:
    """People, tables, an event, cash in the vault: all on the admin pages."""
    boss.get_by_test_id("nav-people").click()
    for name, role, pin in (("Cleo", "cashier", CASHIER_PIN), ("Ida", "floor", FLOOR_PIN)):
        boss.get_by_test_id("person-name").fill(name)
        boss.get_by_test_id(f"role-{role}").click()
        boss.get_by_test_id("person-pin").fill(pin)
        boss.get_by_test_id("save-person").click()
        expect(boss.get_by_text(f"{name} may sign in now.")).to_be_visible()
    boss.get_by_test_id("nav-tables").click()
    for number in (1, 2, 3):
        expect(boss.get_by_test_id("table-number")).to_have_value(str(number))
        boss.get_by_test_id("save-table").click()
        expect(boss.get_by_test_id(f"furniture-{number}")).to_be_visible()
    boss.get_by_test_id("nav-events").click()
    boss.get_by_test_id("new-event").click()
    boss.get_by_test_id("save-event").click()
    expect(boss.get_by_test_id("form-faults")).to_be_visible()  # it has no name yet: nothing is written
    boss.get_by_test_id("event-name").fill("Friday 50")
    boss.get_by_test_id("use-1").click()
    boss.get_by_test_id("save-event").click()
    expect(boss.get_by_test_id("event-row")).to_contain_text("Selling")
    boss.get_by_test_id("nav-money").click()
    boss.get_by_test_id("vault-amount").fill("2000")
    boss.get_by_test_id("vault-book").click()
    expect(boss.get_by_test_id("cash")).to_have_text("€2,000.00")


def enrol(boss: Page, kind: str, name: str, page: Page) -> None:
    """The manager makes a key, the new device opens its link."""
    boss.get_by_test_id("nav-devices").click()
    boss.get_by_role("group", name="Kind").get_by_role("button", name=kind).click()
    boss.get_by_test_id("device-name").fill(name)
    boss.get_by_test_id("make-key").click()
    expect(boss.get_by_role("heading", name=f"Key for {name}")).to_be_visible()
    page.goto(boss.get_by_test_id("made-link").inner_text())


def open_drawer(cage: Page) -> None:
    cage.get_by_test_id("rail-drawer").click()
    cage.get_by_label("Name of the drawer").fill("d1")
    cage.get_by_role("button", name="Use it").click()
    cage.get_by_test_id("drawer-open").click()
    cage.get_by_test_id("count-10000").fill("5")
    cage.get_by_test_id("count-done").click()
    expect(cage.get_by_test_id("drawer-close")).to_be_visible()


def sell(cage: Page, name: str, *, seat: bool = True) -> None:
    """Somebody new pays cash, and draws a seat where asked to."""
    cage.get_by_test_id("rail-sell").click()
    cage.get_by_test_id("player-search").fill(name)
    cage.get_by_test_id("new-player").click()
    cage.get_by_test_id("new-adult").check()
    cage.get_by_test_id("new-save").click()
    cage.get_by_test_id("draws-seat").set_checked(seat)
    cage.get_by_test_id("cash-exact").click()
    if seat:
        expect(cage.get_by_test_id("booked-seat")).to_contain_text("T1·")
    else:
        expect(cage.get_by_test_id("booked-seq")).to_be_visible()


def play(floor: Page, loser: str) -> None:
    """Both have drawn their seats at the sale, the clock runs, one is out."""
    floor.get_by_test_id("rail-clock").click()
    floor.get_by_test_id("resume").click()
    expect(floor.get_by_test_id("clock-state")).to_have_attribute("data-state", "running")
    floor.get_by_test_id("rail-tables").click()
    floor.get_by_test_id("table-1").click()
    floor.locator("[data-testid^=seat-]").filter(has_text=loser).click()
    floor.get_by_test_id("bust").click()
    expect(floor.get_by_text(f"{loser} out, 2nd")).to_be_visible()


def test_a_newcomer_founds_a_venue_and_plays_its_first_evening(
    venue: NewVenue, window: Callable[[], Page]
) -> None:
    boss = window()
    boss.goto(venue.first_link)
    sign_in(boss, "Mara", MANAGER_PIN)
    boss.goto(f"{venue.url}/admin")
    sign_in(boss, "Mara", MANAGER_PIN)
    expect(boss.get_by_text("Before the first evening")).to_be_visible()
    set_up(boss)

    cage, floor = window(), window()
    enrol(boss, "Cage", "Cage 1", cage)
    sign_in(cage, "Cleo", CASHIER_PIN)
    enrol(boss, "Floor tablet", "Tablet 2", floor)
    sign_in(floor, "Ida", FLOOR_PIN)
    open_drawer(cage)
    sell(cage, "Ada Byron")
    sell(cage, "Carl Gauss")
    play(floor, "Ada Byron")

    boss.get_by_test_id("nav-money").click()
    twice(boss, "close-registration")
    expect(boss.get_by_test_id("money-state")).to_have_text("Registration closed")
    twice(boss, "confirm-result")
    expect(boss.get_by_test_id("money-state")).to_have_text("Result confirmed")

    cage.get_by_test_id("rail-payout").click()
    cage.get_by_test_id("prize-1").click()
    cage.get_by_test_id("id-seen").check()
    cage.get_by_test_id("pay-prize").click()
    expect(cage.get_by_test_id("booked-seq")).to_be_visible()
    expect(boss.get_by_test_id("money-state")).to_have_text("Settled")
    expect(boss.get_by_test_id("liability")).to_have_text("€0.00")
    expect(boss.get_by_test_id("cash")).to_have_text("€2,020.00")  # the vault's 2,000 and two fees

    boss.get_by_test_id("nav-leagues").click()
    boss.get_by_test_id("season-name").fill("Winter league")
    boss.get_by_test_id("save-season").click()
    boss.get_by_test_id("tab-events").click()
    boss.get_by_role("button", name="Count it").click()
    expect(boss.get_by_test_id("season-row").first).to_contain_text("1 Carl Gauss14.14")
    expect(boss.get_by_test_id("season-row").last).to_contain_text("2 Ada Byron10.00")

    revoke = boss.get_by_test_id("device-row").filter(has_text="Tablet 2").get_by_role("button")
    boss.get_by_test_id("nav-devices").click()
    confirm(revoke)
    floor.wait_for_url("**/auth?app=floor**")
