"""Two tablets in real browsers: what is tapped on one, and when each of them shows it."""

import asyncio
import subprocess
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page

__all__ = ["Tap", "enter", "measured", "opened_browser"]

ROOT = Path(__file__).resolve().parents[2]
WITHIN_MS = 10_000
# Times are Unix ms. `__shown(code)`: when the frame in which the code is true has been painted.
WATCH = """
addEventListener('pointerdown', (e) => (window.__tap = performance.timeOrigin + e.timeStamp), true);
window.__slow = [];
new PerformanceObserver((list) => {
  for (const e of list.getEntries()) window.__slow.push([performance.timeOrigin + e.startTime, e.duration]);
}).observe({ type: 'event', durationThreshold: 16, buffered: true });
window.__shown = (code) => new Promise((resolve) => {
  const holds = new Function('return ' + code);
  const look = () => {
    if (!holds()) return requestAnimationFrame(look);
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => resolve(performance.timeOrigin + performance.now());
    port2.postMessage(0);
  };
  look();
});
"""

SYNCED = "document.querySelector('[data-testid=sync-pill]').dataset.kind == 'synced'"


@dataclass(frozen=True)
class Tap:
    """One act: tapped at, shown here, shown on the other tablet (Unix ms); `paint_ms` by Event Timing."""

    at: float
    here: float
    there: float
    paint_ms: float


async def opened_browser(playwright: Any) -> Browser:
    arguments = ["--no-sandbox", "--enable-precise-memory-info", "--js-flags=--expose-gc"]
    browser: Browser = await playwright.chromium.launch(executable_path=chromium(), args=arguments)
    return browser


def chromium() -> str:
    command = [sys.executable, "scripts/ensure_browser.py", "--find"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


async def enter(browser: Browser, url: str, key: str, pin: str) -> Page:
    """A tablet that was let in, Ana signed in, on the page of all tables."""
    context = await browser.new_context(viewport={"width": 1180, "height": 820})
    await context.add_init_script(WATCH)
    page = await context.new_page()
    page.set_default_timeout(WITHIN_MS)
    await page.goto(f"{url}/auth#key={key}")
    await page.get_by_test_id("person-ana").click()
    for digit in pin:
        await page.get_by_test_id(f"pin-key-{digit}").click()
    await page.get_by_test_id("pin-key-ok").click()
    await page.wait_for_url("**/floor**")
    await page.get_by_test_id("table-1").wait_for()
    await page.evaluate("code => window.__shown(code)", SYNCED)
    return page


async def measured(
    here: Page, there: Page, tap: Callable[[], Awaitable[None]], shown: str, shown_there: str
) -> Tap:
    """Taps once; `shown` and `shown_there` are true as soon as a page shows what was done."""
    waits = [
        asyncio.create_task(page.evaluate("code => window.__shown(code)", code))
        for page, code in ((here, shown), (there, shown_there))
    ]
    await asyncio.sleep(0.1)
    await tap()
    async with asyncio.timeout(WITHIN_MS / 1_000):
        at_here, at_there = [await wait for wait in waits]
    at = await here.evaluate("window.__tap")
    await asyncio.sleep(0.3)
    slow = await here.evaluate("window.__slow")
    paint = max((duration for start, duration in slow if start >= at - 1), default=0)
    return Tap(at, at_here, at_there, paint)
