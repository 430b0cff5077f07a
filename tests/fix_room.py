"""A whole room for the end-to-end tests: `felt demo --no-evening` as a process of its own, and real browsers.

Leaf, core, NATS hub and node, PostgreSQL are real and die by `kill -9`. What a test waits for, it waits for
by asking again until it is so, under a limit; nothing sleeps a fixed time.
"""

import json
import logging
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeVar

import anyio
import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from felt.demo.crew import Crew, new_id, sign_in_staff
from felt.demo.demo_file import devices_of
from felt.demo.desk import Desk
from felt.demo.office import prepare_room
from felt.demo.pace import Pace
from felt.demo.plain_http import NO_TLS
from felt.demo.ports import COUNT
from tests.fix_browser import SECONDS_MAX, Windows, browser
from tests.ports import free_ports

__all__ = [
    "Room", "Tablets", "all_tablets", "browser", "in_touch", "off_line", "on_line", "room", "tablets",
    "until",
]  # fmt: skip

LOG: Final = logging.getLogger(__name__)
ROOT: Final = Path(__file__).resolve().parent.parent
HAS_WORKER: Final = "() => navigator.serviceWorker.controller !== null"
T = TypeVar("T")


def until(ask: Callable[[], T], what: str, seconds: float = SECONDS_MAX) -> T:
    """Asks until the answer is true, and answers it."""
    end = time.monotonic() + seconds
    while not (answer := ask()):
        assert time.monotonic() < end, f"not within {seconds} s: {what}"
        time.sleep(0.02)
    return answer


def in_touch(*pages: Page) -> None:
    """Waits until a staff page stands, has its documents, and nothing of it is on its way."""
    for page in pages:
        pill = page.get_by_test_id("sync-pill")
        try:
            expect(pill).to_have_attribute("data-kind", "synced")
            expect(pill).to_have_attribute("data-unsent", "0")
        except AssertionError:
            LOG.warning("%s said then: %r", page.url, page.locator("body").inner_text())
            raise


def off_line(*pages: Page) -> None:
    """Cuts the line of pages that have all they need without it: documents, and every page of their app."""
    for page in pages:
        in_touch(page)
        until(lambda page=page: page.evaluate(HAS_WORKER), "the app's pages are kept")
        page.context.set_offline(True)
    for page in pages:
        expect(page.get_by_test_id("sync-pill")).not_to_have_attribute("data-kind", "synced")


def on_line(*pages: Page) -> None:
    """The line of pages is back, and they are in touch again."""
    for page in pages:
        page.context.set_offline(False)
    in_touch(*pages)


@cache
def _first_port() -> int:
    """The same for all rooms of this process, one after the other: a window used again finds its app."""
    return free_ports(COUNT)


class Room:
    """One running room. `demo` is its demo.json as of the last look."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.tournament = ""
        first = _first_port()
        command = [sys.executable, "-m", "felt", "demo", "--headless", "--local", "--no-evening"]
        self._process = subprocess.Popen([*command, "--data", str(data), "--port", str(first)], cwd=ROOT)
        try:
            until(lambda: self.look().get("state") == "healthy", "the room is healthy", 120)
        except AssertionError:
            self._process.terminate()
            raise

    @property
    def url(self) -> str:
        return str(self.demo["leaf_url"])

    @property
    def core_url(self) -> str:
        return str(self.demo["core_url"])

    def look(self) -> dict[str, Any]:
        """Reads demo.json again."""
        assert self._process.poll() is None, "the demo ended"
        try:
            self.demo: dict[str, Any] = json.loads((self.data / "demo.json").read_text())
        except FileNotFoundError:
            self.demo = {}
        return self.demo

    def stop(self) -> None:
        self._process.send_signal(signal.SIGTERM)
        assert self._process.wait(60) == 0
        cluster = json.loads((self.data / "core" / "postgres.json").read_text())["cluster"]
        shutil.rmtree(cluster)  # as root it lies outside our folder
        shutil.rmtree(self.data)

    def pid(self, name: str) -> int:
        return int(self.look()["pids"][name])

    def kill(self, name: str) -> None:
        """kill -9; answers when the watchman has told the pid of the next one."""
        before = self.pid(name)
        os.kill(before, signal.SIGKILL)
        until(lambda: self.pid(name) != before, f"{name} is started again")

    def healthy(self) -> None:
        """Waits until leaf and core say that they are ready."""
        until(lambda: self._ready(self.url) and self._ready(self.core_url), "leaf and core are ready")

    def _ready(self, url: str) -> bool:
        try:
            return httpx.get(f"{url}/health", timeout=5, trust_env=False, verify=NO_TLS).status_code == 200
        except httpx.TransportError:
            return False

    def line(self, wanted: str) -> None:
        """`cut` or `restore`, by the command a person would use."""
        command = [sys.executable, "-m", "felt", "demo", "line", wanted, "--data", str(self.data)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=ROOT)

    def get(self, path: str, role: str = "manager", at: str = "") -> Any:
        """JSON of the leaf (or of `at`), asked as one of the roles of demo.json."""
        headers = {"Authorization": f"Bearer {self.demo['tokens'][role]}"}
        answer = httpx.get(
            f"{at or self.url}{path}", headers=headers, timeout=30, trust_env=False, verify=NO_TLS
        )
        assert answer.is_success, answer.text
        return answer.json()

    def post(
        self, path: str, body: Any, role: str = "manager", at: str = "", **headers: str
    ) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.demo['tokens'][role]}", **headers}
        return httpx.post(
            f"{at or self.url}{path}", json=body, headers=headers, timeout=30, trust_env=False, verify=NO_TLS
        )

    def facts(self, document: str, at: str = "") -> dict[str, Any]:
        """Name → value of a document at the leaf (or at `at`)."""
        told = self.get(f"/api/v1/documents/{document}/facts", at=at)
        return {name: fact["value"] for name, fact in told["facts"].items()}

    def work(self, job: Callable[[Crew], Any]) -> Any:
        """Lets the demo's crew do something through the public interfaces, as the evening does."""

        async def run() -> Any:
            people = await sign_in_staff(
                self.url, {role: device for role, device in devices_of(self.demo).items() if "own_" in role}
            )
            desks = {role: Desk(self.url, self.demo["venue"], who) for role, who in people.items()}
            chance = random.Random(7)
            self.tournament = self.tournament or new_id(chance)
            async with desks["own_manager"], desks["own_floor"], desks["own_floor2"], desks["own_cashier"]:
                crew = Crew(
                    venue=self.demo["venue"],
                    tournament=self.tournament,
                    manager=desks["own_manager"],
                    floor=desks["own_floor"],
                    floor2=desks["own_floor2"],
                    cashier=desks["own_cashier"],
                    pace=Pace(1),
                    chance=chance,
                    say=print,
                )
                return await job(crew)

        with ThreadPoolExecutor(1) as aside:  # Playwright's own loop occupies this thread
            return aside.submit(anyio.run, run).result()

    def prepare(self) -> None:
        """Furniture, structures, an event with open registration, open drawers."""
        self.work(lambda crew: prepare_room(crew, crew.cashier))

    def device_link(self, kind: str, name: str) -> str:
        """A link that enrols the browser that opens it."""
        answer = self.post("/api/v1/devices/keys", {"kind": kind, "name": name})
        assert answer.status_code == 201, answer.text
        return f"{self.url}/auth#key={answer.json()['key']}&name={name}"


class Tablets:
    """Browser windows, each with a storage of its own, as different devices have; closed after each test.

    A staff tablet stays enrolled and signed in for the next test of the file, which opens its app anew in the
    same window: the browser knows its code by then, and a third of the work is left.
    """

    def __init__(self, windows: Windows, room: Room) -> None:
        self._windows = windows
        self._room = room
        self._contexts: list[BrowserContext] = []
        self._staff: dict[BrowserContext, tuple[str, str]] = {}
        self._put_back: dict[tuple[str, str], Page] = {}

    def open(self, width: int = 1280, height: int = 800) -> Page:
        """An empty browser window."""
        page = self._windows.new(width, height)
        self._contexts.append(page.context)
        return page

    def sign_in(self, kind: str, role: str, name: str) -> Page:
        """A tablet with that role's person signed in: one of an earlier test, or enrolled now, by PIN."""
        known = self._put_back.pop((kind, role), None)
        page = known or self._windows.take(kind)
        self._contexts.append(page.context)
        if known is None:
            page.goto(self._room.device_link(kind, name))
            self.enter(page, role)
            self._staff[page.context] = kind, role
        else:
            page.goto(f"{self._room.url}/{kind}")
            in_touch(page)
        return page

    def office(self, name: str) -> Page:
        """An enrolled tablet at the office, where the manager signed in by PIN."""
        page = self.open()
        page.goto(self._room.device_link("floor", name))
        page.get_by_test_id(f"person-{self._room.demo['people']['manager']}").wait_for()  # it is enrolled
        page.goto(f"{self._room.url}/admin")
        self.enter(page, "manager")
        return page

    def enter(self, page: Page, role: str) -> None:
        """That role's person signs in by PIN, where the page asks for it; ends when the app can be used."""
        page.get_by_test_id(f"person-{self._room.demo['people'][role]}").click()
        for digit in self._room.demo["pins"][role]:
            page.get_by_test_id(f"pin-key-{digit}").click()
        page.get_by_test_id("pin-key-ok").click()
        in_touch(page)

    def put_back(self) -> None:
        """All windows are closed; staff tablets lie there, dark, for the next test."""
        for context in self._contexts:
            key = self._staff.get(context)
            if key is None or key in self._put_back or not context.pages:
                context.close()
            else:
                self._put_back[key] = self._windows.darken(context)
        self._contexts = []

    def close(self) -> None:
        self.put_back()
        for (kind, _), page in self._put_back.items():
            self._windows.put_back(page, kind, self._room.url)


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """A fresh, empty room for one file of tests."""
    data = tmp_path_factory.mktemp("room")
    running = Room(data)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def all_tablets(windows: Windows, room: Room) -> Iterator[Tablets]:
    tablets = Tablets(windows, room)
    yield tablets
    tablets.close()


@pytest.fixture
def tablets(all_tablets: Tablets) -> Iterator[Tablets]:
    yield all_tablets
    all_tablets.put_back()
