"""One award among its holders: nothing is lost, nobody gets more than a cent above another of the share."""

from hypothesis import given
from hypothesis import strategies as st

from ledger.prizes.jackpots import award


def test_a_share_of_the_table_as_worked_by_hand() -> None:  # [LE82]
    points = {"losing_hand": 5_000, "winning_hand": 2_500, "table": 2_500}
    holders = {"losing_hand": ["a"], "winning_hand": ["b"], "table": ["c", "d", "e", "f", "g", "h", "i"]}
    shared = award(10_000_00, points, holders)
    assert [cents for _, _, cents in shared] == [500_000, 250_000, 35_716, *[35_714] * 6]


@given(
    st.integers(1, 10**12),
    st.lists(st.integers(0, 10_000), min_size=1, max_size=6),
    st.lists(st.integers(1, 9), min_size=7, max_size=7),
)
def test_shares_sum_to_the_award(cents: int, cuts: list[int], people: list[int]) -> None:  # [LE82]
    ends = [0, *sorted(cuts), 10_000]
    points = {f"s{n}": high - low for n, (low, high) in enumerate(zip(ends, ends[1:], strict=False))}
    holders = {
        name: [f"{name}p{n}" for n in range(count)] for name, count in zip(points, people, strict=False)
    }
    shared = award(cents, points, holders)
    assert sum(each for _, _, each in shared) == cents
    for number, name in enumerate(points):
        of_share = [each for share, _, each in shared if share == name]
        assert min(of_share) >= 0
        assert of_share[0] - of_share[-1] < len(of_share)
        odd = len(points) if number == 0 else 0
        assert cents * points[name] // 10_000 <= sum(of_share) <= cents * points[name] // 10_000 + odd
