"""Plugs pulled while a leaf's ledger is on its way: whatever dies, all of it arrives, in order and once."""

import json
from collections.abc import Sequence
from contextlib import suppress

import anyio
import pytest
from websockets.exceptions import ConnectionClosed

from ledger.chain import Link
from serving.nats_link import LinkError, NatsLink
from tests.core_server.chains import chain, request
from tests.core_server.fix_core import RunningCore, Tablet
from tests.fix_nats import Hub, VenueNode
from tests.fix_postgres import Postgres

pytestmark = [pytest.mark.anyio, pytest.mark.servers]

ENTRIES = 600
BATCH = 5


class Sender:
    """A leaf's forward cursor: asks where the core is, goes on from there, asks again after any failure."""

    def __init__(self, link: NatsLink, core: RunningCore, links: Sequence[Link]) -> None:
        self._link, self._core, self._links = link, core, links
        self.seq = 0
        self.moved = anyio.Event()

    async def run(self) -> None:
        while self.seq < len(self._links):
            try:
                await self._send()
            except LinkError:
                self.seq = 0  # it may or may not have arrived

    async def until(self, seq: int) -> None:
        with anyio.fail_after(60):
            while self.seq < seq:
                await self.moved.wait()

    async def _send(self) -> None:
        self.seq = (await self._ask(b'{"v":1,"op":"head"}'))["seq"]
        while batch := self._links[self.seq : self.seq + BATCH]:
            answer = await self._ask(request(self._core.east.signer, batch))
            assert "error" not in answer, answer
            self.seq = answer["seq"]
            self.moved.set()
            self.moved = anyio.Event()

    async def _ask(self, payload: bytes) -> dict[str, int]:
        found = json.loads(await self._link.request("ledger", payload, timeout_s=3, try_s=1))
        assert isinstance(found, dict)
        return found


async def node_of(hub: Hub, venue: str) -> VenueNode:
    return await hub.add_venue(venue)


async def test_a_ledger_arrives_whole_while_everything_between_is_killed(
    core: RunningCore, hub: Hub, postgres: Postgres
) -> None:
    node = await node_of(hub, "east")
    links = chain("east", core.east.signer, ENTRIES)
    async with anyio.create_task_group() as tasks:
        link = NatsLink(node.server.url, name="leaf")
        await tasks.start(link.run)
        sender = Sender(link, core, links)
        tasks.start_soon(sender.run)
        await sender.until(ENTRIES // 6)
        hub.server.kill()
        hub.server.start()
        await sender.until(ENTRIES * 2 // 6)
        postgres.kill()
        await postgres.start()
        await sender.until(ENTRIES * 3 // 6)
        node.server.kill()
        node.server.start()
        await sender.until(ENTRIES * 4 // 6)
        hub.server.kill()
        postgres.kill()
        await postgres.start()
        hub.server.start()
        await sender.until(ENTRIES)
        tasks.cancel_scope.cancel()
    async with core.client(core.east.token("manager")) as client:
        told = (await client.get("/api/v1/ledger/export")).text.splitlines()
        head = (await client.get("/api/v1/ledger/head?venue=east")).json()
        balances = (await client.get("/api/v1/ledger/balances")).json()
    assert [json.loads(line)["hash"] for line in told[:-1]] == [link.hash.hex() for link in links]
    assert json.loads(told[-1])["head"] == head
    assert head["seq"] == ENTRIES
    assert balances["balances"]["1000"] == 100 * (ENTRIES - 1)


async def test_malformed_messages_are_answered_and_the_core_stays_up(core: RunningCore, hub: Hub) -> None:
    node = await node_of(hub, "east")
    async with anyio.create_task_group() as tasks:
        link = NatsLink(node.server.url, name="leaf")
        await tasks.start(link.run)
        deep = b"[" * 50_000
        for subject in (
            "ledger",
            "sync.have",
            "sync.push",
            "sync.pull",
            "sync.compare",
            "sync.state",
            "sync.x",
        ):
            for payload in (
                b"",
                b"{}",
                b"null",
                b"\xff" * 100,
                deep,
                b'{"v":9}',
                b"felt.rows.1\xff\xff\xff\xff",
            ):
                answer = json.loads(await link.request(subject, payload, timeout_s=60))
                assert answer["error"]["code"] == "malformed", (subject, payload[:20])
        assert json.loads(await link.request("sync.have", b'{"v":1,"last":0,"have":0}')) == {
            "v": 1, "last": 0, "have": 0, "mark": 0, "same": True,
        }  # fmt: skip
        tasks.cancel_scope.cancel()
    async with core.client() as client:
        assert (await client.get("/health")).status_code == 200


async def test_a_venue_that_was_never_enrolled_is_told_so(core: RunningCore, hub: Hub) -> None:
    node = await node_of(hub, "north")
    async with anyio.create_task_group() as tasks:
        link = NatsLink(node.server.url, name="leaf")
        await tasks.start(link.run)
        for subject in ("ledger", "sync.have"):
            answer = json.loads(await link.request(subject, b"{}", timeout_s=60))
            assert answer["error"]["code"] == "unknown_venue"
        tasks.cancel_scope.cancel()


async def test_edits_by_the_core_outlive_a_killed_database(core: RunningCore, postgres: Postgres) -> None:
    """Whatever a tablet was told is accepted is there; what was not, it hands in again; each once."""
    tablet = Tablet(core, core.east, "config", "tab1", "manager")
    async with tablet:
        await tablet.write("setup", {"kind": "config", "version": 1})
        await tablet.until_accepted()
    for turn in range(3):
        async with tablet:
            for n in range(20):
                await tablet.write(f"table/t{n}", {"number": n + 1, "seats": 9 - turn})
            postgres.kill()
            await postgres.start()
            with suppress(ConnectionClosed, TimeoutError), anyio.fail_after(5):
                await tablet.until_accepted()
    with anyio.fail_after(60):
        while True:  # until the core has found its database again
            try:
                async with tablet:
                    await tablet.until_accepted()
                    break
            except ConnectionClosed:
                continue
    async with core.client(core.east.token("manager")) as client:
        told = (await client.get("/api/v1/documents/config/facts")).json()["facts"]
        pages = (await client.get("/api/v1/documents/config/history?limit=200")).json()["changes"]
    assert {told[f"table/t{n}"]["value"]["seats"] for n in range(20)} == {7}
    assert len(pages) == len({change["stamp"] for change in pages}) == 61
