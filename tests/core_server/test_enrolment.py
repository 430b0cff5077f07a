"""Enrolling a leaf: both get what they need of each other, again and again, and no other venue's place."""

import json
from dataclasses import replace
from pathlib import Path

import anyio
import pytest

from core_server.enrolment import EnrolmentRefused, enrol_leaf, read_introduction
from serving.nats_link import LinkError, NatsLink
from serving.settings import CoreSettings
from serving.tokens import public_key
from tests.core_server.fix_core import RunningCore, enrolled, running
from tests.fix_nats import Hub

pytestmark = [pytest.mark.anyio, pytest.mark.servers]


async def test_the_leaf_gets_credentials_and_the_core_s_key(
    core_settings: CoreSettings, hub: Hub, tmp_path: Path
) -> None:
    leaf = await enrolled(core_settings, hub, tmp_path / "leaf", "east")
    creds, told = (
        leaf.data / "keys" / "venue.creds",
        json.loads((leaf.data / "keys" / "core.json").read_text()),
    )
    assert creds.stat().st_mode & 0o077 == 0
    assert "USER NKEY SEED" in creds.read_text()
    assert "ACCOUNT" not in creds.read_text()
    assert told["nats_hub"] == [hub.hub.leaf_url]
    assert told["core_url"] == "http://core.example"
    assert public_key(told["token_key"])


async def test_again_is_harmless_and_gives_new_credentials(
    core_settings: CoreSettings, hub: Hub, tmp_path: Path
) -> None:
    leaf = await enrolled(core_settings, hub, tmp_path / "leaf", "east")
    first = (leaf.data / "keys" / "venue.creds").read_text()
    account = hub.keys.venue_account("east")
    assert await enrol_leaf(core_settings, leaf.data, [hub.hub.leaf_url], None) == "east"
    assert (leaf.data / "keys" / "venue.creds").read_text() != first
    assert hub.keys.venue_account("east") == account


async def test_the_credentials_of_a_lost_box_end_with_the_next_enrolment(core: RunningCore, hub: Hub) -> None:
    path = core.east.data / "keys" / "venue.creds"
    lost = await hub.add_venue("east", credentials=path.read_text())
    ask = b'{"v":1,"op":"head"}'
    await anyio.sleep(1.1)  # NATS counts issues of credentials in seconds
    async with anyio.create_task_group() as tasks:
        old = NatsLink(lost.server.url, name="lost")
        await tasks.start(old.run)
        assert await old.request("ledger", ask, timeout_s=60)
        await enrol_leaf(core.settings, core.east.data, [hub.hub.leaf_url], None)
        with pytest.raises(LinkError):
            await old.request("ledger", ask, timeout_s=1.5, try_s=0.5)
        lost.server.kill()
        hub.server.kill()
        hub.server.start()  # and it stays so
        found = await hub.start_node("east", path.read_text())
        new = NatsLink(found.server.url, name="found")
        await tasks.start(new.run)
        assert await new.request("ledger", ask, timeout_s=60)
        tasks.cancel_scope.cancel()


async def test_a_venue_s_money_never_changes_its_currency(
    core_settings: CoreSettings, hub: Hub, tmp_path: Path
) -> None:
    leaf = await enrolled(core_settings, hub, tmp_path / "leaf", "east")
    path = leaf.data / "keys" / "leaf.json"
    path.write_text(path.read_text().replace('"EUR"', '"USD"'))
    with pytest.raises(EnrolmentRefused, match="another"):
        await enrol_leaf(core_settings, leaf.data, [], None)


async def test_a_running_core_knows_a_venue_as_soon_as_it_is_enrolled(
    core: RunningCore, hub: Hub, tmp_path: Path
) -> None:
    leaf = await enrolled(core.settings, hub, tmp_path / "north-leaf", "north")
    node = await hub.add_venue("north", credentials=(leaf.data / "keys" / "venue.creds").read_text())
    link = NatsLink(node.server.url, name="north")
    async with core.client(leaf.token("manager")) as client:
        with anyio.fail_after(20):
            while True:  # PostgreSQL tells the core in its own time
                if (await client.get("/api/v1/venue")).status_code == 200:
                    break
                await anyio.sleep(0.01)
    async with anyio.create_task_group() as tasks:
        await tasks.start(link.run)
        assert json.loads(await link.request("ledger", b'{"v":1,"op":"head"}', timeout_s=60))["seq"] == 0
        tasks.cancel_scope.cancel()


async def test_the_directory_is_read_again_at_each_start(
    core_settings: CoreSettings, hub: Hub, tmp_path: Path
) -> None:
    leaf = await enrolled(core_settings, hub, tmp_path / "leaf", "east")
    for _ in range(2):
        async with running(core_settings):
            core = RunningCore(core_settings, f"http://127.0.0.1:{core_settings.port}", leaf, leaf)
            async with core.client() as client:
                assert (await client.get("/api/v1/venues/east")).status_code == 200


@pytest.mark.parametrize(
    "said",
    [
        "", "null", "{}", "[" * 50_000, '{"v":2}', '{"v":1,"venue":"../../etc"}',
        '{"v":1,"venue":"a","name":"A","currency":"EURO","time_zone":"UTC","start_ms":0,"token_key":"x","ledger_key":"y"}',
    ],
)  # fmt: skip
async def test_what_is_no_introduction_is_refused_in_words(tmp_path: Path, said: str) -> None:
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "leaf.json").write_text(said)
    with pytest.raises(EnrolmentRefused):
        read_introduction(tmp_path)


async def test_without_servers_or_a_leaf_it_says_what_is_missing(
    core_settings: CoreSettings, tmp_path: Path
) -> None:
    with pytest.raises(EnrolmentRefused, match="DATABASE_URL"):
        await enrol_leaf(replace(core_settings, database_url=None), tmp_path, [], None)
    with pytest.raises(EnrolmentRefused, match="ever started"):
        await enrol_leaf(core_settings, tmp_path / "nothing", [], None)
