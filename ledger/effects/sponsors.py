"""What sponsors gave counts towards their limits; their money towards the pool."""

from collections.abc import Mapping
from typing import Any, Final

from ..entry import Entry
from ..state import Sponsored, State
from .effect import Effect, Undo, moved_cents

__all__ = ["EFFECTS", "UNDO"]


def _sponsored(state: State, entry: Entry) -> None:
    tournament = state.tournaments[entry.data["tournament"]]
    worth, day = entry.data["amount"]["amount"], state.gaming_day(entry.at_ms)
    tournament.sponsored[entry.seq] = Sponsored(worth, day)
    tournament.pool_cents -= moved_cents(entry, "2010")


def _take_back(state: State, entry: Entry, undone: Mapping[str, Any]) -> None:
    tournament = state.tournaments[undone["tournament"]]
    del tournament.sponsored[undone["seq"]]
    tournament.pool_cents -= moved_cents(entry, "2010")


EFFECTS: Final[dict[str, Effect]] = dict.fromkeys(("sponsor_money", "sponsor_prize"), _sponsored)
UNDO: Final[dict[str, Undo]] = dict.fromkeys(("sponsor_money", "sponsor_prize"), _take_back)
