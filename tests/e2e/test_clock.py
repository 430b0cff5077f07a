"""Two tablets at one clock: both pause, both go on, both edit levels while it runs, one of them off line."""

from typing import Any, Final

from playwright.sync_api import Page, expect

from felt.demo import office
from tests.e2e.test_first_evening import twice
from tests.fix_room import Room, Tablets, off_line, on_line, until

MINUTE: Final = 60_000


def clock_page(tablets: Tablets, role: str, name: str) -> Page:
    page = tablets.sign_in("floor", role, name)
    page.get_by_test_id("rail-clock").click()
    expect(page.get_by_test_id("level-1")).to_be_visible()
    return page


def state(page: Page, word: str) -> None:
    expect(page.get_by_test_id("clock-state")).to_have_attribute("data-state", word)


def edit(page: Page, row: int, **fields: str) -> None:
    page.get_by_test_id(f"edit-{row}").click()
    for name, text in fields.items():
        page.get_by_test_id(f"edit-{name}").fill(text)
    page.get_by_test_id("level-save").click()
    expect(page.get_by_test_id("level-edit")).to_have_count(0)


def facts(room: Room) -> dict[str, Any]:
    return room.facts(f"tournament/{room.tournament}")


def levels_of_an_hour(room: Room) -> None:
    """The demo's levels are seconds long; a test wants them to last."""

    async def job(crew: Any) -> None:
        event = await crew.event(crew.manager)
        rows = event.facts.group("level/")
        await event.write(*((f"level/{n}", row | {"duration_ms": 60 * MINUTE}) for n, row in rows.items()))
        await event.settled()

    room.work(job)


def test_two_tablets_at_one_clock(room: Room, tablets: Tablets) -> None:
    """[RU11] [RU73] Pressed by both is done once; edits of two levels are both there."""
    room.prepare()
    levels_of_an_hour(room)
    one, two = clock_page(tablets, "floor", "Clock 1"), clock_page(tablets, "floor2", "Clock 2")

    one.get_by_test_id("resume").click()
    state(two, "running")
    two.get_by_test_id("pause").click()
    state(one, "paused")
    off_line(one, two)
    for page in (one, two):
        page.get_by_test_id("resume").click()
    edit(one, 3, small="100", big="200")
    edit(two, 5, minutes="25")
    edit(one, 4, small="125", big="250")
    edit(two, 4, small="150", big="250")
    on_line(one, two)

    for page in (one, two):
        state(page, "running")
        expect(page.get_by_test_id("level-3")).to_contain_text("100 / 200")
        expect(page.get_by_test_id("level-5")).to_contain_text("25")
        expect(page.get_by_test_id("level-4")).to_contain_text("SETTLE")
    until(lambda: "conflict/level/4" in facts(room), "the same level twice is a conflict")
    assert "conflict/clock" not in facts(room)
    assert "conflict/level/3" not in facts(room)


def test_both_pause_off_line_and_it_is_one_pause(room: Room, tablets: Tablets) -> None:
    """[RU11]"""
    one, two = clock_page(tablets, "floor", "Clock 7"), clock_page(tablets, "floor2", "Clock 8")
    for page in (one, two):
        state(page, "running")
    off_line(one, two)
    for page in (one, two):
        page.get_by_test_id("pause").click()
        state(page, "paused")
    on_line(one, two)

    for page in (one, two):
        state(page, "paused")
        page.get_by_test_id("rail-settle").click()
        expect(page.get_by_test_id("tray-count")).to_have_attribute("data-count", "1")  # of level 4, above
    assert facts(room)["clock"]["state"] == "paused"
    assert "conflict/clock" not in facts(room)
    one.get_by_test_id("rail-clock").click()
    one.get_by_test_id("resume").click()
    until(lambda: facts(room)["clock"]["state"] == "running", "one tap starts it again")


def test_what_was_played_is_locked_and_undo_puts_the_level_back(room: Room, tablets: Tablets) -> None:
    """[RU73] And a ladder that falls is not written: the page says at which level."""
    one, two = clock_page(tablets, "floor", "Clock 3"), clock_page(tablets, "floor2", "Clock 4")
    twice(one, "next-level")
    for page in (one, two):
        expect(page.get_by_test_id("level-2")).to_contain_text("NOW")
        expect(page.get_by_test_id("level-1")).to_contain_text("done")
        expect(page.get_by_test_id("edit-1")).to_have_count(0)
    before = facts(room)["clock"]
    assert (before["level"], before["remaining_ms"]) == (2, 60 * MINUTE)
    one.keyboard.press("u")
    for page in (one, two):
        expect(page.get_by_test_id("level-1")).to_contain_text("NOW")
    until(lambda: facts(room)["clock"]["level"] == 1, "the level is back")

    two.get_by_test_id("edit-6").click()
    two.get_by_test_id("edit-small").fill("25")
    two.get_by_test_id("edit-big").fill("50")
    expect(two.get_by_test_id("level-fault")).to_contain_text("falls at level 6")
    expect(two.get_by_test_id("level-save")).to_have_attribute("aria-disabled", "true")
    edit(one, 6, small="300", big="600")
    expect(two.get_by_test_id("take-theirs")).to_be_visible()
    two.get_by_test_id("take-theirs").click()
    expect(two.get_by_test_id("edit-big")).to_have_value("600")


def test_registration_closes_on_all_screens_and_opens_again_for_a_reason(
    room: Room, tablets: Tablets
) -> None:
    """[RU75]"""
    one, two = clock_page(tablets, "floor", "Clock 5"), clock_page(tablets, "floor2", "Clock 6")
    one.get_by_test_id("late-extend").click()
    expect(two.get_by_test_id("late-bar")).to_contain_text("end of level 7")
    two.get_by_test_id("late-close").click()
    two.get_by_test_id("late-confirm").click()
    for page in (one, two):
        expect(page.get_by_test_id("late-bar")).to_have_attribute("data-state", "closed")
    expect(one.get_by_test_id("late-open")).to_have_attribute("aria-disabled", "true")
    assert facts(room)["late"] == {"until_level": office.structure.LATE_UNTIL_LEVEL + 1}
