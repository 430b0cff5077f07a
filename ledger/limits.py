"""Limits as numbers: what is above one, and which gaming day an instant belongs to."""

from collections.abc import Iterable
from typing import Final

from .entry import Posting

__all__ = ["DAY_MS", "DAY_STARTS_MS", "gaming_day", "is_above", "left_cents"]

DAY_MS: Final = 86_400_000
DAY_STARTS_MS: Final = 6 * 3_600_000
"""Where the profile says nothing a gaming day runs from 06:00 to 06:00 UTC: a European evening is one day."""


def gaming_day(at_ms: int, starts_ms: int = DAY_STARTS_MS) -> int:
    """Number of the gaming day of a Unix time; `starts_ms` after midnight UTC a day begins."""
    return (at_ms - starts_ms) // DAY_MS


def is_above(amount_cents: int, limit_cents: int | None) -> bool:
    """Whether `amount_cents` goes beyond; no limit is never reached."""
    return limit_cents is not None and amount_cents > limit_cents


def left_cents(postings: Iterable[Posting]) -> int:
    """What leaves the house by these: out of drawers, or over bank and cards."""
    left = 0
    for leg in postings:
        if leg.amount < 0 and (leg.account == "1015" or leg.account.startswith("1010/")):
            left -= leg.amount
    return left
