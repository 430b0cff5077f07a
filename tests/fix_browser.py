"""Real browsers: one Chromium for all tests of a run that follow each other, and windows that are used again.

A window has a storage of its own, as a device has. One that was put back is wiped before the next: what a
person did on it, and who was signed in, is gone; the app's own files stay, as they do on a tablet that moves
to another room. It opens an app for a third of what an empty one takes.
"""

import logging
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    WebError,
    expect,
    sync_playwright,
)

__all__ = ["SECONDS_MAX", "Windows", "browser", "tell_troubles", "windows"]

LOG: Final = logging.getLogger(__name__)
ROOT: Final = Path(__file__).resolve().parent.parent
SECONDS_MAX: Final = 60.0  # costs nothing where all is well
WIPED: Final = "cookies,local_storage,indexeddb"


def tell_troubles(context: BrowserContext) -> None:
    """What a browser complains of stands in the log beside a test that failed."""

    def complaint(said: ConsoleMessage) -> None:
        if said.type == "error":
            LOG.warning("console: %s", said.text)

    def trouble(told: WebError) -> None:
        LOG.warning("page: %s", told.error)

    def crashed(page: Page) -> None:
        LOG.warning("a page crashed: %s", page.url)

    def opened(page: Page) -> None:
        page.on("crash", crashed)

    context.on("console", complaint)
    context.on("weberror", trouble)
    context.on("page", opened)


class Windows:
    """The browser, and its windows that wait to be used again."""

    def __init__(self, playwright: Playwright) -> None:
        found = subprocess.run(
            [sys.executable, "scripts/ensure_browser.py", "--find"], cwd=ROOT, capture_output=True, text=True
        )
        assert found.returncode == 0, found.stderr
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        expect.set_options(timeout=SECONDS_MAX * 1_000)
        self.browser = playwright.chromium.launch(executable_path=found.stdout.strip(), args=arguments)
        self._waiting: dict[str, list[Page]] = {}

    def new(self, width: int = 1280, height: int = 800) -> Page:
        """An empty one."""
        context = self.browser.new_context(viewport={"width": width, "height": height})
        context.set_default_timeout(SECONDS_MAX * 1_000)
        tell_troubles(context)
        return context.new_page()

    def take(self, kind: str) -> Page:
        """One in which such an app was open before, or an empty one."""
        waiting = self._waiting.get(kind)
        return waiting.pop() if waiting else self.new()

    def darken(self, context: BrowserContext) -> Page:
        """Puts one down as it is: its app runs no more, and nothing else of its context is open."""
        context.set_offline(False)
        page, *others = context.pages
        for other in others:
            other.close()
        page.unroute_all(behavior="ignoreErrors")
        page.goto("about:blank")
        return page

    def put_back(self, page: Page, kind: str, origin: str) -> None:
        """Takes a dark one back, and wipes what it kept of that address."""
        session = page.context.new_cdp_session(page)
        session.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": WIPED})
        session.detach()
        self._waiting.setdefault(kind, []).append(page)


def _needed(item: pytest.Item) -> Sequence[str]:
    return item.fixturenames if isinstance(item, pytest.Function) else ()


_OPEN: Final[list[tuple[Playwright, Windows]]] = []


@pytest.fixture(scope="module")
def windows() -> Windows:
    if not _OPEN:
        playwright = sync_playwright().start()
        _OPEN.append((playwright, Windows(playwright)))
    return _OPEN[0][1]


@pytest.fixture(scope="module")
def browser(windows: Windows) -> Browser:
    return windows.browser


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """Closes it before a file that begins without: async code can't run where Playwright is at work."""
    try:
        return (yield)
    finally:
        goes_on = nextitem is not None and (nextitem.path == item.path or "windows" in _needed(nextitem))
        if _OPEN and not goes_on:
            playwright, windows = _OPEN.pop()
            windows.browser.close()
            playwright.stop()
