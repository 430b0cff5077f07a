"""A zone's wall clock as a table of offsets, for a profile to carry (`ledger.gaming_days`)."""

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

__all__ = ["calendar_of", "wall_offsets"]

_DAY_S: Final = 86_400
_BACK_S: Final = 2 * 366 * _DAY_S
_AHEAD_S: Final = 12 * 366 * _DAY_S
_DAY_STARTS_MIN: Final = 360


def calendar_of(zone: ZoneInfo, now_ms: int) -> dict[str, object]:
    """What a profile adopts so that its gaming days begin at six on the wall, for the next 12 years."""
    now_s = now_ms // 1_000
    offsets = wall_offsets(zone, now_s - _BACK_S, now_s + _AHEAD_S)
    return {"day_starts_min": _DAY_STARTS_MIN, "wall_offsets": offsets}


def wall_offsets(zone: ZoneInfo, from_s: int, until_s: int) -> list[tuple[int, int]]:
    """[from Unix ms, minutes ahead of UTC] for each change between two Unix times; changes are days apart."""
    found = [(from_s * 1_000, _minutes(zone, from_s))]
    for start in range(from_s, until_s, _DAY_S):
        after = _minutes(zone, start + _DAY_S)
        if after != found[-1][1]:
            found.append((_change_s(zone, start, start + _DAY_S) * 1_000, after))
    return found


def _change_s(zone: ZoneInfo, low: int, high: int) -> int:
    """The first second of the offset that holds at `high`; another one holds at `low`."""
    new = _minutes(zone, high)
    while high - low > 1:
        middle = (low + high) // 2
        if _minutes(zone, middle) == new:
            high = middle
        else:
            low = middle
    return high


def _minutes(zone: ZoneInfo, at_s: int) -> int:
    offset = datetime.fromtimestamp(at_s, zone).utcoffset()
    assert offset is not None  # a zone has one
    return int(offset.total_seconds()) // 60
