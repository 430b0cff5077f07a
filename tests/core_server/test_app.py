"""The core from outside: its API, its sync door, who may see what."""

import anyio
import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from serving.tokens import Issuer, SignIn
from tests.core_server.fix_core import RunningCore, Tablet
from tests.fix_nats import Hub
from tests.fix_postgres import Postgres

pytestmark = [pytest.mark.anyio, pytest.mark.servers]


def code(response: httpx.Response) -> tuple[int, str]:
    assert response.headers["content-type"] == "application/problem+json"
    return response.status_code, response.json()["error"]["code"]


async def test_it_is_healthy_and_says_what_it_offers(core: RunningCore) -> None:
    async with core.client() as client:
        health = (await client.get("/health")).json()
        assert (health["ready"], health["role"]) == (True, "core")
        assert "felt_venues 2" in (await client.get("/metrics")).text
        described = (await client.get("/openapi.json")).json()
        assert described["openapi"].startswith("3.1")
        assert "/api/v1/ledger/head" in described["paths"]
        assert (await client.get("/docs")).status_code == 200


async def test_a_venue_is_known_by_its_id_or_by_the_token(core: RunningCore) -> None:
    async with core.client() as client:
        told = (await client.get("/api/v1/venues/east")).json()
        assert (told["name"], told["at"], told["device"], told["term"]) == ("Card Room east", "core", None, 1)
        assert told["sync"] == ["ws://east.example", f"ws://127.0.0.1:{core.settings.sync_port}"]
        assert code(await client.get("/api/v1/venues/north")) == (404, "no_venue")
        assert code(await client.get("/api/v1/venue")) == (404, "no_venue")
    async with core.client(core.west.token(device="tab9")) as client:
        told = (await client.get("/api/v1/venue")).json()
        assert (told["id"], told["device"], told["replica_prefix"]) == ("west", "tab9", "tab9")


async def test_money_is_for_managers_and_heads_are_public(core: RunningCore) -> None:
    async with core.client(core.east.token("floor")) as client:
        for path in ("entries", "balances", "export"):
            assert code(await client.get(f"/api/v1/ledger/{path}")) == (403, "forbidden")
    async with core.client(core.east.token("manager")) as client:
        assert code(await client.get("/api/v1/ledger/entries")) == (404, "no_head")
        assert code(await client.get("/api/v1/ledger/entries?limit=0")) == (422, "invalid")
        assert code(await client.get("/api/v1/ledger/entries?fish=1")) == (422, "unknown_field")
    async with core.client() as client:
        assert code(await client.get("/api/v1/ledger/entries")) == (401, "signed_out")
        assert code(await client.get("/api/v1/ledger/head")) == (404, "no_venue")
        keys = (await client.get("/api/v1/ledger/keys?venue=east")).json()["keys"]
        assert [key["key_id"] for key in keys] == [core.east.signer.key_id]


async def test_a_token_is_good_for_the_venue_of_its_leaf_alone(core: RunningCore) -> None:
    forged = core.east.token(venue="west")  # east's leaf speaks of west
    async with core.client(forged) as client:
        assert code(await client.get("/api/v1/documents")) == (401, "signed_out")
    async with core.client("a.b.c") as client:
        assert code(await client.get("/api/v1/auth/whoami")) == (401, "signed_out")
    old = Issuer(core.east.token_key).issue(SignIn("east", "ana", "floor", "tab1", "leaf", 1, "s"))
    async with core.client(old) as client:
        assert code(await client.get("/api/v1/auth/whoami")) == (401, "expired")


async def test_an_edit_reaches_another_tablet_and_is_there_after_a_restart(core: RunningCore) -> None:
    async with Tablet(core, core.east, "config", "tab1", "manager") as one:
        await one.write("setup", {"kind": "config", "version": 1})
        await one.write("venue", {"name": "East", "currency": "EUR", "time_zone": "Europe/Vienna"})
        await one.until_accepted()
        async with Tablet(core, core.east, "config", "tab2", "manager") as two:
            await two.until_shows("venue", one.replica.facts.get("venue"))
    async with core.client(core.east.token("manager")) as client:
        told = (await client.get("/api/v1/documents/config/facts")).json()
        assert told["facts"]["venue"]["value"]["name"] == "East"
        history = (await client.get("/api/v1/documents/config/history")).json()["changes"]
        assert [change["name"] for change in history] == ["venue", "setup"]
        assert {change["person"] for change in history} == {"ana"}


async def test_another_venue_s_documents_are_not_there(core: RunningCore) -> None:
    async with Tablet(core, core.east, "config", "tab1", "manager") as tablet:
        await tablet.write("setup", {"kind": "config", "version": 1})
        await tablet.until_accepted()
    async with core.client(core.west.token("manager")) as client:
        assert (await client.get("/api/v1/documents")).json() == []
        assert code(await client.get("/api/v1/documents/config/facts")) == (404, "no_document")


@pytest.mark.parametrize(
    ("path", "role", "close"),
    [
        ("west/config", "manager", 4404),
        ("north/config", "manager", 4404),
        ("east/nothing", "manager", 4404),
        ("east/config", "player", 4403),
        ("east/phone/bob", "player", 4403),
        ("east/config@7", "manager", 4409),
    ],
)
async def test_the_door_says_why_not(core: RunningCore, path: str, role: str, close: int) -> None:
    await closes(core, path, core.east.token(role), close)


async def test_the_door_turns_strangers_away(core: RunningCore) -> None:
    await closes(core, "east/config", None, 4401)
    await closes(core, "west/config", core.east.token(venue="west"), 4401)
    with pytest.raises(InvalidStatus) as refused:
        async with core.sync("east/config", core.east.token(), origin="http://evil.example"):
            pass
    assert refused.value.response.status_code == 403


async def test_pages_of_the_leaf_may_open_sync_and_ask_the_api(core: RunningCore) -> None:
    async with core.sync("east/config", core.east.token("manager"), origin="http://east.example") as socket:
        assert socket.subprotocol == "felt.sync.1"
    async with core.client() as client:
        for origin, allowed in (
            ("http://east.example", "http://east.example"),
            ("http://evil.example", None),
        ):
            answer = await client.get("/api/v1/venues/east", headers={"origin": origin})
            assert answer.headers.get("access-control-allow-origin") == allowed


async def closes(core: RunningCore, path: str, token: str | None, close: int) -> None:
    with anyio.fail_after(60):
        async with core.sync(path, token) as socket:
            with pytest.raises(ConnectionClosed):
                await socket.recv()
            assert socket.close_code == close


async def test_a_public_page_needs_no_sign_in_and_no_script(core: RunningCore) -> None:
    async with core.client() as client:
        page = await client.get("/venues/east")
        assert page.status_code == 200
        assert "Card Room east" in page.text
        assert "No tournament is running now." in page.text
        assert "<script" not in page.text
        assert (await client.get("/venues/north")).status_code == 404


async def test_views_are_streamed_at_the_core_too(core: RunningCore) -> None:
    token = core.east.token("player", "bob", "phone1")
    async with core.client(token) as client, client.stream("GET", "/events/waitlist") as stream:
        assert stream.status_code == 200
        with anyio.fail_after(20):
            async for line in stream.aiter_lines():
                if line.startswith("data:"):
                    assert '"view":"waitlist"' in line
                    return


async def test_money_never_moves_at_the_core(core: RunningCore) -> None:
    async with core.client(core.east.token("manager")) as client:
        command = {"kind": "vault_in", "amount": {"amount": 100, "currency": "EUR"}}
        for body in (command, {}):
            answer = await client.post(
                "/api/v1/ledger/commands", json=body, headers={"idempotency-key": "k1"}
            )
            assert code(answer) == (403, "other_leaf")


async def test_health_says_what_is_away_and_the_api_says_not_ready(
    core: RunningCore, hub: Hub, postgres: Postgres
) -> None:
    async with core.client(core.east.token("manager")) as client:
        hub.server.kill()
        await until(client, 503, "the NATS hub is not connected")
        assert (await client.get("/api/v1/documents")).status_code == 200
        hub.server.start()
        await until(client, 200)
        postgres.kill()
        await until(client, 503, "the database does not answer")
        assert code(await client.get("/api/v1/ledger/entries")) == (503, "not_ready")
        assert code(await client.get("/api/v1/documents")) == (503, "not_ready")
        assert (await client.get("/docs")).status_code == 200
        await postgres.start()
        await until(client, 200)
        with anyio.fail_after(60):
            while True:
                if (await client.get("/api/v1/documents")).status_code == 200:
                    return
                await anyio.sleep(0.1)


async def until(client: httpx.AsyncClient, status: int, why: str = "") -> None:
    """Until `/health` answers this."""
    with anyio.fail_after(60):
        while True:
            answer = await client.get("/health")
            if answer.status_code == status and (not why or why in answer.json()["why"]):
                return
            await anyio.sleep(0.05)
