"""Screens show the same second together, whatever became of them; what the clock announces is heard."""

from typing import Any, Final

from playwright.sync_api import Page, expect

from crdt_models.documents.tournament import Clock
from crdt_models.documents.typed import one
from crdt_models.rules.structure.clock import plan_of, set_clock, start_clock
from felt.demo.crew import Crew
from tests.e2e.test_clock import levels_of_an_hour
from tests.fix_room import Room, Tablets, in_touch, until

APART_MS: Final = 100
SECONDS: Final = 3
# `__shown`: [second as shown, wall clock in ms], each since the page began; `__heard`: hertz of each tone.
NOTES: Final = """
window.__shown = []; window.__heard = [];
new MutationObserver(() => {
  const text = document.querySelector('[data-testid=display-timer]')?.textContent.trim();
  if (text && text !== window.__shown.at(-1)?.[0]) window.__shown.push([text, Date.now()]);
}).observe(document, { subtree: true, childList: true, characterData: true });
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (at) {
  window.__heard.push(Math.round(this.frequency.value));
  return start.call(this, at);
};
"""


def screen_of(room: Room, tablets: Tablets, name: str) -> Page:
    """A screen that shows the event's clock."""
    screen = tablets.open(1920, 1080)
    screen.add_init_script(NOTES)
    screen.goto(room.device_link("display", name))
    expect(screen.get_by_test_id("stage")).to_contain_text(name)
    found = [fact for fact, value in room.facts("displays").items() if value.get("name") == name]
    device = found[0].removeprefix("device/")

    async def job(crew: Crew) -> None:
        displays = await crew.manager.open("displays")
        show = {"views": ["clock"], "tournament": crew.tournament, "seconds": 12}
        await displays.write((f"show/{device}", show), (f"sound/{device}", {"on": True, "volume": 50}))
        await displays.settled()

    room.work(job)
    expect(screen.get_by_test_id("display-timer")).to_be_visible()
    return screen


def run_from(room: Room, remaining_ms: int) -> None:
    """The clock runs, with so much left of level 1."""

    async def job(crew: Crew) -> None:
        event = await crew.event(crew.floor)
        plan, now = plan_of(event.facts), crew.floor.clock.now()
        clock = set_clock(one(event.facts, "clock", Clock), plan, now, 1, remaining_ms)
        clock = start_clock(clock, plan, now) or clock
        assert clock is not None
        await event.write(("clock", clock.model_dump()))
        await event.settled()

    room.work(job)


def seconds_apart(screens: list[Page], since: float) -> list[int]:
    """Of each second that all screens have shown since then: ms between the first and the last of them."""
    told: list[dict[str, int]] = [
        {text: at for text, at in screen.evaluate("window.__shown") if at > since} for screen in screens
    ]
    common = [text for text in told[0] if all(text in one for one in told)]
    return [max(one[text] for one in told) - min(one[text] for one in told) for text in common]


def together(screens: list[Page]) -> None:
    """From now on they show seconds together, so many in a row: a busy machine may be late with a frame."""
    since = screens[0].evaluate("Date.now()")

    def in_a_row() -> bool:
        apart = seconds_apart(screens, since)
        runs = [apart[n : n + SECONDS] for n in range(len(apart) - SECONDS + 1)]
        return any(max(run) <= APART_MS for run in runs)

    until(in_a_row, f"{SECONDS} seconds in a row within {APART_MS} ms on all screens")


def life(screen: Page, state: str) -> None:
    """A tab that the browser puts to sleep, or wakes."""
    screen.context.new_cdp_session(screen).send("Page.setWebLifecycleState", {"state": state})


def test_screens_show_the_same_second(room: Room, tablets: Tablets) -> None:
    """One that stayed, one that slept while the clock was turned, one that was loaded anew."""
    room.prepare()
    levels_of_an_hour(room)
    run_from(room, 45 * 60_000)
    stayed, slept, anew = screens = [screen_of(room, tablets, f"Screen {n}") for n in range(1, 4)]
    together(screens)

    life(slept, "frozen")
    run_from(room, 20 * 60_000)
    anew.reload()
    together([stayed, anew])
    life(slept, "active")
    together(screens)


def test_what_the_clock_announces_is_said_and_heard(room: Room, tablets: Tablets) -> None:
    """[RU13] [RU76]"""
    screen = screen_of(room, tablets, "Loud")
    screen.get_by_test_id("stage").click()  # browsers let a page sound after a touch
    one, two = tablets.sign_in("floor", "floor", "Bell 1"), tablets.sign_in("floor", "floor2", "Bell 2")
    for page in (one, two):
        page.get_by_test_id("rail-clock").click()
    one.get_by_test_id("cues").click()
    one.get_by_test_id("cue-five").click()
    one.keyboard.press("Escape")
    expect(two.get_by_test_id("cues")).to_contain_text("5 of 7")
    in_touch(one)

    run_from(room, 5 * 60_000 + 2_000)
    expect(screen.get_by_test_id("display-timer")).to_have_text("4:58")
    run_from(room, 62_000)
    for page in (one, two):
        expect(page.get_by_test_id("announced")).to_have_text("1 minute left of level 1")
    until(lambda: 880 in heard(screen)[before_minute(screen) :], "the last minute is heard")
    assert 698 not in heard(screen), "five minutes are switched off"

    two.get_by_test_id("late-close").click()
    two.get_by_test_id("late-confirm").click()
    expect(screen.get_by_test_id("stage")).to_contain_text("Late registration is closed")
    until(lambda: 587 in heard(screen), "its end is heard")


def heard(screen: Page) -> list[Any]:
    tones: list[Any] = screen.evaluate("window.__heard")
    return tones


def before_minute(screen: Page) -> int:
    """The touch sounds once, as the last minute does: what comes after it counts."""
    return 1 if heard(screen)[:1] == [880] else 0
