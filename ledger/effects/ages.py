"""That somebody saw a player's age holds from the entry that says so, until that entry is reversed."""

from collections.abc import Mapping
from typing import Any

from ..entry import Entry
from ..state import State

__all__ = ["forget", "keep"]


def keep(state: State, entry: Entry) -> None:
    """What says no more than is known changes nothing."""
    player, years = entry.data["player"], entry.data["age_seen"]
    if years > state.age_seen(player):
        state.ages.setdefault(player, {})[entry.seq] = years


def forget(state: State, undone: Mapping[str, Any]) -> None:
    """Of a sale that was reversed: perhaps it was another person."""
    known = state.ages.get(undone["player"], {})
    known.pop(undone["seq"], None)
    if not known:
        state.ages.pop(undone["player"], None)
