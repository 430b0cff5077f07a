"""Payouts: a pool over places, by shares rounded down to a unit or by fixed amounts; and how ties share.

Always: the amounts add up to the pool to the cent, none is negative, and none is above a better place's.
By shares, each is a multiple of the unit but the first, which takes what rounding left over.
A paid place gets at least the min-cash, and never less than one unit, while the first can give it without
falling behind the second.
"""

from collections.abc import Sequence
from itertools import groupby
from typing import Literal

__all__ = [
    "BASIS_POINTS", "MILLIONTHS", "Remainder", "are_ranks", "fixed_fault", "fixed_payouts", "held_by",
    "payouts", "shared", "table_fault",
]  # fmt: skip

BASIS_POINTS = 10_000
MILLIONTHS = 1_000_000
Remainder = Literal["first", "units_from_top"]
"""Who gets what rounding left: first place, or whole units one each from the top, then first place."""


def table_fault(shares: Sequence[int], whole: int = BASIS_POINTS) -> str | None:
    """Why this is no payout table, or None: at least one place, positive, not rising, `whole` in all."""
    unit = _UNITS[whole]
    if not shares or min(shares) < 1:
        return f"every place needs at least one {unit}"
    if _rises(shares):
        return "no place may get more than a better one"
    if sum(shares) != whole:
        return f"places add up to {sum(shares)}, not {whole} {unit}s"
    return None


def fixed_fault(amounts_cents: Sequence[int]) -> str | None:
    """Why these are no fixed amounts, or None: at least one place, positive, not rising."""
    if not amounts_cents or min(amounts_cents) < 1:
        return "every place needs at least one cent"
    return "no place may get more than a better one" if _rises(amounts_cents) else None


def payouts(
    pool_cents: int,
    shares: Sequence[int],
    unit_cents: int = 1,
    remainder: Remainder = "first",
    min_cash_cents: int = 0,
    whole: int = BASIS_POINTS,
) -> tuple[int, ...]:
    """Amount per place, place 1 first; a min-cash between two units is the higher one.

    `whole`: what the shares add up to, BASIS_POINTS or MILLIONTHS.

    Raises ValueError for a negative pool or min-cash, a unit below one cent or a table with a fault.
    """
    fault = table_fault(shares, whole)
    if fault or pool_cents < 0 or unit_cents < 1 or min_cash_cents < 0:
        raise ValueError(fault or "pool and min-cash are not negative and a unit is at least one cent")
    amounts = [pool_cents * share // whole // unit_cents * unit_cents for share in shares]
    if remainder == "units_from_top":
        for place in range(min(len(amounts), (pool_cents - sum(amounts)) // unit_cents)):
            amounts[place] += unit_cents
    amounts[0] += pool_cents - sum(amounts)
    _lift_last_places(amounts, max(1, -(-min_cash_cents // unit_cents)) * unit_cents)
    return tuple(amounts)


def fixed_payouts(pool_cents: int, amounts_cents: Sequence[int]) -> tuple[int, ...]:
    """Amount per place, place 1 first: those of the table, as far as the pool is their sum.

    First place takes what the pool has more. What it lacks first place gives, as long as it does not fall
    behind second; then those who have most come down together, odd cents to the better of them.
    Raises ValueError for a negative pool or a table with a fault.
    """
    fault = fixed_fault(amounts_cents)
    if fault or pool_cents < 0:
        raise ValueError(fault or "a pool is not negative")
    rest = pool_cents - sum(amounts_cents)  # of the pool, once the places after `giving` are paid
    for giving in range(1, len(amounts_cents) + 1):
        rest += amounts_cents[giving - 1]
        kept = tuple(amounts_cents[giving:])
        if not kept or rest >= giving * kept[0]:
            break
    level, odd = divmod(rest, giving)
    return (*(level + (place < odd) for place in range(giving)), *kept)


def held_by(players: int, amounts: Sequence[int]) -> tuple[int, ...]:
    """The amounts for so many players: what places pay that nobody can hold goes to first place."""
    held = list(amounts[: max(1, players)])
    held[0] += sum(amounts[len(held) :])
    return tuple(held)


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


def _rises(amounts: Sequence[int]) -> bool:
    return any(worse > better for better, worse in zip(amounts, amounts[1:], strict=False))


_UNITS = {BASIS_POINTS: "basis point", MILLIONTHS: "millionth"}


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
