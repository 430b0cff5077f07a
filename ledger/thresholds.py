"""Thresholds of a profile: sums a law wants looked at. They are shown and kept with the entry; nothing stops.

Facts, no advice. What is added up per person: cash into or out of drawers on a gaming day, each direction by
itself; or the prizes of one event beyond what the person paid into it.
"""

from collections.abc import Iterator
from typing import NamedTuple

from .adopted import Threshold
from .entry import Posting
from .state import State

__all__ = ["Reached", "cash_cents", "reached"]


class Reached(NamedTuple):
    """A threshold that a sum, with this entry in it, is above."""

    threshold: Threshold
    total_cents: int


def cash_cents(postings: tuple[Posting, ...]) -> int:
    """What came into drawers, negative what went out."""
    return sum(leg.amount for leg in postings if leg.account.startswith("1010/"))


def reached(
    state: State, at_ms: int, player: str, postings: tuple[Posting, ...], *, tournament: str = ""
) -> Iterator[Reached]:
    """Of an entry that is about to follow: this person, these postings, a prize of `tournament` if one."""
    if state.profile is None or not player:
        return
    for threshold in state.profile.thresholds or ():
        if threshold.measure == "cash":
            total = _cash(state, at_ms, player, postings, threshold)
        else:
            total = _prizes(state, player, tournament, postings)
        if total is not None and total > threshold.above_cents:
            yield Reached(threshold, total)


def _cash(
    state: State, at_ms: int, player: str, postings: tuple[Posting, ...], threshold: Threshold
) -> int | None:
    """None: this entry moves nothing that way."""
    now = cash_cents(postings) * (1 if threshold.direction == "in" else -1)
    if now <= 0:
        return None
    came, went = state.cash_of(state.gaming_day(at_ms), player)
    return now + (came if threshold.direction == "in" else went)


def _prizes(state: State, player: str, tournament: str, postings: tuple[Posting, ...]) -> int | None:
    event = state.tournaments.get(tournament)
    prizes = event.prizes_of(player) if event else ()
    now = sum(leg.amount for leg in postings if leg.account == f"2070/{tournament}")
    if event is None or not prizes or now <= 0:
        return None
    return (
        sum(prize.paid_cents for prize in prizes)
        + now
        - sum(entry.total_cents for entry in event.entries_of(player))
    )
