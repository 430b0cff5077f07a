"""A deal stands on its event until the result, or until it is reversed."""

from collections.abc import Mapping
from typing import Any, Final

from ..entry import Entry
from ..state import Deal, State
from .effect import Effect, Undo

__all__ = ["EFFECTS", "UNDO"]


def _agree_deal(state: State, entry: Entry) -> None:
    said = entry.data
    shares = {player: cents for player, _, cents in said["shares"]}
    state.tournaments[said["tournament"]].deal = Deal(entry.seq, shares, said.get("aside_cents", 0))


def _take_back(state: State, _entry: Entry, undone: Mapping[str, Any]) -> None:
    state.tournaments[undone["tournament"]].deal = None


EFFECTS: Final[dict[str, Effect]] = {"agree_deal": _agree_deal}
UNDO: Final[dict[str, Undo]] = {"agree_deal": _take_back}
