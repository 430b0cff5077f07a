"""Deals: the published ones, and that every one adds up."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.prizes.apportion import apportion
from ledger.prizes.deals import beyond_first, chip_chop, even_chop, icm_deal, proposals

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "vectors" / "deals.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("vector", VECTORS["vectors"], ids=lambda vector: vector["id"])
def test_published_chip_chops(vector: dict[str, Any]) -> None:
    prizes = [prize * 100 for prize in vector["payouts"]]
    expected = [round(amount * 100) for amount in vector["expect" if "expect" in vector else "exact"]]
    amounts = chip_chop(vector["stacks"], prizes)
    assert list(amounts) == expected
    assert beyond_first(amounts, prizes) == (vector["id"] == "cc-exceeds-first")


@settings(max_examples=60)
@given(
    st.lists(st.integers(1, 10**6), min_size=1, max_size=6),
    st.lists(st.integers(0, 10**7), min_size=6, max_size=9).map(lambda cents: sorted(cents, reverse=True)),
)
def test_every_deal_adds_up(stacks: list[int], prizes: list[int]) -> None:
    whole = sum(prizes[: len(stacks)])
    assert sum(chip_chop(stacks, prizes)) == whole
    assert sum(even_chop(stacks, prizes)) == whole
    assert sum(icm_deal(stacks, prizes)) == whole
    aside = prizes[0] - prizes[1] if len(stacks) > 1 else 0
    assert sum(icm_deal(stacks, prizes, aside)) == whole - aside


def test_all_ways_share_the_same_sum_side_by_side() -> None:  # [RU106]
    found = {
        one.way: one for one in proposals([60_000, 30_000, 10_000], [50_000, 30_000, 20_000, 900], 5_000)
    }
    assert list(found) == ["table", "icm", "chips", "even"]
    assert {sum(one.amounts) for one in found.values()} == {95_000}
    assert found["table"].amounts == (45_000, 30_000, 20_000)
    assert found["even"].amounts == (31_667, 31_667, 31_666)
    assert found["icm"].errors == ()
    assert not any(one.beyond_first for one in found.values())


def test_a_chip_chop_beyond_first_prize_is_warned_of() -> None:  # [RU106]
    found = {one.way: one for one in proposals([90, 5, 5], [5_000, 4_000, 1_000])}
    assert found["chips"].amounts == (7_300, 1_350, 1_350)
    assert [way for way, one in found.items() if one.beyond_first] == ["chips"]


def test_more_than_twenty_are_an_estimate_that_says_so() -> None:  # [RU105] [RU106]
    found = {one.way: one for one in proposals([100 + n for n in range(21)], [5_000, 4_000, 1_000])}
    assert len(found["icm"].errors) == 21
    assert min(found["icm"].errors) > 0
    assert sum(found["icm"].amounts) == 10_000


def test_announced_sums_need_not_be_what_is_left() -> None:  # [RU106]
    announced = [10_955_00, 9_485_00, 8_556_00, 8_360_00]  # Playground 2019: 41,500 left, 10 % set aside
    assert sum(announced) == 37_356_00
    assert 41_500_00 - 4_150_00 == 37_350_00
    whole = apportion(37_350_00, announced)
    assert sum(whole) == 37_350_00
    assert max(abs(one - other) for one, other in zip(whole, announced, strict=True)) <= 2_00


def test_no_more_is_set_aside_than_first_has_over_second() -> None:
    with pytest.raises(ValueError, match="aside"):
        icm_deal([5, 5], [100, 60], 41)


@given(st.integers(0, 10**12), st.lists(st.integers(0, 10**6), min_size=1, max_size=12).filter(any))
def test_apportioning_loses_nothing(total: int, weights: list[int]) -> None:
    shares = apportion(total, weights)
    assert sum(shares) == total
    assert all(
        abs(share - total * w / sum(weights)) <= 1 + total * 1e-9
        for share, w in zip(shares, weights, strict=True)
    )
    with pytest.raises(ValueError, match="weights"):
        apportion(total, [0] * len(weights))
