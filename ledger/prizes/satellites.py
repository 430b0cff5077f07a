"""How many seats a pool pays, and what is left of it. DOMAIN 1.8."""

from typing import NamedTuple

__all__ = ["Seats", "seats_of"]


class Seats(NamedTuple):
    """`seats * seat_cents + rest_cents` is the pool."""

    seats: int
    rest_cents: int


def seats_of(pool_cents: int, seat_cents: int, players: int) -> Seats:
    """At most one seat a player. Raises ValueError for a negative pool or a seat below one cent."""
    if pool_cents < 0 or seat_cents < 1 or players < 0:
        raise ValueError("a pool is not negative and a seat at least one cent")
    seats = min(pool_cents // seat_cents, players)
    return Seats(seats, pool_cents - seats * seat_cents)
