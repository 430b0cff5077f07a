"""A backup each gaming day, by the leaf itself, into a folder on another disk: a USB stick, a share.

What is copied has a name that begins with a dot until it is whole. The newest are kept. A folder that is away
stops nothing: it is tried again, and told to the office until it works.
"""

import logging
import os
import shutil
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import anyio
import anyio.to_thread

from leaf_server.box.backup import DATABASES, BackupFailed, make_backup, read_manifest
from ledger.gaming_days import GamingDays
from serving.problems import Problem

__all__ = ["KEPT", "DailyBackup", "Standing"]

KEPT: Final = 14
"""Whole backups in the folder; older ones go."""

_LOOK_S: Final = 60.0
_MARGIN_BYTES: Final = 64 * 2**20
_LOG = logging.getLogger("felt.backup")


@dataclass(frozen=True, slots=True)
class Standing:
    """How it stands. `at_ms`: Unix time of the newest whole one, None if there is none. `why`: what failed
    last, empty if nothing did. `same_disk`: it would be lost with the box."""

    at_ms: int | None = None
    kept: int = 0
    why: str = ""
    same_disk: bool = False


class DailyBackup:
    """`run` in the server's task group. `folder` None: nobody asked for any. `now_ms`: Unix milliseconds.

    `days` answers when gaming days begin, or raises Problem while the ledger is not ready.
    """

    def __init__(
        self,
        data: Path,
        folder: Path | None,
        venue: str,
        days: Callable[[], Awaitable[GamingDays]],
        now_ms: Callable[[], int],
    ) -> None:
        self._data, self.folder, self._ask_days, self._now_ms = data, folder, days, now_ms
        self._begins = f"felt-{venue}-"
        self._days = GamingDays()
        self.now = Standing()

    async def run(self) -> None:
        """Until cancelled."""
        if self.folder is None:
            return
        while True:
            await self.look(self.folder)
            await anyio.sleep(_LOOK_S)

    async def look(self, folder: Path) -> None:
        """Makes one if that of this gaming day is missing."""
        await self._learn_days()
        try:
            self.now = await anyio.to_thread.run_sync(self._look, folder)
        except (OSError, BackupFailed) as error:
            if not self.now.why:
                _LOG.error("no backup was made: %s", error)
            self.now = Standing(self.now.at_ms, self.now.kept, str(error) or type(error).__name__)

    async def _learn_days(self) -> None:
        try:
            self._days = await self._ask_days()
        except Problem:
            _LOG.debug("the ledger is not ready: days begin as they did")

    def _look(self, folder: Path) -> Standing:
        """On a thread of its own. Raises OSError, BackupFailed."""
        if not folder.is_dir():
            raise BackupFailed(f"{folder} is not there")
        now = self._now_ms()
        whole = self._whole(folder)
        if not whole or self._days.of(whole[-1][0]) < self._days.of(now):
            self._make(folder, now)
            whole = self._whole(folder)
            for _, old in whole[:-KEPT]:
                shutil.rmtree(old)
            whole = whole[-KEPT:]
        same_disk = folder.stat().st_dev == self._data.stat().st_dev
        return Standing(whole[-1][0], len(whole), "", same_disk)

    def _make(self, folder: Path, now_ms: int) -> None:
        for left in folder.glob(f".{self._begins}*"):  # cut off, by whatever
            shutil.rmtree(left)
        needed = sum(path.stat().st_size for path in map(self._data.joinpath, DATABASES) if path.exists())
        free = shutil.disk_usage(folder).free
        if free < needed + _MARGIN_BYTES:
            raise BackupFailed(
                f"{folder} has {free // 2**20} MiB free, {needed // 2**20} and some are needed"
            )
        name = self._begins + datetime.fromtimestamp(now_ms // 1_000, UTC).strftime("%Y-%m-%dT%H%M%SZ")
        making = folder / f".{name}"
        try:
            make_backup(self._data, making, now_ms)
            os.replace(making, folder / name)
        except BaseException:
            shutil.rmtree(making, ignore_errors=True)
            raise
        _LOG.info("backed up to %s", folder / name)

    def _whole(self, folder: Path) -> Sequence[tuple[int, Path]]:
        """(when it was made, where) of each backup of this venue, oldest first."""
        found = []
        for path in folder.glob(f"{self._begins}*"):
            try:
                found.append((int(read_manifest(path)["made_ms"]), path))
            except (BackupFailed, KeyError, TypeError, ValueError):
                _LOG.warning("%s is no whole backup", path)
        return sorted(found)
