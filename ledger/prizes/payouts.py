"""Payouts: a pool over places, in basis points, rounded down to a unit; and how ties share.

Always: the amounts add up to the pool to the cent, none is negative, and none is above a better place's.
Each is a multiple of the unit but the first, which takes what rounding left over.
A paid place gets at least the min-cash, and never less than one unit, while the first can give it without
falling behind the second.
"""

from collections.abc import Sequence
from itertools import groupby
from typing import Literal

__all__ = ["BASIS_POINTS", "Remainder", "are_ranks", "payouts", "shared", "table_fault"]

BASIS_POINTS = 10_000
Remainder = Literal["first", "units_from_top"]
"""Who gets what rounding left: first place, or whole units one each from the top, then first place."""


def table_fault(basis_points: Sequence[int]) -> str | None:
    """Why this is no payout table, or None: at least one place, positive, not rising, 10,000 in all."""
    if not basis_points or min(basis_points) < 1:
        return "every place needs at least one basis point"
    if any(worse > better for better, worse in zip(basis_points, basis_points[1:], strict=False)):
        return "no place may get more than a better one"
    if sum(basis_points) != BASIS_POINTS:
        return f"places add up to {sum(basis_points)}, not {BASIS_POINTS} basis points"
    return None


def payouts(
    pool_cents: int,
    basis_points: Sequence[int],
    unit_cents: int = 1,
    remainder: Remainder = "first",
    min_cash_cents: int = 0,
) -> tuple[int, ...]:
    """Amount per place, place 1 first; a min-cash between two units is the higher one.

    Raises ValueError for a negative pool or min-cash, a unit below one cent or a table with a fault.
    """
    fault = table_fault(basis_points)
    if fault or pool_cents < 0 or unit_cents < 1 or min_cash_cents < 0:
        raise ValueError(fault or "pool and min-cash are not negative and a unit is at least one cent")
    amounts = [pool_cents * share // BASIS_POINTS // unit_cents * unit_cents for share in basis_points]
    if remainder == "units_from_top":
        for place in range(min(len(amounts), (pool_cents - sum(amounts)) // unit_cents)):
            amounts[place] += unit_cents
    amounts[0] += pool_cents - sum(amounts)
    _lift_last_places(amounts, max(1, -(-min_cash_cents // unit_cents)) * unit_cents)
    return tuple(amounts)


def shared(amounts: Sequence[int], ranks: Sequence[int]) -> tuple[int, ...]:
    """Amount per person, in the order of `ranks` (competition ranks: 1, 2, 2, 4), as `amounts` is per place.

    People of one rank share the places they hold, unpaid ones counting as nothing; odd cents go one each to
    those named first. Places nobody holds go to first place. Raises ValueError unless `are_ranks(ranks)`.
    """
    if not are_ranks(ranks):
        raise ValueError("ranks are not 1 and on, each tie followed by a gap")
    held = dict(enumerate([*amounts[: len(ranks)], *[0] * (len(ranks) - len(amounts))], start=1))
    if ranks:
        held[1] += sum(amounts[len(ranks) :])
    result = [0] * len(ranks)
    people = sorted(range(len(ranks)), key=lambda person: ranks[person])
    for rank, tied in groupby(people, key=lambda person: ranks[person]):
        group = list(tied)
        share, odd = divmod(sum(held[rank + n] for n in range(len(group))), len(group))
        for n, person in enumerate(group):
            result[person] = share + (n < odd)
    return tuple(result)


def are_ranks(ranks: Sequence[int]) -> bool:
    """Whether these are competition ranks of some people in any order: 1, 2, 2, 4."""
    ordered = sorted(ranks)
    return all(rank in (n, ordered[n - 2] if n > 1 else 1) for n, rank in enumerate(ordered, start=1))


def _lift_last_places(amounts: list[int], least_cents: int) -> None:
    """First place pays for it, the better of the low places first."""
    for place in range(1, len(amounts)):
        lift = least_cents - amounts[place]
        if lift > 0:
            second = max(least_cents, amounts[1])
            if amounts[0] - lift < second:
                return
            amounts[0] -= lift
            amounts[place] = least_cents
