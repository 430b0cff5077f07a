"""Gaming days as people write them: 2026-11-28."""

from datetime import date, timedelta
from typing import Final

from serving.problems import Problem

__all__ = ["date_of", "day_of"]

_EPOCH: Final = date(1970, 1, 1)


def day_of(text: str) -> int:
    """The number of a gaming day (`ledger.gaming_days`). Raises Problem 404 `no_day`."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found < _EPOCH or len(text) != 10:
        raise Problem(404, "no_day", "A day is written as 2026-11-28.")
    return (found - _EPOCH).days


def date_of(day: int) -> str:
    """A day's number as its date."""
    return (_EPOCH + timedelta(days=day)).isoformat()
