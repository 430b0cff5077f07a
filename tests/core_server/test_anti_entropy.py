"""Rows of the leaf at the core: in order, once, whole; and what it asks back."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

import anyio
import pytest
from websockets.exceptions import ConnectionClosed

from crdt_models.documents.schema import SCHEMA
from crdt_models.replication import pack, unpack
from crdt_models.update_log import NumberedRow
from serving.nats_link import NatsLink
from tests.core_server.fix_core import RunningCore, Tablet
from tests.fix_nats import Hub

pytestmark = [pytest.mark.anyio, pytest.mark.servers]


async def ask(leaf: NatsLink, op: str, **said: object) -> dict[str, object]:
    found = json.loads(await leaf.request(f"sync.{op}", json.dumps({"v": 1, **said}).encode(), timeout_s=60))
    assert isinstance(found, dict)
    return found


async def push(leaf: NatsLink, rows: Sequence[NumberedRow]) -> dict[str, object]:
    found = json.loads(await leaf.request("sync.push", pack(rows), timeout_s=60))
    assert isinstance(found, dict)
    return found


@asynccontextmanager
async def line(hub: Hub, venue: str) -> AsyncIterator[NatsLink]:
    """The link of a venue's leaf, to its own node."""
    node = await hub.add_venue(venue)
    link = NatsLink(node.server.url, name=venue)
    async with anyio.create_task_group() as tasks:
        await tasks.start(link.run)
        yield link
        tasks.cancel_scope.cancel()


@pytest.fixture
async def leaf(core: RunningCore, hub: Hub) -> AsyncIterator[NatsLink]:
    async with line(hub, "east") as link:
        yield link


@pytest.fixture
async def rows(core: RunningCore, hub: Hub) -> list[NumberedRow]:
    """Rows as a leaf has them, six edits; another venue's core stands in for the leaf that made them."""
    async with Tablet(core, core.west, "config", "tab1", "manager") as tablet:
        await tablet.write("setup", {"kind": "config", "version": 1})
        await tablet.until_accepted()
        for n in range(5):
            await tablet.write(f"table/t{n}", {"number": n + 1, "seats": 9})
            await tablet.until_accepted()
    async with line(hub, "west") as west:
        return unpack(await west.request("sync.pull", b'{"v":1,"after":0}', timeout_s=60))


async def history(core: RunningCore) -> list[str]:
    async with core.client(core.east.token("manager")) as client:
        told = await client.get("/api/v1/documents/config/history?limit=200")
        return [each["stamp"] for each in told.json().get("changes", [])]


async def test_rows_are_taken_once_however_often_they_come(
    core: RunningCore, leaf: NatsLink, rows: list[NumberedRow]
) -> None:
    count = len(rows)
    for _ in range(2):
        assert await push(leaf, rows) == {"v": 1, "have": count, "want": []}
    assert (await ask(leaf, "have", last=count, have=0))["have"] == count
    again = [
        NumberedRow(count + each.n, each.row) for each in rows
    ]  # as after a crash between row and cursor
    assert (await push(leaf, again))["have"] == 2 * count
    told = await history(core)
    assert len(told) == len(set(told)) == 6
    async with core.client(core.east.token("manager")) as client:
        facts = (await client.get("/api/v1/documents/config/facts")).json()["facts"]
    assert len([name for name in facts if name.startswith("table/")]) == 5


async def test_a_hole_takes_nothing_and_says_where_to_go_on(
    core: RunningCore, leaf: NatsLink, rows: list[NumberedRow]
) -> None:
    assert await push(leaf, rows[1:]) == {"v": 1, "have": 0, "want": []}
    assert await push(leaf, [*rows[:2], *rows[3:]]) == {"v": 1, "have": 0, "want": []}
    assert await history(core) == []
    assert await push(leaf, rows) == {"v": 1, "have": len(rows), "want": []}


async def test_what_came_from_the_leaf_goes_back_without_its_bytes(
    leaf: NatsLink, rows: list[NumberedRow]
) -> None:
    await push(leaf, rows)
    pulled = unpack(await leaf.request("sync.pull", b'{"v":1,"after":0}', timeout_s=60))
    assert pulled
    assert {(each.row.document, each.row.update) for each in pulled} == {("config", b"")}
    assert unpack(await leaf.request("sync.pull", b'{"v":1,"after":99}', timeout_s=60)) == []


async def test_what_arose_at_the_core_nudges_the_leaf_and_is_pulled(
    core: RunningCore, leaf: NatsLink
) -> None:
    nudged = anyio.Event()

    async def nudge(incoming: object) -> None:
        if json.loads(incoming.payload)["last"] == 1:  # type: ignore[attr-defined]
            nudged.set()

    await leaf.subscribe("leaf.nudge", nudge)
    await ask(leaf, "have", last=0, have=0)
    async with Tablet(core, core.east, "config", "tab1", "manager") as tablet:
        await tablet.write("setup", {"kind": "config", "version": 1})
        await tablet.until_accepted()
    with anyio.fail_after(20):
        await nudged.wait()
    pulled = unpack(await leaf.request("sync.pull", b'{"v":1,"after":0}', timeout_s=60))
    assert [(numbered.n, bool(numbered.row.update)) for numbered in pulled] == [(1, True)]


async def test_the_core_s_hello_says_no_newer_schema_than_its_leaf_takes(
    core: RunningCore, leaf: NatsLink
) -> None:
    """[DO87] Also when the leaf has gone again: what a phone writes there, the leaf has to take one day."""

    async def said() -> object:
        async with Tablet(core, core.east, "config", "tab1", "manager") as tablet:
            await tablet.turn()
            return tablet.notes[0].content["schema"]

    assert await said() == SCHEMA
    for of_leaf, told in ((SCHEMA - 1, SCHEMA - 1), (SCHEMA + 1, SCHEMA)):
        await ask(leaf, "have", last=0, have=0, schema=of_leaf)
        assert await said() == told


async def test_a_nudge_that_is_lost_comes_again_until_the_leaf_asks(
    core: RunningCore, leaf: NatsLink
) -> None:
    """The line was cut for a moment: nobody noticed, and nothing else would be said for a minute."""
    heard = 0
    nudged = anyio.Event()

    async def nudge(_: object) -> None:
        nonlocal heard
        heard += 1
        if heard > 2:
            nudged.set()

    await leaf.subscribe("leaf.nudge", nudge)
    async with Tablet(core, core.east, "config", "tab1", "manager") as tablet:
        await tablet.write("setup", {"kind": "config", "version": 1})
        await tablet.until_accepted()
    with anyio.fail_after(60):
        await nudged.wait()
    unpack(await leaf.request("sync.pull", b'{"v":1,"after":1}', timeout_s=60))


async def test_documents_are_compared_and_given_whole(leaf: NatsLink, rows: list[NumberedRow]) -> None:
    await push(leaf, rows)
    differ = await ask(leaf, "compare", documents={"config": [0, "0" * 32], "floor": [0, "0" * 32]})
    assert differ["differ"] == ["config", "floor"]
    (state,) = unpack(await leaf.request("sync.state", b'{"v":1,"document":"config"}', timeout_s=60))
    assert (state.n, state.row.document) == (0, "config")
    assert len(state.row.update) > 100
    answer = json.loads(await leaf.request("sync.state", b'{"v":1,"document":"../etc"}', timeout_s=60))
    assert answer["error"]["code"] == "malformed"


async def test_a_box_of_a_later_term_takes_over_and_the_old_one_is_turned_away(
    core: RunningCore, leaf: NatsLink, rows: list[NumberedRow]
) -> None:
    """[DO55]"""
    count = len(rows)
    await push(leaf, rows)
    assert await ask(leaf, "documents", after="") == {"v": 1, "names": ["config"]}
    assert await ask(leaf, "documents", after="config") == {"v": 1, "names": []}
    assert (await ask(leaf, "have", last=2, have=0, term=61, after=2))["have"] == 2
    for said in (await ask(leaf, "have", last=count, have=0), await push(leaf, rows)):
        assert isinstance(said["error"], dict)
        assert said["error"]["code"] == "term"
    fresh = [replace(row, n=3 + n, term=61) for n, row in enumerate(rows[:1])]
    assert (await push(leaf, fresh))["have"] == 3


async def code_of(tablet: Tablet) -> int:
    """Hears all the core says; answers the code it closes with."""
    try:
        while True:
            await tablet.turn()
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd is not None else 1006


async def test_whom_the_leaf_erased_nobody_brings_back_through_the_core(
    core: RunningCore, leaf: NatsLink
) -> None:
    """[DO58]"""
    assert await ask(leaf, "erase", players=["p1"]) == {"v": 1, "players": ["p1"]}
    assert await ask(leaf, "erase", players=[]) == {"v": 1, "players": ["p1"]}
    async with Tablet(core, core.east, "roster", "tab1", "manager") as tablet:
        await tablet.write("setup", {"kind": "roster", "version": 1})
        await tablet.write("player/p2", {"name": "Abe"})
        await tablet.until_accepted()
        await tablet.write("player/p1", {"name": "Zebulon"})
        with anyio.fail_after(60):
            assert await code_of(tablet) == 4422
        assert tablet.notes[-1].content["code"] == "erased"
    async with core.client(core.east.token("manager")) as client:
        facts = (await client.get("/api/v1/documents/roster/facts")).json()["facts"]
    assert facts.keys() == {"setup", "player/p2"}
