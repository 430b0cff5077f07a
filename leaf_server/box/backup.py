"""A leaf's data folder as one folder of consistent copies.

Databases are copied by `VACUUM INTO`, which reads one state even while the leaf runs and writes. The ledger
is copied first: documents may then know of money that the copy does not hold, never the other way round.
The roster, the only document with names, is left out: names come back from tablets and core. Keys come along,
so a backup is as secret as the box. `backup.json` is written last: without it there is none.
"""

import hashlib
import json
import os
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import apsw

from crdt_models.documents.roster import ROSTER

__all__ = [
    "DATABASES",
    "MANIFEST",
    "BackupFailed",
    "copy_database",
    "digests",
    "make_backup",
    "read_manifest",
]

DATABASES: Final = ("ledger.db", "leaf.db")
FOLDERS: Final = ("keys",)
MANIFEST: Final = "backup.json"
BUSY_MS: Final = 5_000
_ROSTER_ROWS: Final = (
    ("update_log", "document"), ("change", "document"), ("decided", "document"), ("bound", "document"),
    ("refused", "document"), ("handed", "document"), ("document", "name"),
)  # fmt: skip


class BackupFailed(Exception):
    """No backup was made, or what should be one is none; says why."""


def make_backup(data: Path, target: Path, made_ms: int | None = None) -> Mapping[str, object]:
    """Copies the leaf in `data` to the new folder `target`, on disk when it answers the manifest.

    `made_ms`: Unix milliseconds, by the box's clock where none is given.
    Raises BackupFailed, OSError.
    """
    if not (data / "leaf.db").exists():
        raise BackupFailed(f"{data} holds no leaf: there is no leaf.db")
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise BackupFailed(f"{target} is not an empty folder")
    target.mkdir(parents=True, mode=0o700, exist_ok=True)
    for name in DATABASES:
        if (data / name).exists():
            copy_database(data / name, target / name)
    _leave_out_roster(target / "leaf.db")
    for folder in FOLDERS:
        if (data / folder).is_dir():
            shutil.copytree(data / folder, target / folder)
    made = time.time_ns() // 1_000_000 if made_ms is None else made_ms
    manifest = {"version": 1, "made_ms": made, "files": digests(target)}
    _sync_all(target)
    (target / MANIFEST).write_text(json.dumps(manifest, indent=1))
    for path in (target / MANIFEST, target):
        _sync(path)
    return manifest


def read_manifest(source: Path) -> dict[str, Any]:
    """What a backup tells of itself. Raises BackupFailed."""
    try:
        manifest = json.loads((source / MANIFEST).read_text())
    except (OSError, ValueError) as error:
        raise BackupFailed(f"{source} is no backup: {error}") from error
    if not isinstance(manifest, dict) or manifest.get("version") != 1:
        raise BackupFailed(f"{source} is a backup of another version of Felt")
    return manifest


def copy_database(source: Path, target: Path) -> None:
    """One state of a database, also while a server writes it. Raises BackupFailed."""
    try:
        connection = apsw.Connection(str(source), flags=apsw.SQLITE_OPEN_READWRITE)
        try:
            connection.set_busy_timeout(BUSY_MS)
            connection.execute("VACUUM INTO ?", (str(target),))
        finally:
            connection.close()
    except apsw.Error as error:
        raise BackupFailed(f"{source} can't be read: {error}") from error


def _leave_out_roster(leaf: Path) -> None:
    """Takes the only document with names out of a copy: else who is erased later would be in every backup.

    Raises BackupFailed.
    """
    try:
        connection = apsw.Connection(str(leaf))
        try:
            for table, column in _ROSTER_ROWS:
                connection.execute(f"DELETE FROM {table} WHERE {column} = ?", (ROSTER,))
            connection.execute("VACUUM")
            connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
        finally:
            connection.close()
    except apsw.Error as error:
        raise BackupFailed(f"the roster can't be left out of {leaf}: {error}") from error


def digests(folder: Path) -> dict[str, str]:
    """SHA-256 of each file of a backup, by its path in it."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != MANIFEST)
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def _sync_all(folder: Path) -> None:
    for path in (*folder.rglob("*"), folder):
        _sync(path)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
