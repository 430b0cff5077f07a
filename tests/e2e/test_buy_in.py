"""Flow 2, buy-in: a cashier takes the money once, sees a number, and the number is true everywhere."""

from playwright.sync_api import Page, expect

from felt.demo.crew import Crew
from felt.demo.registration import write_down_player
from tests.e2e.play import entries
from tests.fix_room import Room, Tablets, until


def write_down(room: Room, names: list[str]) -> list[str]:
    """Players in the roster; answers their ids."""

    async def job(crew: Crew) -> list[str]:
        players = [await write_down_player(crew.floor, crew, name, 50 + at) for at, name in enumerate(names)]
        await (await crew.floor.open("roster")).settled()
        return players

    players: list[str] = room.work(job)
    return players


def sell(page: Page, name: str) -> int:
    """Searches a player, takes the exact cash, answers the number shown."""
    page.get_by_test_id("player-search").fill(name[:6])
    page.get_by_test_id("player-row").filter(has_text=name).click()
    page.get_by_test_id("cash-exact").click()
    return int(page.get_by_test_id("booked-seq").inner_text())


def test_a_buy_in_is_durable_numbered_and_receipted(room: Room, tablets: Tablets) -> None:
    room.prepare()
    edith, _ = write_down(room, ["Edith Clarke", "Hedy Lamarr"])
    cage = tablets.sign_in("cage", "cashier", "Cage")

    seq = sell(cage, "Edith Clarke")

    booked = entries(room)[seq - 1]
    assert booked["entry"]["seq"] == seq
    assert booked["entry"]["kind"] == "buy_in"
    assert sum(posting["amount"] for posting in booked["entry"]["postings"]) == 0
    receipt = room.get(f"/api/v1/receipts/{seq}", role="cashier")
    assert receipt["seq"] == seq
    paid = until(
        lambda: [v for n, v in room.facts("cage").items() if n.startswith("entry/")], "the projection"
    )
    assert [(row["player"], row["seq"]) for row in paid] == [(edith, seq)]


def test_a_seat_is_drawn_with_the_sale_and_the_floor_has_it(room: Room, tablets: Tablets) -> None:
    """[RU181] The number and the seat, large; a floor tablet shows who sits there."""
    (ada,) = write_down(room, ["Ada Byron"])

    async def open_table(crew: Crew) -> None:
        event = await crew.floor.open(f"tournament/{crew.tournament}")
        await event.write(("table/t1", {"open": True, "order": 1}))
        await event.settled()

    room.work(open_table)
    floor, cage = tablets.sign_in("floor", "floor", "Floor"), tablets.sign_in("cage", "cashier", "Cage")
    sell(cage, "Ada Byron")

    expect(cage.get_by_test_id("booked-seat")).to_contain_text("·")
    seat = room.facts(f"tournament/{room.tournament}")[f"seat/{ada}"]
    table = seat["table"].removeprefix("t")
    expect(cage.get_by_test_id("booked-seat")).to_contain_text(f"T{table}·{seat['seat']}")
    floor.get_by_test_id(f"table-{table}").click()
    expect(floor.get_by_test_id(f"seat-{seat['seat']}")).to_contain_text("Ada B")


def test_a_buy_in_while_the_line_is_cut_is_at_the_core_after_it_is_back(room: Room, tablets: Tablets) -> None:
    cage = tablets.sign_in("cage", "cashier", "Cage 2")
    until(lambda: entries(room) == entries(room, room.core_url), "leaf and core are equal")
    room.line("cut")

    seq = sell(cage, "Hedy Lamarr")

    expect(cage.get_by_test_id("booked-seq")).to_be_visible()
    assert len(entries(room, room.core_url)) == seq - 1
    room.line("restore")
    until(lambda: entries(room) == entries(room, room.core_url), "the core has caught up")
    assert [row["entry"]["seq"] for row in entries(room)] == list(range(1, seq + 1))
