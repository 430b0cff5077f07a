"""Which entries of a branch that was left behind are dealt with, and by which entry of this one."""

from ..entry import Entry
from ..state import State

__all__ = ["deal_with", "open_again"]


def deal_with(state: State, entry: Entry) -> None:
    """By an entry that books it again or sets it aside."""
    data = entry.data
    state.dealt_with[data.get("rebooks") or data["old_entry"]] = entry.seq


def open_again(state: State, hash_: str) -> None:
    """What booked it again was reversed."""
    state.dealt_with.pop(hash_, None)
