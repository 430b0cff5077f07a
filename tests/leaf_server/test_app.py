"""A leaf from the outside: it starts without a line, says what it is, keeps what it was told, stops."""

import json
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from websockets import Origin, Subprotocol
from websockets.asyncio.client import connect

from crdt_models.documents.schema import SCHEMA
from crdt_models.errors import StoreUnreadable
from crdt_models.session import NoteKind
from leaf_server.app import run
from leaf_server.box.database import Database
from leaf_server.documents.doc_store import LeafDocStore
from leaf_server.identity.venue import VenueMissing
from serving.settings import LeafSettings
from serving.tokens import Issuer, SignIn, public_text
from tests.leaf_server.fix_leaf import Leaf, found, leaf, running

pytestmark = pytest.mark.anyio
__all__ = ["leaf"]


async def test_it_is_ready_without_core_and_nats(leaf: Leaf) -> None:
    health = await leaf.http.get("/health")
    assert health.status_code == 200
    assert health.json() == {"live": True, "ready": True, "why": [], "role": "leaf", "version": "0.1.0"}
    metrics = (await leaf.http.get("/metrics")).text
    assert "felt_nats_up 0" in metrics
    assert "Ana" not in metrics


async def test_a_page_learns_where_it_is(leaf: Leaf) -> None:
    venue = (await leaf.http.get("/api/v1/venue")).json()
    assert venue["id"] == leaf.founded.venue
    assert venue["sync"] == [f"ws://127.0.0.1:{leaf.settings.sync_port}"]
    assert (venue["device"], venue["replica_prefix"], venue["at"]) == (None, None, "leaf")
    floor = leaf.devices["floor"]
    mine = {"authorization": f"Device {floor['device']}.{floor['device_secret']}"}
    assert (await leaf.http.get("/api/v1/venue", headers=mine)).json()["device"] == floor["device"]


async def test_an_invented_host_is_never_given_on(leaf: Leaf) -> None:
    venue = (await leaf.http.get("/api/v1/venue", headers={"host": "evil.example:80"})).json()
    assert venue["sync"] == [f"ws://127.0.0.1:{leaf.settings.sync_port}"]


async def test_the_first_start_writes_the_venue_into_config(leaf: Leaf) -> None:
    manager = await leaf.token("ana")
    facts = (await leaf.http.get("/api/v1/documents/config/facts", headers=manager)).json()["facts"]
    assert facts["venue"]["value"] == {
        "name": "Test", "currency": "EUR", "time_zone": "Europe/Vienna", "locale": "en",
    }  # fmt: skip
    history = await leaf.http.get("/api/v1/documents/config/history?limit=1", headers=manager)
    (change,) = history.json()["changes"]
    assert change["via"] == "leaf"


async def test_a_display_is_told_to_the_tablets_and_watches_by_its_device_alone(leaf: Leaf) -> None:
    wall = leaf.devices["display"]
    assert wall["role"] == "display"
    floor = await leaf.token("ben")
    facts = (await leaf.http.get("/api/v1/documents/displays/facts", headers=floor)).json()["facts"]
    assert facts[f"device/{wall['device']}"]["value"] == {"name": "Wall"}
    mine = {"authorization": f"Device {wall['device']}.{wall['device_secret']}"}
    with anyio.fail_after(20):
        async with leaf.http.stream("GET", f"/events/display/{wall['device']}", headers=mine) as stream:
            assert stream.headers["content-type"].startswith("text/event-stream")
            async for line in stream.aiter_lines():
                if line.startswith("data: "):
                    assert f'"device":"{wall["device"]}"' in line
                    break
    other = await leaf.http.get("/events/phone/p1", headers=mine)
    assert other.status_code == 403
    assert (await leaf.http.get("/api/v1/documents/roster/facts", headers=mine)).status_code == 403


async def test_what_was_told_is_there_after_a_restart(tmp_path: Path) -> None:
    data = tmp_path / "leaf"
    founded = await found(data)
    async with running(data, founded) as leaf:
        await leaf.enrol()
        devices, token = leaf.devices, await leaf.token("ana")
    async with running(data, founded) as leaf:
        leaf.devices = devices
        assert (await leaf.http.get("/api/v1/auth/whoami", headers=token)).status_code == 200
        assert (await leaf.http.get("/api/v1/documents/config/facts", headers=token)).status_code == 200
        await leaf.token("ben")
        used = {"key": founded.enrolment_keys[0], "name": "again"}
        assert (await leaf.http.post("/api/v1/devices/enrol", json=used)).status_code == 409


async def test_it_goes_on_while_nats_is_away(tmp_path: Path) -> None:
    data = tmp_path / "leaf"
    async with running(data, await found(data), nats_url="nats://127.0.0.1:9") as leaf:
        await leaf.enrol()
        assert (await leaf.http.get("/health")).json()["ready"] is True
        assert (await leaf.http.get("/api/v1/documents", headers=await leaf.token("ana"))).status_code == 200


async def test_a_token_of_the_core_is_for_documents_of_this_venue_only(tmp_path: Path) -> None:
    data = tmp_path / "leaf"
    founded, core = await found(data), Issuer(Ed25519PrivateKey.generate())
    told = {"v": 1, "token_key": public_text(core.public), "core_url": "http://core:1", "nats_hub": []}
    (data / "keys" / "core.json").write_text(json.dumps(told))

    def token(venue: str) -> dict[str, str]:
        sign_in = SignIn(venue, "ana", "manager", "phone1", "core", 2**40, "s1")
        return {"authorization": f"Bearer {core.issue(sign_in)}"}

    async with running(data, founded) as leaf:
        mine, other = token(founded.venue), token("other")
        assert (await leaf.http.get("/api/v1/documents", headers=mine)).status_code == 200
        assert (await leaf.http.get("/api/v1/documents", headers=other)).status_code == 401
        key = {"kind": "floor", "name": "x"}
        answer = await leaf.http.post("/api/v1/devices/keys", json=key, headers=mine)
        assert answer.json()["error"]["code"] == "other_leaf"
        command = {"kind": "vault_in", "amount": {"amount": 1, "currency": "EUR"}}
        headers = {**mine, "idempotency-key": "k1"}
        answer = await leaf.http.post("/api/v1/ledger/commands", json=command, headers=headers)
        assert answer.json()["error"]["code"] == "other_leaf"
        venue = (await leaf.http.get("/api/v1/venue")).json()
        assert venue["sync"][1] == "ws://core:1"
    (data / "keys" / "core.json").write_text(json.dumps({**told, "core_sync_url": "ws://core:8"}))
    async with running(data, founded) as leaf:
        assert (await leaf.http.get("/api/v1/venue")).json()["sync"][1] == "ws://core:8"


async def test_clients_are_told_the_sync_port_at_the_address_they_came_to(tmp_path: Path) -> None:
    """[DO40] Who came through a proxy is not: it knows nothing of that port."""
    founded = await found(tmp_path)
    public = ("https://felt.example", "http://10.0.0.7:8700")
    web = tmp_path / "web"
    web.mkdir()
    (web / "floor.html").write_text("<!doctype html>")
    async with running(tmp_path, founded, sync_port=0, public_urls=public, web=web) as leaf:
        port, sync = leaf.settings.port, leaf.settings.sync_port
        for host, told in (
            (f"127.0.0.1:{port}", f"ws://127.0.0.1:{sync}"),
            (f"localhost:{port}", f"ws://localhost:{sync}"),
            ("evil.example", "wss://felt.example"),
            ("10.0.0.7:8700", "ws://10.0.0.7:8700"),
        ):
            answer = await leaf.http.get("/api/v1/venue", headers={"host": host})
            assert answer.json()["sync"] == [told]
        policy = (await leaf.http.get("/floor")).headers["content-security-policy"]
        for address in (f"ws://127.0.0.1:{sync}", f"ws://localhost:{sync}", "wss://felt.example"):
            assert f" {address}" in policy.partition(";")[0]
        await leaf.enrol()
        token = (await leaf.token("ana"))["authorization"].removeprefix("Bearer ")
        kinds = [Subprotocol("felt.sync.1"), Subprotocol(f"felt.token.{token}")]
        for address in (f"ws://127.0.0.1:{sync}", f"ws://127.0.0.1:{port}"):
            page = f"http://127.0.0.1:{port}"
            uri = f"{address}/sync/{founded.venue}/floor"
            async with connect(uri, subprotocols=kinds, origin=Origin(page), proxy=None) as socket:
                assert (await socket.recv())[0] == NoteKind.EPOCH


async def test_a_folder_without_a_venue_is_said(tmp_path: Path) -> None:
    with pytest.raises(VenueMissing):
        await run(LeafSettings(data=tmp_path, port=0), anyio.Event())


async def test_a_taken_port_is_said_at_once(leaf: Leaf) -> None:
    with pytest.raises(OSError):
        await run(LeafSettings(data=leaf.settings.data, port=leaf.settings.port), anyio.Event())


async def test_every_operation_answers_garbage_with_a_typed_problem(leaf: Leaf) -> None:
    """Each method of each path of the OpenAPI document, with each kind of nonsense, signed in and not."""
    manager = await leaf.token("ana", "cage")
    paths: dict[str, Any] = (await leaf.http.get("/openapi.json")).json()["paths"]
    assert len(paths) > 15
    for path, methods in paths.items():
        address = path.replace("{document}", "nonsense").replace("{view}", "nonsense/x")
        address = address.replace("{", "").replace("}", "")
        _typed(await leaf.http.request("PUT", address), {405})
        for method in methods:
            await _nonsense(leaf, method.upper(), address, manager)
    assert (await leaf.http.get("/health")).json()["ready"] is True


async def _nonsense(leaf: Leaf, method: str, address: str, manager: dict[str, str]) -> None:
    send = {"idempotency-key": "k" * 20}
    if method == "GET":
        _typed(await leaf.http.get(f"{address}?nonsense=1", headers=manager), {404, 422})
        return
    for headers in ({}, manager):
        for body, statuses in (
            (b"{", {400, 401, 403}),
            (b"\xff\x00", {400, 401, 403}),
            (b"[" * 50_000, {400, 401, 403}),
            (b'{"nonsense": 1}', {400, 401, 403, 404, 422}),
            (b" " * 300_000, {413, 401, 403}),
        ):
            answer = await leaf.http.request(method, address, content=body, headers={**headers, **send})
            _typed(answer, statuses)


def _typed(answer: httpx.Response, statuses: set[int]) -> None:
    said = f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text[:200]}"
    assert answer.status_code in statuses, said
    assert answer.headers["content-type"] == "application/problem+json", said
    problem = answer.json()
    assert problem["error"]["code"] == problem["type"].removeprefix("/errors/"), said


@pytest.mark.parametrize(
    "raw",
    [
        b"\x00\x01\x02\x03\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n\r\n",
        b"POST /api/v1/auth/login HTTP/1.1\r\nhost: x\r\ncontent-length: -5\r\n\r\n",
        b"POST /api/v1/auth/login HTTP/1.1\r\nhost: x\r\ncontent-length: 99999999999999999999\r\n\r\n{}",
        b"GET /api/v1/venue HTTP/1.1\r\nhost: \xff\xfe\r\nauthorization: Bearer \xff\r\ncookie: \xff\r\n\r\n",
        b"GET /%ff%fe%00 HTTP/1.1\r\nhost: x\r\n\r\n",
    ],
)
async def test_broken_http_leaves_it_standing(leaf: Leaf, raw: bytes) -> None:
    with anyio.move_on_after(2):
        async with await anyio.connect_tcp("127.0.0.1", leaf.settings.port) as stream:
            await stream.send(raw)
            answer = await stream.receive()
            assert b" 500 " not in answer.split(b"\r\n")[0]
    assert (await leaf.http.get("/health")).status_code == 200


async def test_documents_of_a_newer_felt_are_not_opened_by_an_older_one(tmp_path: Path) -> None:
    """[DO88]"""
    data = tmp_path / "leaf"
    founded = await found(data)
    async with running(data, founded):
        pass
    database = Database(data / "leaf.db")
    await database.open()
    try:
        store = LeafDocStore(database)
        assert await store.cursor("schema") == SCHEMA
        await store.set_cursor("schema", SCHEMA + 1)
    finally:
        await database.close()
    with pytest.raises(ExceptionGroup) as raised:
        async with running(data, founded):
            pass
    assert raised.group_contains(StoreUnreadable, match="written by a newer Felt")
