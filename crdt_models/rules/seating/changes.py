"""Who waits for another seat, at an event or a cash table. Twin: `web/src/lib/twins/seating/changes.ts`."""

from ...documents.conduct import SeatChange
from ...documents.floor import Seat
from ...documents.typed import many
from ...facts import FactReader

__all__ = ["seat_changes"]


def seat_changes(facts: FactReader) -> dict[str, SeatChange]:
    """Player → what they asked for, who asked first first; whoever sits elsewhere since waits no more."""
    seats = many(facts, "seat/", Seat)
    asked = {
        player: change
        for player, change in many(facts, "change/", SeatChange).items()
        if player in seats and (seats[player].table, seats[player].seat) == (change.table, change.seat)
    }
    return dict(sorted(asked.items(), key=lambda item: (item[1].at_ms, item[0])))
