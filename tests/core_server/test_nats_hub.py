"""The hub keeps venues apart: a venue can say nothing in another's name, and hears nothing of it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
import pytest

from core_server import nats_accounts
from core_server.nats_keys import AccountRefused, NatsKeys
from serving.nats_link import Incoming, LinkDown, LinkError, NatsLink, NobodyAnswers
from tests.fix_nats import Hub

pytestmark = [pytest.mark.anyio, pytest.mark.servers]


async def who(incoming: Incoming) -> bytes:
    return incoming.subject.encode()


@asynccontextmanager
async def core_of(hub: Hub) -> AsyncIterator[NatsLink]:
    """The core's link, which answers `ledger` and `sync.>` with the subject it saw."""
    async with running(NatsLink(hub.hub.url, name="core", credentials=hub.keys.core_credentials)) as link:
        await link.subscribe("felt.*.ledger", who)
        await link.subscribe("felt.*.sync.>", who)
        yield link


@asynccontextmanager
async def running(link: NatsLink) -> AsyncIterator[NatsLink]:
    async with anyio.create_task_group() as tasks:
        await tasks.start(link.run)
        yield link
        tasks.cancel_scope.cancel()


async def test_the_subject_at_the_core_names_the_sender(hub: Hub) -> None:
    async with core_of(hub):
        for venue in ("east", "west"):
            node = await hub.add_venue(venue)
            async with running(NatsLink(node.server.url, name=venue)) as leaf:
                said = await leaf.request("ledger", b"I am another", timeout_s=60)
                assert said == f"felt.{node.account}.ledger".encode()
                said = await leaf.request("sync.have", b"", timeout_s=60)
                assert nats_accounts.account_of(said.decode()) == node.account


async def test_a_venue_can_not_speak_in_another_s_name(hub: Hub) -> None:
    async with core_of(hub):
        east, west = await hub.add_venue("east"), await hub.add_venue("west")
        async with running(NatsLink(east.server.url, name="east")) as leaf:
            await leaf.request("ledger", b"", timeout_s=60)
            for subject in (f"felt.{west.account}.ledger", f"felt.{west.account}.sync.have", "felt.x.ledger"):
                with pytest.raises(NobodyAnswers):
                    await leaf.request(subject, b"", timeout_s=0.5)


async def test_a_nudge_reaches_its_venue_and_no_other(hub: Hub) -> None:
    heard: list[tuple[str, str]] = []
    arrived = anyio.Event()

    async with core_of(hub) as core, anyio.create_task_group() as tasks:
        nodes = [await hub.add_venue(venue) for venue in ("east", "west")]
        for node in nodes:
            leaf = NatsLink(node.server.url, name=node.venue)
            await tasks.start(leaf.run)

            async def listen(incoming: Incoming, venue: str = node.venue) -> None:
                heard.append((venue, incoming.subject))
                if incoming.subject == "leaf.nudge":
                    arrived.set()

            await leaf.subscribe(">", listen)
            await leaf.request("ledger", b"", timeout_s=60)
        heard.clear()
        with anyio.fail_after(60):
            await core.publish(f"down.{nodes[1].account}.nudge", b"{}")
            await arrived.wait()
        tasks.cancel_scope.cancel()
    assert [(venue, subject) for venue, subject in heard if subject == "leaf.nudge"] == [
        ("west", "leaf.nudge")
    ]


async def test_credentials_of_a_venue_open_no_connection_but_a_leaf_s(hub: Hub) -> None:
    await hub.add_venue("east")
    creds = hub.folder / "east.creds"
    creds.write_text(hub.keys.venue_credentials("east"))
    async with running(NatsLink(hub.hub.url, name="intruder", credentials=creds)) as link:
        with pytest.raises(LinkDown):
            await link.request("ledger", b"", timeout_s=1.5)


async def test_an_account_signed_by_a_stranger_is_not_taken(hub: Hub) -> None:
    stranger = NatsKeys(hub.folder / "stranger")
    account = stranger.venue_account("east")
    async with (
        core_of(hub),
        running(NatsLink(hub.hub.url, name="s", credentials=hub.keys.system_credentials)) as system,
    ):
        try:
            await stranger.push(system, account, "east")
        except AccountRefused:
            return
        node = await hub.add_venue("west", credentials=stranger.venue_credentials("east"))
        async with running(NatsLink(node.server.url, name="east")) as leaf:
            with pytest.raises(LinkError):
                await leaf.request("ledger", b"", timeout_s=1.5)


async def test_a_killed_hub_comes_back_with_its_accounts(hub: Hub) -> None:
    async with core_of(hub):
        node = await hub.add_venue("east")
        async with running(NatsLink(node.server.url, name="east")) as leaf:
            await leaf.request("ledger", b"", timeout_s=60)
            for _ in range(2):
                hub.server.kill()
                hub.server.start()
                assert await leaf.request("ledger", b"", timeout_s=60)


async def test_keys_are_made_once_and_are_for_us_alone(hub: Hub) -> None:
    again = NatsKeys(hub.folder / "core")
    assert nats_accounts.public(again.core) == nats_accounts.public(hub.keys.core)
    assert again.venue_account("east") == again.venue_account("east")
    files = [path for path in again.folder.rglob("*") if path.suffix in {".seed", ".creds"}]
    assert len(files) >= 6
    assert {path.stat().st_mode & 0o077 for path in files} == {0}
