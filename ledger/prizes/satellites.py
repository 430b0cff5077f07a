"""How many seats a pool pays, and who gets what is left of it. DOMAIN 1.8."""

from typing import NamedTuple

__all__ = ["Seats", "rest_in_steps", "seats_of"]


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


def rest_in_steps(rest_cents: int, step_cents: int | None, players: int) -> tuple[int, ...]:
    """What the next finishers get of the rest, the best first: a step each, the last what is left.

    Without a step all of it goes to one. With fewer players than steps the first of them gets the rest too.
    Raises ValueError where somebody is to get something, but nobody is left, or a step is below one cent.
    """
    if rest_cents == 0:
        return ()
    if rest_cents < 0 or players < 1 or (step_cents is not None and step_cents < 1):
        raise ValueError("a rest is not negative, needs a player, and a step is at least one cent")
    whole, left = divmod(rest_cents, step_cents) if step_cents else (1, 0)
    steps = [step_cents or rest_cents] * whole + [left] * (left > 0)
    kept = steps[:players]
    kept[0] += sum(steps[players:])
    return tuple(kept)
