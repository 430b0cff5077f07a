"""The pool and its overlay."""

from hypothesis import given
from hypothesis import strategies as st

from ledger.prizes.pool import pool_of


def test_the_house_fills_up_to_the_guarantee() -> None:
    assert pool_of([4_950] * 100, 500_000).overlay_cents == 5_000
    assert pool_of([4_950] * 127, 500_000) == (628_650, 0)


@given(st.lists(st.integers(0, 10**6)), st.integers(0, 10**8))
def test_a_pool_is_never_below_its_guarantee(parts: list[int], guarantee: int) -> None:
    pool = pool_of(parts, guarantee)
    assert pool.pool_cents == max(sum(parts), guarantee)
