"""`felt backup` and `felt restore`: a leaf's data folder as one folder of consistent copies.

Databases are copied by `VACUUM INTO`, which reads one state even while the leaf runs and writes. The ledger
is copied first: documents may then know of money that the copy does not hold, never the other way round.
The roster, the only document with names, is left out: names come back from tablets and core. Keys come along,
so a backup is as secret as the box. `backup.json` is written last: without it there is none.
"""

import hashlib
import json
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import apsw

from crdt_models.documents.roster import ROSTER
from felt.failure import CommandFailed
from felt.ledger_boxes import become_a_box
from leaf_server.terms import leave_mark

__all__ = ["copy_database", "make_backup", "restore_backup"]

DATABASES: Final = ("ledger.db", "leaf.db")
FOLDERS: Final = ("keys",)
MANIFEST: Final = "backup.json"
BUSY_MS: Final = 5_000
_ROSTER_ROWS: Final = (
    ("update_log", "document"), ("change", "document"), ("decided", "document"), ("bound", "document"),
    ("refused", "document"), ("handed", "document"), ("document", "name"),
)  # fmt: skip


def make_backup(data: Path, target: Path) -> Mapping[str, object]:
    """Copies the leaf in `data` to the new folder `target`; answers the manifest. Raises CommandFailed."""
    if not (data / "leaf.db").exists():
        raise CommandFailed(f"{data} holds no leaf: there is no leaf.db")
    _empty(target)
    target.mkdir(parents=True, mode=0o700, exist_ok=True)
    for name in DATABASES:
        if (data / name).exists():
            copy_database(data / name, target / name)
    leave_out_roster(target / "leaf.db")
    for folder in FOLDERS:
        if (data / folder).is_dir():
            shutil.copytree(data / folder, target / folder)
    manifest = {"version": 1, "made_ms": time.time_ns() // 1_000_000, "files": _digests(target)}
    (target / MANIFEST).write_text(json.dumps(manifest, indent=1))
    return manifest


def restore_backup(
    source: Path, data: Path, *, by: str = "", why: str = "The box was restored from a backup.",
    venue_key: Path | None = None,
) -> Mapping[str, object]:  # fmt: skip
    """Puts a backup into the empty or new folder `data`, as a box of its own. Raises CommandFailed.

    Its documents open a term at its start; its ledger when a person says so.
    """
    manifest = _manifest(source)
    if _digests(source) != manifest["files"]:
        raise CommandFailed(f"{source} is damaged: its files are not those that backup.json tells of")
    _empty(data)
    shutil.copytree(source, data, dirs_exist_ok=True, ignore=shutil.ignore_patterns(MANIFEST))
    data.chmod(0o700)
    leave_mark(data, "restored from a backup")
    if (data / "ledger.db").exists():
        become_a_box(data, by, why, venue_key)
    return manifest


def copy_database(source: Path, target: Path) -> None:
    """One state of a database, also while a server writes it. Raises CommandFailed."""
    try:
        connection = apsw.Connection(str(source), flags=apsw.SQLITE_OPEN_READWRITE)
        try:
            connection.set_busy_timeout(BUSY_MS)
            connection.execute("VACUUM INTO ?", (str(target),))
        finally:
            connection.close()
    except apsw.Error as error:
        raise CommandFailed(f"{source} can't be read: {error}") from error


def leave_out_roster(leaf: Path) -> None:
    """Takes the only document with names out of a copy: else who is erased later would be in every backup.

    Raises CommandFailed.
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
        raise CommandFailed(f"the roster can't be left out of {leaf}: {error}") from error


def _manifest(source: Path) -> dict[str, object]:
    try:
        manifest = json.loads((source / MANIFEST).read_text())
    except (OSError, ValueError) as error:
        raise CommandFailed(f"{source} is no backup: {error}") from error
    if not isinstance(manifest, dict) or manifest.get("version") != 1:
        raise CommandFailed(f"{source} is a backup of another version of Felt")
    return manifest


def _digests(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != MANIFEST)
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def _empty(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise CommandFailed(f"{folder} is not empty: nothing is ever written over; name a new folder")
