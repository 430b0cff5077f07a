"""Payouts and ties: the published vectors, then the laws for every pool and table."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.prizes.payouts import BASIS_POINTS, are_ranks, payouts, shared, table_fault

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "vectors" / "payouts.json").read_text(encoding="utf-8")
)
TABLES = {
    table["id"]: [round(percent * 100) for percent in table["percent"]] for table in VECTORS["percent_tables"]
}


@pytest.mark.parametrize("name", TABLES)
def test_published_tables_add_up(name: str) -> None:
    assert table_fault(TABLES[name]) is None


@pytest.mark.parametrize("vector", VECTORS["rounding"], ids=lambda vector: vector["id"])
def test_published_rounding(vector: dict[str, Any]) -> None:
    way: Any = {"first": "first", "top-down-units": "units_from_top"}[vector["remainder"]]
    amounts = payouts(vector["pool_cents"], TABLES[vector["table"]], vector["unit_cents"], way)
    assert list(amounts) == vector["payouts_cents"]


@pytest.mark.parametrize("vector", VECTORS["ties"], ids=lambda vector: vector["id"])
def test_published_ties(vector: dict[str, Any]) -> None:
    prizes = vector["prizes_cents"]
    better = vector["players_left_before"] - 2
    ranks = [*range(1, better + 1), better + 1, better + 1]
    expected = [tied["cents"] if isinstance(tied, dict) else tied for tied in vector["expect"].values()]
    assert list(shared(prizes, ranks))[better:] == expected


@st.composite
def tables(draw: st.DrawFn) -> list[int]:
    cuts = draw(st.lists(st.integers(1, BASIS_POINTS - 1), max_size=60, unique=True))
    edges = [0, *sorted(cuts), BASIS_POINTS]
    return sorted((high - low for low, high in pairwise(edges)), reverse=True)


@given(st.integers(0, 10**7), tables(), st.sampled_from([1, 5, 100, 500, 1000, 2500]), st.booleans())
def test_payouts_add_up_and_never_rise(pool: int, table: list[int], unit: int, top: bool) -> None:  # [RU80]
    amounts = payouts(pool, table, unit, "units_from_top" if top else "first")
    assert sum(amounts) == pool
    assert all(better >= worse >= 0 for better, worse in pairwise(amounts))
    assert all(amount % unit == 0 for amount in amounts[1:])
    if 0 in amounts:
        assert amounts[0] - unit < max(unit, amounts[1 % len(amounts)])


@pytest.mark.parametrize(
    ("pool", "min_cash", "amounts"),
    [
        (100_000, 0, (50_000, 30_000, 20_000)),
        (100_000, 22_000, (48_000, 30_000, 22_000)),
        (100_000, 21_950, (48_000, 30_000, 22_000)),  # a min-cash between two units is the higher one
        (100_000, 32_000, (36_000, 32_000, 32_000)),
        (100_000, 34_000, (46_000, 34_000, 20_000)),  # first place would fall behind: not all are lifted
        (900, 0, (600, 200, 100)),
        (200, 0, (100, 100, 0)),
    ],
)
def test_low_places_are_lifted_to_the_min_cash_and_first_pays(
    pool: int, min_cash: int, amounts: tuple[int, ...]
) -> None:  # [RU101]
    assert payouts(pool, [5_000, 3_000, 2_000], 100, "first", min_cash) == amounts


@given(st.integers(0, 10**7), tables(), st.sampled_from([1, 100, 1_000]), st.integers(0, 10**6))
def test_a_min_cash_never_breaks_the_order_or_the_sum(
    pool: int, table: list[int], unit: int, least: int
) -> None:  # [RU101]
    amounts = payouts(pool, table, unit, "first", least)
    assert sum(amounts) == pool
    assert all(better >= worse >= 0 for better, worse in pairwise(amounts))
    floor = -(-least // unit) * unit
    if amounts[-1] < floor:  # nobody is lifted more only where first place has nothing to give
        low = next(amount for amount in amounts if amount < floor)
        assert amounts[0] - (floor - low) < max(floor, amounts[1 % len(amounts)])


@given(st.lists(st.integers(0, 10**6), max_size=20), st.lists(st.integers(1, 5), min_size=1, max_size=12))
def test_shared_amounts_add_up_whoever_ties(prizes: list[int], groups: list[int]) -> None:  # [RU81]
    ranks: list[int] = []
    for size in groups:
        ranks += [len(ranks) + 1] * size
    assert are_ranks(ranks)
    amounts = shared(sorted(prizes, reverse=True), ranks)
    assert sum(amounts) == sum(prizes)
    assert sorted(amounts, reverse=True) == list(amounts)
    backwards = shared(sorted(prizes, reverse=True), ranks[::-1])
    assert sorted(backwards) == sorted(amounts)


@pytest.mark.parametrize("ranks", [[2], [1, 3], [1, 1, 2], [1, 2, 2, 3], [0, 1], [1, 2, 4, 4]])
def test_ranks_with_holes_are_refused(ranks: list[int]) -> None:
    assert not are_ranks(ranks)
    with pytest.raises(ValueError, match="ranks"):
        shared([100], ranks)


@pytest.mark.parametrize("table", [[], [10_000, 0], [4_000, 6_000], [5_000, 4_999]])
def test_a_table_with_a_fault_pays_nothing(table: list[int]) -> None:
    with pytest.raises(ValueError, match="basis point|better"):
        payouts(100, table)
