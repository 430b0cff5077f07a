"""Leaves and phones merge through several core processes, whatever dies between them."""

import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

import anyio
import httpx
import pytest

from crdt_models.facts import Json
from leaf_server.box.database import Database
from leaf_server.documents.anti_entropy import AntiEntropy
from leaf_server.documents.doc_store import LeafDocStore
from leaf_server.documents.erasure import Erasure
from leaf_server.documents.terms import Terms
from serving.nats_link import NatsLink
from serving.rooms import Rooms
from tests.core_server.fix_core import START_MS
from tests.core_server.fix_cores import Cores, Roamer
from tests.core_server.test_cores import SETUP, table
from tests.fix_postgres import Postgres

pytestmark = [pytest.mark.anyio, pytest.mark.servers]

ROUNDS = 25 if os.environ.get("FELT_LONG") else 1
EDITS = 4  # of each writer between two deaths
_CLIENTS = count(7_000)


@asynccontextmanager
async def leaf(cores: Cores, folder: Path, venue: str) -> AsyncIterator[Rooms]:
    """The documents of a venue's box, in step with the core over its own NATS node."""
    node = await cores.hub.add_venue(venue)
    database, link = Database(folder / f"{venue}.db"), NatsLink(node.server.url, name=venue)
    await database.open()
    store = LeafDocStore(database)
    rooms = Rooms(
        venue=venue, at="leaf", store=store, now=leaf_now, term=lambda: 1,
        client_id=lambda: next(_CLIENTS),
    )  # fmt: skip
    async with anyio.create_task_group() as tasks:
        await tasks.start(rooms.run)
        await tasks.start(link.run)
        terms = Terms(database, folder, start_ms=START_MS, now_ms=leaf_now)
        tasks.start_soon(AntiEntropy(rooms, store, link, terms, Erasure(database)).run)
        yield rooms
        tasks.cancel_scope.cancel()
    await database.close()


def leaf_now() -> int:
    return time.time_ns() // 1_000_000 - START_MS


async def until_shows(rooms: Rooms, names: set[str]) -> None:
    idents = {name.removeprefix("table/") for name in names}
    with anyio.fail_after(60):
        async with rooms.follow() as turns:
            while idents - (await rooms.facts("config")).group("table/").keys():
                await anext(turns)


async def test_two_venues_merge_through_two_processes_while_everything_is_killed(
    cores: Cores, tmp_path: Path, postgres: Postgres
) -> None:
    """[DO30] [DO80] [DO81] [DO83] Phones at the cores, tablets at the leaves; all is everywhere, once."""

    async def kill_hub() -> None:
        cores.hub.server.kill()
        cores.hub.server.start()

    async def kill_database() -> None:
        postgres.kill()
        await postgres.start()

    async def kill_first() -> None:
        cores.first.kill()
        await cores.first.start()

    async def kill_second() -> None:
        cores.second.kill()
        await cores.second.start()

    deaths: list[Callable[[], Awaitable[None]]] = [kill_first, kill_hub, kill_second, kill_database]
    both = [cores.first, cores.second]
    wanted: dict[str, set[str]] = {"east": set(), "west": set()}
    async with (
        leaf(cores, tmp_path, "east") as east,
        leaf(cores, tmp_path, "west") as west,
        anyio.create_task_group() as tasks,
    ):
        boxes = {"east": east, "west": west}
        phones = {
            venue: [Roamer(order, f"phone{n}", venue) for n, order in enumerate((both, both[::-1]))]
            for venue in boxes
        }
        for rooms in boxes.values():
            await rooms.write("config", [("setup", SETUP)])
        for roamer in [*phones["east"], *phones["west"]]:
            tasks.start_soon(roamer.run)
        for turn, death in enumerate(deaths * ROUNDS):
            for venue, rooms in boxes.items():
                for n in range(EDITS):
                    for place, write in enumerate([_of(rooms), *(phone.write for phone in phones[venue])]):
                        name = f"table/{turn}x{n}x{place}"
                        wanted[venue].add(name)
                        await write(name, table(n + 1))
            await death()
        for venue, rooms in boxes.items():
            for phone in phones[venue]:
                await phone.until_accepted()
            await until_shows(rooms, wanted[venue])
        for venue, own in (("east", cores.east), ("west", cores.first.west)):
            for core in both:
                await _until_equal(core.client(own.token("manager")), boxes[venue], wanted[venue])
        tasks.cancel_scope.cancel()


def _of(rooms: Rooms) -> Callable[[str, Json], Awaitable[None]]:
    async def write(name: str, value: Json) -> None:
        await rooms.write("config", [(name, value)])

    return write


async def _until_equal(core: httpx.AsyncClient, rooms: Rooms, wanted: set[str]) -> None:
    """The core shows what the leaf shows, and tells each edit once."""
    async with core as client:
        with anyio.fail_after(60):
            while True:
                answer = await client.get("/api/v1/documents/config/facts")
                if answer.is_success:
                    told = answer.json()["facts"]
                    if {name for name in told if name.startswith("table/")} == wanted:
                        break
                await anyio.sleep(0.1)  # the core takes the leaf's rows when they come
        reader = await rooms.facts("config")
        assert {name: fact["stamp"] for name, fact in told.items()} == {n: reader.stamp(n) for n in told}
        stamps: list[str] = []
        before = ""
        while True:
            page = (await client.get(f"/api/v1/documents/config/history?limit=200{before}")).json()
            stamps += [change["stamp"] for change in page["changes"]]
            if page["next"] is None:
                break
            before = f"&before={page['next']}"
        assert len(stamps) == len(set(stamps)) == len(wanted) + 1
