"""Journeys of bust-outs on two tablets, one of them off line half the time: taps counted, nothing lost.

[RU90] [RU91] [RU93] [RU94] [RU96] [RU99]
"""

import re
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.play import seat_players
from tests.fix_room import Room, Tablets, in_touch, off_line, on_line, until

NAMES = [
    "Ada Lovelace", "Grace Hopper", "Alan Turing", "Edith Clarke", "Kurt Godel", "Emmy Noether",
]  # fmt: skip


@dataclass
class Hand:
    """A finger on a tablet: taps are counted."""

    page: Page
    taps: int = 0

    def tap(self, test_id: str, within: str = "") -> None:
        at = self.page.get_by_test_id(within) if within else self.page
        at.get_by_test_id(test_id).first.click()
        self.taps += 1

    def say(self, name: str) -> None:
        """Taps a button of a toast or sheet by its word."""
        self.page.get_by_role("button", name=name, exact=True).first.click()
        self.taps += 1

    def home(self) -> None:
        self.page.get_by_test_id("rail-tables").click()
        self.taps = 0


@pytest.fixture(scope="module")
def players(room: Room) -> dict[str, str]:
    """Two tables of three, and heads that are played for."""
    room.prepare()
    known = seat_players(room, NAMES[:3], "t1") | seat_players(room, NAMES[3:], "t2")

    async def heads(crew: Any) -> None:
        event = await crew.event(crew.floor)
        await event.write(("bounty", {"mode": "fixed"}))
        await event.settled()

    room.work(heads)
    return known


def event_of(room: Room) -> dict[str, Any]:
    return room.facts(f"tournament/{room.tournament}")


def out(room: Room) -> set[str]:
    return {bust["player"] for name, bust in event_of(room).items() if name.startswith("bust/") and bust}


def toast(page: Page, text: str) -> None:
    expect(page.get_by_test_id("toast").filter(has_text=text).first).to_be_visible()


def test_a_bust_is_three_taps_and_undo_one_more(
    room: Room, tablets: Tablets, players: dict[str, str]
) -> None:
    one = Hand(tablets.sign_in("floor", "floor", "Tablet 1"))
    two = tablets.sign_in("floor", "floor2", "Tablet 2")
    two.get_by_test_id("table-1").click()
    one.home()
    one.tap("table-1")
    one.tap("seat-1")
    expect(two.get_by_test_id("present")).to_be_visible()  # a colleague is seen at the table
    one.tap("bust")
    assert one.taps == 3
    toast(one.page, "Ada Lovelace out, 6th (provisional).")
    one.page.get_by_test_id("toast-strip").get_by_role("button", name="Grace Hopper").click()
    expect(two.get_by_test_id("seat-1")).to_have_attribute("aria-label", re.compile("empty"))
    until(lambda: any(name.startswith("knocker/") for name in event_of(room)), "the head was taken")
    one.tap("undo", "toast")
    assert one.taps == 4
    expect(two.get_by_test_id("seat-1")).to_have_attribute("aria-label", re.compile("Ada Lovelace"))
    until(lambda: not out(room), "nobody is out")


def test_who_is_out_already_is_said_with_who_did_it_and_when(
    room: Room, tablets: Tablets, players: dict[str, str]
) -> None:
    one = tablets.sign_in("floor", "floor", "Tablet 3")
    two = tablets.sign_in("floor", "floor2", "Tablet 4")
    for page in (one, two):
        page.get_by_test_id("table-1").click()
        page.get_by_test_id("seat-1").click()
        expect(page.get_by_test_id("player-sheet")).to_be_visible()
    one.get_by_test_id("bust").click()
    until(lambda: out(room) == {players["Ada Lovelace"]}, "Ada is out")
    expect(two.get_by_test_id("seat-1")).to_have_attribute("aria-label", re.compile("empty"))
    two.get_by_test_id("bust").click()
    toast(two, "Ada Lovelace was already out")
    toast(two, "F-112")
    one.keyboard.press("u")
    until(lambda: not out(room), "Ada is back")


def test_both_bust_one_player_and_one_of_them_is_off_line(
    room: Room, tablets: Tablets, players: dict[str, str]
) -> None:
    """One life ends once; what either said of it is kept, and both go on working meanwhile."""
    one = Hand(tablets.sign_in("floor", "floor", "Tablet 5"))
    two = Hand(tablets.sign_in("floor", "floor2", "Tablet 6"))
    for hand in (one, two):
        expect(hand.page.get_by_test_id("table-1")).to_be_visible()
    off_line(two.page)
    for hand in (one, two):
        hand.tap("table-1")
        hand.tap("seat-2")
        hand.tap("bust")
        assert hand.taps == 3
        toast(hand.page, "Grace Hopper out")
    two.home()
    two.tap("table-2")
    two.tap("seat-1")
    two.tap("bust")
    on_line(two.page)
    in_touch(one.page)
    wanted = {players["Grace Hopper"], players["Edith Clarke"]}
    until(lambda: out(room) == wanted, "both are out, once")
    facts = event_of(room)
    assert not any(name.startswith("conflict/") for name, value in facts.items() if value)
    for hand in (one, two):
        hand.page.goto(hand.page.url.split("#")[0] + "#rankings")
        places = hand.page.get_by_test_id("out-row")
        expect(places).to_have_count(2)
        expect(places.nth(0)).to_have_attribute("data-place", "5")
        expect(places.nth(1)).to_have_attribute("data-place", "6")


def test_heads_nobody_answered_for_wait_in_the_tray_and_block_nothing(
    room: Room, tablets: Tablets, players: dict[str, str]
) -> None:
    one = Hand(tablets.sign_in("floor", "floor", "Tablet 7"))
    one.page.get_by_test_id("rail-settle").click()
    rows = one.page.get_by_test_id("reconcile-row").filter(has_text="who took the bounty")
    expect(rows).to_have_count(2)  # after the ten seconds in which its toast asks
    one.taps = 1
    one.tap("who-knocked")
    sheet = one.page.get_by_test_id("knocker-sheet")
    sheet.get_by_role("group").get_by_role("button").first.click()
    one.tap("knocker-save")
    expect(rows).to_have_count(1)
    one.tap("who-knocked")
    one.say("Nobody took it")
    expect(rows).to_have_count(0)


def test_two_answers_to_one_head_are_settled_with_two_taps(
    room: Room, tablets: Tablets, players: dict[str, str]
) -> None:
    one = Hand(tablets.sign_in("floor", "floor", "Tablet 15"))
    two = Hand(tablets.sign_in("floor", "floor2", "Tablet 16"))
    for hand, who in ((one, "Ada Lovelace"), (two, "Alan Turing")):
        hand.page.goto(hand.page.url.split("#")[0] + "#rankings")
        expect(hand.page.get_by_test_id("out-row")).to_have_count(2)
        off_line(hand.page)
        row = hand.page.get_by_test_id("out-row").filter(has_text="Grace Hopper")
        row.get_by_role("button", name="Knocker").click()
        hand.page.get_by_test_id("knocker-sheet").get_by_role("button", name=who).click()
        hand.tap("knocker-save")
    on_line(one.page, two.page)
    for hand in (one, two):
        expect(hand.page.get_by_test_id("rail-settle")).to_contain_text("1")
    one.taps = 0
    one.tap("rail-settle")
    card = one.page.get_by_test_id("rival-card")
    expect(card).to_contain_text("Who took the bounty of Grace Hopper?")
    expect(card).to_contain_text("Ada Lovelace")
    expect(card).to_contain_text("Alan Turing")
    one.tap("keep-answer")
    assert one.taps == 2
    two.page.get_by_test_id("rail-settle").click()
    for hand in (one, two):
        expect(hand.page.get_by_test_id("tray-count")).to_have_attribute("data-count", "0")


def test_a_re_entry_is_asked_of_the_cage_and_waits_until_it_is_paid(
    room: Room, tablets: Tablets, players: dict[str, str]
) -> None:
    one = Hand(tablets.sign_in("floor", "floor", "Tablet 8"))
    cage = tablets.sign_in("cage", "cashier", "Cage 1")
    one.home()
    one.tap("table-1")
    one.tap("seat-3")
    one.tap("bust")
    one.say("Re-enter")
    one.tap("ask-cage")
    assert one.taps == 5
    asked = cage.get_by_test_id("floor-ask")
    expect(asked).to_contain_text("Alan Turing")
    expect(asked).to_contain_text("re-entry")
    one.tap("undo", "toast")
    expect(asked).to_have_count(0)
    one.page.keyboard.press("u")
    until(lambda: players["Alan Turing"] not in out(room), "the bust is taken back too")


def test_a_rebuy_by_the_floor_is_four_taps_and_its_chips_are_behind(
    room: Room, tablets: Tablets, players: dict[str, str]
) -> None:
    one = Hand(tablets.sign_in("floor", "floor", "Tablet 9"))
    two = tablets.sign_in("floor", "floor2", "Tablet 10")
    two.get_by_test_id("table-2").click()
    one.home()
    one.tap("table-2")
    one.tap("seat-2")
    one.tap("rebuy")
    one.tap("ask-cage")
    assert one.taps == 4
    expect(two.get_by_test_id("seat-2")).to_have_attribute("aria-label", re.compile("chips behind"))
    one.tap("drop-wanted")
    expect(two.get_by_test_id("seat-2")).not_to_have_attribute("aria-label", re.compile("chips behind"))


def test_two_of_a_hand_are_placed_by_their_stacks(
    room: Room, tablets: Tablets, players: dict[str, str]
) -> None:
    """Select several, Bust 2, one screen with the stacks, confirm; hand for hand, across tables, they tie."""
    one = Hand(tablets.sign_in("floor", "floor", "Tablet 11"))
    two = Hand(tablets.sign_in("floor", "floor2", "Tablet 12"))
    expect(two.page.get_by_test_id("table-2")).to_be_visible()
    one.tap("hands-announce")
    expect(two.page.get_by_test_id("hands-row")).to_contain_text("2 of 2 still deal")
    one.tap("holds-1")
    expect(two.page.get_by_test_id("hands-row")).to_contain_text("1 of 2 still deal")
    one.tap("hands-end")
    one.home()
    one.tap("table-2")
    one.tap("select-several")
    one.tap("seat-2")
    one.tap("seat-3")
    one.tap("bust-several")
    sheet = one.page.get_by_test_id("bust-sheet")
    sheet.get_by_test_id(f"stack-{players['Kurt Godel']}").fill("4,000")
    sheet.get_by_test_id(f"stack-{players['Emmy Noether']}").fill("9000")
    one.tap("bust-confirm")
    assert one.taps == 6
    one.page.goto(one.page.url.split("#")[0] + "#rankings")
    rows = one.page.get_by_test_id("out-row").filter(has_text=re.compile("Godel|Noether"))
    expect(rows.first).to_contain_text("Emmy Noether")
    expect(rows.first).to_have_attribute("data-place", re.compile(r"^\d$"))


def test_a_table_that_does_not_add_up_is_settled_by_a_reason(
    room: Room, tablets: Tablets, players: dict[str, str]
) -> None:
    async def sit(crew: Any) -> None:
        event = await crew.event(crew.floor)
        await event.write(
            ("handforhand", {"state": "off", "run": 1, "hand": 0, "at_ms": 1}),
            *((f"stack/{player}", {"chips": 10_000, "at_ms": 1}) for player in players.values()),
        )
        await event.settled()

    room.work(sit)
    floor = tablets.sign_in("floor", "floor", "Tablet 13")
    floor.get_by_test_id("table-1").click()
    floor.get_by_test_id("count-table").click()
    total = floor.get_by_test_id("count-foot")
    expect(total).to_contain_text("expected")
    for seat in floor.locator("[data-count]").all():
        seat.fill("1")
    expect(total).to_contain_text("−")
    floor.get_by_test_id("count-open").click()
    toast(floor, "to settle")
    floor.get_by_test_id("rail-settle").click()
    off = floor.get_by_test_id("chips-off-row")
    expect(off).to_contain_text("Chips off by −")
    off.get_by_test_id("explain-count").click()
    floor.get_by_test_id("explain-sheet").get_by_role("button", name="Known error").click()
    floor.get_by_test_id("explain-save").click()
    expect(off).to_have_count(0)


def test_a_dealer_hands_in_counts_and_busts_and_the_floor_accepts(
    room: Room, tablets: Tablets, players: dict[str, str]
) -> None:
    made = room.post("/api/v1/people", {"name": "Omar Dealer", "role": "dealer", "pin": "246810"})
    assert made.status_code == 201, made.text
    dealer = tablets.open()
    dealer.goto(room.device_link("dealer", "Dealer 1"))
    dealer.get_by_test_id(f"person-{made.json()['person']}").click()
    for digit in "246810":
        dealer.get_by_test_id(f"pin-key-{digit}").click()
    dealer.get_by_test_id("pin-key-ok").click()
    in_touch(dealer)
    floor = tablets.sign_in("floor", "floor", "Tablet 14")
    dealer.get_by_test_id("dealer-at-1").click()
    expect(dealer.get_by_test_id("dealer-stack-1")).to_be_visible()
    stacks = dealer.get_by_test_id(re.compile("^dealer-stack-")).all()
    for stack in stacks:
        stack.fill("12,500")
    dealer.get_by_test_id("dealer-hand-in").click()
    told = f"counted {12_500 * len(stacks):,}, {len(stacks)} stacks"
    row = floor.get_by_test_id("request-row").filter(has_text=told)
    expect(row).to_contain_text("T1")
    row.get_by_test_id("accept").click()
    until(
        lambda: (event_of(room)[f"stack/{players['Alan Turing']}"] or {}).get("chips") == 12_500,
        "the count is a fact",
    )
    expect(row).to_have_count(0)
    dealer.get_by_test_id("dealer-out-1").click()
    row = floor.get_by_test_id("request-row").filter(has_text="says that Ada Lovelace is out")
    assert players["Ada Lovelace"] not in out(room)
    row.get_by_test_id("accept").click()
    until(lambda: players["Ada Lovelace"] in out(room), "the floor confirmed it")
    expect(dealer.get_by_test_id("dealer-out-1")).to_have_count(0)
