"""A head shared: published examples, and the law that no cent appears or goes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.prizes.bounties import share_head


@pytest.mark.parametrize(
    ("head", "grows", "cash_bp", "shares"),
    [
        (5_000, [True], 5_000, [(2_500, 2_500)]),
        (5_001, [True], 5_000, [(2_500, 2_501)]),
        (102, [True, True], 5_000, [(26, 26), (25, 25)]),
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
    assert max(totals) - min(totals) <= 2
    assert totals == sorted(totals, reverse=True)
    assert all(onto == 0 for (_, onto), can_grow in zip(shares, grows, strict=True) if not can_grow)


@pytest.mark.parametrize(("head", "grows", "cash_bp"), [(-1, [True], 0), (1, [], 0), (1, [True], 10_001)])
def test_nonsense_is_refused(head: int, grows: list[bool], cash_bp: int) -> None:
    with pytest.raises(ValueError, match="."):
        share_head(head, grows, cash_bp)
