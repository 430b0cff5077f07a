"""Which gaming day an instant belongs to: by the venue's wall clock, as the profile carries it.

A profile holds the clock as a table of offsets from UTC, not as a zone's name: a ledger must decide the same
for ever, and zones change by law. Days are numbered from 1970-01-01 by the date on which they begin.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

__all__ = ["DAY_MS", "DAY_STARTS_MIN", "GamingDays"]

DAY_MS: Final = 86_400_000
DAY_STARTS_MIN: Final = 360
"""Where the profile says nothing a gaming day runs from 06:00 to 06:00: an evening is one day."""

_MINUTE_MS: Final = 60_000


@dataclass(slots=True)
class GamingDays:
    """`offsets`: [from Unix ms, minutes ahead of UTC], rising; the first holds before it too, none is UTC."""

    starts_min: int = DAY_STARTS_MIN
    offsets: Sequence[tuple[int, int]] = ()
    _since: list[int] = field(init=False, repr=False, compare=False)
    _asked: tuple[int, int, int] = field(default=(0, 0, 0), init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._since = [since for since, _ in self.offsets[1:]]

    def of(self, at_ms: int) -> int:
        """Number of the gaming day of a Unix time. The last that was asked for is mostly asked for again."""
        begins, ends, day = self._asked
        if not begins <= at_ms < ends:
            day = self._found(at_ms)
            self._asked = (self.begins_ms(day), self.begins_ms(day + 1), day)
        return day

    def _found(self, at_ms: int) -> int:
        day = (at_ms + self._offset_ms(at_ms) - self.starts_min * _MINUTE_MS) // DAY_MS
        if not self.offsets:
            return day
        if at_ms < self.begins_ms(day):
            return day - 1
        return day + 1 if at_ms >= self.begins_ms(day + 1) else day

    def begins_ms(self, day: int) -> int:
        """Its first instant as Unix time. One instant, also where the clock skips or repeats it."""
        wall = day * DAY_MS + self.starts_min * _MINUTE_MS
        near = wall - self._offset_ms(wall)
        return wall - self._offset_ms(near)

    def _offset_ms(self, at_ms: int) -> int:
        if not self.offsets:
            return 0
        return self.offsets[bisect_right(self._since, at_ms)][1] * _MINUTE_MS
