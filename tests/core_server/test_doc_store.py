"""The core's document store keeps the contract, and keeps venues and owners apart."""

import pytest

from core_server.db import Database
from core_server.doc_store import CoreDocStore
from core_server.ownership import OwnedElsewhere, Ownership
from crdt_models.errors import StoreUnreadable
from crdt_models.update_log import DocStore, HistoryPage, HistoryQuery
from tests.contracts.doc_store import DocStoreContract, change, row
from tests.fix_venues import EnrolledVenue, enrol_venue

pytestmark = [pytest.mark.anyio, pytest.mark.servers]


class TestPostgres(DocStoreContract):
    @pytest.fixture
    async def store(self, database: Database, ownership: Ownership, venue: EnrolledVenue) -> DocStore:
        self._of = (database, ownership, venue.id)
        return CoreDocStore(*self._of)

    async def reopen(self, store: DocStore) -> DocStore:
        return CoreDocStore(*self._of)


async def test_rows_that_the_leaf_holds_and_nobody_loads_go(
    database: Database, ownership: Ownership, venue: EnrolledVenue
) -> None:
    store = CoreDocStore(database, ownership, venue.id)
    await store.append([row(update=b"old", epoch=1), row("config", b"c", 1), row("config", b"d", 1)])
    await store.append(
        [row(update=b"all", epoch=2, history=[change("1.1.a-1")]), row(update=b"more", epoch=2)]
    )
    await store.forget(0)
    assert [numbered.n for numbered in await store.since(0, 1 << 20)] == [1, 2, 3, 4, 5]
    await store.save_snapshot("config", 1, b"cd")
    await store.forget(3)
    assert [numbered.n for numbered in await store.since(0, 1 << 20)] == [3, 4, 5]
    await store.save_snapshot("floor", 2, b"all and more")
    await store.forget(5)
    assert [numbered.n for numbered in await store.since(0, 1 << 20)] == [5]
    stored = await store.load("floor")
    assert stored is not None
    assert (stored.snapshot, list(stored.updates)) == (b"all and more", [])
    assert len((await store.history(HistoryQuery(["floor"]), None, 10)).changes) == 1
    assert await store.append([row()]) == 6


async def test_another_venue_s_documents_are_not_there(database: Database, ownership: Ownership) -> None:
    east, west = [
        CoreDocStore(database, ownership, (await enrol_venue(database, name)).id) for name in ("east", "west")
    ]
    await east.append([row(history=[change("1.1.a-1")], vector={"a-1": 1})])
    await east.save_snapshot("floor", 0, b"state")
    await east.set_cursor("leaf", 9)
    assert await west.load("floor") is None
    assert (await west.last(), await west.names(), await west.cursor("leaf")) == (0, [], 0)
    assert await west.history(HistoryQuery(["floor"]), None, 10) == HistoryPage([], None)
    assert await west.append([row()]) == 1  # numbers of its own


async def test_a_damaged_snapshot_is_unreadable_not_empty(
    database: Database, database_url: str, ownership: Ownership, venue: EnrolledVenue
) -> None:
    store = CoreDocStore(database, ownership, venue.id)
    await store.append([row()])
    await store.save_snapshot("floor", 0, b"state")
    async with database.venue(venue.id) as transaction:
        await transaction.execute("UPDATE snapshots SET state = 'other'")
    with pytest.raises(StoreUnreadable):
        await store.load("floor")


async def test_who_lost_the_venue_to_another_process_writes_nothing(
    database: Database, ownership: Ownership, venue: EnrolledVenue
) -> None:
    store = CoreDocStore(database, ownership, venue.id)
    await store.append([row()])
    async with database.venue(venue.id) as transaction:  # as another process does that took the lock
        await transaction.execute("UPDATE owners SET fence = fence + 1")
    with pytest.raises(OwnedElsewhere):
        await store.append([row()])
    assert await store.last() == 1
