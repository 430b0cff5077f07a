"""Deals: what is left of the prizes, shared by agreement. All of them add up to the cent.

A deal needs every player's consent; these are proposals. `remaining_cents` are the prizes not yet won, the
largest first, for at least the players who deal. `aside_cents` stay to be played for and go to the winner.
"""

from collections.abc import Sequence
from typing import NamedTuple

from .apportion import apportion
from .icm import PLAYERS_MAX, icm_cents, icm_estimate

__all__ = ["Proposal", "beyond_first", "chip_chop", "even_chop", "icm_deal", "proposals"]


class Proposal(NamedTuple):
    """Cents per player in the order asked; `errors` where it is an estimate, else empty.

    `beyond_first`: somebody would get more than first prize, as a chip chop may give.
    """

    way: str
    amounts: tuple[int, ...]
    errors: tuple[int, ...] = ()
    beyond_first: bool = False


def proposals(
    stacks: Sequence[int], remaining_cents: Sequence[int], aside_cents: int = 0
) -> tuple[Proposal, ...]:
    """`table` (as if it ended now, by chips), `icm`, `chips` and `even`.

    Raises ValueError where more is set aside than first prize has over second, or somebody has no chips.
    """
    prizes = _played_for(stacks, remaining_cents, aside_cents)
    exact = len(stacks) <= PLAYERS_MAX
    by_chips, errors = (icm_cents(stacks, prizes), ()) if exact else icm_estimate(stacks, prizes)
    return (
        Proposal("table", _by_places(stacks, prizes)),
        Proposal("icm", by_chips, errors),
        _warned("chips", chip_chop(stacks, prizes), prizes[0]),
        Proposal("even", even_chop(stacks, prizes)),
    )


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
    return icm_cents(stacks, _played_for(stacks, remaining_cents, aside_cents))


def beyond_first(amounts: Sequence[int], remaining_cents: Sequence[int]) -> bool:
    """Whether somebody would get more than first prize, as a chip chop may give: to be warned of."""
    return max(amounts, default=0) > max(remaining_cents, default=0)


def _warned(way: str, amounts: tuple[int, ...], first_cents: int) -> Proposal:
    return Proposal(way, amounts, beyond_first=beyond_first(amounts, [first_cents]))


def _by_places(stacks: Sequence[int], prizes: Sequence[int]) -> tuple[int, ...]:
    """As if it ended now: most chips first, equal stacks in the order asked."""
    order = sorted(range(len(stacks)), key=lambda n: (-stacks[n], n))
    amounts = dict(zip(order, prizes, strict=True))
    return tuple(amounts[n] for n in range(len(stacks)))


def _played_for(stacks: Sequence[int], remaining_cents: Sequence[int], aside_cents: int) -> list[int]:
    first, *others = _prizes(stacks, remaining_cents)
    if not 0 <= aside_cents <= first - max(others, default=0):
        raise ValueError("set aside at most what first prize has over second")
    return [first - aside_cents, *others]


def _prizes(stacks: Sequence[int], remaining_cents: Sequence[int]) -> list[int]:
    if not stacks or min(stacks) < 1:
        raise ValueError("everybody who deals has chips")
    prizes = sorted(remaining_cents, reverse=True)[: len(stacks)]
    return prizes + [0] * (len(stacks) - len(prizes))
