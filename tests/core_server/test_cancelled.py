"""Commits under way in PostgreSQL when their client drops, their asker is cancelled, or the core stops.

A lock that the test holds keeps a commit in its middle for as long as it likes.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import anyio
import psycopg
import pytest
from anyio.lowlevel import checkpoint

from core_server.db import POOL_MAX, Database
from core_server.doc_store import APPEND_LOCK, CoreDocStore
from core_server.ownership import Ownership
from serving.settings import CoreSettings
from tests.contracts.doc_store import row
from tests.core_server.fix_core import RunningCore, Tablet, enrolled, running
from tests.fix_nats import Hub
from tests.fix_venues import EnrolledVenue

pytestmark = [pytest.mark.anyio, pytest.mark.servers]
SETUP = {"kind": "config", "version": 1}
FIRST, SECOND = {"number": 1, "seats": 9}, {"number": 2, "seats": 8}


class Held:
    """A venue whose commits stop in their middle."""

    def __init__(self, owner: psycopg.Connection[tuple[object, ...]]) -> None:
        self._owner = owner

    async def until_blocked(self) -> None:
        asked = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = %s AND NOT granted"
        with anyio.fail_after(60):
            while self._owner.execute(asked, (APPEND_LOCK,)).fetchone() == (0,):
                await checkpoint()


@contextmanager
def held(url: str, venue: str) -> Iterator[Held]:
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute("SELECT pg_advisory_lock(%s, hashtext(%s))", (APPEND_LOCK, venue))
        yield Held(owner)


async def test_a_client_that_drops_in_the_middle_of_its_commit_loses_nothing(core: RunningCore) -> None:
    """[DO121]"""
    one, other = (Tablet(core, core.east, "config", device, "manager") for device in ("tab1", "tab2"))
    async with other:
        async with one:
            await one.write("setup", SETUP)
            await one.until_accepted()
            with held(core.settings.database_url or "", "east") as commits:
                await one.write("table/t1", FIRST)
                await commits.until_blocked()
                one.socket.transport.abort()
                await other.write("table/t2", SECOND)  # waits behind it
        await other.until_accepted()
        await other.until_shows("table/t1", FIRST)
        async with one:
            await one.until_shows("table/t2", SECOND)
            await one.until_accepted()
    async with core.client(core.east.token("manager")) as client:
        told = (await client.get("/api/v1/documents/config/history?name=table/t1")).json()["changes"]
        assert (await client.get("/health")).status_code == 200
    assert len(told) == 1


async def test_a_core_that_stops_in_the_middle_of_a_commit_ends_and_comes_back_whole(
    core_settings: CoreSettings, hub: Hub, tmp_path: anyio.Path
) -> None:
    """[DO121]"""
    east = await enrolled(core_settings, hub, tmp_path / "east", "east")  # type: ignore[arg-type]
    core = RunningCore(core_settings, f"http://127.0.0.1:{core_settings.port}", east, east)
    tablet = Tablet(core, east, "config", "tab1", "manager")
    with held(core_settings.database_url or "", "east") as commits, anyio.fail_after(60):
        async with running(core_settings):
            await tablet.__aenter__()
            await tablet.write("setup", SETUP)
            await commits.until_blocked()
    await tablet.__aexit__(None, None, None)
    async with running(core_settings), tablet:
        await tablet.write("table/t1", FIRST)
        await tablet.until_accepted()
        async with core.client(east.token("manager")) as client:
            told = (await client.get("/api/v1/documents/config/history")).json()["changes"]
    assert sorted(change["name"] for change in told) == ["setup", "table/t1"]


async def test_appends_that_are_cancelled_hold_nothing_back(
    database: Database, database_url: str, ownership: Ownership, venue: EnrolledVenue
) -> None:
    """[DO121] More of them than there are connections."""
    store = CoreDocStore(database, ownership, venue.id)
    await store.append([row()])
    with held(database_url, venue.id) as commits:
        for _ in range(POOL_MAX + 1):
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(store.append, [row(update=b"cancelled")])
                await commits.until_blocked()
                tasks.cancel_scope.cancel()
    with anyio.fail_after(60):
        assert await store.append([row(update=b"next")]) == 2
    assert [one.row.update for one in await store.since(1, 1 << 20)] == [b"next"]


async def test_an_append_that_is_cancelled_anywhere_is_there_whole_or_not_at_all(
    database: Database, ownership: Ownership, venue: EnrolledVenue
) -> None:
    """[DO121]"""
    store = CoreDocStore(database, ownership, venue.id)
    cancelled = 0
    for n in range(1, 31):
        with anyio.move_on_after(n / 2_000) as scope:
            await store.append([row(update=b"a"), row("config", b"b", 1)])
        cancelled += scope.cancelled_caught
    found = await store.since(0, 1 << 20)
    assert [one.n for one in found] == list(range(1, len(found) + 1))
    assert [one.row.update for one in found] == [b"a", b"b"] * (len(found) // 2)
    assert cancelled, "none was cancelled in its middle"
