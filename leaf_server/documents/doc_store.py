"""The document store of the leaf: `crdt_models.update_log.DocStore` on SQLite (`doc_store.sql`).

A row or a document that does not read back as it was written (`seal.py`) is `StoreUnreadable`:
the room stops and says so; it never starts from an empty document.
"""

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, TypeVar

from crdt_models.errors import StoreNotReady, StoreUnreadable
from crdt_models.update_log import (
    HISTORY_WINDOW,
    Change,
    HistoryPage,
    HistoryQuery,
    LogRow,
    NumberedChange,
    NumberedRow,
    StoredDocument,
)
from leaf_server.box.database import Database
from leaf_server.documents.log_rows import COLUMNS, changed, emptied, row_of, to_columns, without_history
from leaf_server.documents.seal import check_absence, check_seal, make_seal
from serving import history_sql

__all__ = ["CORE_HAS", "CORE_MARK", "FROM_CORE", "LeafDocStore"]

CORE_HAS: Final = "core"
"""Cursor: the core holds our rows up to here, so those a snapshot covers may go."""
FROM_CORE: Final = "from_core"
"""Cursor: we hold the core's rows up to here."""
CORE_MARK: Final = "core_mark"
"""Cursor of a kind: the mark of that row, 0 where none was taken."""

_TOLD: Final = "change"
"""Cursor: `change` has what the rows up to here tell."""

_SET_CURSOR: Final = "INSERT INTO cursor VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET n = excluded.n"
_MET_MAX: Final = 4_096
_TELL_CHANGES: Final = 2_000
_TELL_BYTES: Final = 2 * 1024 * 1024  # of values, unpacked
_NO_BOUND: Final = 2**62
_PLACE_BITS: Final = 20  # of a change's number: its place among those of its row; the rest is the row's n
_T = TypeVar("_T")
_NO_SEAL: Final = b""  # yet, of a document that is met in this transaction
_ENCODE: Final = json.JSONEncoder(separators=(",", ":")).encode
_log = logging.getLogger(__name__)
_CHANGE: Final = "stamp, name, before, after, replica, person, at_ms, via, claimed, act"


class LeafDocStore:
    """All documents of one venue, in the leaf's database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._met: dict[str, int] = {}  # documents that have their row, and its epoch

    async def load(self, document: str) -> StoredDocument | None:
        return await self._database.read(_said(lambda db: _load(db, document)))

    async def append(self, rows: Sequence[LogRow]) -> int:
        unmet = {row.document: row.epoch for row in rows if self._met.get(row.document) != row.epoch}
        alone = len(rows) == 1 and not unmet
        last = await self._database.write(partial(_append, rows=rows, unmet=unmet), alone=alone)
        if unmet:
            if len(self._met) > _MET_MAX:
                self._met.clear()
            self._met.update(unmet)
        return last

    async def save_snapshot(self, document: str, epoch: int, state: bytes) -> None:
        while await self._database.write(lambda db: _tell(db, _cursor(db, CORE_HAS))):
            pass  # a bounded part each time: commits go in between
        await self._database.write(lambda db: _save_snapshot(db, document, epoch, state))

    async def names(self, prefix: str = "") -> Sequence[str]:
        sql = "SELECT name FROM document WHERE substr(name, 1, length(?1)) = ?1 ORDER BY name"
        return await self._database.read(lambda db: [name for (name,) in db.execute(sql, (prefix,))])

    async def count(self, prefix: str) -> int:
        sql = "SELECT count(*) FROM document WHERE substr(name, 1, length(?1)) = ?1"
        return await self._database.read(lambda db: int(db.execute(sql, (prefix,)).fetchone()[0]))

    async def since(self, n: int, bytes_max: int) -> Sequence[NumberedRow]:
        return await self._database.read(_said(lambda db: _since(db, n, bytes_max)))

    async def last(self) -> int:
        return await self._database.read(_last)

    async def history(self, query: HistoryQuery, before: int | None, limit: int) -> HistoryPage:
        try:
            while await self._database.write(lambda db: _tell(db, _NO_BOUND)):
                pass  # a bounded part each time: commits go in between
        except StoreNotReady as error:
            _log.warning("history without what came last: %s", error)
        return await self._database.read(lambda db: _history(db, query, before, limit))

    async def sizes(self) -> Sequence[tuple[str, int, int, int]]:
        """Of each document: name, epoch, bytes kept, edits accepted so far."""
        return await self._database.read(lambda db: list(db.execute(_SIZES)))

    async def cursor(self, key: str) -> int:
        return await self._database.read(lambda db: _cursor(db, key))

    async def set_cursor(self, key: str, n: int) -> None:
        await self.set_cursors({key: n})

    async def set_cursors(self, positions: Mapping[str, int]) -> None:
        await self._database.write(lambda db: db.executemany(_SET_CURSOR, list(positions.items())))


_SIZES: Final = """
SELECT d.name, d.epoch, length(d.snapshot) + coalesce(sum(length(u.body)), 0),
  d.edits + coalesce(sum(u.edits), 0)
FROM document d LEFT JOIN update_log u ON u.document = d.name AND u.n > d.covered
GROUP BY d.name ORDER BY d.name
"""


def _said(read: Callable[[Any], _T]) -> Callable[[Any], _T]:
    """What damage made of a row may fail in any way while it is read."""

    def reading(db: Any) -> _T:
        try:
            return read(db)
        except (TypeError, ValueError, KeyError, AttributeError) as error:
            raise StoreUnreadable(f"a row is not of the form in which it was written: {error}") from error

    return reading


def _load(db: Any, document: str) -> StoredDocument | None:
    found = db.execute("SELECT epoch, snapshot, covered FROM document WHERE name = ?", (document,)).fetchone()
    if found is None:
        check_absence(db, document)
        return None
    check_seal(db, document)
    epoch, snapshot, covered = found
    tail = _tail(db, document, epoch, covered)
    own, leaf = (
        dict(db.execute("SELECT replica, counter FROM decided WHERE document = ? AND by = ?", (document, by)))
        for by in ("own", "leaf")
    )
    bound = dict(
        db.execute("SELECT client, device FROM bound WHERE document = ? AND epoch = ?", (document, epoch))
    )
    refused = {
        stamp: _json(named)
        for stamp, named in db.execute("SELECT stamp, named FROM refused WHERE document = ?", (document,))
    }
    of_others = "SELECT client FROM bound WHERE document = ? AND epoch <> ?"
    former = [client for (client,) in db.execute(of_others, (document, epoch))]
    handed = [stamp for (stamp,) in db.execute("SELECT stamp FROM handed WHERE document = ?", (document,))]
    return StoredDocument(
        document,
        epoch,
        snapshot,
        tail.updates,
        _greater(own, tail.own),
        {**tail.bound, **bound},
        {**tail.refused, **refused},
        _greater(leaf, tail.leaf),
        frozenset(former),
        [*handed, *tail.handed],
    )


@dataclass(slots=True)
class _Tail:
    """What the rows of one document say that are not covered yet."""

    last: int  # the greatest n among them
    edits: int = 0
    updates: list[bytes] = field(default_factory=list)
    own: dict[str, int] = field(default_factory=dict)
    leaf: dict[str, int] = field(default_factory=dict)
    bound: dict[int, str] = field(default_factory=dict)
    refused: dict[str, Sequence[str]] = field(default_factory=dict)
    handed: dict[str, None] = field(default_factory=dict)


def _tail(db: Any, document: str, epoch: int, covered: int, *, updates: bool = True) -> _Tail:
    tail = _Tail(covered)
    log = f"SELECT {COLUMNS} FROM update_log WHERE document = ? AND n > ? ORDER BY n"
    for columns in db.execute(log, (document, covered)):
        row = without_history(columns)
        tail.last, tail.edits = columns[0], tail.edits + columns[-1]
        tail.own = _greater(tail.own, row.vector)
        tail.leaf = _greater(tail.leaf, row.leaf_vector)
        tail.refused = {**row.refused, **tail.refused}
        tail.handed.update(dict.fromkeys(row.handed))
        if row.epoch == epoch:
            tail.bound = {**row.bound, **tail.bound}
            if row.update and updates:
                tail.updates.append(row.update)
    return tail


def _greater(one: dict[str, int], other: Mapping[str, int]) -> dict[str, int]:
    """`one`, where `other` does not say more. Changes and answers `one`."""
    for replica, counter in other.items():
        if counter > one.get(replica, 0):
            one[replica] = counter
    return one


def _last(db: Any) -> int:
    found = db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'update_log'").fetchone()
    return int(found[0]) if found else 0


def _append(db: Any, rows: Sequence[LogRow], unmet: Mapping[str, int]) -> int:
    if unmet:
        _meet(db, unmet)
    db.executemany("INSERT INTO update_log VALUES (NULL, ?, ?, ?, ?, ?, ?, ?)", map(to_columns, rows))
    return int(db.last_insert_rowid())


def _meet(db: Any, epochs: Mapping[str, int]) -> None:
    """Documents that begin with the rows to come, and those that begin a new epoch with them."""
    met = "INSERT INTO document VALUES (?, ?, x'', ?, 0, 0) ON CONFLICT DO NOTHING"
    db.executemany(met, [(document, epoch, _NO_SEAL) for document, epoch in epochs.items()])
    for document, epoch in epochs.items():
        before, seal = db.execute("SELECT epoch, hash FROM document WHERE name = ?", (document,)).fetchone()
        if epoch > before:
            last = _cover(db, document, before, b"")
            _forget_rows(db, document, last)
            _empty_rows(db, document, last)
            sql = "UPDATE document SET epoch = ? WHERE name = ?"
            db.execute(sql, (epoch, document))
        if epoch > before or seal == _NO_SEAL:
            make_seal(db, document)


def _empty_rows(db: Any, document: str, last: int) -> None:
    """Updates of earlier epochs; the rows stay, for what else they say."""
    sql = f"SELECT {COLUMNS} FROM update_log WHERE document = ? AND n <= ? AND body != x''"
    rows = [(*emptied(columns), columns[0]) for columns in db.execute(sql, (document, last))]
    db.executemany("UPDATE update_log SET body = ?, hash = ? WHERE n = ?", rows)


def _tell(db: Any, end: int) -> bool:
    """Puts what a bounded part of the rows up to `end` tells into `change`. Whether there is more."""
    changes: list[tuple[object, ...]] = []
    last, size, more = 0, 0, False
    log = f"SELECT {COLUMNS} FROM update_log WHERE n > ? AND n <= ? ORDER BY n"
    for columns in db.execute(log, (_cursor(db, _TOLD), end)):
        if more := len(changes) >= _TELL_CHANGES or size >= _TELL_BYTES:
            break
        last, row = columns[0], row_of(columns)
        size += sum(len(one.before or "") + len(one.after or "") for one in row.history)
        changes += changed(row, last << _PLACE_BITS)
    if last:
        db.executemany("INSERT INTO change VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", changes)
        db.execute(_SET_CURSOR, (_TOLD, last))
    return more


def _save_snapshot(db: Any, document: str, epoch: int, state: bytes) -> None:
    found = db.execute("SELECT epoch FROM document WHERE name = ?", (document,)).fetchone()
    if found != (epoch,):
        return
    check_seal(db, document)
    _forget_rows(db, document, _cover(db, document, epoch, state))
    make_seal(db, document)


def _forget_rows(db: Any, document: str, covered: int) -> None:
    """Those that are covered, told, and that the core has."""
    last = min(covered, _cursor(db, _TOLD), _cursor(db, CORE_HAS))
    db.execute("DELETE FROM update_log WHERE document = ? AND n <= ?", (document, last))


def _cover(db: Any, document: str, epoch: int, state: bytes) -> int:
    """`state` holds all rows so far; what else they say goes into its tables. Answers the last of them.

    The seal is the caller's to make anew.
    """
    (covered,) = db.execute("SELECT covered FROM document WHERE name = ?", (document,)).fetchone()
    tail = _tail(db, document, epoch, covered, updates=False)
    db.execute(
        "UPDATE document SET snapshot = ?, covered = ?, edits = edits + ? WHERE name = ?",
        (state, tail.last, tail.edits, document),
    )
    db.executemany(
        "INSERT INTO decided VALUES (?, ?, ?, ?) "
        "ON CONFLICT DO UPDATE SET counter = max(counter, excluded.counter)",
        [
            (document, by, replica, counter)
            for by, vector in (("own", tail.own), ("leaf", tail.leaf))
            for replica, counter in vector.items()
        ],
    )
    db.executemany(
        "INSERT INTO bound VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        [(document, epoch, client, device) for client, device in tail.bound.items()],
    )
    db.executemany(
        "INSERT INTO refused VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        [(document, stamp, _ENCODE(list(named))) for stamp, named in tail.refused.items()],
    )
    db.executemany(
        "INSERT INTO handed VALUES (?, ?) ON CONFLICT DO NOTHING", [(document, s) for s in tail.handed]
    )
    return tail.last


def _since(db: Any, n: int, bytes_max: int) -> list[NumberedRow]:
    found: list[NumberedRow] = []
    total = 0
    for columns in db.execute(f"SELECT {COLUMNS} FROM update_log WHERE n > ? ORDER BY n", (n,)):
        total += len(columns[3]) + len(columns[4])
        if total > bytes_max and found:
            break
        found.append(NumberedRow(columns[0], row_of(columns)))
    return found


def _history(db: Any, query: HistoryQuery, before: int | None, limit: int) -> HistoryPage:
    """One page: the newest `HISTORY_WINDOW` changes of the documents, and of those the ones asked for."""
    end = _NO_BOUND if before is None else before
    among, documents = history_sql.among(query, history_sql.SQLITE)
    ids = f"SELECT id FROM change WHERE id < ? AND ({among}) ORDER BY id DESC LIMIT 1 OFFSET ?"
    last = db.execute(ids, (end, *documents, HISTORY_WINDOW - 1)).fetchone()
    narrowed, values = history_sql.narrowed(query, history_sql.SQLITE)
    sql = (
        f"SELECT id, document, {_CHANGE} FROM change WHERE id < ? AND id >= ? AND ({among}) AND {narrowed} "
        "ORDER BY id DESC LIMIT ?"
    )
    first = 0 if last is None else last[0]
    rows = list(db.execute(sql, (end, first, *documents, *values, limit + 1)))
    found = [NumberedChange(id_, document, _change(row)) for id_, document, *row in rows[:limit]]
    if len(rows) > limit:
        return HistoryPage(found, found[-1].n)
    return HistoryPage(found, None if last is None else first)


def _change(row: Sequence[Any]) -> Change:
    change = Change(*row)
    return change._replace(claimed=bool(change.claimed))


def _cursor(db: Any, key: str) -> int:
    found = db.execute("SELECT n FROM cursor WHERE key = ?", (key,)).fetchone()
    return int(found[0]) if found else 0


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise StoreUnreadable("a row of the store is no JSON") from error
