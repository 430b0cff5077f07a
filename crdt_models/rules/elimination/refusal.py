"""What a verb of eliminations refuses before it writes; what arrives written is never refused for it.

Pure and the same in both languages; both read `tests/vectors/refusal.json`.
Twin: `web/src/lib/twins/elimination/refusal.ts`.
"""

from collections.abc import Collection
from typing import Final, Literal

from ...documents.tournament import Clock
from ...documents.typed import one
from ...facts import FactReader
from .standings import standings

__all__ = ["STILL_WRITTEN", "BustFault", "bust_fault", "finished", "over_for"]

BustFault = Literal["not_entered", "already_out", "last_one"]
STILL_WRITTEN: Final = frozenset({"clock", "explained/", "settled/", "knocker/", "wanted/"})
"""What is written of an event that is over: its reopening, and answers to what was left open."""


def finished(tournament: FactReader) -> bool:
    """Over: the clock was ended, and somebody has won. Whoever starts the clock again opens it again."""
    clock = one(tournament, "clock", Clock)
    if clock is None or clock.state != "ended":
        return False
    standing = standings(tournament)
    return bool(standing.out) and len(standing.left) == 1


def over_for(tournament: FactReader, names: Collection[str]) -> bool:
    """Whether facts of these names are refused because the event is over; what is undone is never asked."""
    prefixes = {name.partition("/")[0] + ("/" if "/" in name else "") for name in names}
    return not prefixes <= STILL_WRITTEN and finished(tournament)


def bust_fault(tournament: FactReader, players: Collection[str]) -> tuple[BustFault, str] | None:
    """Why these can't go out in one hand, and who of them; the last one left has won."""
    standing = standings(tournament)
    for player in players:
        if player not in standing.players:
            return "not_entered", player
        if player not in standing.left:
            return "already_out", player
    if players and standing.left <= set(players):
        return "last_one", sorted(players)[0]
    return None
