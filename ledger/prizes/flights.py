"""What an event still plays for once its flights have paid: the last places are theirs."""

from collections.abc import Sequence

from .payouts import fixed_payouts

__all__ = ["after_flights"]


def after_flights(amounts: Sequence[int], paid: Sequence[int]) -> tuple[int, ...]:
    """Amount per place, place 1 first, of `amounts` for all; `paid`: what was due in flights, each one place.

    Together with `paid` they are the sum of `amounts`; first place takes, and gives, the difference between
    what flights paid and what their places would have. Raises ValueError where `paid` is more than all of it.
    """
    if not paid:
        return tuple(amounts)
    places = max(1, len(amounts) - len(paid))
    return fixed_payouts(sum(amounts) - sum(paid), [max(1, cents) for cents in amounts[:places]])
