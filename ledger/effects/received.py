"""Money received without the leaf waits, and is settled."""

from collections.abc import Mapping
from typing import Any, Final

from ..entry import Entry
from ..state import Received, State
from .effect import Effect, Undo, received_cents
from .means import spend

__all__ = ["EFFECTS", "UNDO"]


def _suspense(state: State, entry: Entry) -> None:
    if not entry.postings:
        return
    cents = received_cents(entry)
    source, account = (posting.account for posting in entry.postings)
    player = entry.data.get("player", "")
    state.received[entry.seq] = Received(entry.seq, account, source, player, cents, cents)


def _give_back(state: State, _entry: Entry, undone: Mapping[str, Any]) -> None:
    state.received[undone["seq"]].left_cents = 0


def _settle(state: State, entry: Entry) -> None:
    spend(state, entry.data, entry.data["amount"]["amount"], entry.seq)


def _unsettle(state: State, entry: Entry, undone: Mapping[str, Any]) -> None:
    spend(state, undone, -received_cents(entry), 0)


EFFECTS: Final[dict[str, Effect]] = {"suspense": _suspense, "settle": _settle}
UNDO: Final[dict[str, Undo]] = {"suspense": _give_back, "settle": _unsettle}
