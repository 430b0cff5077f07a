"""Deals: what is left of the prizes, shared by agreement. All of them add up to the cent.

A deal needs every player's consent; these are proposals. `remaining_cents` are the prizes not yet won, the
largest first, for at least the players who deal.
"""

from collections.abc import Sequence

from .apportion import apportion
from .icm import icm_cents

__all__ = ["beyond_first", "chip_chop", "even_chop", "icm_deal"]


def chip_chop(stacks: Sequence[int], remaining_cents: Sequence[int]) -> tuple[int, ...]:
    """Everybody gets the lowest of these prizes, the rest goes by chips."""
    prizes = _prizes(stacks, remaining_cents)
    rest = apportion(sum(prizes) - prizes[-1] * len(stacks), stacks)
    return tuple(prizes[-1] + share for share in rest)


def even_chop(stacks: Sequence[int], remaining_cents: Sequence[int]) -> tuple[int, ...]:
    """The same for all; odd cents to those named first."""
    return apportion(sum(_prizes(stacks, remaining_cents)), [1] * len(stacks))


def icm_deal(stacks: Sequence[int], remaining_cents: Sequence[int], aside_cents: int = 0) -> tuple[int, ...]:
    """By the worth of the stacks; `aside_cents` of first prize stay to be played for.

    Raises ValueError where more is set aside than first prize has over second.
    """
    first, *others = _prizes(stacks, remaining_cents)
    if not 0 <= aside_cents <= first - max(others, default=0):
        raise ValueError("set aside at most what first prize has over second")
    return icm_cents(stacks, [first - aside_cents, *others])


def beyond_first(amounts: Sequence[int], remaining_cents: Sequence[int]) -> bool:
    """Whether somebody would get more than first prize, as a chip chop may give: to be warned of."""
    return max(amounts, default=0) > max(remaining_cents, default=0)


def _prizes(stacks: Sequence[int], remaining_cents: Sequence[int]) -> list[int]:
    if not stacks or min(stacks) < 1:
        raise ValueError("everybody who deals has chips")
    prizes = sorted(remaining_cents, reverse=True)[: len(stacks)]
    return prizes + [0] * (len(stacks) - len(prizes))
