"""Payouts and ties: the published vectors, then the laws for every pool and table."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.prizes.payouts import (
    BASIS_POINTS,
    MILLIONTHS,
    are_ranks,
    fixed_fault,
    fixed_payouts,
    held_by,
    payouts,
    shared,
    table_fault,
)

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
def tables(draw: st.DrawFn, whole: int = BASIS_POINTS) -> list[int]:
    cuts = draw(st.lists(st.integers(1, whole - 1), max_size=60, unique=True))
    edges = [0, *sorted(cuts), whole]
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


@given(
    st.integers(0, 10**12), tables(MILLIONTHS), st.sampled_from([1, 100, 2_500]), st.booleans(),
    st.integers(0, 10**6),
)  # fmt: skip
def test_a_table_in_millionths_pays_as_one_in_basis_points(
    pool: int, table: list[int], unit: int, top: bool, least: int
) -> None:  # [RU150]
    amounts = payouts(pool, table, unit, "units_from_top" if top else "first", least, MILLIONTHS)
    assert sum(amounts) == pool
    assert all(better >= worse >= 0 for better, worse in pairwise(amounts))
    assert all(amount % unit == 0 for amount in amounts[1:])
    if not top and not least and pool >= MILLIONTHS * unit:
        rows = zip(table, amounts, strict=True)
        next(rows)  # takes what rounding left
        assert all(0 <= pool * share - cents * MILLIONTHS < unit * MILLIONTHS for share, cents in rows)


@given(st.integers(0, 10**9), tables(), st.sampled_from([1, 100]), st.booleans())
def test_basis_points_are_a_hundred_millionths(pool: int, table: list[int], unit: int, top: bool) -> None:
    """[RU150] The same table, however finely it is written, pays the same."""
    way: Any = "units_from_top" if top else "first"
    fine = [share * (MILLIONTHS // BASIS_POINTS) for share in table]
    assert payouts(pool, fine, unit, way, 0, MILLIONTHS) == payouts(pool, table, unit, way)


@pytest.mark.parametrize(
    ("pool", "amounts"),
    [
        (100_000, (50_000, 30_000, 20_000)),
        (123_456, (73_456, 30_000, 20_000)),  # first takes what there is more
        (90_000, (40_000, 30_000, 20_000)),  # first gives what is missing
        (80_000, (30_000, 30_000, 20_000)),
        (75_001, (27_501, 27_500, 20_000)),  # then first and second together
        (60_000, (20_000, 20_000, 20_000)),
        (40_001, (13_334, 13_334, 13_333)),
        (2, (1, 1, 0)),
        (0, (0, 0, 0)),
    ],
)
def test_fixed_amounts_take_more_and_give_what_is_missing_from_the_top(
    pool: int, amounts: tuple[int, ...]
) -> None:  # [RU151]
    assert fixed_payouts(pool, [50_000, 30_000, 20_000]) == amounts


@given(st.integers(0, 10**9), st.lists(st.integers(1, 10**8), min_size=1, max_size=80))
def test_fixed_amounts_add_up_never_rise_and_stand_where_they_can(
    pool: int, table: list[int]
) -> None:  # [RU151]
    table.sort(reverse=True)
    amounts = fixed_payouts(pool, table)
    assert sum(amounts) == pool
    assert all(better >= worse >= 0 for better, worse in pairwise(amounts))
    missing = sum(table) - pool
    if missing <= 0:
        assert list(amounts[1:]) == table[1:]
    else:
        assert all(cents <= said for cents, said in zip(amounts, table, strict=True))
        gave = [cents for cents, said in zip(amounts, table, strict=True) if cents < said]
        assert max(gave) - min(gave) <= 1  # who gave have come down to one level


@given(st.integers(0, 300), st.lists(st.integers(0, 10**6), min_size=1, max_size=60))
def test_what_nobody_can_hold_goes_to_first_place(players: int, found: list[int]) -> None:  # [RU152]
    amounts = sorted(found, reverse=True)
    held = held_by(players, amounts)
    assert sum(held) == sum(amounts)
    assert len(held) == min(len(amounts), max(1, players))
    assert list(held[1:]) == amounts[1 : len(held)]
    everybody = list(range(1, players + 1))
    assert list(shared(amounts, everybody)) == [*held, *[0] * (players - len(held))][:players]


@pytest.mark.parametrize("table", [[], [10, 0], [10, 20]])
def test_fixed_amounts_with_a_fault_pay_nothing(table: list[int]) -> None:
    assert fixed_fault(table)
    with pytest.raises(ValueError, match="cent|better"):
        fixed_payouts(100, table)
    with pytest.raises(ValueError, match="millionth|better"):
        payouts(100, table, whole=MILLIONTHS)
