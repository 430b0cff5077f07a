"""The document store of the core: `crdt_models.update_log.DocStore` on PostgreSQL, one object for each venue.

A batch is one transaction: fenced, numbered without holes, a handful of statements however many rows it
has. A snapshot that does not match its hash is `StoreUnreadable`; a room never starts from an empty document
instead.
"""

import json
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from hashlib import sha256
from typing import Any, Final

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
from serving import history_sql

from .db import Connection, Database, DatabaseRefuses
from .ownership import OwnedElsewhere, Ownership, check_fence

__all__ = ["CoreDocStore"]

APPEND_LOCK: Final = 8
SINCE_ROWS_MAX: Final = 2_000
_SIZES: Final = """
SELECT d.document, d.epoch,
       coalesce(length(s.state), 0) + coalesce((
           SELECT sum(length(u.update)) FROM update_log u
           WHERE u.venue_id = d.venue_id AND u.document = d.document AND u.epoch = d.epoch
             AND u.n > coalesce(s.n, 0)), 0),
       (SELECT count(*) FROM document_history h WHERE h.venue_id = d.venue_id AND h.document = d.document)
FROM documents d
LEFT JOIN snapshots s ON s.venue_id = d.venue_id AND s.document = d.document AND s.epoch = d.epoch
WHERE d.venue_id = this_venue()
ORDER BY d.document
"""
_FORGET: Final = """
DELETE FROM update_log u USING documents d
WHERE u.venue_id = this_venue() AND d.venue_id = this_venue() AND d.document = u.document
  AND u.n < %(n)s AND u.n < (SELECT max(n) FROM update_log WHERE venue_id = this_venue())
  AND (u.epoch < d.epoch OR u.n <= (
    SELECT s.n FROM snapshots s
    WHERE s.venue_id = this_venue() AND s.document = u.document AND s.epoch = d.epoch))
"""
_CHANGED: Final = """
SELECT document, max(n) FROM (
    SELECT document, n FROM update_log WHERE venue_id = this_venue() AND n > %(n)s
    UNION ALL
    SELECT document, n FROM snapshots WHERE venue_id = this_venue() AND n > %(n)s) AS rows
GROUP BY document
"""
_CHANGE: Final = "stamp, name, before, after, replica, person, at_ms, via, claimed, act"


class CoreDocStore:
    """All documents of one venue. Raises DatabaseDown besides what the protocol says.

    What another process took over in the meantime is not written: OwnedElsewhere, for good. What the rooms on
    this store hold may be old then.
    """

    def __init__(self, database: Database, ownership: Ownership, venue: str) -> None:
        self._database = database
        self._ownership = ownership
        self._venue = venue
        self._fence: int | None = None

    async def load(self, document: str) -> StoredDocument | None:
        async with self._database.venue(self._venue) as transaction:
            return await _load(transaction, document)

    async def append(self, rows: Sequence[LogRow]) -> int:
        try:
            async with self._writing() as (transaction, fence):
                await transaction.execute(
                    "SELECT pg_advisory_xact_lock(%s, hashtext(%s))", (APPEND_LOCK, self._venue)
                )
                last = await _last(transaction)
                if rows:
                    await _append(transaction, self._venue, fence, last + 1, rows)
                return last + len(rows)
        except DatabaseRefuses as error:
            raise StoreNotReady(error.trouble, str(error)) from error

    async def save_snapshot(self, document: str, epoch: int, state: bytes) -> None:
        async with self._writing() as (transaction, _):
            await transaction.execute(
                "INSERT INTO snapshots (venue_id, document, epoch, n, state, hash) "
                "SELECT %s, %s, %s, coalesce(max(n), 0), %s, %s FROM update_log "
                "WHERE venue_id = this_venue() AND document = %s AND epoch = %s "
                "ON CONFLICT (venue_id, document) DO UPDATE SET "
                "epoch = excluded.epoch, n = excluded.n, state = excluded.state, hash = excluded.hash "
                "WHERE snapshots.epoch <= excluded.epoch",
                (self._venue, document, epoch, state, sha256(state).digest(), document, epoch),
            )

    async def forget(self, n: int) -> None:
        """The leaf holds our rows up to `n`: of those before it the ones go that no load needs.

        Row `n` itself stays, since it shows which rows the leaf holds, and so does the last: numbers go on.
        """
        async with self._writing() as (transaction, _):
            await transaction.execute(_FORGET, {"n": n})

    async def changed(self, n: int) -> tuple[int, frozenset[str]]:
        """The newest row, and whose rows came after `n`: also of documents whose rows are forgotten since."""
        rows = await self._rows(_CHANGED, {"n": n})
        return max((last for _, last in rows), default=n), frozenset(document for document, _ in rows)

    async def names(self, prefix: str = "") -> Sequence[str]:
        rows = await self._rows(
            "SELECT document FROM documents WHERE starts_with(document, %s) ORDER BY document", (prefix,)
        )
        return [row[0] for row in rows]

    async def count(self, prefix: str) -> int:
        rows = await self._rows("SELECT count(*) FROM documents WHERE starts_with(document, %s)", (prefix,))
        return int(rows[0][0])

    async def sizes(self) -> Sequence[tuple[str, int, int, int]]:
        rows = await self._rows(_SIZES, ())
        return [(document, epoch, int(size), int(edits)) for document, epoch, size, edits in rows]

    async def since(self, n: int, bytes_max: int) -> Sequence[NumberedRow]:
        async with self._database.venue(self._venue) as transaction:
            return await _since(transaction, n, bytes_max)

    async def last(self) -> int:
        async with self._database.venue(self._venue) as transaction:
            return await _last(transaction)

    async def history(self, query: HistoryQuery, before: int | None, limit: int) -> HistoryPage:
        async with self._database.venue(self._venue) as transaction:
            return await _history(transaction, query, before, limit)

    async def cursor(self, key: str) -> int:
        rows = await self._rows("SELECT n FROM cursors WHERE venue_id = this_venue() AND key = %s", (key,))
        return int(rows[0][0]) if rows else 0

    async def set_cursor(self, key: str, n: int) -> None:
        await self.set_cursors({key: n})

    async def set_cursors(self, positions: Mapping[str, int]) -> None:
        async with self._writing() as (transaction, _):
            await _unnest(
                transaction,
                "INSERT INTO cursors (venue_id, key, n) SELECT this_venue(), * FROM "
                "unnest(%s::text[], %s::bigint[]) ON CONFLICT (venue_id, key) DO UPDATE SET n = excluded.n",
                positions.items(),
            )

    @asynccontextmanager
    async def _writing(self) -> AsyncIterator[tuple[Connection, int]]:
        """A transaction of the venue's owner, under the fence of the first one here."""
        fence = await self._ownership.fence(self._venue)
        self._fence = self._fence or fence
        if fence != self._fence:
            raise OwnedElsewhere(self._venue)
        try:
            async with self._database.venue(self._venue) as transaction:
                await check_fence(transaction, self._venue, fence)
                yield transaction, fence
        except OwnedElsewhere:
            await self._ownership.superseded(self._venue, fence)
            raise

    async def _rows(
        self, query: str, values: Sequence[object] | Mapping[str, object]
    ) -> list[tuple[Any, ...]]:
        async with self._database.venue(self._venue) as transaction:
            return await (await transaction.execute(query, values)).fetchall()


async def _load(transaction: Connection, document: str) -> StoredDocument | None:
    async def rows(query: str, *values: object) -> list[tuple[Any, ...]]:
        return await (await transaction.execute(query, values)).fetchall()

    of = "WHERE venue_id = this_venue() AND document = %s"
    known = await rows(f"SELECT epoch FROM documents {of}", document)
    if not known:
        return None
    epoch = known[0][0]
    snapshot, after = b"", 0
    for n, state, hash_ in await rows(
        f"SELECT n, state, hash FROM snapshots {of} AND epoch = %s", document, epoch
    ):
        snapshot, after = bytes(state), n
        if sha256(snapshot).digest() != bytes(hash_):
            raise StoreUnreadable(f"the snapshot of {document} does not match its hash")
    updates = await rows(
        f"SELECT update FROM update_log {of} AND epoch = %s AND n > %s ORDER BY n", document, epoch, after
    )
    counters = await rows(f"SELECT replica, counter, leaf_counter FROM replica_counters {of}", document)
    clients = await rows(f"SELECT client_id, device FROM client_ids {of} AND epoch = %s", document, epoch)
    former = await rows(f"SELECT client_id FROM client_ids {of} AND epoch <> %s", document, epoch)
    refused = await rows(f"SELECT stamp, named FROM refused_edits {of}", document)
    return StoredDocument(
        document=document,
        epoch=epoch,
        snapshot=snapshot,
        updates=[bytes(update) for (update,) in updates if update],
        vector={replica: counter for replica, counter, _ in counters if counter},
        bound=dict(clients),
        refused=dict(refused),
        leaf_vector={replica: counter for replica, _, counter in counters if counter},
        former=frozenset(client for (client,) in former),
    )


async def _last(transaction: Connection) -> int:
    found = await transaction.execute(
        "SELECT coalesce(max(n), 0) FROM update_log WHERE venue_id = this_venue()"
    )
    row = await found.fetchone()
    assert row is not None
    return int(row[0])


async def _append(
    transaction: Connection, venue: str, fence: int, first: int, rows: Sequence[LogRow]
) -> None:
    epochs: dict[str, int] = {}
    for row in rows:
        epochs[row.document] = max(row.epoch, epochs.get(row.document, 0))
    await _unnest(
        transaction,
        "INSERT INTO documents (venue_id, document, epoch) SELECT this_venue(), * FROM "
        "unnest(%s::text[], %s::bigint[]) ON CONFLICT (venue_id, document) "
        "DO UPDATE SET epoch = greatest(documents.epoch, excluded.epoch)",
        epochs.items(),
    )
    await transaction.execute(
        "INSERT INTO update_log (venue_id, n, document, epoch, update, vector, leaf_vector, bound, refused, "
        "origin, fence) SELECT this_venue(), new.*, %s FROM unnest(%s::bigint[], %s::text[], %s::bigint[], "
        "%s::bytea[], %s::jsonb[], %s::jsonb[], %s::jsonb[], %s::jsonb[], %s::text[]) AS new",
        (fence, *_columns(_log_row(n, row) for n, row in enumerate(rows, first))),
    )
    await _unnest(
        transaction,
        f"INSERT INTO document_history (venue_id, n, document, {_CHANGE}) SELECT this_venue(), * FROM unnest("
        "%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], "
        "%s::bigint[], %s::text[], %s::boolean[], %s::text[]) ON CONFLICT DO NOTHING",
        [
            (n, row.document, *_change_row(change))
            for n, row in enumerate(rows, first)
            for change in row.history
        ],
    )
    await _unnest(
        transaction,
        "INSERT INTO replica_counters (venue_id, document, replica, counter, leaf_counter) "
        "SELECT this_venue(), * FROM unnest(%s::text[], %s::text[], %s::bigint[], %s::bigint[]) "
        "ON CONFLICT (venue_id, document, replica) DO UPDATE SET "
        "counter = greatest(replica_counters.counter, excluded.counter), "
        "leaf_counter = greatest(replica_counters.leaf_counter, excluded.leaf_counter)",
        [(*key, own, leaf) for key, (own, leaf) in _counters(rows).items()],
    )
    await _unnest(
        transaction,
        "INSERT INTO client_ids (venue_id, document, epoch, client_id, device) SELECT this_venue(), * FROM "
        "unnest(%s::text[], %s::bigint[], %s::bigint[], %s::text[]) ON CONFLICT DO NOTHING",
        [(row.document, row.epoch, client, device) for row in rows for client, device in row.bound.items()],
    )
    await _unnest(
        transaction,
        "INSERT INTO refused_edits (venue_id, document, epoch, stamp, named) SELECT this_venue(), * FROM "
        "unnest(%s::text[], %s::bigint[], %s::text[], %s::jsonb[]) ON CONFLICT DO NOTHING",
        [
            (row.document, row.epoch, stamp, json.dumps(list(named)))
            for row in rows
            for stamp, named in row.refused.items()
        ],
    )


async def _history(
    transaction: Connection, query: HistoryQuery, before: int | None, limit: int
) -> HistoryPage:
    """One page: the newest `HISTORY_WINDOW` changes of the documents, and of those the ones asked for."""
    end = 2**62 if before is None else before
    among, documents = history_sql.among(query, history_sql.POSTGRES)
    of = f"FROM document_history WHERE venue_id = this_venue() AND number < %s AND ({among})"
    found = await transaction.execute(
        f"SELECT number {of} ORDER BY number DESC LIMIT 1 OFFSET %s", (end, *documents, HISTORY_WINDOW - 1)
    )
    last = await found.fetchone()
    first = 0 if last is None else int(last[0])
    narrowed, values = history_sql.narrowed(query, history_sql.POSTGRES)
    told = await transaction.execute(
        f"SELECT number, document, {_CHANGE} {of} AND number >= %s AND {narrowed} "
        "ORDER BY number DESC LIMIT %s",
        (end, *documents, first, *values, limit + 1),
    )
    rows = await told.fetchall()
    changes = [NumberedChange(row[0], row[1], Change(*row[2:])) for row in rows[:limit]]
    if len(rows) > limit:
        return HistoryPage(changes, changes[-1].n)
    return HistoryPage(changes, None if last is None else first)


async def _since(transaction: Connection, n: int, bytes_max: int) -> list[NumberedRow]:
    sizes = await transaction.execute(
        "SELECT n, octet_length(update) + pg_column_size(vector) + pg_column_size(leaf_vector) + "
        "pg_column_size(bound) + pg_column_size(refused) + 64 + coalesce((SELECT sum(octet_length(h.name) + "
        "coalesce(octet_length(h.before), 0) + coalesce(octet_length(h.after), 0) + 128) "
        "FROM document_history h WHERE h.venue_id = this_venue() AND h.n = u.n), 0) "
        "FROM update_log u WHERE venue_id = this_venue() AND n > %s ORDER BY n LIMIT %s",
        (n, SINCE_ROWS_MAX),
    )
    last, total = n, 0
    for number, size in await sizes.fetchall():
        total += size
        if total > bytes_max and last > n:
            break
        last = number
    changes: dict[int, list[Change]] = {}
    told = await transaction.execute(
        f"SELECT n, {_CHANGE} FROM document_history WHERE venue_id = this_venue() AND n > %s AND n <= %s "
        "ORDER BY number",
        (n, last),
    )
    for row in await told.fetchall():
        changes.setdefault(row[0], []).append(Change(*row[1:]))
    found = await transaction.execute(
        "SELECT n, document, epoch, update, vector, bound, refused, leaf_vector, origin FROM update_log "
        "WHERE venue_id = this_venue() AND n > %s AND n <= %s ORDER BY n",
        (n, last),
    )
    return [_numbered(row, changes.get(row[0], ())) for row in await found.fetchall()]


def _numbered(row: tuple[Any, ...], history: Sequence[Change]) -> NumberedRow:
    n, document, epoch, update, vector, bound, refused, leaf_vector, origin = row
    devices = {int(client): device for client, device in bound.items()}
    return NumberedRow(
        n, LogRow(document, epoch, bytes(update), vector, devices, refused, history, leaf_vector, origin)
    )


def _log_row(n: int, row: LogRow) -> tuple[object, ...]:
    bound = {str(client): device for client, device in row.bound.items()}
    refused = {stamp: list(named) for stamp, named in row.refused.items()}
    maps: tuple[Mapping[str, object], ...] = (row.vector, row.leaf_vector, bound, refused)
    return (n, row.document, row.epoch, row.update, *(json.dumps(dict(each)) for each in maps), row.origin)


def _change_row(change: Change) -> tuple[object, ...]:
    return (
        change.stamp,
        change.name,
        change.before,
        change.after,
        change.replica,
        change.person,
        change.at_ms,
        change.via,
        change.claimed,
        change.act,
    )


def _counters(rows: Sequence[LogRow]) -> dict[tuple[str, str], tuple[int, int]]:
    """(document, replica) → greatest own and leaf counter of the batch."""
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for row in rows:
        for replica in {*row.vector, *row.leaf_vector}:
            own, leaf = found.get((row.document, replica), (0, 0))
            found[row.document, replica] = (
                max(own, row.vector.get(replica, 0)),
                max(leaf, row.leaf_vector.get(replica, 0)),
            )
    return found


async def _unnest(transaction: Connection, query: str, rows: Iterable[tuple[object, ...]]) -> None:
    columns = _columns(rows)
    if columns:
        await transaction.execute(query, columns)


def _columns(rows: Iterable[tuple[object, ...]]) -> list[list[object]]:
    return [list(column) for column in zip(*rows, strict=True)]
