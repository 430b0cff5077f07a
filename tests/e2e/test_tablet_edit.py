"""Flow 1, tablet edit: one tablet's move shows on the other; apart and together again, nothing is lost."""

import re
import resource
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, expect

from tests.e2e.play import seat_players
from tests.fix_room import Room, Tablets, in_touch, off_line, on_line, until


def move(page: Page, seat: int, to_seat: int) -> None:
    """Taps a player of table 1 into another seat of the table."""
    show_table(page)
    page.get_by_test_id(f"seat-{seat}").click()
    page.get_by_test_id("move").click()
    page.get_by_test_id("table-1").click()
    page.get_by_test_id(f"seat-{to_seat}").click()
    show_table(page)


def show_table(page: Page) -> None:
    page.get_by_test_id("rail-tables").click()
    page.get_by_test_id("table-1").click()


def sits(page: Page, seat: int, name: str) -> None:
    expect(page.get_by_test_id(f"seat-{seat}")).to_have_attribute("aria-label", re.compile(re.escape(name)))


def test_a_move_on_one_tablet_shows_on_the_other(room: Room, tablets: Tablets) -> None:
    room.prepare()
    seat_players(room, ["Ada Lovelace", "Grace Hopper", "Alan Turing"])
    one = tablets.sign_in("floor", "floor", "Tablet 1")
    two = tablets.sign_in("floor", "floor2", "Tablet 2")
    show_table(two)
    sits(two, 1, "Ada Lovelace")

    move(one, 1, 5)

    sits(two, 5, "Ada Lovelace")
    sits(one, 5, "Ada Lovelace")
    in_touch(one)


def test_two_tablets_apart_become_one_room_with_the_rivals_in_the_tray(room: Room, tablets: Tablets) -> None:
    one = tablets.sign_in("floor", "floor", "Tablet 3")
    two = tablets.sign_in("floor", "floor2", "Tablet 4")
    for page in (one, two):
        show_table(page)
        sits(page, 2, "Grace Hopper")
    off_line(one, two)

    move(one, 2, 6)
    move(two, 2, 7)
    move(two, 3, 8)
    for page, unsent in ((one, "1"), (two, "2")):
        expect(page.get_by_test_id("sync-pill")).to_have_attribute("data-unsent", unsent)

    on_line(one, two)

    for page in (one, two):
        sits(page, 8, "Alan Turing")
        page.get_by_test_id("rail-settle").click()
        expect(page.get_by_test_id("tray-count")).to_have_attribute("data-count", "1")
    event = f"tournament/{room.tournament}"
    until(
        lambda: any(name.startswith("conflict/seat/") for name in room.facts(event)),
        "the leaf saw the rivals",
    )


@contextmanager
def no_file_may_grow(pid: int) -> Iterator[None]:
    """Of that process: every write to a file fails, as on a full disk."""
    soft, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (soft, hard))


def test_every_staff_screen_says_that_the_leafs_disk_is_full(room: Room, tablets: Tablets) -> None:
    """[DO75] [DO76]"""
    one = tablets.sign_in("floor", "floor", "Tablet 5")
    two = tablets.sign_in("floor", "floor2", "Tablet 6")
    cage = tablets.sign_in("cage", "cashier", "Cage 2")
    for page in (one, two):
        show_table(page)
        sits(page, 5, "Ada Lovelace")
    with no_file_may_grow(room.pid("leaf")):
        move(one, 5, 4)
        for page in (one, two, cage):
            expect(page.get_by_test_id("connection-banner")).to_contain_text("disk is full")
        sits(one, 4, "Ada Lovelace")  # shown where it was done, and nowhere else
        sits(two, 5, "Ada Lovelace")
        expect(one.get_by_test_id("sync-pill")).to_have_attribute("data-unsent", "1")
    sits(two, 4, "Ada Lovelace")
    for page in (one, two, cage):
        expect(page.get_by_test_id("connection-banner")).to_have_count(0)
    in_touch(one)


def test_a_tablet_that_can_not_open_yet_says_why_and_opens_by_itself(room: Room, tablets: Tablets) -> None:
    tablet = tablets.sign_in("floor", "floor", "Tablet 1")
    starting = {"error": {"code": "not_ready", "message": "The leaf is starting."}}
    tablet.route("**/api/v1/venue", lambda route: route.fulfill(status=503, json=starting))
    tablet.evaluate("localStorage.removeItem('felt.floor.venue')")  # as on its first day
    tablet.reload()
    expect(tablet.get_by_role("alert")).to_contain_text("The leaf is starting. It answers in a moment. S-040")
    tablet.unroute("**/api/v1/venue")
    in_touch(tablet)


def test_a_tablet_that_has_something_to_send_says_so_before_it_is_locked(
    room: Room, tablets: Tablets
) -> None:
    page = tablets.sign_in("floor", "floor", "Tablet 5")
    page.get_by_test_id("rail-clock").click()
    off_line(page)
    page.get_by_test_id("resume").click()
    expect(page.get_by_test_id("sync-pill")).to_have_attribute("data-unsent", "1")
    page.get_by_test_id("person").click()
    asked = page.get_by_test_id("leaving")
    expect(asked).to_contain_text("1 change is only on this tablet.")
    expect(asked).to_contain_text("nobody can sign in here until it answers again")
    asked.get_by_role("button", name="Stay").click()
    expect(asked).to_have_count(0)
    on_line(page)
    page.get_by_test_id("person").click()  # all is sent: nothing to ask
    page.wait_for_url("**/auth**")
    page.context.close()
