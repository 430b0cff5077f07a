"""One award among those who hold its shares, to the cent."""

from collections.abc import Mapping, Sequence

from ..money import BASIS_POINTS

__all__ = ["award"]


def award(
    amount_cents: int, basis_points: Mapping[str, int], holders: Mapping[str, Sequence[str]]
) -> list[tuple[str, str, int]]:
    """(share, player, cents), shares in the order of the rules; they sum to the amount.

    Multiply first, divide last; what is left goes to the first share, in a share to its first holder.
    """
    cents = {name: amount_cents * points // BASIS_POINTS for name, points in basis_points.items()}
    cents[next(iter(cents))] += amount_cents - sum(cents.values())
    return [
        (name, player, each)
        for name in basis_points
        for player, each in zip(holders[name], _equal(cents[name], len(holders[name])), strict=True)
    ]


def _equal(cents: int, people: int) -> list[int]:
    each, odd = divmod(cents, people)
    return [each + odd, *[each] * (people - 1)]
