"""Every pool of 1 to 10,000,000 with every published table: equal sums, and no place gets more than a better.

Not pool by pool, and yet each of them. A place's share is the largest whole number of units in
`pool * bp / 10,000`; so all but first place stand still between two pools at which one of these numbers, or
the number of spare units, changes (`steps`), and first place takes the difference, cent by cent. And a pool
that is larger by `10,000 * unit` gives every place `unit * bp` more (`period`): shares that don't rise below
one period don't rise above it either. So it is enough to look at the steps of one period. That this is how
`payouts` behaves is itself looked at, at pools by chance.
"""

import os
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.prizes.payouts import BASIS_POINTS, Remainder, payouts
from ledger.prizes.published import COLUMNS, Column, fault_of

LONG = bool(os.environ.get("FELT_LONG"))
POOL_MAX = 10_000_000
UNITS = (1, 5, 100, 500, 1_000, 2_500, 10_000) if LONG else (100,)
WAYS: tuple[Remainder, ...] = ("first", "units_from_top")
SOUND = [column for column in COLUMNS if fault_of(column) is None]
WITH = [(column, unit) for column in SOUND for unit in UNITS]


def steps(column: Column, unit: int) -> Iterator[int]:
    """Pools below one period (and POOL_MAX) at which anything but first place may change, rising."""
    period = min(BASIS_POINTS * unit, POOL_MAX + 1)
    found = {0}
    for share in set(column.basis_points):
        found.update(-(-step * BASIS_POINTS * unit // share) for step in range(1, share + 1))
    changes = sorted(pool for pool in found if pool < period)
    for low, high in pairwise([*changes, period]):
        spare = low - sum(low * share // BASIS_POINTS // unit * unit for share in column.basis_points)
        yield low
        yield from range(low + unit - spare % unit, high, unit)  # one more spare unit each


def of_pool(column: Column, unit: int, way: Remainder, pool: int) -> tuple[int, ...]:
    amounts = payouts(pool, column.basis_points, unit, way)
    assert sum(amounts) == pool
    assert all(better >= worse for better, worse in pairwise(amounts)), (pool, amounts)
    assert all(amount % unit == 0 for amount in amounts[1:])
    return amounts


@pytest.mark.parametrize(("column", "unit"), WITH, ids=lambda value: getattr(value, "name", str(value)))
def test_every_pool_is_paid_whole_and_never_rises(column: Column, unit: int) -> None:  # [RU80] [RU100]
    for pool in steps(column, unit):
        for way in WAYS:
            of_pool(column, unit, way, pool)


@given(
    st.sampled_from(SOUND), st.sampled_from([1, 5, 100, 1_000]), st.sampled_from(WAYS),
    st.integers(0, POOL_MAX), st.integers(1, 200),
)  # fmt: skip
def test_a_period_more_gives_each_place_its_part_of_it(
    column: Column, unit: int, way: Remainder, pool: int, periods: int
) -> None:  # [RU100]
    pool += BASIS_POINTS * unit  # a pool below one period may be too small for everybody's first unit
    more = of_pool(column, unit, way, pool + periods * BASIS_POINTS * unit)
    less = of_pool(column, unit, way, pool)
    assert [a - b for a, b in zip(more, less, strict=True)] == [
        periods * unit * share for share in column.basis_points
    ]


@given(st.sampled_from(SOUND), st.sampled_from([5, 100, 1_000]), st.sampled_from(WAYS), st.data())
def test_between_two_steps_first_place_takes_it_all(
    column: Column, unit: int, way: Remainder, data: st.DataObject
) -> None:  # [RU100]
    pool = data.draw(st.integers(BASIS_POINTS * unit, 20 * BASIS_POINTS * unit))
    here, next_ = of_pool(column, unit, way, pool), of_pool(column, unit, way, pool + 1)
    left = pool % (BASIS_POINTS * unit) + 1
    changes = any(left * share % (BASIS_POINTS * unit) < share for share in column.basis_points)
    spare = pool + 1 - sum(pool * share // BASIS_POINTS // unit * unit for share in column.basis_points)
    if not changes and spare % unit:
        assert [b - a for a, b in zip(here, next_, strict=True)] == [1, *[0] * (len(here) - 1)]
