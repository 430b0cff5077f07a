"""History, undo and presence on real tablets: who is where, who did what, and taking it back."""

import re
from typing import Any

from playwright.sync_api import expect

from tests.e2e.play import seat_players
from tests.e2e.test_first_evening import twice
from tests.e2e.test_tablet_edit import move, show_table, sits
from tests.fix_room import Room, Tablets, until


def test_a_colleague_is_seen_where_they_are_and_gone_with_their_browser(room: Room, tablets: Tablets) -> None:
    """[DO68]"""
    room.prepare()
    seat_players(room, ["Ada Lovelace", "Grace Hopper", "Alan Turing"])
    one = tablets.sign_in("floor", "floor", "Tablet 5")
    two = tablets.sign_in("floor", "floor2", "Tablet 6")
    show_table(two)
    two.get_by_test_id("seat-1").click()

    initials = "".join(word[0] for word in name_of(room, "floor2").split()) + "6"
    avatar = one.get_by_test_id("avatar").filter(has_text=initials)
    expect(avatar).to_have_attribute("aria-label", re.compile("at T1, Ada Lovelace$"))
    expect(one.get_by_test_id("table-1")).to_have_accessible_name(re.compile(f"{initials} here$"))
    avatar.click()
    expect(one.get_by_test_id("player-sheet")).to_have_attribute("aria-label", "Ada Lovelace")

    two.reload()
    expect(avatar).to_have_count(1)
    two.context.close()  # as a battery that is empty: nothing is said
    expect(avatar).to_have_count(0, timeout=15_000)  # by its line; by its silence it is 30 s


def test_an_act_is_undone_after_a_reload_and_asks_where_it_was_changed_since(
    room: Room, tablets: Tablets
) -> None:
    """[DO66] [DO67]"""
    one = tablets.sign_in("floor", "floor", "Tablet 7")
    two = tablets.sign_in("floor", "floor2", "Tablet 8")
    move(one, 1, 5)
    show_table(two)
    sits(two, 5, "Ada Lovelace")

    one.reload()
    one.get_by_test_id("undo-list").click()
    row = one.get_by_test_id("undo-row").first
    expect(row).to_contain_text("moved Ada Lovelace T1·1 → T1·5")
    row.get_by_role("button").click()
    sits(two, 1, "Ada Lovelace")
    expect(row).to_contain_text("Taken back")
    row.get_by_role("button", name="Do it again").click()
    sits(two, 5, "Ada Lovelace")
    one.keyboard.press("Escape")

    move(two, 5, 9)
    sits(one, 9, "Ada Lovelace")
    one.get_by_test_id("undo-list").click()
    row.get_by_role("button").click()
    ask = one.get_by_test_id("toast").filter(has_text="Take it back all the same?")
    expect(ask).to_contain_text(f"{name_of(room, 'floor2')} changed this")
    sits(two, 9, "Ada Lovelace")
    ask.get_by_role("button", name="Take back", exact=True).click()
    sits(two, 1, "Ada Lovelace")


def test_history_says_who_did_what_and_takes_it_back_or_says_what_is_in_the_way(
    room: Room, tablets: Tablets
) -> None:
    """[DO65] [DO67]"""
    one = tablets.sign_in("floor", "floor", "Tablet 9")
    move(one, 3, 8)
    move(one, 1, 3)
    one.get_by_test_id("seat-8").click()
    one.get_by_test_id("player-sheet").get_by_role("button", name="History").click()
    row = one.get_by_test_id("history-row").filter(has_text="(this tablet) moved Alan Turing T1·3 → T1·8")
    expect(row).to_contain_text(f"{name_of(room, 'floor')} (this tablet)")
    expect(row).to_contain_text(re.compile(r"Ada Lovelace sits there since \d\d:\d\d. Move them first."))
    expect(row.get_by_test_id("take-back")).to_have_attribute("aria-disabled", "true")

    move(one, 3, 1)
    one.goto(one.url.split("#")[0] + "#history")
    row.get_by_test_id("take-back").click()
    expect(one.get_by_test_id("history-row").first).to_contain_text(
        "took back: moved Alan Turing T1·3 → T1·8"
    )
    expect(row).to_contain_text("Taken back")
    show_table(one)
    sits(one, 3, "Alan Turing")


def test_what_came_via_core_is_taken_back_at_once_by_a_manager(room: Room) -> None:
    """[DO66] [DO67]"""
    event = f"tournament/{room.tournament}"
    until(lambda: room.facts(event, room.core_url) == room.facts(event), "the core is up to date")
    rows = room.get(f"/api/v1/documents/{event}/history?name=seat/&limit=1", at=room.core_url)["changes"]
    before = room.facts(event)
    by_core = room.post(
        f"/api/v1/documents/{event}/take-back", {"stamps": [rows[0]["stamp"]]}, at=room.core_url
    )
    assert by_core.status_code == 200, by_core.text
    until(lambda: room.facts(event) != before, "what the core wrote is at the leaf")
    (told,) = {one["act"]: one for one in history(room, event, via="core")}.values()
    assert (told["takes_back"], told["person"]) == (rows[0]["stamp"], room.demo["people"]["manager"])

    asked = {"since": told["at_ms"], "via": "core"}
    dry = room.post("/api/v1/take-back", {**asked, "dry_run": True}).json()
    assert [len(one["taken"]) for one in dry["documents"]] == [1]
    assert room.post("/api/v1/take-back", asked).json()["written"]
    assert {name: value for name, value in room.facts(event).items() if name.startswith("seat/")} == {
        name: value for name, value in before.items() if name.startswith("seat/")
    }
    assert room.post("/api/v1/take-back", {**asked, "dry_run": True}).json()["documents"][0]["taken"] == []


def test_money_stands_beside_what_the_floor_did_with_its_receipt(room: Room, tablets: Tablets) -> None:
    """[DO112]"""
    boss = tablets.sign_in("floor", "manager", "Tablet 11")
    (ada,) = (name for name, told in room.facts("roster").items() if told.get("name") == "Ada Lovelace")
    boss.goto(f"{room.url}/floor#history/{ada.rpartition('/')[2]}")
    money = boss.get_by_test_id("history-row").filter(has_text="The cage booked the buy-in of Ada Lovelace")
    expect(money.get_by_test_id("take-back")).to_have_count(0)
    number = money.get_by_test_id("receipt-mark").inner_text()
    money.get_by_test_id("receipt-mark").click()
    receipt = boss.get_by_test_id("receipt-sheet")
    expect(receipt).to_contain_text("Ada Lovelace")
    expect(receipt).to_contain_text(number.split()[-1])
    boss.keyboard.press("Escape")
    entered = boss.get_by_test_id("history-row").filter(has_text="entered Ada Lovelace, seated at T1·1")
    expect(entered).to_contain_text(f"Paid {number.split()[-1]}")


def test_a_manager_erases_a_person_and_sees_where_nothing_is_left(room: Room, tablets: Tablets) -> None:
    """[DO111]"""
    (grace,) = (name for name, told in room.facts("roster").items() if told.get("name") == "Grace Hopper")
    floor = tablets.sign_in("floor", "floor", "Tablet 10")
    boss = tablets.office("Office")
    boss.get_by_test_id("nav-players").click()
    boss.get_by_test_id("player-search").fill("grace")
    boss.get_by_test_id("player-row").click()
    told = boss.get_by_test_id("erase-what")
    expect(told).to_contain_text("one entry in the ledger")
    expect(told).to_contain_text("Sits at T1·2 now")
    expect(boss.get_by_test_id("erase")).to_have_attribute("aria-disabled", "true")
    boss.get_by_test_id("erase-word").fill("erase")
    twice(boss, "erase")
    row = boss.get_by_test_id("erased-row").filter(has_text=f"Player {grace[-4:]}")
    expect(row).to_contain_text(f"asked by {name_of(room, 'manager')}")
    expect(row).to_contain_text("Leaf: nothing left")
    expect(row).to_contain_text("Core: nothing left")
    show_table(floor)
    sits(floor, 2, f"Player {grace[-4:]}")
    boss.get_by_test_id("player-search").fill("grace")
    expect(boss.get_by_text("Nobody has that name")).to_be_visible()


def history(room: Room, document: str, **narrowed: str) -> list[dict[str, Any]]:
    query = "&".join(f"{name}={text}" for name, text in narrowed.items())
    changes: list[dict[str, Any]] = room.get(f"/api/v1/documents/{document}/history?{query}")["changes"]
    return changes


def name_of(room: Room, role: str) -> str:
    """Of the staff."""
    people = room.get("/api/v1/people")
    return next(str(one["name"]) for one in people if one["person"] == room.demo["people"][role])
