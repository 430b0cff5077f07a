"""The flows that stay inside one leaf, over real sockets: tablets, a phone, a display, the cage."""

import json
from pathlib import Path

import anyio
import httpx
import pytest

from crdt_models.facts import Json
from tests.leaf_server.fix_leaf import Leaf, found, leaf, running
from tests.leaf_server.fix_tablet import Tablet, line_to, tablet

pytestmark = pytest.mark.anyio
__all__ = ["leaf"]
SEAT: Json = {"table": "t1", "seat": 3}
EUR = "EUR"


async def sign_in(leaf: Leaf, person: str, kind: str = "floor") -> tuple[str, str]:
    """Token and device."""
    token = (await leaf.token(person, kind))["authorization"].removeprefix("Bearer ")
    return token, leaf.devices[kind]["device"]


async def test_a_tablets_edit_reaches_another_tablet_and_is_accepted(leaf: Leaf) -> None:
    ben, device = await sign_in(leaf, "ben")
    ana, other = await sign_in(leaf, "ana", "cage")
    async with (
        tablet(leaf, "floor", token=ben, device=device, person="ben") as one,
        tablet(leaf, "floor", token=ana, device=other, person="ana") as two,
    ):
        await one.write("setup", {"kind": "floor"})
        await one.write("seat/p1", SEAT)
        await two.sees("seat/p1", SEAT)
        await one.is_accepted()
    headers = {"authorization": f"Bearer {ana}"}
    page = (await leaf.http.get("/api/v1/documents/floor/history?name=seat/p1", headers=headers)).json()
    (change,) = page["changes"]
    assert (change["person"], change["via"], change["after"]) == ("ben", "device", SEAT)


async def test_what_was_written_offline_comes_after_a_restart_of_the_leaf(tmp_path: Path) -> None:
    data = tmp_path / "leaf"
    founded = await found(data)
    async with running(data, founded) as leaf:
        await leaf.enrol()
        devices = leaf.devices
        ben, device = await sign_in(leaf, "ben")
        async with tablet(leaf, "floor", token=ben, device=device, person="ben") as one:
            await one.write("setup", {"kind": "floor"})
            await one.is_accepted()
            offline: Tablet = one
    await offline.write("seat/p1", SEAT)
    assert offline.replica.unsent == 1
    async with running(data, founded) as leaf:
        leaf.devices = devices
        async with tablet(
            leaf, "floor", token=ben, device=device, person="ben", replica=offline.replica
        ) as back:
            await back.is_accepted()
        ana, other = await sign_in(leaf, "ana", "cage")
        async with tablet(leaf, "floor", token=ana, device=other, person="ana") as two:
            await two.sees("seat/p1", SEAT)


async def test_a_phones_request_is_listed_on_the_tablets_and_the_answer_comes_back(leaf: Leaf) -> None:
    ben, device = await sign_in(leaf, "ben")
    headers = {"authorization": f"Bearer {ben}"}
    code = (await leaf.http.post("/api/v1/players/p1/claim", headers=headers)).json()["code"]
    phone = (await leaf.http.post("/api/v1/players/claim", json={"code": code})).json()
    leaf.http.cookies.clear()
    async with (
        tablet(leaf, "phone/p1", token=phone["token"], device=phone["device"], person="p1") as mine,
        tablet(leaf, "answers/p1", token=phone["token"], device=phone["device"], person="p1") as answers,
        tablet(leaf, "requests", token=ben, device=device, person="ben") as requests,
        tablet(leaf, "floor", token=ben, device=device, person="ben") as floor,
    ):
        now = (await leaf.http.get("/api/v1/venue")).json()["now"]
        await mine.write("setup", {"kind": "phone", "until_ms": now + 3_600_000})
        await mine.write("request/r1", {"kind": "join_list", "list": "nlh", "until_ms": now + 600_000})
        await requests.until(lambda replica: replica.facts.get("request/r1") is not None)
        listed = requests.replica.facts.get("request/r1")
        assert isinstance(listed, dict)
        assert (listed["number"], listed["player"], listed["list"]) == (1, "p1", "nlh")
        await floor.write("setup", {"kind": "floor"})
        await floor.write("answer/r1", {"answer": "accepted", "text": ""})
        await answers.sees("answer/r1", {"answer": "accepted", "text": ""})
        await requests.until(lambda replica: replica.facts.get("request/r1") is None)


async def test_a_display_shows_what_a_tablet_did(leaf: Leaf) -> None:
    ben, device = await sign_in(leaf, "ben")
    wall = leaf.devices["display"]
    mine = {"authorization": f"Device {wall['device']}.{wall['device_secret']}"}
    async with tablet(leaf, "displays", token=ben, device=device, person="ben") as tablet_:
        with anyio.fail_after(60):
            async with leaf.http.stream("GET", f"/events/display/{wall['device']}", headers=mine) as stream:
                pictures = (
                    json.loads(line.removeprefix("data: "))
                    async for line in stream.aiter_lines()
                    if line.startswith("data: ")
                )
                assert (await anext(pictures))["announcements"] == []
                until_ms = tablet_.now + 60_000
                news: Json = {"text": "Dinner at 8", "until_ms": until_ms, "devices": []}
                await tablet_.write("announce/a1", news)
                shown = await anext(pictures)
                assert [one["text"] for one in shown["announcements"]] == ["Dinner at 8"]


async def test_money_shows_on_the_tablets(leaf: Leaf) -> None:
    cat, device = await sign_in(leaf, "cat", "cage")
    ana, _ = await sign_in(leaf, "ana", "cage")
    async with tablet(leaf, "cage", token=cat, device=device, person="cat") as cage:
        cash: dict[str, Json] = {"kind": "vault_in", "amount": {"amount": 100_000, "currency": EUR}}
        await _book(leaf, ana, "k1", cash)
        opened: dict[str, Json] = {
            "kind": "open_drawer",
            "drawer": "d1",
            "amount": {"amount": 50_000, "currency": EUR},
        }
        posted = await _book(leaf, cat, "k2", opened)
        assert posted.status_code == 201, posted.text
        await cage.until(lambda replica: replica.facts.get("drawer/d1") is not None)
        assert (await _book(leaf, cat, "k2", opened)).json() == posted.json()


async def _book(leaf: Leaf, token: str, key: str, command: dict[str, Json]) -> httpx.Response:
    headers = {"authorization": f"Bearer {token}", "idempotency-key": key}
    return await leaf.http.post("/api/v1/ledger/commands", json=command, headers=headers)


async def test_who_is_not_signed_in_or_may_not_is_closed_with_a_code(leaf: Leaf) -> None:
    async def code(document: str, token: str) -> int | None:
        async with line_to(leaf, document, token) as line:
            await line.wait_closed()
            return line.close_code

    ben, _ = await sign_in(leaf, "ben")
    assert await code("floor", "nonsense") == 4401
    assert await code("nonsense/x", ben) == 4404
    assert await code("phone/p1", ben) == 4403
