"""A power cut at every write of a run: nothing that another replica had seen, or was told accepted, is gone.

After the lives of `lives.py` a cut is played at every operation of the disk in every life, and what start-up
makes of it is compared with the rows that had been handed to the store by then.
"""

import random
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate
from pathlib import Path
from typing import Any, Final

import apsw
import pytest

from crdt_models import judge as judging_module
from crdt_models import server_replica
from crdt_models.documents.catalogue import kind_of
from crdt_models.errors import StoreUnreadable
from crdt_models.replay import Replayed, replay
from crdt_models.update_log import LogRow, StoredDocument
from crdt_models.wire import EMPTY, read_update
from leaf_server.box import database as database_module
from leaf_server.box.database import Database
from leaf_server.documents.doc_store import CORE_HAS, LeafDocStore
from serving import rooms as rooms_module
from tests.crdt_models.memory_store import MemoryStore
from tests.faults.disk import Disk, cuts
from tests.faults.hands import LONG, history
from tests.faults.lives import DOCUMENTS, Life, Run

pytestmark = pytest.mark.anyio
LIVES: Final = 3
SEEDS: Final = range(200 if LONG else 2)


@pytest.fixture(autouse=True)
def busy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Snapshots, pruning and checkpoints all the time, and no pace."""
    monkeypatch.setattr(server_replica, "SNAPSHOT_ROWS", 6)
    monkeypatch.setattr(judging_module, "PRUNE_AT", 3)
    monkeypatch.setattr(rooms_module, "COMMIT_GAP_S", 0)
    monkeypatch.setattr(database_module, "WAL_PAGES", 20)
    monkeypatch.setattr(database_module, "AGAIN_S", 0.001)


@pytest.mark.parametrize("seed", SEEDS)
async def test_nothing_seen_or_accepted_is_gone_after_a_cut(tmp_path: Path, seed: int) -> None:
    """[DO20] [DO77]"""
    run = Run(tmp_path / "lives", seed)
    for _ in range(LIVES - 1):
        await run.live(run.chance.randint(30, 400))
    await run.live(None)
    assert [loss async for loss in losses(run, tmp_path / "cut")] == []


@pytest.mark.parametrize("synchronous", ["OFF", "NORMAL"])
async def test_a_store_that_does_not_wait_for_the_disk_is_found_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, synchronous: str
) -> None:
    """The test above can fail."""
    connect = Database._connect

    def careless(database: Database) -> Any:
        connection = connect(database)
        connection.execute(f"PRAGMA synchronous={synchronous}")
        return connection

    monkeypatch.setattr(Database, "_connect", careless)
    run = Run(tmp_path / "lives", 1)
    await run.live(300)
    monkeypatch.undo()
    found = [loss async for loss in losses(run, tmp_path / "cut")]
    assert any("were durable" in loss for loss in found)


async def test_a_run_holds_all_that_can_happen(tmp_path: Path) -> None:
    """Changes, refusals, pruned edits, snapshots that let rows go, and a WAL that is brought back."""
    run = Run(tmp_path / "lives", 1)
    await run.live(None, 2_000)
    logged = [row.update or EMPTY for row in run.rows]
    read = [read_update(update, bytes_max=1 << 30, structs_max=1 << 20, deletes=True) for update in logged]
    assert any(row.history for row in run.rows)
    assert any(row.refused for row in run.rows)
    assert any(update.deletes for update in read)
    done = {(one.kind, one.file) for one in run.lives[0].disk.done}
    assert done > {(kind, file) for kind in ("write", "sync") for file in ("leaf.db", "leaf.db-wal")}
    assert run.core_has > 0
    assert max(row.epoch for row in run.rows) > 3


async def losses(run: Run, into: Path) -> AsyncIterator[str]:
    with Disk(lies=True) as fast:  # whoever looks at what was left need not wait for a disk
        for number, life in enumerate(run.lives):
            async for loss in _losses(run, life, into, fast):
                yield f"life {number}, {loss}"


async def _losses(run: Run, life: Life, into: Path, fast: Disk) -> AsyncIterator[str]:
    """Plays a cut at every operation of a life; says what start-up does not bring back."""
    expected = Expected(run.rows[: life.rows_before] + [row for batch in life.batches for row in batch.rows])
    ends = list(accumulate((len(batch.rows) for batch in life.batches), initial=life.rows_before))
    for moment in cuts(life.disk.done, random.Random(run.chance.random()), into, life.began_with):
        database = Database(into / "leaf.db", vfs=fast.name)
        try:
            await database.open()
            async for loss in _compare(LeafDocStore(database), expected, ends, life, moment):
                yield f"cut at {moment}: {loss}"
        except (StoreUnreadable, apsw.Error) as error:
            yield f"cut at {moment}: does not start, or can't be read: {error}"
        finally:
            await database.close()


async def _compare(
    store: LeafDocStore, expected: "Expected", ends: Sequence[int], life: Life, moment: int
) -> AsyncIterator[str]:
    last = await store.last()
    told = [end for batch, end in zip(life.batches, ends[1:], strict=True) if (batch.end or 1e9) <= moment]
    if last not in ends or last < max(told, default=life.rows_before):
        yield f"{last} rows are there, {max(told, default=0)} were durable, batches end at {ends}"
        return
    rows = expected.rows[:last]
    for document in DOCUMENTS:
        if expected.replayed(document, await store.load(document)) != await expected.document(document, last):
            yield f"{document} is not what its {last} rows say"
        if await history(store, document) != [
            c for row in rows if row.document == document for c in row.history
        ]:
            yield f"the history of {document} is not that of the log"
    kept, core_has = await store.since(0, 1 << 30), await store.cursor(CORE_HAS)
    if [numbered.n for numbered in kept if numbered.n > core_has] != list(range(core_has + 1, last + 1)):
        yield "numbers have gaps"
    if any(not _is(numbered.row, rows[numbered.n - 1], rows) for numbered in kept):
        yield "a number was used again"
    if max((n for at, n in life.pulled if at <= moment), default=0) > last:
        yield "the core holds rows that are gone"
    decided = {(row.document, c.stamp) for row in rows for c in row.history}
    decided |= {(row.document, stamp) for row in rows for stamp in row.refused}
    promised = {(document, stamp) for at, document, stamp in life.promised if at <= moment}
    if gone := (promised | life.promised_before) - decided:
        yield f"seen or told accepted, and gone: {gone}"


class Expected:
    """What the rows up to any number make of the documents. Remembers, since most cuts leave the same."""

    def __init__(self, rows: Sequence[LogRow]) -> None:
        self.rows = rows
        self._documents: dict[tuple[str, int], object] = {}
        self._replays: dict[object, Replayed] = {}

    async def document(self, document: str, last: int) -> object:
        key = document, last
        if key not in self._documents:
            stored = await MemoryStore(list(self.rows[:last])).load(document)
            self._documents[key] = self.replayed(document, stored)
        return self._documents[key]

    def replayed(self, document: str, stored: StoredDocument | None) -> object:
        """All that a room would know of it."""
        kind = kind_of(document)
        assert kind is not None
        key = stored and (document, stored.snapshot, *stored.updates)
        found = self._replays.get(key)
        if found is None:
            found = self._replays[key] = replay(
                kind, stored and replace(stored, vector={}, bound={}, refused={}, handed=()), 1
            )
        said = stored and (
            dict(stored.vector), dict(stored.bound), _lists(stored.refused), stored.epoch,
            stored.former, set(stored.handed),
        )  # fmt: skip
        return found.facts.digest, found.known.edits, found.known.clocks, said


def _is(row: LogRow, written: LogRow, rows: Sequence[LogRow]) -> bool:
    """Of an earlier epoch only what else a row says is kept."""
    former = any(other.epoch > written.epoch for other in rows if other.document == written.document)
    return _plain(row) in (_plain(written), *([_plain(replace(written, update=b""))] if former else []))


def _plain(row: LogRow) -> LogRow:
    return replace(row, refused=_lists(row.refused), history=list(row.history), handed=list(row.handed))


def _lists(refused: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    return {stamp: list(named) for stamp, named in refused.items()}
