"""The document store of the leaf: `crdt_models.update_log.DocStore` on SQLite (`doc_store.sql`).

A row that does not read back as it was written, or a snapshot against its hash, is `StoreUnreadable`:
the room stops and says so; it never starts from an empty document.
"""

import hashlib
import json
from collections.abc import Sequence
from typing import Any, Final

from crdt_models.errors import StoreUnreadable
from crdt_models.update_log import Change, LogRow, NumberedChange, NumberedRow, StoredDocument

from .database import Database

__all__ = ["CORE_HAS", "FROM_CORE", "LeafDocStore"]

CORE_HAS: Final = "core"
"""Cursor: the core holds our rows up to here, so those a snapshot covers may go."""
FROM_CORE: Final = "from_core"
"""Cursor: we hold the core's rows up to here."""

_NO_BOUND: Final = 2**62
_Changes = dict[int, list[Change]]
_CHANGE: Final = "n, stamp, name, before, after, replica, person, at_ms, via, claimed"


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
        sql = "SELECT last FROM numbering"
        return await self._database.read(lambda db: int(db.execute(sql).fetchone()[0]))

    async def history(
        self, document: str, name: str | None, before_n: int | None, limit: int
    ) -> Sequence[NumberedChange]:
        return await self._database.read(lambda db: _history(db, document, name, before_n, limit))

    async def sizes(self) -> Sequence[tuple[str, int, int, int]]:
        """Of each document: name, epoch, bytes kept, edits accepted so far."""
        return await self._database.read(lambda db: list(db.execute(_SIZES)))

    async def cursor(self, key: str) -> int:
        return await self._database.read(lambda db: _cursor(db, key))

    async def set_cursor(self, key: str, n: int) -> None:
        sql = "INSERT INTO cursor VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET n = excluded.n"
        await self._database.write(lambda db: db.execute(sql, (key, n)))


_SIZES: Final = """
SELECT d.name, d.epoch, length(d.snapshot) + coalesce(sum(length(u.body)), 0), d.edits
FROM document d LEFT JOIN update_log u ON u.document = d.name AND u.epoch = d.epoch AND u.n > d.covered
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
    log = "SELECT n, body, hash FROM update_log WHERE document = ? AND epoch = ? AND n > ? ORDER BY n"
    updates = [_checked(n, body, hash_) for n, body, hash_ in db.execute(log, (document, epoch, covered))]
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
    return StoredDocument(
        document, epoch, snapshot, [body for body in updates if body], own, bound, refused, leaf
    )


def _append(db: Any, rows: Sequence[LogRow]) -> int:
    before = int(db.execute("SELECT last FROM numbering").fetchone()[0])
    for n, row in enumerate(rows, before + 1):
        _append_one(db, n, row)
    db.execute("UPDATE numbering SET last = ?", (before + len(rows),))
    return before + len(rows)


def _append_one(db: Any, n: int, row: LogRow) -> None:
    db.execute(
        "INSERT INTO update_log VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            n, row.document, row.epoch, row.update, _short_hash(row.update), _text(dict(row.vector)),
            _text({str(client): device for client, device in row.bound.items()}),
            _text({stamp: list(named) for stamp, named in row.refused.items()}),
            _text(dict(row.leaf_vector)), row.origin,
        ),
    )  # fmt: skip
    db.execute(
        "INSERT INTO document VALUES (?1, ?2, x'', ?3, 0, ?4) ON CONFLICT (name) DO UPDATE SET "
        "edits = edits + ?4, epoch = max(epoch, ?2), "
        "snapshot = iif(?2 > epoch, x'', snapshot), hash = iif(?2 > epoch, ?3, hash), "
        "covered = iif(?2 > epoch, 0, covered)",
        (row.document, row.epoch, hashlib.sha256(b"").digest(), len(row.history)),
    )
    db.executemany(
        "INSERT INTO decided VALUES (?, ?, ?, ?) "
        "ON CONFLICT DO UPDATE SET counter = max(counter, excluded.counter)",
        [
            (row.document, by, replica, counter)
            for by, vector in (("own", row.vector), ("leaf", row.leaf_vector))
            for replica, counter in vector.items()
        ],
    )
    db.executemany(
        "INSERT INTO bound VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        [(row.document, row.epoch, client, device) for client, device in row.bound.items()],
    )
    db.executemany(
        "INSERT INTO refused VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        [(row.document, stamp, _text(list(named))) for stamp, named in row.refused.items()],
    )
    db.executemany(
        "INSERT INTO change (document, " + _CHANGE + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                row.document, n, change.stamp, change.name, change.before, change.after, change.replica,
                change.person, change.at_ms, change.via, int(change.claimed),
            )
            for change in row.history
        ],
    )  # fmt: skip


def _save_snapshot(db: Any, document: str, epoch: int, state: bytes) -> None:
    last = db.execute(
        "SELECT coalesce(max(n), 0) FROM update_log WHERE document = ? AND epoch = ?", (document, epoch)
    ).fetchone()[0]
    db.execute(
        "UPDATE document SET snapshot = ?, hash = ?, covered = max(covered, ?) WHERE name = ? AND epoch = ?",
        (state, hashlib.sha256(state).digest(), last, document, epoch),
    )
    db.execute(
        "DELETE FROM update_log WHERE document = ? AND epoch = ? AND n <= ? AND n <= ?",
        (document, epoch, last, _cursor(db, CORE_HAS)),
    )


def _since(db: Any, n: int, bytes_max: int) -> list[NumberedRow]:
    sizes = db.execute(
        "SELECT u.n, length(u.body) + length(u.vector) + length(u.bound) + length(u.refused) + 64 + "
        "coalesce((SELECT sum(length(stamp) + length(name) + length(replica) + length(person) + 32 + "
        "coalesce(length(before), 0) + coalesce(length(after), 0)) FROM change c WHERE c.n = u.n), 0) "
        "FROM update_log u WHERE u.n > ? ORDER BY u.n",
        (n,),
    )
    last, total = n, 0
    for number, size in sizes:
        total += size
        if total > bytes_max and last > n:
            break
        last = number
    changes: _Changes = {}
    told = f"SELECT {_CHANGE} FROM change WHERE n > ? AND n <= ? ORDER BY id"
    for row in db.execute(told, (n, last)):
        changes.setdefault(row[0], []).append(_change(row[1:]))
    rows = db.execute("SELECT * FROM update_log WHERE n > ? AND n <= ? ORDER BY n", (n, last))
    return [_numbered(row, changes) for row in rows]


def _numbered(row: tuple[Any, ...], changes: _Changes) -> NumberedRow:
    n, document, epoch, body, hash_, vector, bound, refused, leaf_vector, origin = row
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
        ),
    )


def _history(
    db: Any, document: str, name: str | None, before: int | None, limit: int
) -> list[NumberedChange]:
    sql = (
        f"SELECT id, {_CHANGE} FROM change WHERE document = ? AND id < ?"
        f"{'' if name is None else ' AND name = ?'} ORDER BY id DESC LIMIT ?"
    )
    bindings = [document, _NO_BOUND if before is None else before, *([] if name is None else [name]), limit]
    return [NumberedChange(row[0], _change(row[2:])) for row in db.execute(sql, bindings)]


def _change(row: tuple[Any, ...]) -> Change:
    stamp, name, before, after, replica, person, at_ms, via, claimed = row
    return Change(stamp, name, before, after, replica, person, at_ms, via, bool(claimed))


def _cursor(db: Any, key: str) -> int:
    found = db.execute("SELECT n FROM cursor WHERE key = ?", (key,)).fetchone()
    return int(found[0]) if found else 0


def _checked(n: int, body: bytes, said: bytes) -> bytes:
    if _short_hash(body) != said:
        raise StoreUnreadable(f"row {n} of the update log does not match its hash")
    return body


def _short_hash(body: bytes) -> bytes:
    return hashlib.sha256(body).digest()[:16]


def _text(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise StoreUnreadable("a row of the store is no JSON") from error
