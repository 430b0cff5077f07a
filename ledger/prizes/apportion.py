"""Dividing cents by weights so that nothing is lost: the largest remainders get the odd cents."""

from collections.abc import Sequence

__all__ = ["apportion"]


def apportion(total_cents: int, weights: Sequence[int]) -> tuple[int, ...]:
    """`total_cents` in proportion to `weights`; equal remainders are served in the order given.

    Raises ValueError for a negative total or weight, or where all weights are 0.
    """
    whole = sum(weights)
    if total_cents < 0 or min(weights, default=0) < 0 or whole == 0:
        raise ValueError("a total and its weights are not negative, and some weight is positive")
    shares = [divmod(total_cents * weight, whole) for weight in weights]
    odd_cents = total_cents - sum(share for share, _ in shares)
    served = sorted(range(len(shares)), key=lambda n: (-shares[n][1], n))[:odd_cents]
    return tuple(share + (n in served) for n, (share, _) in enumerate(shares))
