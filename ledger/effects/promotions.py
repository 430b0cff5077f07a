"""Added money raises an event's pool."""

from collections.abc import Mapping
from typing import Any, Final

from ..entry import Entry
from ..state import State, Tournament
from .effect import Effect, Undo, received_cents

__all__ = ["EFFECTS", "UNDO"]


def _add_money(state: State, entry: Entry) -> None:
    _add(state.tournaments[entry.data["tournament"]], received_cents(entry))


def _take_money_back(state: State, entry: Entry, undone: Mapping[str, Any]) -> None:
    _add(state.tournaments[undone["tournament"]], -received_cents(entry))


def _add(tournament: Tournament, cents: int) -> None:
    tournament.pool_cents += cents
    tournament.house_cents += cents


EFFECTS: Final[dict[str, Effect]] = {"add_money": _add_money}
UNDO: Final[dict[str, Undo]] = {"add_money": _take_money_back}
