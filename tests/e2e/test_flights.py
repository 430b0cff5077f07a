"""Two flights and their day with one pool, by the pages: sold, closed, paid, carried on, confirmed."""

import re
from typing import Any, Final

from playwright.sync_api import Locator, Page, expect

from crdt_models.facts import Json
from felt.demo import structure
from felt.demo.crew import Crew
from felt.demo.office import write
from felt.demo.registration import write_down_player
from tests.e2e.play import entries
from tests.e2e.test_first_evening import confirm
from tests.fix_room import Room, Tablets, in_touch, until

DAY, FIRST, SECOND = "d" * 32, "a" * 32, "b" * 32
NAMES: Final = ["Ann One", "Bob Two", "Cat Three", "Dan Four", "Eve Five"]
MIN_CASH: Final = 4_000


def event(crew: Crew, name: str, letter: str, table: str, **facts: Json) -> list[tuple[str, Json]]:
    setup: Json = {
        "kind": "tournament", "version": 1, "name": name, "letter": letter,
        "starts_ms": crew.manager.clock.now(), "seats_per_table": 9, "starting_stack": 20_000,
        "late_until_level": 1, "entries_per_player": 2,
    }  # fmt: skip
    level: Json = {"kind": "play", "duration_ms": 3_600_000, "small": 100, "big": 200, "ante_by": "big_blind"}
    return [
        ("setup", setup), ("level/1", level), (f"table/{table}", {"open": True, "order": 1}), *facts.items()
    ]  # fmt: skip


def a_weekend(room: Room) -> dict[str, str]:
    """A day with the flights 1A and 1B that it adopted, three of four paid in a flight; name → player."""
    room.prepare()

    async def job(crew: Crew) -> dict[str, str]:
        day = event(crew, "Sunday final", "D", "t5", days={"carry": "first"})
        await write(crew.manager, f"tournament/{DAY}", day)
        for ident, letter, name, table in ((FIRST, "B", "1A", "t6"), (SECOND, "C", "1B", "t7")):
            flight = event(crew, f"Flight {name}", letter, table, flight={"of": DAY, "name": name})
            await write(crew.manager, f"tournament/{ident}", flight)
        table: Json = {"entries_min": 1, "entries_max": 99, "basis_points": [5_000, 3_000, 2_000]}
        rules: dict[str, Json] = {
            **structure.RULES,
            "name": "Sunday final",
            "guarantee_cents": 40_000,
            "flights": {"ids": [FIRST, SECOND], "field_bp": 7_500},
            "payout": {"unit_cents": 100, "tables": [table], "min_cash_cents": MIN_CASH},
        }
        await crew.manager.command("adopt_tournament", tournament=DAY, rules=rules)
        players = [
            await write_down_player(crew.cashier, crew, name, n) for n, name in enumerate(NAMES, start=501)
        ]
        await (await crew.cashier.open("roster")).settled()
        return dict(zip(NAMES, players, strict=True))

    found: dict[str, str] = room.work(job)
    return found


def pick(till: Page, name: str, flight: str) -> None:
    till.get_by_test_id("player-search").fill(name)
    till.get_by_test_id("player-row").filter(has_text=name).click()
    till.get_by_role("group", name="Event").get_by_role("button", name=re.compile(flight)).click()


def sell(till: Page, name: str, flight: str, kind: str = "buy_in") -> None:
    pick(till, name, flight)
    expect(till.get_by_test_id(f"sell-{kind}")).to_have_attribute("aria-pressed", "true")
    till.get_by_test_id("cash-exact").click()
    till.get_by_test_id("next-player").click()


def played(room: Room, flight: str, out: list[str], bags: dict[str, int]) -> None:
    """The floor has written down who paid, who went out, last first, and what the others bagged."""
    paid = {
        name.partition("/")[2]: entry["player"]
        for name, entry in room.facts("cage").items()
        if name.startswith("entry/") and entry["tournament"] == flight
    }
    lives = {player: entry for entry, player in paid.items()}

    async def job(crew: Crew) -> None:
        facts: list[tuple[str, Json]] = [
            (f"entry/{entry}", {"player": player, "number": 1}) for entry, player in paid.items()
        ]
        for n, player in enumerate(reversed(out)):
            bust: Json = {"player": player, "at_ms": crew.manager.clock.now() + n, "hand": f"h{n}"}
            facts.append((f"bust/{lives[player]}", bust))
        facts += [
            (f"bag/{player}", {"chips": chips, "second": chips, "signed": True, "at_ms": 1})
            for player, chips in bags.items()
        ]
        facts += [(f"seat/{player}", None) for player in paid.values()]
        document = await crew.manager.open(f"tournament/{flight}")
        await document.write(*facts)
        await document.settled()

    room.work(job)


def another_flight(office: Page) -> None:
    """Made in the office: it has no prices of its own to ask for."""
    office.get_by_test_id("nav-events").click()
    office.get_by_test_id("new-event").click()
    office.get_by_test_id("event-name").fill("Flight 1C")
    office.get_by_text("Re-entries, rebuys, add-ons, bounty, flights").click()
    office.get_by_label("Flight of").select_option(label="Sunday final")
    office.get_by_label("called").fill("1C")
    expect(office.get_by_test_id("one-pool")).to_contain_text("Those of Sunday final")
    expect(office.get_by_test_id("price-buy_in-bounty")).to_have_count(0)
    office.get_by_test_id("save-event").click()
    expect(office.get_by_text("Flight 1C is ready to be sold.")).to_be_visible()


def so_often_in_a_flight(office: Page, room: Room, entries: int) -> None:
    office.get_by_test_id("event-row").filter(has_text="Sunday final").get_by_test_id("edit").click()
    office.get_by_test_id("flight-entries").fill(str(entries))
    office.get_by_test_id("save-event").click()
    expect(office.get_by_text("Sunday final is ready to be sold.")).to_be_visible()
    flights = room.get(f"/api/v1/ledger/tournaments/{DAY}")["rules"]["flights"]
    assert flights["entries_per_player"] == entries
    assert flights["ids"][:2] == [FIRST, SECOND]


def money_card(office: Page, name: str) -> Locator:
    return office.get_by_test_id("money-event").filter(has=office.get_by_role("heading", name=name))


def money(room: Room, event: str) -> dict[str, Any]:
    found: dict[str, Any] = room.facts("cage")[f"tournament/{event}"]
    return found


def pay(till: Page, place: int, event: str = "") -> None:
    till.get_by_test_id("rail-payout").click()
    if event:
        till.get_by_role("group", name="Event").get_by_role("button", name=event).click()
    till.get_by_test_id(f"prize-{place}").click()
    till.get_by_test_id("id-seen").click()
    till.get_by_test_id("pay-prize").click()
    expect(till.get_by_role("region", name="Pay").get_by_role("status")).to_contain_text("Paid")


def test_two_flights_play_for_one_pool(room: Room, tablets: Tablets) -> None:
    """[LE170] [LE171] [LE172] [LE173] [LE174] [RU160]"""
    who = a_weekend(room)
    ann, bob, cat, dan, eve = (who[name] for name in NAMES)
    till = tablets.sign_in("cage", "cashier", "Cage 1")
    till.get_by_test_id("player-search").fill("Ann One")
    till.get_by_test_id("player-row").click()
    offered = till.get_by_role("group", name="Event")
    expect(offered.get_by_role("button", name=re.compile("Flight 1A"))).to_be_visible()
    expect(offered.get_by_role("button", name=re.compile("Sunday final"))).to_have_count(
        0
    )  # by a flight only
    for name in NAMES[:4]:
        sell(till, name, "Flight 1A")
    until(lambda: money(room, FIRST)["entries"] == 4, "four paid for flight 1A")
    played(room, FIRST, [cat, dan], {ann: 50_000, bob: 30_000})

    sell(till, "Dan Four", "Flight 1B", "re_entry")  # a first entry of that flight, the second of the event
    sell(till, "Eve Five", "Flight 1B")
    pick(till, "Ann One", "Flight 1B")
    expect(till.get_by_text("Through already from another flight").first).to_be_visible()
    until(lambda: money(room, DAY)["entries"] == 6, "six paid for the event")
    first, day = money(room, FIRST), money(room, DAY)
    assert (first["entries"], first["entries_all"], first["pool_cents"]) == (4, 6, 6 * structure.PRIZE_CENTS)
    assert day["pool_cents"] == 6 * structure.PRIZE_CENTS
    played(room, SECOND, [dan], {eve: 20_000})

    office = tablets.office("Office")
    another_flight(office)
    so_often_in_a_flight(office, room, 2)
    office.get_by_test_id("nav-money").click()
    final = money_card(office, "Sunday final")
    expect(final.get_by_test_id("close-registration")).to_have_attribute("aria-disabled", "true")
    expect(final).to_contain_text("1A, 1B, 1C still sells")
    one = money_card(office, "Flight 1A")
    expect(one).to_contain_text(
        "6 entries in all flights, one pool; the first 3 of this flight are in the money"
    )
    confirm(one.get_by_test_id("close-registration"))
    expect(one.get_by_test_id("money-state")).to_have_text("Registration closed")
    expect(one).to_contain_text("3rd Cat Three")
    confirm(one.get_by_test_id("confirm-flight"))
    expect(one).to_contain_text("What this flight pays is confirmed")
    pay(till, 3)
    for flight in ("Flight 1B", "Flight 1C"):
        confirm(money_card(office, flight).get_by_test_id("close-registration"))
        expect(money_card(office, flight).get_by_test_id("money-state")).to_have_text("Registration closed")
    confirm(final.get_by_test_id("close-registration"))
    expect(final.get_by_test_id("money-state")).to_have_text("Registration closed")

    floor = tablets.sign_in("floor", "floor", "Tablet 1")
    floor.get_by_role("button", name=re.compile("Sunday final")).first.click()
    floor.get_by_test_id("rail-clock").click()
    floor.get_by_test_id("to-days").click()
    floor.get_by_test_id("carry-now").click()
    floor.get_by_test_id("seat-carried").click()
    expect(floor.get_by_test_id("carried-row")).to_have_count(3)
    expect(floor.get_by_test_id("seat-carried")).to_have_text("Draw 0 seats")
    in_touch(floor)
    the_day(room, [eve, bob])
    floor.goto(f"{room.url}/floor#rankings")
    out = floor.get_by_test_id("out-row")
    expect(out.filter(has_text="Cat Three")).to_contain_text("4")
    expect(out.filter(has_text="Dan Four")).to_contain_text("5")

    confirm(final.get_by_test_id("confirm-result"))
    expect(final.get_by_test_id("money-state")).to_have_text("Result confirmed")
    pay(till, 1, "Sunday final")
    ledger = entries(room)
    told = {entry["entry"]["kind"]: entry["entry"]["data"] for entry in ledger}
    due = [*told["confirm_flight"]["due"], *told["confirm_result"]["due"]]
    assert [[player, place] for player, _, place, _ in due] == [[cat, 3], [ann, 1], [bob, 2]]
    assert sum(row[3] for row in due) == 40_000 == told["close_registration"]["pool_cents"]


def the_day(room: Room, out: list[str]) -> None:
    """Day 2 is played: these go out, the first named first."""
    carried = {
        name.partition("/")[2]: value["entry"]
        for name, value in room.facts(f"tournament/{DAY}").items()
        if name.startswith("carried/")
    }

    async def job(crew: Crew) -> None:
        document = await crew.manager.open(f"tournament/{DAY}")
        for n, player in enumerate(out):
            now = crew.manager.clock.now()
            await document.write(
                (f"bust/{carried[player]}", {"player": player, "at_ms": now + n, "hand": f"d{n}"}),
                (f"seat/{player}", None),
            )
        await document.settled()

    room.work(job)
