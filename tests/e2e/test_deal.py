"""A deal by hand: looked at on the floor, put together and booked at the cage, and due with the result.

One real leaf without line and core, three players in, registration closed.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from crdt_models.edits import Json
from felt.demo.desk import Desk
from felt.demo.plain_http import NO_TLS
from tests.e2e.test_first_evening import twice
from tests.fix_room import in_touch
from tests.real_events.venue import PIN, House, leaf_process

NAMES = {"p0": "Ana Silva", "p1": "Ben Kaya", "p2": "Chu Wei", "p3": "Dag Berg"}
STACKS = {"p0": 6_000, "p1": 3_000, "p2": 1_000}
RULES: Json = {
    "name": "Friday 55",
    "prices": {"buy_in": {"prize_cents": 5_000, "fee_cents": 500}},
    "entries_per_player": 1,
    "payout": {
        "unit_cents": 100,
        "tables": [{"entries_min": 1, "entries_max": 99, "basis_points": [5_000, 3_000, 2_000]}],
    },
}
PROFILE: Json = {
    "name": "House", "cash": True, "cash_games": False,
    "reverse_limit_cents": 100_000, "payout_limit_cents": 100_000,
}  # fmt: skip


async def three_are_left(desk: Desk) -> None:
    """Four bought in, one is out, and the stacks are counted."""

    def euros(cents: int) -> Json:
        return {"amount": cents, "currency": "EUR"}

    await desk.command("adopt_profile", profile=PROFILE)
    await desk.command("adopt_tournament", tournament="t", rules=RULES)
    await desk.command("open_drawer", drawer="d1", amount=euros(0))
    config = await desk.open("config")
    venue: Json = {"name": "Felt", "currency": "EUR", "time_zone": "UTC", "locale": "en"}
    await config.write(("setup", {"kind": "config", "version": 1}), ("venue", venue))
    await config.settled()
    roster = await desk.open("roster")
    players: list[tuple[str, Json]] = [(f"player/{player}", {"name": name}) for player, name in NAMES.items()]
    await roster.write(("setup", {"kind": "roster", "version": 1}), *players)
    await roster.settled()
    event = await desk.open("tournament/t")
    setup: Json = {
        "kind": "tournament", "version": 1, "name": "Friday 55", "letter": "A", "starts_ms": 0,
        "seats_per_table": 9, "starting_stack": 2_500, "late_until_level": 1,
    }  # fmt: skip
    await event.write(("setup", setup))
    for player in NAMES:
        sale: dict[str, Json] = {"tournament": "t", "player": player, "entry": f"e{player}"}
        await desk.command("buy_in", **sale, drawer="d1", method="cash", amount=euros(5_500))
        await event.write((f"entry/e{player}", {"player": player, "number": 1, "kind": "initial"}))
    await event.write(("bust/ep3", {"player": "p3", "at_ms": 9, "hand": "h"}))
    await event.write(
        *[(f"stack/{player}", {"chips": chips, "at_ms": 5}) for player, chips in STACKS.items()]
    )
    await event.settled()
    await desk.command("close_registration", tournament="t")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with leaf_process(tmp_path / "leaf", "EUR") as house:
        house.work(three_are_left)
        yield house


def tablet(browser: Browser, house: House, kind: str) -> Page:
    """The manager, signed in on a new tablet of that kind."""
    headers = {"authorization": f"Bearer {house.who.token}"}
    answer = httpx.post(
        f"{house.url}/api/v1/devices/keys",
        json={"kind": kind, "name": kind},
        headers=headers,
        trust_env=False,
        verify=NO_TLS,
    )
    page = browser.new_context(viewport={"width": 1180, "height": 820}).new_page()
    page.goto(f"{house.url}/auth#key={answer.json()['key']}")
    page.get_by_test_id("person-manager").click()
    for digit in PIN:
        page.get_by_test_id(f"pin-key-{digit}").click()
    page.get_by_test_id("pin-key-ok").click()
    in_touch(page)
    return page


def the_ledger(house: House) -> dict[str, Any]:
    headers = {"authorization": f"Bearer {house.who.token}"}
    found = httpx.get(
        f"{house.url}/api/v1/ledger/entries?limit=100", headers=headers, trust_env=False, verify=NO_TLS
    )
    return dict(found.json()["entries"][-1]["entry"])


def test_a_deal_is_booked_whole_with_every_yes(browser: Browser, house: House) -> None:  # [LE150] [RU106]
    floor = tablet(browser, house, "floor")
    floor.get_by_role("link", name="Payouts").click()
    expect(floor.get_by_test_id("payout-row")).to_have_count(3)
    expect(floor.get_by_test_id("payouts-provisional")).to_have_count(0)
    cage = tablet(browser, house, "cage")
    cage.get_by_test_id("rail-payout").click()
    cage.get_by_test_id("deal-t").click()
    cage.get_by_test_id("deal-aside").fill("20.00")
    cage.get_by_test_id("deal-reckon").click()
    cage.get_by_test_id("deal-way-icm").click()
    expect(cage.get_by_test_id("deal-open")).to_contain_text("Shared whole: €200.00")
    cage.get_by_test_id("deal-sum-2").fill("50.00")
    cage.get_by_test_id("deal-sum-2").press("Tab")
    expect(cage.get_by_test_id("deal-open")).not_to_contain_text("Shared whole")
    expect(cage.get_by_test_id("deal-yes-0")).to_be_disabled()
    cage.get_by_test_id("deal-way-even").click()
    for n in range(3):
        cage.get_by_test_id(f"deal-yes-{n}").check()
    twice(cage, "deal-book")
    expect(cage.get_by_test_id("deal-booked")).to_be_visible()
    booked = the_ledger(house)
    assert (booked["kind"], booked["data"]["way"], booked["data"]["aside_cents"]) == (
        "agree_deal",
        "even",
        2_000,
    )
    assert [cents for _, _, cents in booked["data"]["shares"]] == [6_000, 6_000, 6_000]
    expect(floor.get_by_label("Deal").get_by_text("for who wins")).to_be_visible()
    cage.get_by_test_id("deal-close").click()
    expect(cage.get_by_test_id("deal-stands")).to_contain_text("deal of 3 stands")
