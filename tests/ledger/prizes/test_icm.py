"""ICM: the published values, then its laws."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.prizes.deals import chip_chop
from ledger.prizes.icm import PLAYERS_MAX, icm_cents, icm_equity

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "vectors" / "icm.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("vector", VECTORS["vectors"], ids=lambda vector: vector["id"])
def test_published_values(vector: dict[str, Any]) -> None:
    scale = 10  # some prizes are printed as shares of one
    prizes = [round(prize * scale) for prize in vector["payouts"]]
    equity = [float(worth / scale) for worth in icm_equity(vector["stacks"], prizes)]
    assert equity == pytest.approx(vector["exact"], abs=1e-6)
    for worth, published in zip(equity, vector["published"], strict=True):
        if published is not None:
            assert abs(worth - published) <= 0.5 * 10 ** -vector["published_decimals"] + 1e-12


prizes = st.lists(st.integers(1, 10**7), min_size=1, max_size=7).map(
    lambda cents: sorted(cents, reverse=True)
)
stacks = st.lists(st.integers(1, 10**6), min_size=1, max_size=7)


@settings(max_examples=60)
@given(stacks, prizes)
def test_worth_adds_up_and_stays_between_first_and_last(chips: list[int], cents: list[int]) -> None:  # [RU82]
    amounts = icm_cents(chips, cents)
    paid = cents[: len(chips)]
    assert sum(amounts) == sum(paid)
    last = paid[-1] if len(paid) == len(chips) else 0
    assert all(last <= amount <= paid[0] for amount in amounts)
    ordered = sorted(zip(chips, amounts, strict=True))
    assert all(more >= less - 1 for (_, less), (_, more) in pairwise(ordered))


@settings(max_examples=40)
@given(st.integers(2, 7), st.integers(1, 10**6), prizes)
def test_equal_stacks_are_worth_the_same_but_for_odd_cents(n: int, stack: int, cents: list[int]) -> None:
    amounts = icm_cents([stack] * n, cents)
    assert max(amounts) - min(amounts) <= 1


@given(st.integers(1, 10**6), st.integers(1, 10**6), st.integers(0, 10**6), st.integers(0, 10**6))
def test_heads_up_it_is_a_chip_chop(one: int, other: int, second: int, over: int) -> None:
    cents = [second + over, second]
    assert icm_cents([one, other], cents) == pytest.approx(chip_chop([one, other], cents), abs=1)


@settings(max_examples=30)
@given(st.permutations([1000, 2500, 4000, 7000, 12000]))
def test_the_order_of_players_changes_nothing(chips: list[int]) -> None:
    worth = dict(zip(chips, icm_cents(chips, [50_000, 30_000, 20_000]), strict=True))
    assert worth == dict(zip(sorted(chips), icm_cents(sorted(chips), [50_000, 30_000, 20_000]), strict=True))


@pytest.mark.parametrize("chips", [[], [5, 0], [-1], [1] * (PLAYERS_MAX + 1)])
def test_stacks_that_are_none_are_refused(chips: list[int]) -> None:
    with pytest.raises(ValueError, match="stacks"):
        icm_equity(chips, [100])
