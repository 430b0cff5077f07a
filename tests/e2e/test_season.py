"""A season as its people see it: a rank on a phone; who is ranked and which rooms, said in the office."""

from playwright.sync_api import expect

from crdt_models.edits import Json
from felt.demo.crew import Crew
from felt.demo.links import claim_code
from felt.demo.registration import write_down_player
from tests.fix_room import Room, Tablets


def played_season(room: Room) -> tuple[str, str, str]:
    """A free event that Ida won and Bo lost; both ids, and the link to Bo's phone."""

    async def job(crew: Crew) -> tuple[str, str, str]:
        ida, bo = [
            await write_down_player(crew.floor, crew, name, n) for n, name in ((71, "Ida"), (72, "Bo"))
        ]
        await (await crew.floor.open("roster")).settled()
        event = await crew.manager.open("tournament/league1")
        setup: Json = {
            "kind": "tournament", "version": 1, "name": "Monday", "starts_ms": 0, "seats_per_table": 9,
            "starting_stack": 1_500, "late_until_level": 1,
        }  # fmt: skip
        await event.write(
            ("setup", setup),
            *((f"entry/{player}1", {"player": player, "number": 1}) for player in (ida, bo)),
            (f"bust/{bo}1", {"player": bo, "at_ms": 1, "hand": "h1"}),
        )
        await event.settled()
        leagues = await crew.manager.open("leagues")
        await leagues.write(
            ("setup", {"kind": "leagues"}),
            ("season/s", {"name": "Winter", "tournaments": ["league1"], "formula": "one_a_player"}),
        )
        await leagues.settled()
        return ida, bo, (await claim_code(crew.floor.http, bo)).url

    told: tuple[str, str, str] = room.work(job)
    return told


def test_a_phone_shows_its_rank_and_the_office_says_who_is_ranked(room: Room, tablets: Tablets) -> None:
    """[RU118]"""
    room.prepare()
    ida, bo, link = played_season(room)
    phone = tablets.open(390, 844)
    phone.goto(link)
    phone.get_by_test_id("claim-yes").click()
    phone.get_by_test_id("tab-me").click()
    expect(phone.get_by_test_id("rank-s")).to_contain_text("# 2")
    expect(phone.get_by_test_id("rank-s")).to_contain_text("1.00 points")

    office = tablets.office("Office")
    office.get_by_test_id("nav-leagues").click()
    rows = office.get_by_test_id("season-row")
    expect(rows).to_have_count(2)
    office.get_by_test_id("tab-ranked").click()
    office.get_by_test_id("ranked-search").fill("71")
    expect(office.get_by_test_id(f"ranked-{ida}")).to_have_text("Ranked")
    office.get_by_test_id(f"ranked-{ida}").click()
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("Bo")
    office.get_by_test_id("ranked-search").fill("")
    expect(office.get_by_test_id(f"ranked-{ida}")).to_have_text("Rank")  # what was said stays in sight
    assert room.facts("leagues")[f"eligible/s.{ida}"] == {"eligible": False}

    phone.get_by_test_id("tab-seat").click()
    phone.get_by_test_id("tab-me").click()
    expect(phone.get_by_test_id("rank-s")).to_contain_text("# 1")
    phone.context.set_offline(True)
    phone.get_by_test_id("tab-seat").click()
    phone.get_by_test_id("tab-me").click()
    expect(phone.get_by_text("As of")).to_be_visible()  # the last word, with its time
    expect(phone.get_by_test_id("rank-s")).to_contain_text("# 1")


def test_a_season_over_several_rooms_is_agreed_in_the_office(room: Room, tablets: Tablets) -> None:
    """[RU153] The rooms it invites, where they stand, and the table that the core makes."""
    office = tablets.office("Office 2")
    office.get_by_test_id("nav-leagues").click()
    office.get_by_test_id("tab-rooms").click()
    office.get_by_test_id("room-link").fill("north")
    office.get_by_test_id("room-invite").click()
    expect(office.get_by_role("alert")).to_contain_text("/venues/")
    office.get_by_test_id("room-link").fill(f"{room.core_url}/venues/north")
    office.get_by_test_id("room-invite").click()
    expect(office.get_by_test_id("guest-north")).to_have_text("Invited")
    expect(office.get_by_text("no such room at this core").first).to_be_visible()
    expect(office.get_by_test_id("joint-row")).to_have_count(1)  # Ida is not ranked since the office said so
    expect(office.get_by_test_id("joint-row")).to_contain_text("Bo")

    office.get_by_test_id("join-link").fill(f"{room.core_url}/venues/north/leagues/x")
    office.get_by_test_id("join").click()
    expect(office.get_by_role("alert")).to_contain_text("has not invited this one")
    office.get_by_test_id("guest-north").click()
    expect(office.get_by_test_id("guest-north")).to_have_text("Invite")
    expect(office.get_by_test_id("joint-table")).to_have_count(0)
