"""The leaf's store keeps the contract, and says so when the disk does not give back what was written."""

import hashlib
import json
import zlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import apsw
import pytest

from crdt_models.errors import StoreNotReady, StoreUnreadable
from crdt_models.update_log import DocStore, HistoryQuery
from leaf_server.box.database import Database
from leaf_server.documents import doc_store
from leaf_server.documents.doc_store import CORE_HAS, LeafDocStore
from leaf_server.documents.log_rows import row_of, without_history
from tests.contracts.doc_store import DocStoreContract, change, row

pytestmark = pytest.mark.anyio


class TestSqlite(DocStoreContract):
    @pytest.fixture
    async def store(self, tmp_path: Path) -> AsyncIterator[DocStore]:
        self.path = tmp_path / "leaf.db"
        self.open: list[Database] = []
        yield await self.reopen(None)
        for database in self.open:
            await database.close()

    async def reopen(self, store: DocStore | None) -> DocStore:
        database = Database(self.path)
        await database.open()
        self.open.append(database)
        return LeafDocStore(database)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(tmp_path / "leaf.db")
    await database.open()
    yield database
    await database.close()


async def test_rows_the_core_has_go_once_a_snapshot_holds_them(database: Database) -> None:
    store = LeafDocStore(database)
    await store.append([row(update=b"one"), row("config", b"two"), row(update=b"three")])
    await store.set_cursor(CORE_HAS, 2)
    await store.save_snapshot("floor", 0, b"state")
    assert [numbered.n for numbered in await store.since(0, 1 << 20)] == [2, 3]
    assert await store.append([row()]) == 4


async def test_what_rows_said_outlives_them(database: Database) -> None:
    """[DO46]"""
    store = LeafDocStore(database)
    told = [
        row(vector={"a-1": 1}, bound={1: "a"}, refused={"1.1.a-1": ["0.1.a-1"]}, history=[change("1.1.a-1")]),
        row(vector={"a-1": 2, "b-1": 1}, bound={2: "b"}, leaf_vector={"c-1": 7}),
    ]
    await store.append(told)
    before = await store.load("floor")
    await store.set_cursor(CORE_HAS, 2)
    await store.save_snapshot("floor", 0, b"u")
    assert await store.since(0, 1 << 20) == []
    after = await store.load("floor")
    assert before is not None
    assert after is not None
    assert (after.vector, after.bound, after.leaf_vector) == (before.vector, before.bound, before.leaf_vector)
    assert after.refused == before.refused
    assert await store.sizes() == [("floor", 0, 1, 1)]
    assert await store.append([row("config")]) == 3  # no number comes again


@pytest.mark.parametrize(("bound", "most"), [("_TELL_CHANGES", 3), ("_TELL_BYTES", 10)])
async def test_history_is_told_in_bounded_parts(
    database: Database, monkeypatch: pytest.MonkeyPatch, bound: str, most: int
) -> None:
    """[DO47]"""
    monkeypatch.setattr(doc_store, bound, most)
    store, changes = LeafDocStore(database), [change(f"{n}.{n}.a-1") for n in range(1, 30)]
    for one in changes:
        await store.append([row(history=[one])])
    page = await store.history(HistoryQuery(["floor"]), None, 100)
    assert [numbered.change for numbered in page.changes] == changes[::-1]
    await store.append([row(history=[change("50.50.a-1")])])
    assert len((await store.history(HistoryQuery(["floor"]), None, 100)).changes) == 30


async def test_history_is_read_where_nothing_can_be_written(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """[DO47]"""
    store = LeafDocStore(database)
    await store.append([row(history=[change("1.1.a-1")])])
    assert len((await store.history(HistoryQuery(["floor"]), None, 100)).changes) == 1

    async def full(_work: object) -> None:
        raise StoreNotReady("full", "no space left")

    monkeypatch.setattr(database, "write", full)
    assert len((await store.history(HistoryQuery(["floor"]), None, 100)).changes) == 1


async def test_a_long_row_reads_back_as_it_was_written(database: Database) -> None:
    store = LeafDocStore(database)
    long = [change(f"1.{n}.a-1", after=json.dumps("\u724c" * 1_000, ensure_ascii=False)) for n in range(100)]
    await store.append([row(history=long), row()])
    (first, _) = await store.since(0, 1 << 24)
    assert list(first.row.history) == long
    told = await database.read(
        lambda db: db.execute("SELECT max(length(told)) FROM update_log").fetchone()[0]
    )
    assert told < 10_000


@pytest.mark.parametrize("pack", [bytes, zlib.compress])
def test_a_row_with_its_history_in_the_same_json_is_read_too(pack: Callable[[bytes], bytes]) -> None:
    """As they were written once, the long ones packed as a whole."""
    said = change("1.1.a-1")
    told = pack(json.dumps({"vector": {"a-1": 1}, "history": [said]}).encode())
    seal = hashlib.sha256(b"floor@0 device u" + told).digest()[:16]
    columns = (1, "floor", 0, b"u", told, seal, "device", 1)
    assert row_of(columns) == row(vector={"a-1": 1}, history=(said,))
    assert without_history(columns).vector == {"a-1": 1}


async def test_a_new_epoch_starts_without_the_old_ones_state(database: Database) -> None:
    store = LeafDocStore(database)
    await store.append([row(update=b"old", vector={"a-1": 3}, bound={1: "a"})])
    await store.append([row(update=b"new", epoch=1, vector={"b-1": 1}, bound={2: "b"})])
    await store.save_snapshot("floor", 0, b"late, of the old one")
    stored = await store.load("floor")
    assert stored is not None
    assert (stored.epoch, stored.snapshot, list(stored.updates)) == (1, b"", [b"new"])
    assert (stored.vector, stored.bound) == ({"a-1": 3, "b-1": 1}, {2: "b"})  # decided once for all epochs


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE update_log SET body = x'00'",
        "UPDATE update_log SET told = x'7b207d'",
        "UPDATE document SET snapshot = x'00'",
        "INSERT INTO refused VALUES ('floor', 's', '{')",
    ],
)
async def test_a_damaged_row_is_said_and_never_an_empty_document(database: Database, damage: str) -> None:
    store = LeafDocStore(database)
    await store.append([row(update=b"one")])
    await database.write(lambda db: db.execute(damage))
    with pytest.raises(StoreUnreadable):
        await store.load("floor")


async def test_a_file_that_is_no_database_is_said(tmp_path: Path) -> None:
    (tmp_path / "leaf.db").write_bytes(b"not a database at all, not even close to one" * 40)
    with pytest.raises(StoreUnreadable):
        await Database(tmp_path / "leaf.db").open()


@pytest.mark.parametrize("former", ["DROP TABLE came; PRAGMA user_version=2", "PRAGMA user_version=3"])
async def test_a_file_of_a_version_before_gets_what_it_lacks(tmp_path: Path, former: str) -> None:
    one = Database(tmp_path / "leaf.db")
    await one.open()
    await one.close()
    with apsw.Connection(str(tmp_path / "leaf.db")) as connection:
        connection.execute(former)
    await one.open()
    try:
        assert await one.read(lambda db: db.execute("SELECT count(*) FROM came").fetchone()) == (0,)
    finally:
        await one.close()


@pytest.mark.parametrize("version", [1, 99])
async def test_a_file_of_another_time_is_left_alone(tmp_path: Path, version: int) -> None:
    with apsw.Connection(str(tmp_path / "leaf.db")) as connection:
        connection.execute(f"PRAGMA user_version={version}")
    with pytest.raises(StoreUnreadable):
        await Database(tmp_path / "leaf.db").open()
