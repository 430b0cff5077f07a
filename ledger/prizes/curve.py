"""A payout table made for a field: how many places a share of it pays, and what each gets.

No published table knows every field; this one is a house's proposal, said once as a formula. Place `p`
weighs 1/(2p + 1), which gives 49/30/21 to three places and lets first fall slowly as more are paid. From
the tenth on places share in bands (10-12, 13-15, 16-18, then nines), as published tables have it.
"""

from collections.abc import Iterator

from .payouts import BASIS_POINTS

__all__ = ["CURVE_PLACES_MAX", "curve", "places_paid"]

CURVE_PLACES_MAX = 250
_ONE = 10**12


def places_paid(entries: int, field_bp: int) -> int:
    """The share of the field, a part of a place counting as one; at least 1, at most CURVE_PLACES_MAX."""
    return max(1, min(CURVE_PLACES_MAX, entries, -(-entries * field_bp // BASIS_POINTS)))


def curve(places: int) -> list[int]:
    """Basis points per place, place 1 first; they add up to 10,000 and never rise.

    Raises ValueError unless there are 1 to CURVE_PLACES_MAX places.
    """
    if not 1 <= places <= CURVE_PLACES_MAX:
        raise ValueError(f"a curve has 1 to {CURVE_PLACES_MAX} places")
    weights = [_ONE // (2 * place + 1) for place in range(1, places + 1)]
    whole, shares = sum(weights), []
    for first, last in _bands(places):
        of_band = sum(weights[first - 1 : last]) * BASIS_POINTS
        shares += [of_band // whole // (last - first + 1)] * (last - first + 1)
    shares[0] += BASIS_POINTS - sum(shares)
    return shares


def _bands(places: int) -> Iterator[tuple[int, int]]:
    """First and last place of each band; the last band ends where the places do."""
    first = 1
    while first <= places:
        size = 1 if first < 10 else 3 if first < 19 else 9
        yield first, min(first + size - 1, places)
        first += size
