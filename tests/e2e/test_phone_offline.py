"""Flow 5, phone, offline: a request made without a line comes in through the core and reaches the floor."""

import re

from playwright.sync_api import expect

from felt.demo.crew import Crew
from felt.demo.links import claim_code
from felt.demo.registration import write_down_player
from tests.fix_room import Room, Tablets, until


def claim_digits(room: Room, name: str) -> tuple[str, str]:
    """A player in the roster and the digits that make a browser this player's phone."""

    async def job(crew: Crew) -> tuple[str, str]:
        player = await write_down_player(crew.floor, crew, name, 77)
        await (await crew.floor.open("roster")).settled()
        return player, (await claim_code(crew.floor.http, player)).digits

    made: tuple[str, str] = room.work(job)
    return made


def test_a_request_made_offline_comes_in_through_the_core(room: Room, tablets: Tablets) -> None:
    room.prepare()
    player, digits = claim_digits(room, "Ida Rhodes")
    floor = tablets.sign_in("floor", "floor", "Tablet")
    phone = tablets.open(390, 844)
    places = (room.url, room.demo["sync_url"])
    leaf = re.compile("|".join(re.escape(place.partition("://")[2]) for place in places))
    phone.context.route_web_socket(leaf, lambda socket: socket.close())  # its sync never reaches the leaf
    refused: list[str] = []
    phone.on("console", lambda said: refused.append(said.text) if "Content Security" in said.text else None)
    phone.goto(f"{room.url}/phone")
    phone.get_by_test_id("claim-code").fill(f"{digits[:3]} {digits[3:]}")
    phone.get_by_test_id("claim").click()
    phone.get_by_test_id("claim-yes").click()
    phone.get_by_test_id("tab-lists").click()
    expect(phone.get_by_test_id("join-nlh12")).to_be_visible()

    phone.context.set_offline(True)
    phone.get_by_test_id("join-nlh12").click()
    expect(phone.get_by_test_id("request-state")).to_have_attribute("data-state", "unsent")

    phone.context.route(leaf, lambda route: route.abort())  # outside: nothing of the leaf can be reached
    phone.context.set_offline(False)
    row = floor.get_by_test_id("request-row").filter(has_text="Ida Rhodes").first
    expect(row).to_have_attribute("data-kind", "join_list")
    asked = [request for name, request in room.facts("requests").items() if name.startswith("request/")]
    assert [(request["player"], request["via"]) for request in asked] == [(player, "core")]
    row.get_by_test_id("accept").click()

    expect(phone.get_by_test_id("my-place")).to_have_text(re.compile("You are 1st · a seat is open"))
    assert refused == []  # it asks where its page may, and not the sync ports
    until(
        lambda: any(n.startswith("answer/") for n in room.facts(f"answers%2F{player}")),
        "the answer is written",
    )
