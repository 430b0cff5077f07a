"""The document store of the leaf: `crdt_models.update_log.DocStore` on SQLite (`doc_store.sql`).

A row that does not read back as it was written, or a snapshot against its hash, is `StoreUnreadable`:
the room stops and says so; it never starts from an empty document.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from crdt_models.errors import StoreUnreadable
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
from serving import history_sql

from .database import Database

__all__ = ["CORE_HAS", "CORE_MARK", "FROM_CORE", "LeafDocStore"]

CORE_HAS: Final = "core"
"""Cursor: the core holds our rows up to here, so those a snapshot covers may go."""
FROM_CORE: Final = "from_core"
"""Cursor: we hold the core's rows up to here."""
CORE_MARK: Final = "core_mark"
"""Cursor of a kind: the mark of that row, 0 where none was taken."""

_NO_BOUND: Final = 2**62
_PLACE_BITS: Final = 20  # of a change's number: its place among those of its row; the rest is the row's n
_NO_SNAPSHOT: Final = hashlib.sha256(b"").digest()
_ENCODE: Final = json.JSONEncoder(separators=(",", ":")).encode
_CHANGE: Final = "stamp, name, before, after, replica, person, at_ms, via, claimed, act"


class LeafDocStore:
    """All documents of one venue, in the leaf's database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load(self, document: str) -> StoredDocument | None:
        return await self._database.read(lambda db: _load(db, document))

    async def append(self, rows: Sequence[LogRow]) -> int:
        return await self._database.write(lambda db: _append(db, rows))

    async def save_snapshot(self, document: str, epoch: int, state: bytes) -> None:
        await self._database.write(lambda db: _save_snapshot(db, document, epoch, state))

    async def names(self, prefix: str = "") -> Sequence[str]:
        sql = "SELECT name FROM document WHERE substr(name, 1, length(?1)) = ?1 ORDER BY name"
        return await self._database.read(lambda db: [name for (name,) in db.execute(sql, (prefix,))])

    async def count(self, prefix: str) -> int:
        sql = "SELECT count(*) FROM document WHERE substr(name, 1, length(?1)) = ?1"
        return await self._database.read(lambda db: int(db.execute(sql, (prefix,)).fetchone()[0]))

    async def since(self, n: int, bytes_max: int) -> Sequence[NumberedRow]:
        return await self._database.read(lambda db: _since(db, n, bytes_max))

    async def last(self) -> int:
        return await self._database.read(_last)

    async def history(self, query: HistoryQuery, before: int | None, limit: int) -> HistoryPage:
        return await self._database.read(lambda db: _history(db, query, before, limit))

    async def sizes(self) -> Sequence[tuple[str, int, int, int]]:
        """Of each document: name, epoch, bytes kept, edits accepted so far."""
        return await self._database.read(lambda db: list(db.execute(_SIZES)))

    async def cursor(self, key: str) -> int:
        return await self._database.read(lambda db: _cursor(db, key))

    async def set_cursor(self, key: str, n: int) -> None:
        await self.set_cursors({key: n})

    async def set_cursors(self, positions: Mapping[str, int]) -> None:
        sql = "INSERT INTO cursor VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET n = excluded.n"
        await self._database.write(lambda db: db.executemany(sql, list(positions.items())))


_SIZES: Final = """
SELECT d.name, d.epoch, length(d.snapshot) + coalesce(sum(length(u.body)), 0),
  d.edits + coalesce(sum(u.edits), 0)
FROM document d LEFT JOIN update_log u ON u.document = d.name AND u.n > d.covered
GROUP BY d.name ORDER BY d.name
"""


def _load(db: Any, document: str) -> StoredDocument | None:
    found = db.execute(
        "SELECT epoch, snapshot, hash, covered FROM document WHERE name = ?", (document,)
    ).fetchone()
    if found is None:
        return None
    epoch, snapshot, said, covered = found
    if hashlib.sha256(snapshot).digest() != said:
        raise StoreUnreadable(f"the snapshot of {document} does not match its hash")
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
    handed: list[str] = field(default_factory=list)


def _tail(db: Any, document: str, epoch: int, covered: int) -> _Tail:
    tail = _Tail(covered)
    log = (
        "SELECT n, epoch, body, hash, vector, bound, refused, leaf_vector, edits, handed FROM update_log "
        "WHERE document = ? AND n > ? ORDER BY n"
    )
    for n, of, body, hash_, vector, bound, refused, leaf_vector, edits, handed in db.execute(
        log, (document, covered)
    ):
        tail.last = n
        tail.edits += edits
        tail.handed += _json(handed)
        tail.own = _greater(tail.own, _json(vector))
        tail.leaf = _greater(tail.leaf, _json(leaf_vector))
        for stamp, named in _json(refused).items():
            tail.refused.setdefault(stamp, named)
        if of == epoch:
            if body:
                tail.updates.append(_checked(n, body, hash_))
            for client, device in _json(bound).items():
                tail.bound.setdefault(int(client), device)
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


def _append(db: Any, rows: Sequence[LogRow]) -> int:
    first = _last(db) + 1
    _meet_documents(db, first, rows)
    db.executemany(
        "INSERT INTO update_log VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                n, row.document, row.epoch, row.update, _short_hash(row.update), _text(row.vector),
                _text(row.bound), _text(row.refused), _text(row.leaf_vector), row.origin, len(row.history),
                _ENCODE(list(row.handed)) if row.handed else "[]",
            )
            for n, row in enumerate(rows, first)
        ],
    )  # fmt: skip
    db.executemany(
        "INSERT INTO change VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (id_, row.document, *change)
            for n, row in enumerate(rows, first)
            for id_, change in enumerate(row.history, n << _PLACE_BITS)
        ],
    )
    return first + len(rows) - 1


def _meet_documents(db: Any, first: int, rows: Sequence[LogRow]) -> None:
    """Documents that begin with these rows, and those that begin a new epoch with them."""
    epochs = {row.document: row.epoch for row in rows}
    met = "INSERT INTO document VALUES (?, ?, x'', ?, 0, 0) ON CONFLICT DO NOTHING"
    db.executemany(met, [(document, epoch, _NO_SNAPSHOT) for document, epoch in epochs.items()])
    for document, epoch in epochs.items():
        (before,) = db.execute("SELECT epoch FROM document WHERE name = ?", (document,)).fetchone()
        if epoch > before:
            last = _cover(db, document, before, b"")
            _forget_rows(db, document, last)
            sql = "UPDATE update_log SET body = x'', hash = ? WHERE document = ? AND n <= ?"
            db.execute(sql, (_short_hash(b""), document, last))
            sql = "UPDATE document SET epoch = ? WHERE name = ?"
            db.execute(sql, (epoch, document))


def _save_snapshot(db: Any, document: str, epoch: int, state: bytes) -> None:
    found = db.execute("SELECT epoch FROM document WHERE name = ?", (document,)).fetchone()
    if found != (epoch,):
        return
    _forget_rows(db, document, _cover(db, document, epoch, state))


def _forget_rows(db: Any, document: str, covered: int) -> None:
    """Those that are covered and that the core has."""
    db.execute(
        "DELETE FROM update_log WHERE document = ? AND n <= ? AND n <= ?",
        (document, covered, _cursor(db, CORE_HAS)),
    )


def _cover(db: Any, document: str, epoch: int, state: bytes) -> int:
    """`state` holds all rows so far; what else they say goes into its tables. Answers the last of them."""
    (covered,) = db.execute("SELECT covered FROM document WHERE name = ?", (document,)).fetchone()
    tail = _tail(db, document, epoch, covered)
    db.execute(
        "UPDATE document SET snapshot = ?, hash = ?, covered = ?, edits = edits + ? WHERE name = ?",
        (state, hashlib.sha256(state).digest(), tail.last, tail.edits, document),
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
    sizes = db.execute(
        "SELECT u.n, length(u.body) + length(u.vector) + length(u.bound) + length(u.refused) + 64 + "
        "coalesce((SELECT sum(length(stamp) + length(name) + length(replica) + length(person) + 32 + "
        "coalesce(length(before), 0) + coalesce(length(after), 0)) FROM change c "
        f"WHERE c.id >= u.n << {_PLACE_BITS} AND c.id < (u.n + 1) << {_PLACE_BITS}), 0) "
        "FROM update_log u WHERE u.n > ? ORDER BY u.n",
        (n,),
    )
    last, total = n, 0
    for number, size in sizes:
        total += size
        if total > bytes_max and last > n:
            break
        last = number
    changes: dict[int, list[Change]] = {}
    told = f"SELECT id, {_CHANGE} FROM change WHERE id >= ? AND id < ? ORDER BY id"
    for id_, *change in db.execute(told, ((n + 1) << _PLACE_BITS, (last + 1) << _PLACE_BITS)):
        changes.setdefault(id_ >> _PLACE_BITS, []).append(_change(change))
    rows = db.execute("SELECT * FROM update_log WHERE n > ? AND n <= ? ORDER BY n", (n, last))
    return [_numbered(row, changes) for row in rows]


def _numbered(row: tuple[Any, ...], changes: Mapping[int, list[Change]]) -> NumberedRow:
    n, document, epoch, body, hash_, vector, bound, refused, leaf_vector, origin, _, handed = row
    return NumberedRow(
        n,
        LogRow(
            document,
            epoch,
            _checked(n, body, hash_),
            _json(vector),
            {int(client): device for client, device in _json(bound).items()},
            _json(refused),
            changes.get(n, ()),
            _json(leaf_vector),
            origin,
            _json(handed),
        ),
    )


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


def _checked(n: int, body: bytes, said: bytes) -> bytes:
    if _short_hash(body) != said:
        raise StoreUnreadable(f"row {n} of the update log does not match its hash")
    return body


def _short_hash(body: bytes) -> bytes:
    return hashlib.sha256(body).digest()[:16]


def _text(value: Mapping[Any, Any]) -> str:
    return _ENCODE(dict(value)) if value else "{}"


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise StoreUnreadable("a row of the store is no JSON") from error
