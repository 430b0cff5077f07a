"""Deals: the published ones, and that every one adds up."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.prizes.apportion import apportion
from ledger.prizes.deals import beyond_first, chip_chop, even_chop, icm_deal

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
