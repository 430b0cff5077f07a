"""Who may sign in: PINs that are slow to guess, keys that work once, refresh tokens that betray a thief."""

import re
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest

from leaf_server.identity.claims import WRONG_MAX
from leaf_server.identity.devices import NewDevice
from leaf_server.identity.founding import (
    FoundingInvalid,
    NewPerson,
    VenueExists,
    VenueMissing,
    initialise,
    make_key,
)
from leaf_server.identity.people import CHECKS_MAX
from leaf_server.identity.pins import wait_ms
from serving.problems import Problem
from tests.leaf_server.fix_identity import PEOPLE, Desk, desk

pytestmark = pytest.mark.anyio
__all__ = ["desk"]


def code(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json()["error"]["code"]


def details(response: httpx.Response) -> dict[str, Any]:
    found: dict[str, Any] = response.json()["error"]["details"]
    return found


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


async def test_staff_sign_in_on_an_enrolled_device(desk: Desk) -> None:
    device = await desk.device()
    answer = (await desk.login(device, "ana", "1111")).json()
    assert (answer["person"], answer["name"], answer["role"], answer["device"]) == (
        "ana", "Ana", "manager", device["device"],
    )  # fmt: skip
    assert answer["expires_ms"] == (desk.venue.start_ms + desk.ms) // 1000 * 1000 + 900_000
    who = (await desk.client.get("/api/v1/auth/whoami", headers=bearer(answer["token"]))).json()
    assert who["person"] == "ana"


async def test_the_session_cookie_is_for_this_site_and_no_script(desk: Desk) -> None:
    response = await desk.login(await desk.device(), "ana", "1111")
    cookie = response.headers["set-cookie"].lower()
    assert "felt_session=" in cookie
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


async def test_without_an_enrolled_device_nobody_signs_in(desk: Desk) -> None:
    assert code(await desk.login({}, "ana", "1111")) == (401, "no_device")
    wrong = {**await desk.device(), "device_secret": "guess"}
    assert code(await desk.login(wrong, "ana", "1111")) == (401, "no_device")
    assert code(await desk.client.get("/api/v1/auth/people")) == (401, "no_device")


async def test_a_device_shows_the_people_who_may_sign_in_on_it(desk: Desk) -> None:
    async def people(kind: str) -> list[str]:
        device = await desk.device(kind)
        headers = {"authorization": f"Device {device['device']}.{device['device_secret']}"}
        found = (await desk.client.get("/api/v1/auth/people", headers=headers)).json()
        return [one["person"] for one in found]

    assert await people("floor") == ["ana", "ben", "cat"]
    assert await people("display") == []


async def test_a_display_takes_no_pin(desk: Desk) -> None:
    assert code(await desk.login(await desk.device("display"), "ana", "1111")) == (403, "forbidden")


async def test_guessing_gets_slower_and_ends(desk: Desk) -> None:
    device = await desk.device()
    for left in range(9, 4, -1):
        response = await desk.login(device, "ben", "0000")
        assert code(response) == (401, "wrong_pin")
        assert details(response)["tries_left"] == left
    for failures in range(5, 10):
        response = await desk.login(device, "ben", "2222")  # the right PIN has to wait too
        assert code(response) == (429, "wait")
        assert details(response)["wait_ms"] == wait_ms(failures)
        assert int(response.headers["retry-after"]) * 1000 >= wait_ms(failures)
        desk.ms += wait_ms(failures)
        assert code(await desk.login(device, "ben", "0000")) == (401, "wrong_pin")
    desk.ms += 10**9
    assert code(await desk.login(device, "ben", "2222")) == (423, "locked")
    await desk.open()
    assert code(await desk.login(device, "ben", "2222")) == (423, "locked")  # a restart forgives nothing

    token = (await desk.opened()).token
    unlock = await desk.client.post("/api/v1/auth/people/ben/unlock", headers=bearer(token))
    assert unlock.status_code == 204
    assert (await desk.login(device, "ben", "2222")).status_code == 200


async def test_guessing_side_by_side_gains_nothing(desk: Desk) -> None:
    device = await desk.device()
    answers: list[tuple[int, str]] = []

    async def guess() -> None:
        answers.append(code(await desk.login(device, "ben", "0000")))

    async with anyio.create_task_group() as tasks:
        for _ in range(20):
            tasks.start_soon(guess)
    assert answers.count((401, "wrong_pin")) == 5
    assert answers.count((429, "wait")) == 15


async def test_a_rush_of_pins_is_bounded(desk: Desk) -> None:
    device = await desk.device()
    codes: list[tuple[int, str]] = []

    async def guess() -> None:
        codes.append(code(await desk.login(device, "nobody", "0000")))

    async with anyio.create_task_group() as tasks:
        for _ in range(CHECKS_MAX + 8):
            tasks.start_soon(guess)
    assert codes.count((429, "too_many")) == 8
    assert codes.count((401, "wrong_pin")) == CHECKS_MAX


async def test_the_right_pin_clears_the_count(desk: Desk) -> None:
    device = await desk.device()
    for _ in range(3):
        for _ in range(4):
            assert code(await desk.login(device, "ben", "0000")) == (401, "wrong_pin")
        assert (await desk.login(device, "ben", "2222")).status_code == 200


async def test_nobody_of_that_name_is_a_wrong_pin(desk: Desk) -> None:
    assert code(await desk.login(await desk.device(), "nobody", "1111")) == (401, "wrong_pin")


async def test_a_second_person_approves_by_pin(desk: Desk) -> None:
    assert await desk.identity.second_person("ana", "1111") == "manager"
    assert await desk.identity.second_person("ana", "9999") is None
    assert await desk.identity.second_person("nobody", "1111") is None
    for _ in range(4):
        await desk.identity.second_person("ana", "9999")
    with pytest.raises(Problem, match="wait"):
        await desk.identity.second_person("ana", "1111")


async def refresh(desk: Desk, token: str) -> httpx.Response:
    return await desk.client.post("/api/v1/auth/refresh", json={"refresh": token})


async def test_a_refresh_token_works_once_and_a_second_use_ends_the_family(desk: Desk) -> None:
    first = await desk.opened()
    second = (await refresh(desk, first.refresh)).json()
    third = (await refresh(desk, second["refresh"])).json()
    assert third["person"] == "ana"
    assert code(await refresh(desk, second["refresh"])) == (401, "refresh_reused")
    assert code(await refresh(desk, third["refresh"])) == (401, "signed_out")
    for token in (first.token, third["token"]):
        who = await desk.client.get("/api/v1/auth/whoami", headers=bearer(token))
        assert code(who) == (401, "signed_out")
    await desk.open()
    assert code(await desk.client.get("/api/v1/auth/whoami", headers=bearer(third["token"]))) == (
        401, "signed_out",
    )  # fmt: skip


async def test_a_sign_in_that_is_refreshed_lives_on_but_not_for_ever(desk: Desk) -> None:
    opened = await desk.opened()
    desk.ms += 1_000_000
    assert code(await desk.client.get("/api/v1/auth/whoami", headers=bearer(opened.token))) == (
        401,
        "expired",
    )
    again = (await refresh(desk, opened.refresh)).json()
    assert (await desk.client.get("/api/v1/auth/whoami", headers=bearer(again["token"]))).status_code == 200
    desk.ms += 24 * 3_600_000
    assert code(await refresh(desk, again["refresh"])) == (401, "signed_out")


async def test_signing_out_ends_token_and_refresh_token(desk: Desk) -> None:
    opened = await desk.opened()
    out = await desk.client.post("/api/v1/auth/logout", headers=bearer(opened.token))
    assert out.status_code == 204
    assert code(await desk.client.get("/api/v1/auth/whoami", headers=bearer(opened.token))) == (
        401, "signed_out",
    )  # fmt: skip
    assert code(await refresh(desk, opened.refresh)) == (401, "signed_out")


async def test_an_enrolment_key_works_once_and_for_a_quarter_of_an_hour(desk: Desk) -> None:
    devices = desk.identity.devices
    key, until_ms = await devices.make_key(NewDevice("cage", "Cage 1"))
    device, secret = await devices.enrol(key.lower().replace("-", " "), "My name")
    assert (device.kind, device.name) == ("cage", "My name")
    assert devices.known(device.device, secret) == device
    with pytest.raises(Problem, match="409 key_used"):
        await devices.enrol(key, "x")
    key, until_ms = await devices.make_key(NewDevice("cage", "Cage 2"))
    desk.ms = until_ms
    with pytest.raises(Problem, match="410 key_expired"):
        await devices.enrol(key, "x")
    with pytest.raises(Problem, match="401 unknown_key"):
        await devices.enrol("AAAAA-AAAAA-AAAAA-AAAAA", "x")


async def test_a_key_made_at_the_box_lets_a_tablet_in(desk: Desk) -> None:
    key = await make_key(desk.data, NewDevice("floor", "Tablet 2"))
    desk.ms = 0
    device, _ = await desk.identity.devices.enrol(key, "")
    assert (device.kind, device.name) == ("floor", "Tablet 2")
    with pytest.raises(VenueMissing):
        await make_key(desk.data / "nowhere", NewDevice("floor", "x"))


async def test_a_phone_is_claimed_once(desk: Desk) -> None:
    token = (await desk.opened("ben", "floor")).token
    made = await desk.client.post("/api/v1/players/p1/claim", headers=bearer(token))
    assert made.status_code == 201
    claim = made.json()
    assert claim["url"] == f"http://leaf/phone#claim={claim['code']}"
    phone = await desk.client.post("/api/v1/players/claim", json={"code": claim["code"]})
    assert phone.status_code == 201
    answer = phone.json()
    assert (answer["role"], answer["player"], answer["person"]) == ("player", "p1", "p1")
    assert (await desk.client.get("/api/v1/auth/whoami", headers=bearer(answer["token"]))).json()[
        "role"
    ] == "player"
    for known in (claim["code"], claim["digits"]):
        again = await desk.client.post("/api/v1/players/claim", json={"code": known})
        assert code(again) == (409, "code_used")
    other = await desk.client.post("/api/v1/players/p1/claim", headers=bearer(answer["token"]))
    assert code(other) == (403, "forbidden")


async def test_six_digits_do_as_well_and_a_player_has_one_phone(desk: Desk) -> None:
    """The newest code alone is good, and the phone that brings it takes the place of the one before."""
    headers = bearer((await desk.opened("ben", "floor")).token)
    make = partial(desk.client.post, "/api/v1/players/p1/claim", headers=headers)
    older, newer = (await make()).json(), (await make()).json()
    assert re.fullmatch(r"[0-9]{6}", newer["digits"])
    for known in (older["digits"], older["code"]):
        response = await desk.client.post("/api/v1/players/claim", json={"code": known})
        assert code(response) == (409, "code_used")
    spaced = f"{newer['digits'][:3]} {newer['digits'][3:]}"
    first = (await desk.client.post("/api/v1/players/claim", json={"code": spaced})).json()
    last = (await make()).json()
    assert (newer["phones"], last["phones"]) == (0, 1)
    second = (await desk.client.post("/api/v1/players/claim", json={"code": last["digits"]})).json()
    whoami = partial(desk.client.get, "/api/v1/auth/whoami")
    assert code(await whoami(headers=bearer(first["token"])))[0] == 401
    assert (await whoami(headers=bearer(second["token"]))).json()["person"] == "p1"
    assert (await make()).json()["phones"] == 1


async def test_digits_are_not_guessed(desk: Desk) -> None:
    """After so many wrong ones no digits are taken for the life of a code; what was scanned always is."""
    headers = bearer((await desk.opened("ben", "floor")).token)
    made = (await desk.client.post("/api/v1/players/p1/claim", headers=headers)).json()
    wrong = [f"{n:06}" for n in range(WRONG_MAX + 1) if f"{n:06}" != made["digits"]][:WRONG_MAX]
    for guess in wrong:
        response = await desk.client.post("/api/v1/players/claim", json={"code": guess})
        assert code(response) == (401, "unknown_code")
    right = await desk.client.post("/api/v1/players/claim", json={"code": made["digits"]})
    assert code(right) == (429, "wrong_codes")
    scanned = await desk.client.post("/api/v1/players/claim", json={"code": made["code"]})
    assert scanned.status_code == 201


async def test_an_enrolment_key_is_no_claim(desk: Desk) -> None:
    key, _ = await desk.identity.devices.make_key(NewDevice("floor", "x"))
    response = await desk.client.post("/api/v1/players/claim", json={"code": key})
    assert code(response) == (401, "unknown_code")


async def test_a_venue_is_founded_once(desk: Desk) -> None:
    with pytest.raises(VenueExists):
        await initialise(desk.data, name="Other", currency="EUR", time_zone="UTC", people=PEOPLE)
    assert (desk.data / "keys" / "leaf.json").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"currency": "euro"},
        {"time_zone": "Moon/Base"},
        {"time_zone": "../../etc/passwd"},
        {"start_ms": 2**53},
        {"venue": "a/b"},
        {"people": [NewPerson("ben", "Ben", "floor", "2222")]},
        {"people": [NewPerson("ana", "Ana", "manager", "11")]},
        {"people": [NewPerson("ana", "Ana", "king", "1111")]},
        {"people": [*PEOPLE, PEOPLE[0]]},
    ],
)
async def test_what_is_no_venue_is_refused(tmp_path: Path, wrong: dict[str, Any]) -> None:
    good: dict[str, Any] = {"name": "Test", "currency": "EUR", "time_zone": "UTC", "people": PEOPLE}
    with pytest.raises(FoundingInvalid):
        await initialise(tmp_path / "leaf", **{**good, **wrong})
    assert not (tmp_path / "leaf").exists()
