"""The independent chip model (Malmuth and Harville): what stacks are worth in prizes. A proposal, no rule.

The chance to win is the share of the chips; the next place goes on with the winner and the winner's chips
taken out. Summed over the sets of players who hold the first places, in whole numbers of 2**-160, so that
every machine says the same; 2**n sets, hence the bound.
"""

from collections.abc import Sequence
from fractions import Fraction

from .apportion import apportion

__all__ = ["PLAYERS_MAX", "icm_cents", "icm_equity"]

PLAYERS_MAX = 15  # about 0.2 s
_ONE = 1 << 160


def icm_cents(stacks: Sequence[int], prizes_cents: Sequence[int]) -> tuple[int, ...]:
    """Cents per stack, together exactly the prizes of as many places as there are stacks."""
    prizes = list(prizes_cents[: len(stacks)])
    if sum(prizes) == 0:
        return (0,) * len(stacks)
    # The last bits carry rounding; without them equal stacks have equal remainders.
    return apportion(sum(prizes), [worth >> 32 for worth in _worth(stacks, prizes)])


def icm_equity(stacks: Sequence[int], prizes: Sequence[int]) -> tuple[Fraction, ...]:
    """Worth per stack in the unit of `prizes`, good to more than thirty digits."""
    return tuple(Fraction(worth, _ONE) for worth in _worth(stacks, prizes))


def _worth(stacks: Sequence[int], prizes: Sequence[int]) -> list[int]:
    if not 0 < len(stacks) <= PLAYERS_MAX or min(stacks) < 1:
        raise ValueError(f"stacks are 1 to {PLAYERS_MAX}, each with chips")
    worth = [0] * len(stacks)
    chips = sum(stacks)
    chance = {0: _ONE}  # set of players (bits) who hold the places so far → how likely
    for prize in prizes[: len(stacks)]:
        following: dict[int, int] = {}
        for placed, likely in chance.items():
            left = chips - sum(stack for n, stack in enumerate(stacks) if placed >> n & 1)
            for n, stack in enumerate(stacks):
                if not placed >> n & 1:
                    next_likely = likely * stack // left
                    worth[n] += next_likely * prize
                    following[placed | 1 << n] = following.get(placed | 1 << n, 0) + next_likely
        chance = following
    return worth
