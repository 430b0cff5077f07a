"""Mystery bounties and a satellite by hand: made at the office, sold, sealed, drawn and awarded at the cage.

One real leaf without line and core; what the floor writes (entries, who is out, who took it) comes by sync.
"""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from crdt_models.edits import Json
from felt.demo.desk import Desk
from felt.demo.plain_http import NO_TLS
from tests.e2e.test_cage_forms import booked, room
from tests.e2e.test_deal import PROFILE, tablet
from tests.e2e.test_first_evening import confirm, sell, sign_in, twice
from tests.real_events.venue import PIN, House, leaf_process

NAMES = ("Ada Byron", "Carl Gauss", "Emmy Noether")


async def a_house(desk: Desk) -> None:
    """No event yet: a profile, a drawer with 200.00, one table."""
    amount: Json = {"amount": 20_000, "currency": "EUR"}
    await desk.command("adopt_profile", profile=PROFILE)
    await desk.command("vault_in", amount=amount)
    await desk.command("open_drawer", drawer="d1", amount=amount)
    config = await desk.open("config")
    venue: Json = {"name": "Felt", "currency": "EUR", "time_zone": "UTC", "locale": "en"}
    await config.write(("setup", {"kind": "config", "version": 1}), ("venue", venue))
    await config.settled()
    roster = await desk.open("roster")
    await roster.write(("setup", {"kind": "roster", "version": 1}))
    await roster.settled()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with leaf_process(tmp_path_factory.mktemp("mystery") / "leaf", "EUR") as house:
        house.work(a_house)
        yield house


@pytest.fixture(scope="module")
def cage(browser: Browser, house: House) -> Page:
    return tablet(browser, house, "cage")


@pytest.fixture(scope="module")
def office(cage: Page, house: House) -> Page:
    page = cage.context.new_page()
    page.goto(f"{house.url}/admin")
    sign_in(page, "Manager", PIN)
    page.get_by_test_id("nav-events").click()
    return page


def ask(house: House, path: str) -> dict[str, Any]:
    headers = {"authorization": f"Bearer {house.who.token}"}
    answer = httpx.get(f"{house.url}/api/v1/ledger/{path}", headers=headers, trust_env=False, verify=NO_TLS)
    return dict(answer.json())


def entries(house: House) -> list[dict[str, Any]]:
    return [one["entry"] for one in ask(house, "entries?limit=200")["entries"]]


def make_event(office: Page, name: str, rows: int) -> None:
    office.get_by_test_id("event-name").fill(name)
    office.get_by_test_id("save-event").click()
    expect(office.get_by_test_id("event-row")).to_have_count(rows)


def on_the_floor(house: House, tournament: str, lives: dict[str, str], *facts: tuple[str, Json]) -> None:
    """The paid lives are in play, and what else the floor says."""

    async def write(desk: Desk) -> None:
        event = await desk.open(f"tournament/{tournament}")
        known: list[tuple[str, Json]] = [
            (f"entry/{life}", {"player": player, "number": 1, "kind": "initial"})
            for life, player in lives.items()
        ]
        await event.write(*known, *facts)
        await event.settled()

    house.work(write)


def test_envelopes_are_sealed_drawn_and_paid(
    house: House, cage: Page, office: Page
) -> None:  # [LE152] [LE153]
    office.get_by_test_id("new-event").click()
    office.get_by_text("Re-entries, rebuys, add-ons, bounty, flights").click()
    office.get_by_test_id("bounty-mystery").click()
    office.get_by_test_id("event-name").fill("Mystery 70")
    office.get_by_test_id("save-event").click()
    expect(office.get_by_text("A bounty is a part of the price")).to_be_visible()
    office.get_by_test_id("price-buy_in-bounty").fill("10.00")
    make_event(office, "Mystery 70", 1)
    for name in NAMES:
        sell(cage, name, seat=False)
        cage.get_by_test_id("next-player").click()
    sold = [one["data"] for one in entries(house) if one["kind"] == "buy_in"]
    (tournament,) = {one["tournament"] for one in sold}
    lives = {one["entry"]: one["player"] for one in sold}
    ada, carl, _ = lives
    seal = room(cage, "seal_envelopes")
    expect(cage.get_by_test_id("to-seal")).to_have_text("€30.00")
    expect(seal).to_have_attribute("aria-disabled", "true")
    office.get_by_test_id("nav-money").click()
    twice(office, "close-registration")
    for n, (worth, count) in enumerate((("20.00", "1"), ("5.00", "1"))):
        cage.get_by_test_id(f"worth-{n}").fill(worth)
        cage.get_by_test_id(f"how-many-{n}").fill(count)
    expect(cage.get_by_test_id("seal-open")).to_contain_text("€5.00 left to seal")
    expect(seal).to_have_attribute("aria-disabled", "true")
    cage.get_by_test_id("how-many-1").fill("2")
    expect(seal).to_have_text("Seal €30.00")
    seal.click()
    booked(cage)
    expect(cage.get_by_test_id("envelopes-left")).to_contain_text("3 envelopes remain, €30.00")

    bust: Json = {"player": lives[carl], "at_ms": 2**40, "hand": "h1"}
    on_the_floor(house, tournament, lives, (f"bust/{carl}", bust), (f"knocker/{carl}", {"by": [ada]}))
    pay = room(cage, "draw_envelope")
    cage.get_by_test_id("out-Carl Gauss").click()
    expect(pay).to_have_attribute("aria-disabled", "true")
    cage.get_by_test_id("envelope-2000").click()
    expect(pay).to_have_text("Pay €20.00")
    pay.click()
    booked(cage)
    last = entries(house)[-1]
    moved = {one["account"]: one["amount"] for one in last["postings"]}
    assert (last["kind"], moved) == ("draw_envelope", {f"2020/{tournament}": 2_000, "1010/d1": -2_000})
    expect(cage.get_by_test_id("envelopes-left")).to_contain_text("2 envelopes remain, €10.00: 2 × €5.00")
    expect(cage.get_by_test_id("envelope-2000")).to_have_count(0)
    expect(cage.get_by_test_id("out-Carl Gauss")).to_have_count(0)


def test_what_several_won_is_due_and_paid_one_by_one(house: House, cage: Page) -> None:  # [LE153]
    pay = room(cage, "draw_envelope")
    for name in ("Ada Byron", "Carl Gauss"):
        cage.get_by_test_id("taken-by").select_option(label=name)
    cage.get_by_test_id("out-other").select_option(label="Emmy Noether")
    expect(pay).to_have_attribute("aria-disabled", "true")
    for name in ("Ada Byron", "Carl Gauss"):
        cage.get_by_test_id("taken-by").select_option(label=name)
    cage.get_by_test_id("envelope-500").click()
    expect(pay).to_have_text("Book €5.00")
    pay.click()
    due = cage.get_by_test_id("won-row")
    expect(due).to_have_count(2)
    cage.get_by_test_id("rail-payout").click()  # beside the prizes, one tap away
    owed = cage.get_by_test_id(re.compile("^bounties-"))
    expect(owed).to_have_text("Bounties, Mystery 70: €10.00 to hand out, 5.00 not won yet")
    owed.click()
    expect(due).to_have_count(2)
    expect(due.filter(has_text="Ada Byron")).to_contain_text("€2.50")
    due.filter(has_text="Ada Byron").get_by_role("button", name="Pay cash").click()
    expect(due).to_have_count(1)
    expect(owed).to_contain_text("€7.50 to hand out")
    last = entries(house)[-1]
    assert (last["kind"], last["data"]["amount"]["amount"]) == ("pay_bounty", 250)


def test_a_satellite_awards_a_seat_in_play(house: House, cage: Page, office: Page) -> None:  # [LE156]
    office.get_by_test_id("nav-events").click()
    office.get_by_test_id("new-event").click()
    office.get_by_test_id("event-name").fill("Main 200")
    office.get_by_test_id("price-buy_in-prize").fill("140.00")
    make_event(office, "Main 200", 2)
    office.get_by_test_id("new-event").click()
    office.get_by_test_id("satellite-target").select_option(label="Main 200")
    expect(office.get_by_test_id("satellite-seat")).to_have_value("150.00")
    office.get_by_test_id("satellite-seat").fill("60.00")
    office.get_by_test_id("satellite-again").select_option("cash")
    office.get_by_test_id("event-entries").fill("2")
    make_event(office, "Satellite 60", 3)
    events = {one["name"]: one["tournament"] for one in ask(house, "tournaments")["tournaments"]}
    satellite = events["Satellite 60"]
    terms = ask(house, f"tournaments/{satellite}")["rules"]["satellite"]
    assert terms == {"target": events["Main 200"], "seat_cents": 6_000, "step_cents": None, "again": "cash"}

    players = [one["data"]["player"] for one in entries(house) if one["kind"] == "buy_in"]
    lives = {f"s{n}": player for n, player in enumerate(players)}
    house.work(lambda desk: sell_to(desk, "buy_in", satellite, lives))
    on_the_floor(house, satellite, lives)
    award = room(cage, "award_seat")
    expect(cage.get_by_test_id("seats-left")).to_contain_text("The pool pays 2 seats of €60.00 in Main 200")
    cage.get_by_test_id("seat-for-Emmy Noether").click()
    expect(award).to_have_text("Award the seat to Emmy Noether")
    award.click()
    booked(cage)
    expect(cage.get_by_test_id("seats-awarded")).to_have_text("Emmy Noether")
    expect(cage.get_by_test_id("seats-left")).to_contain_text("The pool pays 1 more seat of €60.00")
    last = entries(house)[-1]
    moved = {one["account"]: one["amount"] for one in last["postings"]}
    assert (last["kind"], moved) == ("award_seat", {f"2010/{satellite}": 6_000, "2060": -6_000})

    ada, carl, emmy = lives
    comes_again(house, satellite, emmy, lives[emmy])  # [LE163]
    room(cage, "award_seat")
    cage.get_by_test_id("seat-for-Emmy Noether").click()
    expect(cage.get_by_test_id("seat-is")).to_contain_text("has a seat already: this one is €60.00 in cash")
    expect(award).to_have_text("Award the seat to Emmy Noether in cash")
    award.click()
    booked(cage)
    last = entries(house)[-1]
    moved = {one["account"]: one["amount"] for one in last["postings"]}
    assert moved == {f"2010/{satellite}": 6_000, f"2070/{satellite}": -6_000}

    on_the_floor(house, satellite, {}, (f"bust/{carl}", {"player": lives[carl], "at_ms": 2**40, "hand": "h"}))
    office.get_by_test_id("nav-money").click()
    own = office.get_by_role("region", name="Satellite 60")
    confirm(own.get_by_test_id("close-registration"))
    expect(own.get_by_test_id("seats-result").get_by_role("listitem")).to_have_text(
        [
            "Emmy Noetherseat won in play",
            "Emmy Noetherworth of a seat, won in play",
            "Ada Byronseat",
            "Carl Gaussof what is left",
        ]
    )
    confirm(own.get_by_test_id("confirm-seats"))
    expect(own.get_by_test_id("money-state")).to_have_text("Result confirmed")
    told = entries(house)[-1]["data"]
    assert (told["seats"], told["rest"]) == ([[lives[ada], ada]], [[lives[carl], carl]])
    assert [cents for *_, cents in told["due"]] == [2_000]


def comes_again(house: House, satellite: str, life: str, player: str) -> None:
    """The stack that won left play; the player has bought another."""
    again = f"{life}-2"
    house.work(lambda desk: sell_to(desk, "re_entry", satellite, {again: player}))
    out: Json = {"player": player, "at_ms": 2**39, "hand": "h0"}
    entry: Json = {"player": player, "number": 2, "kind": "re-entry"}
    on_the_floor(house, satellite, {}, (f"bust/{life}", out), (f"entry/{again}", entry))


async def sell_to(desk: Desk, kind: str, tournament: str, lives: dict[str, str]) -> None:
    amount: Json = {"amount": 6_000, "currency": "EUR"}
    for life, player in lives.items():
        sale: dict[str, Json] = {"tournament": tournament, "player": player, "entry": life}
        await desk.command(kind, **sale, drawer="d1", method="cash", amount=amount)


def test_heads_that_grow_are_paid_in_part_and_in_the_order_of_play(
    house: House, cage: Page, office: Page
) -> None:  # [RU182]
    """Ada took out Carl and then went out to Emmy: half of Carl's head is on Ada's when Emmy takes it."""
    office.get_by_test_id("nav-events").click()
    office.get_by_test_id("new-event").click()
    office.get_by_test_id("structure-bounty").click()
    make_event(office, "Growing 60", 4)
    for name in NAMES:
        cage.get_by_test_id("rail-sell").click()
        cage.get_by_test_id("player-search").fill(name)
        cage.get_by_test_id("player-row").click()
        cage.get_by_role("group", name="Event").get_by_role("button", name="Growing 60").click()
        cage.get_by_test_id("cash-exact").click()
        cage.get_by_test_id("next-player").click()
    sold = [one["data"] for one in entries(house) if one["kind"] == "buy_in"][-len(NAMES) :]
    tournament = sold[0]["tournament"]
    lives = {one["entry"]: one["player"] for one in sold}
    ada, carl, emmy = lives
    out: list[tuple[str, Json]] = [
        (f"bust/{life}", {"player": lives[life], "at_ms": 2**40 + n, "hand": f"h{n}"})
        for n, life in enumerate((carl, ada))
    ]
    took: list[tuple[str, Json]] = [(f"knocker/{carl}", {"by": [ada]}), (f"knocker/{ada}", {"by": [emmy]})]
    on_the_floor(house, tournament, lives, *out, *took)
    office.get_by_test_id("nav-money").click()
    event = office.get_by_test_id("money-event").filter(has_text="Growing 60")
    confirm(event.get_by_test_id("close-registration"))
    expect(event.get_by_text("2 bounties are to be paid or booked first, at the cage")).to_be_visible()

    cage.get_by_test_id("rail-payout").click()
    cage.get_by_test_id(f"bounties-{tournament}").click()
    pay = cage.get_by_test_id("room-book")
    cage.get_by_test_id("out-Ada Byron").click()
    expect(cage.get_by_text("Book Carl Gauss first: that bounty goes onto this head")).to_be_visible()
    for name, paid, onto in (("Carl Gauss", "12.50", "12.50"), ("Ada Byron", "18.75", "18.75")):
        cage.get_by_test_id(f"out-{name}").click()
        expect(cage.get_by_test_id("onto-head")).to_contain_text(f"€{onto} of ")
        expect(pay).to_have_text(f"Pay €{paid}")
        pay.click()
        expect(cage.get_by_test_id(f"out-{name}")).to_have_count(0)
    heads = [(one["data"]["head_cents"], one["postings"]) for one in entries(house)[-2:]]
    assert [cents for cents, _ in heads] == [2_500, 3_750]
    assert [legs[-1]["amount"] for _, legs in heads] == [-1_250, -1_875]
    confirm(event.get_by_test_id("confirm-result"))
    expect(event.get_by_test_id("money-state")).to_have_text("Result confirmed")
