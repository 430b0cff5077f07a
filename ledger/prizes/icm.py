"""The independent chip model (Malmuth and Harville): what stacks are worth in prizes. A proposal, no rule.

The chance to win is the share of the chips; the next place goes on with the winner and the winner's chips
taken out. Summed over the sets of players who hold the first places, in whole numbers of 2**-100, so that
every machine says the same; only places that are paid are looked at. 2**n sets, hence the bound; beyond it
`icm_estimate` plays the places out at random, and says how far off it may be.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from hashlib import shake_256
from math import isqrt, log
from struct import unpack
from typing import NamedTuple

from .apportion import apportion

__all__ = ["PLAYERS_MAX", "RUNS", "SIMULATED_MAX", "Estimate", "icm_cents", "icm_equity", "icm_estimate"]

PLAYERS_MAX = 20  # docs/performance.md says how long it takes
SIMULATED_MAX = 200
RUNS = 20_000
_ONE = 1 << 100
_DRAWS = 1 << 64


class Estimate(NamedTuple):
    """Cents per stack, together the prizes; each is off by less than its `errors` in 19 of 20 states."""

    amounts: tuple[int, ...]
    errors: tuple[int, ...]


def icm_cents(stacks: Sequence[int], prizes_cents: Sequence[int]) -> tuple[int, ...]:
    """Cents per stack, together exactly the prizes of as many places as there are stacks."""
    prizes = list(prizes_cents[: len(stacks)])
    if sum(prizes) == 0:
        return (0,) * len(stacks)
    # The last bits carry rounding; without them equal stacks have equal remainders.
    return apportion(sum(prizes), [worth >> 40 for worth in _worth(stacks, prizes)])


def icm_equity(stacks: Sequence[int], prizes: Sequence[int]) -> tuple[Fraction, ...]:
    """Worth per stack in the unit of `prizes`, good to more than twenty digits."""
    return tuple(Fraction(worth, _ONE) for worth in _worth(stacks, prizes))


def icm_estimate(stacks: Sequence[int], prizes_cents: Sequence[int], runs: int = RUNS) -> Estimate:
    """The same by playing out: the same stacks and prizes always give the same estimate.

    Raises ValueError where there are more than SIMULATED_MAX stacks, one has no chips, or nothing is run.
    """
    if not 0 < len(stacks) <= SIMULATED_MAX or min(stacks) < 1 or runs < 2:
        raise ValueError(f"stacks are 1 to {SIMULATED_MAX}, each with chips")
    prizes = list(prizes_cents[: len(stacks)])
    won, squares = [0] * len(stacks), [0] * len(stacks)
    for order in _played_out(stacks, prizes, runs):
        for player, prize in zip(order, prizes, strict=False):
            won[player] += prize
            squares[player] += prize * prize
    amounts = apportion(sum(prizes), won) if any(won) else (0,) * len(stacks)
    # Two standard errors of the mean, rounded up.
    errors = tuple(
        2 * isqrt((runs * square - sum_ * sum_) // (runs * runs * (runs - 1))) + 1
        for sum_, square in zip(won, squares, strict=True)
    )
    return Estimate(amounts, errors)


def _played_out(stacks: Sequence[int], prizes: Sequence[int], runs: int) -> Iterator[list[int]]:
    """Players, the winner first: by exponential times of the rates of the stacks. The state is the seed."""
    seed = repr((tuple(stacks), tuple(prizes))).encode()
    for run in range(runs):
        drawn = unpack(f"<{len(stacks)}Q", shake_256(b"%d %b" % (run, seed)).digest(8 * len(stacks)))
        times = [log((number + 1) / _DRAWS) / stack for number, stack in zip(drawn, stacks, strict=True)]
        yield sorted(range(len(stacks)), key=times.__getitem__, reverse=True)


def _worth(stacks: Sequence[int], prizes: Sequence[int]) -> list[int]:
    if not 0 < len(stacks) <= PLAYERS_MAX or min(stacks) < 1:
        raise ValueError(f"stacks are 1 to {PLAYERS_MAX}, each with chips")
    bits = [(n, 1 << n, stack) for n, stack in enumerate(stacks)]
    worth = [0] * len(stacks)
    chance = {0: _ONE}  # set of players (bits) who hold the places so far → how likely
    paid = max((place for place, prize in enumerate(prizes[: len(stacks)], start=1) if prize), default=0)
    for place, prize in enumerate(prizes[:paid], start=1):
        following: dict[int, int] = {}
        so_far, gained = following.get, [0] * len(stacks)
        for placed, likely in chance.items():
            others = [player for player in bits if not placed & player[1]]
            each = likely // sum([stack for _, _, stack in others])  # per chip that is left
            for n, bit, stack in others:
                share = each * stack
                gained[n] += share
                if place < paid:
                    following[placed | bit] = so_far(placed | bit, 0) + share
        worth = [before + share * prize for before, share in zip(worth, gained, strict=True)]
        chance = following
    return worth
