"""A head shared: published examples, and the law that no cent appears or goes."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.prizes.bounties import share_head
from ledger.prizes.envelopes import envelopes_cents, envelopes_of, without

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "vectors" / "payouts.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("vector", VECTORS["pko"], ids=lambda vector: vector["id"])
def test_published_progressive_heads(vector: dict[str, Any]) -> None:  # [LE61]
    heads, cash = dict(vector["start"]), dict.fromkeys(vector["start"], 0)
    for out, by in vector["events"]:
        ((won, onto),) = share_head(heads[out], [True], 5_000)
        heads[out], heads[by], cash[by] = 0, heads[by] + onto, cash[by] + won
    expected = vector["expect"]
    assert (cash["A"], heads["A"]) == (expected["A_cash"], expected["A_head"])


@given(
    st.dictionaries(st.integers(1, 10**6), st.integers(1, 5), min_size=1, max_size=6),
    st.data(),
)
def test_envelopes_are_drawn_to_the_last(pieces: dict[int, int], data: st.DataObject) -> None:  # [LE153]
    left, drawn = envelopes_of(pieces.items()), 0
    while left:
        cents = data.draw(st.sampled_from(sorted(left)))
        left, drawn = without(left, cents), drawn + cents
        assert drawn + envelopes_cents(left) == envelopes_cents(pieces)
    with pytest.raises(ValueError, match="envelope"):
        without(left, 5)


@pytest.mark.parametrize(
    ("head", "grows", "cash_bp", "shares"),
    [
        (5_000, [True], 5_000, [(2_500, 2_500)]),
        (5_001, [True], 5_000, [(2_500, 2_501)]),
        (102, [True, True], 5_000, [(26, 25), (25, 26)]),
        (102, [False, False], 5_000, [(51, 0), (51, 0)]),
        (5_000, [False], 5_000, [(5_000, 0)]),
        (5_000, [True, True, True], 10_000, [(1_667, 0), (1_667, 0), (1_666, 0)]),
        (1, [True], 5_000, [(0, 1)]),
        (100, [True, False], 5_000, [(25, 25), (50, 0)]),
    ],
)
def test_a_head_goes_in_half_to_the_cash_and_half_to_the_winner(
    head: int, grows: list[bool], cash_bp: int, shares: list[tuple[int, int]]
) -> None:  # [LE60]
    assert list(share_head(head, grows, cash_bp)) == shares


@given(
    head=st.integers(0, 10**9),
    grows=st.lists(st.booleans(), min_size=1, max_size=9),
    cash_bp=st.integers(0, 10_000),
)
def test_a_head_is_shared_whole_and_even(head: int, grows: list[bool], cash_bp: int) -> None:  # [LE60]
    shares = share_head(head, grows, cash_bp)
    totals = [cash + onto for cash, onto in shares]
    assert sum(totals) == head
    assert max(totals) - min(totals) <= 1
    assert totals == sorted(totals, reverse=True)
    assert all(onto == 0 for (_, onto), can_grow in zip(shares, grows, strict=True) if not can_grow)


@pytest.mark.parametrize(("head", "grows", "cash_bp"), [(-1, [True], 0), (1, [], 0), (1, [True], 10_001)])
def test_nonsense_is_refused(head: int, grows: list[bool], cash_bp: int) -> None:
    with pytest.raises(ValueError, match="."):
        share_head(head, grows, cash_bp)
