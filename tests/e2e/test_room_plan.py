"""The room plan: made in the office by dragging and without, shown on the floor home, also without a line."""

from playwright.sync_api import Page, expect

from felt.demo.crew import Crew
from tests.e2e.test_seating import Taps, seat
from tests.fix_room import Room, Tablets, in_touch, off_line, on_line


def drag(page: Page, start: str, end: str) -> None:
    """From the middle of one to the middle of the other."""
    page.get_by_test_id(end).scroll_into_view_if_needed()
    places = [page.get_by_test_id(testid).bounding_box() for testid in (start, end)]
    (x, y), (to_x, to_y) = [
        (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2) for box in places if box
    ]
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(to_x, to_y, steps=4)
    page.mouse.up()


def office(tablets: Tablets, name: str) -> Taps:
    page = tablets.office(name)
    tap = Taps(page)
    tap("nav-tables")
    tap("tables-plan")
    return tap


def stands(page: Page, number: int, column: int, row: int) -> None:
    cell = page.get_by_test_id(f"plan-cell-{column}-{row}")
    expect(cell).to_have_text(str(number))


def test_tables_stand_where_the_office_put_them(room: Room, tablets: Tablets) -> None:
    """[RU156] UX 2.1: dragged once in setup, or tapped, or by keys; two tablets, one offline."""
    room.prepare()
    seat(room, {"t1": {1: "Ann 1", 2: "Ann 2"}, "t2": {1: "Bob 1"}, "t3": {1: "Cem 1"}}, {"t1": (1, 2, 1)})
    one, two = office(tablets, "Office 1"), office(tablets, "Office 2")
    one("plan-rows")
    stands(two.page, 3, 3, 1)
    drag(one.page, "plan-cell-3-1", "plan-cell-5-3")  # table 3
    stands(two.page, 3, 5, 3)
    two("plan-cell-5-3")
    two("plan-cell-1-1")  # 3 and 1 change places
    stands(one.page, 3, 1, 1)
    stands(one.page, 1, 5, 3)
    one("plan-cell-2-1")
    one.page.keyboard.press("ArrowDown")
    one.page.keyboard.press("ArrowDown")
    one.page.keyboard.press("Enter")
    stands(two.page, 2, 2, 3)
    in_touch(one.page, two.page)

    off_line(two.page)
    drag(two.page, "plan-cell-1-1", "plan-cell-4-4")  # table 3, away
    one("plan-cell-5-3")
    one("plan-cell-4-4")  # table 1, meanwhile
    stands(two.page, 3, 4, 4)
    on_line(two.page)
    for page in (one.page, two.page):  # the lower number keeps it
        stands(page, 1, 4, 4)
        expect(page.get_by_test_id("plan-aside-3")).to_be_visible()

    floor = tablets.sign_in("floor", "floor", "Tablet 1")
    floor.get_by_test_id("room-plan").click()
    tiles = [floor.get_by_test_id(f"table-{number}").bounding_box() for number in (1, 2)]
    (first, second) = [box for box in tiles if box]
    assert first["x"] > second["x"]
    assert first["y"] > second["y"]
    expect(floor.get_by_test_id("plan-aside").get_by_test_id("table-3")).to_be_visible()
    off_line(floor)
    floor.get_by_test_id("table-2").focus()
    floor.keyboard.press("ArrowRight")
    expect(floor.get_by_test_id("table-1")).to_be_focused()
    floor.reload()
    expect(floor.get_by_test_id("plan")).to_be_visible()  # this tablet remembers it
    one("plan-cell-4-4")
    one("plan-put-aside")
    in_touch(one.page)
    on_line(floor)
    expect(floor.get_by_test_id("plan-aside").get_by_test_id("table-1")).to_be_visible()
    floor.get_by_test_id("room-plan").click()
    expect(floor.get_by_test_id("plan")).to_have_count(0)


def test_a_table_that_broke_and_plays_cash_is_one_tile_and_cash_has_a_chip(
    room: Room, tablets: Tablets
) -> None:
    """UX 2.1, 5.2: `E $` looks at the games alone, `E 0` at all; what waits folds away."""
    seat(room, {"t4": {}, "t6": {1: "Dan 1"}}, {})

    async def plays_cash(crew: Crew) -> None:
        event, floor = await crew.event(crew.floor), await crew.floor.open("floor")
        await event.write(("table/t4", {"open": False, "order": 1}))
        await floor.write(
            ("list/nl", {"name": "NL 1/2", "start_number": 5}), ("cash/t4", {"list": "nl", "state": "open"})
        )
        await event.settled()
        await floor.settled()

    room.work(plays_cash)
    floor = tablets.sign_in("floor", "floor", "Tablet 1")
    expect(floor.get_by_test_id("table-4")).to_have_count(1)
    expect(floor.get_by_test_id("table-4")).to_contain_text("event $")
    floor.keyboard.press("e")
    floor.keyboard.press("$")
    expect(floor.get_by_test_id("table-6")).to_have_count(0)
    expect(floor.get_by_test_id("table-4")).to_be_visible()
    floor.keyboard.press("e")
    floor.keyboard.press("0")
    expect(floor.get_by_test_id("table-6")).to_be_visible()
    floor.get_by_test_id("now-fold").click()
    expect(floor.get_by_test_id("zone")).to_be_hidden()
    floor.get_by_test_id("now-fold").click()
    expect(floor.get_by_test_id("zone")).to_be_visible()
