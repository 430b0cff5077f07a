"""When a series of draws begins and when its seed is told; which draw gave a player the seat they have.

A series begins before the first draw, a new one once registration is closed; the last ends with the event. A
series whose commitment is not ours was begun by another box: it stays sealed, and a new one begins.
"""

from collections.abc import Callable

from ...documents.floor import Seat
from ...documents.seating import Draw, HandDraw, Series
from ...documents.tournament import Clock, Registration
from ...documents.typed import many, one
from ...facts import FactReader, Json
from .draw import commitment_of

__all__ = ["last_series", "own_draw", "proof_of", "seat_draw", "series_changes"]

SeedOf = Callable[[int], str]


def last_series(tournament: FactReader) -> tuple[int, Series | None]:
    """The newest series and its number; 0 where there is none."""
    series = {int(number): one for number, one in many(tournament, "series/", Series).items()}
    last = max(series, default=0)
    return last, series.get(last)


def series_changes(tournament: FactReader, seed_of: SeedOf, now: int) -> list[tuple[str, Json]]:
    """What the leaf has to write now, of `series/`; nothing most of the time."""
    number, last = last_series(tournament)
    clock = one(tournament, "clock", Clock)
    is_over = clock is not None and clock.state == "ended"
    closed = one(tournament, "registration", Registration)
    ours = last is not None and commitment_of(seed_of(number)) == last.commitment
    closed_ms = closed.at_ms if closed is not None and closed.state == "closed" else -1
    ended = is_over or (last is not None and last.at_ms < closed_ms)
    changes: list[tuple[str, Json]] = []
    if last is not None and ours and ended and last.seed is None:
        told = Series(commitment=last.commitment, at_ms=last.at_ms, seed=seed_of(number), revealed_ms=now)
        changes.append((f"series/{number}", told.model_dump()))
    if not is_over and (last is None or not ours or ended or last.seed is not None):
        begun = Series(commitment=commitment_of(seed_of(number + 1)), at_ms=max(now, closed_ms))
        changes.append((f"series/{number + 1}", begun.model_dump()))
    return changes


def own_draw(tournament: FactReader, player: str, label: str) -> dict[str, Json] | None:
    """How the player came to the seat `label` (`<table>.<seat>`): the newest draw of it, with all that a
    phone needs to check it, or `hand`: drawn on a tablet. None: a person chose it.
    """
    newest = seat_draw(tournament, player, label)
    drawn = one(tournament, f"draw/{newest}", Draw) if newest else None
    seat, hand = one(tournament, f"seat/{player}", Seat), one(tournament, f"handdraw/{player}", HandDraw)
    by_hand = hand is not None and seat is not None and (hand.table, hand.seat) == (seat.table, seat.seat)
    if by_hand and hand is not None and (drawn is None or drawn.at_ms < hand.at_ms):
        return {"by": "tablet"}
    if newest is None or drawn is None:
        return None
    series = one(tournament, f"series/{newest.partition('.')[0]}", Series)
    return {
        "by": "leaf",
        "id": newest,
        "draw": drawn.model_dump(),
        "series": series.model_dump() if series else None,
    }


def seat_draw(tournament: FactReader, player: str, label: str) -> str | None:
    """The newest draw that gave this player the seat `label`; None: the leaf drew none."""
    given = [
        ident
        for ident, draw in many(tournament, "draw/", Draw).items()
        if player in draw.players and draw.seats[draw.players.index(player)] == label
    ]
    return max(given, key=_order, default=None)


def proof_of(event: str, tournament: FactReader) -> dict[str, Json]:
    """All draws of an event, for anybody to recompute; no names, players go by their ids."""
    draws = many(tournament, "draw/", Draw)
    series = many(tournament, "series/", Series)
    return {
        "event": event,
        "series": {number: series[number].model_dump() for number in sorted(series, key=int)},
        "draws": {ident: draws[ident].model_dump() for ident in sorted(draws, key=_order)},
    }


def _order(ident: str) -> tuple[int, int]:
    series, _, number = ident.partition(".")
    return (int(series), int(number))
