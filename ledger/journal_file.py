"""The ledger's file: its lock, its tables and every statement on them. Schema and reasons: `journal.sql`."""

import fcntl
import os
from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import apsw
import msgspec

from .errors import DiskFull, LedgerLocked, LedgerUnreadable

__all__ = [
    "ADD_ENTRY", "ADD_HEAD", "ADD_OUTCOME", "BUSY_MS", "LAST", "OUTCOME", "SYNC_FAILED",
    "StoredOutcome", "all_stored", "last_head", "last_seq", "open_database", "open_read_only", "row_at",
    "slice_end", "store_checkpoint",
    "stored_after", "stored_checkpoint", "stored_outcomes", "take_lock", "told_between", "told_by",
]  # fmt: skip

_CHECKPOINT: Final = ".book"
BUSY_MS: Final = 5_000
_WAL_BYTES_MAX: Final = 64 * 1024 * 1024
_SLICE: Final = 200
"""Rows read at once: a reader that holds on keeps the WAL from being emptied."""


def take_lock(path: Path) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(lock)
        raise LedgerLocked(f"another process has the ledger open ({path.name})") from error
    return lock


def open_database(path: Path, venue: str, vfs: str | None = None) -> apsw.Connection:
    """The file with its schema, through the file system SQLite knows as `vfs` (None: the machine's own).

    Raises LedgerUnreadable for anything else, DiskFull.
    """
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))  # its owner's, as the keys are
        db = apsw.Connection(str(path), vfs=vfs)
        db.set_busy_timeout(BUSY_MS)
        for pragma in _PRAGMAS:
            db.execute(pragma).fetchall()
        if not db.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone():
            schema = files(__package__).joinpath("journal.sql").read_text("utf-8")
            with db:
                db.execute(schema)
                db.execute("INSERT INTO ledger VALUES (1, 1, ?)", (venue,))
        found = db.execute(_NAMED).fetchall()
    except (apsw.FullError, apsw.IOError) as error:
        raise DiskFull(f"the disk takes nothing now: {error}") from error
    except (apsw.Error, OSError) as error:
        raise LedgerUnreadable(f"{path.name} is not a ledger: {error}") from error
    if found != [(1, 1, venue)]:
        raise LedgerUnreadable(f"{path.name} says {found!r}; this is venue {venue!r}, format 1")
    return db


def open_read_only(path: Path) -> tuple[apsw.Connection, str]:
    """A ledger beside its writer, for an auditor; and its venue. Raises LedgerUnreadable."""
    try:
        db = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
        db.set_busy_timeout(BUSY_MS)
        found: Any = db.execute(_NAMED).fetchall()
    except apsw.Error as error:
        raise LedgerUnreadable(f"{path.name} is not a ledger: {error}") from error
    if len(found) != 1 or found[0][:2] != (1, 1):
        raise LedgerUnreadable(f"{path.name} is not a ledger of format 1")
    return db, str(found[0][2])


StoredOutcome = tuple[bytes, int | None, str | None, int]
"""Content of its command, the entry it became or the refusal (JSON), when."""


def stored_outcomes(
    db: apsw.Connection, keys: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], StoredOutcome]:
    """Of these (device, key), those that have an outcome."""
    if len(keys) == 1:  # most commits are of one command
        row: Any = db.execute(OUTCOME, keys[0]).fetchone()
        return {keys[0]: row} if row else {}
    found = db.execute(_OUTCOMES, (msgspec.json.encode(list(keys)).decode(),))
    return {(device, key): (content, seq, no, at_ms) for device, key, content, seq, no, at_ms in found}


def told_by(db: apsw.Connection, device: str, keys: tuple[str, ...]) -> list[tuple[str, bytes, int, int]]:
    """As `told_between` of these keys, in their order."""
    found: Any = db.execute(_TOLD_BY, (apsw.carray(keys), device)).fetchall()
    rows: list[tuple[str, bytes, int, int]] = found
    return rows


def told_between(
    db: apsw.Connection, device: str, first: str, last: str, limit: int
) -> list[tuple[str, bytes, int, int]]:
    """(key, content, entry, when) of what a device posted, from one key to another, at most `limit`."""
    found: Any = db.execute(_TOLD_BETWEEN, (device, first, last, limit)).fetchall()
    rows: list[tuple[str, bytes, int, int]] = found
    return rows


def stored_after(
    db: apsw.Connection, seq: int, limit: int, last: int = 2**63 - 1
) -> list[tuple[int, bytes, bytes]]:
    """(number, bytes, hash) of the entries behind `seq` up to `last`, in order. Raises LedgerUnreadable."""
    rows: Any = db.execute(_AFTER, (seq, last, limit)).fetchall()
    if rows and [set(map(type, column)) for column in zip(*rows, strict=True)] != _OF_A_LEDGER:
        raise LedgerUnreadable(f"a row behind entry {seq} is not of a ledger")  # nor are its tables ours
    found: list[tuple[int, bytes, bytes]] = rows
    return found


def all_stored(db: apsw.Connection, after: int = 0, last: int | None = None) -> Iterator[tuple[bytes, bytes]]:
    """(bytes, hash) of every entry behind `after`, up to number `last` if one is given; in slices."""
    end = 2**63 - 1 if last is None else last
    while after < end and (rows := stored_after(db, after, _SLICE)):
        if rows[-1][0] > end:
            rows = [row for row in rows if row[0] <= end]
        for _, body, hash_ in rows:
            yield body, hash_
        after = rows[-1][0] if rows else end


def last_seq(db: apsw.Connection) -> int:
    """The newest entry's number; 0: there is none."""
    row: Any = db.execute(LAST).fetchone()
    return 0 if row is None else int(row[0])


def slice_end(db: apsw.Connection, after: int, size: int) -> int:
    """The number of the last of at most `size` entries behind `after`; 0: there is none."""
    (last,) = db.execute(_SLICE_END, (after, size)).fetchone() or (None,)
    return 0 if last is None else int(last)


def row_at(db: apsw.Connection, seq: int) -> tuple[bytes, bytes] | None:
    """(bytes, hash) of the newest entry up to this number."""
    row: Any = db.execute(_AT, (seq,)).fetchone()
    return None if row is None else (row[0], row[1])


def stored_checkpoint(ledger: Path) -> bytes:
    """What is kept beside a ledger; empty: nothing."""
    try:
        return ledger.with_suffix(_CHECKPOINT).read_bytes()
    except OSError:
        return b""


def store_checkpoint(ledger: Path, data: bytes) -> None:
    """Replaces the one before, whole or not at all. Raises OSError."""
    fresh = ledger.with_suffix(f"{_CHECKPOINT}-new")
    fresh.write_bytes(data)
    fresh.chmod(0o600)
    os.replace(fresh, ledger.with_suffix(_CHECKPOINT))


def last_head(db: apsw.Connection, first: int = 0, last: int = 2**53) -> str | None:
    """The newest signed head, of all or of the entries `first` … `last`, as JSON text."""
    row: Any = db.execute(_LAST_HEAD, (first, last)).fetchone()
    return None if row is None else str(row[0])


_PRAGMAS: Final = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA wal_autocheckpoint = 0",
    f"PRAGMA journal_size_limit = {_WAL_BYTES_MAX}",
    "PRAGMA foreign_keys = ON",
    "PRAGMA trusted_schema = OFF",
    "PRAGMA cell_size_check = ON",
)
_NAMED: Final = "SELECT one, format, venue FROM ledger"
SYNC_FAILED: Final = frozenset({apsw.SQLITE_IOERR_FSYNC, apsw.SQLITE_IOERR_DIR_FSYNC})
ADD_ENTRY: Final = "INSERT INTO entries (seq, hash, body) VALUES (?, ?, ?)"
ADD_HEAD: Final = "INSERT INTO heads (seq, head) VALUES (?, ?)"
ADD_OUTCOME: Final = (
    "INSERT INTO outcomes (device, key, content, seq, refusal, at_ms) VALUES (?, ?, ?, ?, ?, ?)"
)
OUTCOME: Final = "SELECT content, seq, refusal, at_ms FROM outcomes WHERE device = ? AND key = ?"
_OUTCOMES: Final = (  # all in one statement: a fifth of what one for each takes
    "SELECT o.device, o.key, o.content, o.seq, o.refusal, o.at_ms FROM json_each(?) AS asked "
    "CROSS JOIN outcomes AS o ON o.device = asked.value ->> 0 AND o.key = asked.value ->> 1"
)
_TOLD_BY: Final = (
    "SELECT o.key, o.content, o.seq, o.at_ms FROM carray(?) AS asked "
    "CROSS JOIN outcomes AS o ON o.device = ? AND o.key = asked.value AND o.refusal IS NULL"
)
_TOLD_BETWEEN: Final = (
    "SELECT key, content, seq, at_ms FROM outcomes "
    "WHERE device = ? AND key BETWEEN ? AND ? AND refusal IS NULL ORDER BY key LIMIT ?"
)
_OF_A_LEDGER: Final = [{int}, {bytes}, {bytes}]
_LAST_HEAD: Final = "SELECT head FROM heads WHERE seq BETWEEN ? AND ? ORDER BY seq DESC LIMIT 1"
_AFTER: Final = (
    "SELECT seq, CAST(body AS BLOB), hash FROM entries WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?"
)
_SLICE_END: Final = "SELECT max(seq) FROM (SELECT seq FROM entries WHERE seq > ? ORDER BY seq LIMIT ?)"
_AT: Final = "SELECT CAST(body AS BLOB), hash FROM entries WHERE seq <= ? ORDER BY seq DESC LIMIT 1"
LAST: Final = "SELECT seq, hash FROM entries ORDER BY seq DESC LIMIT 1"
