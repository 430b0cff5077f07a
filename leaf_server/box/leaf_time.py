"""Leaf time: whole milliseconds since the venue's start. It never goes back, over restarts too.

While running it follows the monotonic clock; the wall clock only leans on it (at most 5 % faster or slower),
so a wall clock that is set never makes a step. One that is off by more than ten minutes is not followed at
all: `doubt` says so, for a person. At start it is the later of wall clock and what was written down.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import anyio

from crdt_models.errors import StoreNotReady
from leaf_server.box.database import Database

__all__ = ["LeafTime", "WrittenDown", "begin"]

_LOG = logging.getLogger("felt.time")
WRITE_S: Final = 60
_JUMP_MS: Final = 600_000
_BEHIND_MS: Final = 5_000  # a wall clock this far behind what was written down needs a person
_LEAN: Final = 0.05
_READ_SQL: Final = "SELECT ms, ahead_ms FROM leaf_time"
_WRITE_SQL: Final = (
    "INSERT INTO leaf_time VALUES (1, ?, ?) "
    "ON CONFLICT (one) DO UPDATE SET ms = max(ms, excluded.ms), ahead_ms = excluded.ahead_ms"
)


@dataclass(frozen=True, slots=True)
class WrittenDown:
    """Leaf time as it was kept, and how far it was ahead of the wall clock then."""

    ms: int
    ahead_ms: int


def begin(wall_ms: int, written: WrittenDown | None) -> tuple[int, str | None]:
    """Leaf time at start, and what a person should know. `wall_ms` is in leaf time too.

    Where leaf time ran ahead of the wall, up to a minute after the last note may have been given out.
    """
    if written is None:
        return max(wall_ms, 0), None
    floor = written.ms + (WRITE_S * 1000 + 1_000 if written.ahead_ms > 0 else 0)
    behind = written.ms - written.ahead_ms - wall_ms > _BEHIND_MS
    return max(wall_ms, floor), "the box's clock is behind the time it once showed" if behind else None


class LeafTime:
    """The clock. `wall_ms` is Unix milliseconds, `monotonic_s` seconds since anything."""

    def __init__(
        self,
        database: Database,
        *,
        start_ms: int,
        wall_ms: Callable[[], int],
        monotonic_s: Callable[[], float],
    ) -> None:
        self._database = database
        self._start_ms = start_ms
        self._wall_ms = wall_ms
        self._monotonic_s = monotonic_s
        self._anchor_ms = 0.0
        self._anchor_s = 0.0
        self._rate = 1.0
        self._last = 0
        self.doubt: str | None = None

    async def load(self) -> None:
        """Once, before anything else asks."""
        found = await self._database.read(lambda db: db.execute(_READ_SQL).fetchone())
        now, doubt = begin(self._wall(), WrittenDown(*found) if found else None)
        self._doubt(doubt)
        self._anchor_ms, self._anchor_s = float(now), self._monotonic_s()
        self._last = now
        await self.write_down()

    def now(self) -> int:
        passed_ms = (self._monotonic_s() - self._anchor_s) * 1000
        self._last = max(self._last, int(self._anchor_ms + passed_ms * self._rate))
        return self._last

    def clock_off_ms(self) -> int | None:
        """How far the box's wall clock is ahead (negative: behind) while nobody knows which is right.

        None: it is not in doubt.
        """
        return None if self.doubt is None else self._wall() - self.now()

    async def run(self) -> None:
        """Writes it down and leans on the wall clock, each minute, until cancelled."""
        while True:
            await anyio.sleep(WRITE_S)
            self.lean()
            await self.write_down()

    def lean(self) -> None:
        """Sets the rate until the next turn so that it meets the wall clock, gently."""
        now, second = self.now(), self._monotonic_s()
        self._anchor_ms, self._anchor_s = float(now), second
        error_ms = self._wall() - now
        if abs(error_ms) > _JUMP_MS:
            self._rate = 1.0
            self._doubt("the box's clock jumped by more than ten minutes and is not followed")
            return
        self._rate = 1.0 + max(-_LEAN, min(_LEAN, error_ms / (WRITE_S * 1000)))
        if abs(error_ms) <= _BEHIND_MS:
            self._doubt(None)

    async def write_down(self) -> None:
        """A disk that is full for a while stops no clock; the next minute tries again."""
        now = self.now()
        ahead = max(0, now - self._wall())
        try:
            await self._database.write(lambda db: db.execute(_WRITE_SQL, (now, ahead)))
        except StoreNotReady as error:
            _LOG.error("leaf time was not written down: %s", error)

    def _doubt(self, why: str | None) -> None:
        if why is not None and why != self.doubt:
            _LOG.warning("%s: a person has to look", why)
        self.doubt = why

    def _wall(self) -> int:
        """The wall clock, in leaf time."""
        return self._wall_ms() - self._start_ms
