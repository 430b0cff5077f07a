"""The ledger's way to the core over a broker that is killed, wiped, cut or silent: a replay, never a hole."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import pytest
from anyio.abc import SocketStream

from core_server.db import opened
from core_server.enrolment import enrol_leaf
from core_server.ledger_mirror import LedgerMirror
from serving.settings import CoreSettings
from tests.core_server.fix_core import running as core_running
from tests.fix_nats import Hub, VenueNode
from tests.leaf_server.fix_leaf import Leaf, found, running
from tests.ports import free_port

pytestmark = [pytest.mark.anyio, pytest.mark.servers]


class Wire:
    """What lies between a venue's node and the hub. `dead`: it is there, and nothing comes through."""

    def __init__(self, to_port: int) -> None:
        self.port, self._to_port = free_port(), to_port
        self.dead = False
        self._streams: set[SocketStream] = set()

    async def run(self, *, task_status: anyio.abc.TaskStatus[None]) -> None:
        listener = await anyio.create_tcp_listener(local_host="127.0.0.1", local_port=self.port)
        async with listener:
            task_status.started()
            await listener.serve(self._carry)

    async def cut(self) -> None:
        for stream in list(self._streams):
            await stream.aclose()

    async def _carry(self, near: SocketStream) -> None:
        try:
            async with near, await anyio.connect_tcp("127.0.0.1", self._to_port) as far:
                self._streams |= {near, far}
                async with anyio.create_task_group() as tasks:
                    tasks.start_soon(self._pump, near, far, tasks.cancel_scope)
                    tasks.start_soon(self._pump, far, near, tasks.cancel_scope)
        except OSError:
            pass  # the hub is down: the node comes back

    async def _pump(self, source: SocketStream, sink: SocketStream, both: anyio.CancelScope) -> None:
        try:
            async for data in source:
                if not self.dead:
                    await sink.send(data)
        except (anyio.BrokenResourceError, anyio.ClosedResourceError):
            pass
        self._streams -= {source, sink}
        both.cancel()


class Room:
    """A leaf that books, its node, and what the core holds of its ledger."""

    def __init__(self, leaf: Leaf, headers: dict[str, str], node: VenueNode, hub: Hub, mirror: LedgerMirror):
        self.leaf, self.node, self.hub = leaf, node, hub
        self._headers, self._mirror, self._booked = headers, mirror, 0

    async def book(self, count: int) -> None:
        for _ in range(count):
            self._booked += 1
            body = {"kind": "vault_in", "amount": {"amount": self._booked, "currency": "EUR"}}
            headers = {**self._headers, "Idempotency-Key": f"k{self._booked}"}
            answer = await self.leaf.http.post("/api/v1/ledger/commands", json=body, headers=headers)
            assert answer.status_code == 201, answer.text

    async def core_has_all(self) -> None:
        """Every byte, in order, however long it takes (less than half a minute)."""
        own = []
        with anyio.fail_after(60):
            while len(own) <= self._booked:
                path = f"/api/v1/ledger/entries?after={len(own)}&limit=500"
                page = (await self.leaf.http.get(path, headers=self._headers)).json()["entries"]
                own += [(one["entry"]["seq"], one["hash"]) for one in page]
            while True:
                held = await self._mirror.entries(self.node.venue, 0, 100_000)
                if [(one.seq, one.hash.hex()) for one in held] == own:
                    return
                await anyio.sleep(0.05)


@asynccontextmanager
async def a_room(settings: CoreSettings, hub: Hub, folder: Path, hub_leaf_url: str) -> AsyncIterator[Room]:
    assert settings.database_url is not None
    data = folder / "leaf"
    founded = await found(data)
    await enrol_leaf(settings, data, [hub.hub.leaf_url], "http://core.example")
    credentials = (data / "keys" / "venue.creds").read_text()
    node = await hub.start_node(founded.venue, credentials, hub_leaf_url)
    async with (
        core_running(settings),
        opened(settings.database_url) as database,
        running(data, founded, nats_url=node.server.url) as leaf,
    ):
        await leaf.enrol()
        yield Room(leaf, await leaf.token("ana", "cage"), node, hub, LedgerMirror(database))


@pytest.fixture
async def wire(hub: Hub) -> AsyncIterator[Wire]:
    wire = Wire(int(hub.hub.leaf_url.rpartition(":")[2]))
    async with anyio.create_task_group() as tasks:
        await tasks.start(wire.run)
        yield wire
        tasks.cancel_scope.cancel()


@pytest.fixture
async def room(core_settings: CoreSettings, hub: Hub, tmp_path: Path, wire: Wire) -> AsyncIterator[Room]:
    async with a_room(core_settings, hub, tmp_path, f"nats-leaf://127.0.0.1:{wire.port}") as room:
        yield room


def forget_everything(server_folder: Path) -> None:
    """A broker's disk is new."""
    for store in (
        *server_folder.rglob("store"),
        *server_folder.rglob("jwt"),
        *server_folder.rglob("jetstream"),
    ):
        shutil.rmtree(store, ignore_errors=True)


async def test_a_node_and_a_hub_that_are_killed_and_forget_everything_cost_no_entry(room: Room) -> None:
    """[LE40] [LE102]"""
    await room.book(3)
    await room.core_has_all()
    room.node.server.kill()
    await room.book(3)
    room.node.server.start()
    await room.book(2)
    room.hub.server.kill()
    forget_everything(room.hub.hub.folder)
    await room.book(3)
    room.hub.server.start()
    await room.book(2)
    await room.core_has_all()


async def test_a_line_that_is_cut_and_one_that_only_falls_silent_come_back(room: Room, wire: Wire) -> None:
    """[LE102]"""
    await room.book(2)
    await room.core_has_all()
    await wire.cut()
    await room.book(3)
    await room.core_has_all()
    wire.dead = True
    await room.book(3)
    wire.dead = False  # what was in the dead socket is gone; nobody closed it
    await room.core_has_all()
