"""Times as people type and read them, in the venue's zone; documents count from the venue's start."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from felt.failure import CommandFailed
from leaf_server.identity.venue import VenueRecord

__all__ = ["clock_time", "day", "leaf_ms"]

_AGO = re.compile(r"(\d{1,6})([smhd])")
_UNIT = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_OF_DAY = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")


def leaf_ms(text: str, venue: VenueRecord, now: datetime) -> int:
    """Leaf time of "90m" (ago), "21:30" (the last time it was that) or "2026-11-28 21:30" in that zone.

    Raises CommandFailed.
    """
    here = now.astimezone(ZoneInfo(venue.time_zone))
    when = _when(text.strip(), here)
    if when is None:
        why = f"{text!r} is no time: say 90m, 2h, 21:30 or '{here:%Y-%m-%d} 21:30'"
        raise CommandFailed(why, exit_code=2)
    return max(0, int(when.timestamp() * 1_000) - venue.start_ms)


def clock_time(ms: int, venue: VenueRecord) -> str:
    """ "21:40:12" """
    return f"{_at(ms, venue):%H:%M:%S}"


def day(ms: int, venue: VenueRecord) -> str:
    """ "Saturday 2026-11-28" """
    return f"{_at(ms, venue):%A %Y-%m-%d}"


def _at(ms: int, venue: VenueRecord) -> datetime:
    return datetime.fromtimestamp((venue.start_ms + ms) / 1_000, ZoneInfo(venue.time_zone))


def _when(text: str, here: datetime) -> datetime | None:
    ago, of_day = _AGO.fullmatch(text), _OF_DAY.fullmatch(text)
    try:
        if ago:
            return here - timedelta(**{_UNIT[ago[2]]: int(ago[1])})
        if of_day:
            hour, minute, second = (int(part or 0) for part in of_day.groups())
            when = here.replace(hour=hour, minute=minute, second=second, microsecond=0)
            return when if when <= here else when - timedelta(days=1)
        read = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        return None
    return read if read.tzinfo else read.replace(tzinfo=here.tzinfo)
