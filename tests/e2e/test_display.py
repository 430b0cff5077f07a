"""Flow 4, display: a screen shows what the floor chose, keeps its picture without a line, says its age."""

import os
import re
import signal

from playwright.sync_api import Page, expect

from crdt_models.documents.tournament import Clock
from crdt_models.documents.typed import one
from crdt_models.rules.structure.clock import pause_clock, plan_of, start_clock
from felt.demo.crew import Crew
from tests.e2e.play import seat_players
from tests.fix_room import Room, Tablets, until


def set_clock(room: Room, running: bool) -> None:
    """Starts or pauses the clock at a tablet."""

    async def job(crew: Crew) -> None:
        event = await crew.event(crew.floor)
        now = crew.floor.clock.now()
        act = start_clock if running else pause_clock
        clock = act(one(event.facts, "clock", Clock), plan_of(event.facts), now)
        assert clock is not None
        await event.write(("clock", clock.model_dump()))
        await event.settled()

    room.work(job)


def timer(screen: Page) -> str:
    return screen.get_by_test_id("display-timer").inner_text()


def test_a_screen_shows_clock_and_seating_as_the_floor_assigns_it(room: Room, tablets: Tablets) -> None:
    room.prepare()
    seat_players(room, ["Ada Lovelace", "Grace Hopper"])
    set_clock(room, running=True)
    screen = tablets.open(1920, 1080)
    screen.goto(room.device_link("display", "Wall"))
    expect(screen.get_by_test_id("stage")).to_contain_text("Wall")
    displays = until(
        lambda: [n for n, v in room.facts("displays").items() if v.get("name") == "Wall"], "the screen"
    )
    floor = tablets.sign_in("floor", "floor", "Tablet")
    floor.get_by_test_id("rail-displays").click()
    article = floor.get_by_test_id(f"display-{displays[0].partition('/')[2]}")

    article.get_by_test_id("show-clock").click()

    expect(screen.get_by_test_id("display-blinds")).to_have_text(re.compile(r"25\D+50"))
    before = timer(screen)
    until(lambda: timer(screen) != before, "the time goes on without a new picture")

    article.get_by_test_id("show-seating").click()
    article.get_by_test_id("show-clock").click()
    expect(screen.get_by_test_id("stage")).to_contain_text("Lovelace")


def test_a_screen_survives_the_leaf_and_says_how_old_its_picture_is(room: Room, tablets: Tablets) -> None:
    screen = tablets.open(1920, 1080)
    screen.goto(room.device_link("display", "Bar"))
    expect(screen.get_by_test_id("stage")).to_contain_text("Bar")
    floor = tablets.sign_in("floor", "floor", "Tablet 2")
    floor.get_by_test_id("rail-displays").click()
    article = floor.get_by_role("article").filter(has_text="Bar")
    article.get_by_test_id("show-clock").click()
    expect(screen.get_by_test_id("display-timer")).to_be_visible()

    os.kill(room.pid("leaf"), signal.SIGSTOP)

    expect(screen.get_by_test_id("display-age")).to_be_visible()
    before = timer(screen)
    until(lambda: timer(screen) != before, "the clock goes on by itself")

    room.kill("leaf")
    expect(screen.get_by_test_id("display-age")).to_be_hidden()
    set_clock(room, running=False)
    expect(screen.get_by_test_id("stage")).to_contain_text(re.compile("paused", re.IGNORECASE))
