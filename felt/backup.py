"""`felt backup` and `felt restore`: a leaf's data folder as one folder of consistent copies, and back."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from felt.failure import CommandFailed
from felt.ledger_boxes import become_a_box
from leaf_server.box import backup
from leaf_server.box.backup import MANIFEST, BackupFailed, digests, read_manifest
from leaf_server.documents.terms import leave_mark

__all__ = ["copy_database", "make_backup", "restore_backup"]


def make_backup(data: Path, target: Path) -> Mapping[str, object]:
    """As `leaf_server.box.backup`. Raises CommandFailed."""
    try:
        return backup.make_backup(data, target)
    except BackupFailed as error:
        raise CommandFailed(str(error)) from error


def copy_database(source: Path, target: Path) -> None:
    """As `leaf_server.box.backup`. Raises CommandFailed."""
    try:
        backup.copy_database(source, target)
    except BackupFailed as error:
        raise CommandFailed(str(error)) from error


def restore_backup(
    source: Path, data: Path, *, by: str = "", why: str = "The box was restored from a backup.",
    venue_key: Path | None = None,
) -> Mapping[str, object]:  # fmt: skip
    """Puts a backup into the empty or new folder `data`, as a box of its own. Raises CommandFailed.

    Its documents open a term at its start; its ledger when a person says so.
    """
    try:
        manifest = read_manifest(source)
    except BackupFailed as error:
        raise CommandFailed(str(error)) from error
    if digests(source) != manifest["files"]:
        raise CommandFailed(f"{source} is damaged: its files are not those that backup.json tells of")
    _empty(data)
    shutil.copytree(source, data, dirs_exist_ok=True, ignore=shutil.ignore_patterns(MANIFEST))
    data.chmod(0o700)
    leave_mark(data, "restored from a backup")
    if (data / "ledger.db").exists():
        become_a_box(data, by, why, venue_key)
    return manifest


def _empty(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise CommandFailed(f"{folder} is not empty: nothing is ever written over; name a new folder")
