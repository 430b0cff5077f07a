"""Limits as numbers: what is above one, and what leaves the house."""

from collections.abc import Iterable

from .entry import Posting

__all__ = ["is_above", "left_cents"]


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
