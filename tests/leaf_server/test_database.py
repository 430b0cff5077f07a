"""The leaf's one file: what it asks of SQLite, and how its WAL stays short."""

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread
import apsw
import pytest

from crdt_models.errors import StoreUnreadable
from felt.backup import copy_database
from leaf_server.box import database as database_module
from leaf_server.box.database import WAL_PAGES, WAL_PAGES_LATE, Database
from leaf_server.documents.doc_store import LeafDocStore
from tests.contracts.doc_store import row

pytestmark = pytest.mark.anyio
PAGE = 4096 + 24
WRITES = 60_000 if os.environ.get("FELT_LONG") else 2_000


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(tmp_path / "leaf.db")
    await database.open()
    yield database
    await database.close()


async def test_every_commit_waits_for_the_disk_and_references_hold(database: Database) -> None:
    """Only the first of several pragmas in one text was obeyed once."""
    asked = (
        "journal_mode", "synchronous", "foreign_keys", "wal_autocheckpoint", "journal_size_limit",
        "busy_timeout",
    )  # fmt: skip
    told = await database.read(lambda db: [db.pragma(one) for one in asked])
    assert told == ["wal", 2, 1, 0, 64 << 20, 5_000]


async def test_the_wal_goes_back_into_the_file_beside_the_commits(tmp_path: Path, database: Database) -> None:
    """[DO78]"""
    store, wal = LeafDocStore(database), tmp_path / "leaf.db-wal"
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(database.run)
        for _ in range(8 * WAL_PAGES // 26):
            await store.append([row(update=bytes(100_000))])
        with anyio.fail_after(60):
            while database.wal_bytes > WAL_PAGES * PAGE:
                await store.append([row()])
        tasks.cancel_scope.cancel()
    assert wal.stat().st_size < 2 * WAL_PAGES_LATE * PAGE


async def test_commits_write_over_a_wal_that_was_laid_out(tmp_path: Path, database: Database) -> None:
    """[DO90] And nothing of the layout is left in the file."""
    store, wal = LeafDocStore(database), tmp_path / "leaf.db-wal"
    await store.append([row()])
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(database.run)
        with anyio.fail_after(60):
            while wal.stat().st_size < WAL_PAGES * PAGE:
                await store.append([row()])
        laid_out = wal.stat().st_size
        for _ in range(100):
            await store.append([row()])
        tasks.cancel_scope.cancel()
    assert wal.stat().st_size == laid_out
    assert database.wal_bytes < laid_out
    tables = await database.read(lambda db: db.execute("SELECT name FROM sqlite_schema").fetchall())
    assert ("wal_layout",) not in tables
    assert len((await store.load(row().document)).updates) > 100  # type: ignore[union-attr]


async def test_a_wal_that_nobody_empties_is_emptied_by_a_commit(tmp_path: Path, database: Database) -> None:
    """[DO78] 100 MB are written; the WAL holds a sixth of it."""
    store = LeafDocStore(database)
    for _ in range(1_000):
        await store.append([row(update=bytes(100_000))])
    assert (tmp_path / "leaf.db-wal").stat().st_size < 1.1 * WAL_PAGES_LATE * PAGE


async def test_a_reader_of_an_old_picture_keeps_the_wal_only_while_it_reads(
    tmp_path: Path, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """[DO78] A backup, a person with a shell."""
    monkeypatch.setattr(database_module, "WAL_PAGES_LATE", 100)
    store = LeafDocStore(database)
    await store.append([row()])
    reader: Any = apsw.Connection(str(tmp_path / "leaf.db"))
    reader.execute("BEGIN; SELECT count(*) FROM update_log").fetchall()
    for _ in range(100):
        await store.append([row(update=bytes(100_000))])
    assert database.wal_bytes > 10_000_000  # what the reader may still ask for can't go
    assert reader.execute("SELECT count(*) FROM update_log").fetchall() == [(1,)]
    reader.close()
    for _ in range(WAL_PAGES // 26 + 2):
        await store.append([row(update=bytes(100_000))])
    await store.append([row()])
    assert database.wal_bytes < 1_000_000


async def test_a_file_that_could_not_be_opened_can_be_closed(tmp_path: Path) -> None:
    path = tmp_path / "leaf.db"
    path.write_bytes(b"not a database at all, not even close to one" * 400)
    database = Database(path)
    with pytest.raises(StoreUnreadable):
        await database.open()
    with anyio.fail_after(20):
        await database.close()


async def test_copies_made_while_documents_are_written_are_whole_and_leave_the_wal_short(
    tmp_path: Path, database: Database
) -> None:
    """[DO78] In `make long` two hours of 500 writes a minute; `felt docs` and `felt backup` copy so."""
    store, wal, longest = LeafDocStore(database), tmp_path / "leaf.db-wal", 0
    checked: list[int] = []
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(database.run)
        for n in range(WRITES):
            await store.append([row(update=n.to_bytes(4, "big") * 75)])
            longest = max(longest, wal.stat().st_size)
            if n % (WRITES // 4) == 100:
                tasks.start_soon(check_copy, tmp_path, n, checked)
        with anyio.fail_after(60):
            while len(checked) < 4:
                await store.append([row()])
        tasks.cancel_scope.cancel()
    assert longest < 64 << 20


async def check_copy(folder: Path, n: int, checked: list[int]) -> None:
    """Copies beside the writer; what was durable then is in it, and reads back."""
    path = folder / f"copy{n}.db"
    await anyio.to_thread.run_sync(copy_database, folder / "leaf.db", path)
    copy = Database(path)
    await copy.open()
    store = LeafDocStore(copy)
    stored = await store.load("floor")
    assert stored is not None
    assert len(stored.updates) == await store.last() > n
    await copy.close()
    checked.append(n)


async def test_a_leaf_that_stops_leaves_one_whole_file(tmp_path: Path) -> None:
    database = Database(tmp_path / "leaf.db")
    await database.open()
    await LeafDocStore(database).append([row(update=b"one")])
    await database.close()
    assert os.listdir(tmp_path) == ["leaf.db"]


async def test_a_leaf_that_stops_does_not_wait_until_its_file_is_looked_through(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = LeafDocStore(database)
    for _ in range(200):
        await store.append([row(update=bytes(100_000))])
    with anyio.move_on_after(0) as ended:
        await database.look_through()
    assert ended.cancelled_caught
    assert database.damage == ""
    await database.look_through()
    assert database.damage == ""
