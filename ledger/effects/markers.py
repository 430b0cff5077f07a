"""Credit lines change, markers are issued, repaid and given up."""

from collections.abc import Mapping
from typing import Any, Final

from ..entry import Entry
from ..state import Credit, State
from .effect import Effect, Undo

__all__ = ["EFFECTS", "UNDO", "due_again", "repay"]


def repay(state: State, entry: Entry) -> None:
    """What any entry says it `repaid` of its player's markers."""
    state.credits[entry.data["player"]].change(entry.data["repaid"], -1)


def due_again(state: State, undone: Mapping[str, Any]) -> None:
    """What a reversed entry had repaid."""
    state.credits[undone["player"]].change(undone["repaid"], 1)


def _adopt_credit_line(state: State, entry: Entry) -> None:
    credit = state.credits.setdefault(entry.data["player"], Credit())
    credit.line_cents = entry.data["amount"]["amount"]


def _issue_marker(state: State, entry: Entry) -> None:
    state.credits[entry.data["player"]].markers[entry.seq] = entry.data["amount"]["amount"]


def _take_marker_back(state: State, _entry: Entry, undone: Mapping[str, Any]) -> None:
    del state.credits[undone["player"]].markers[undone["seq"]]


EFFECTS: Final[dict[str, Effect]] = {
    "adopt_credit_line": _adopt_credit_line,
    "issue_marker": _issue_marker,
}
UNDO: Final[dict[str, Undo]] = {"issue_marker": _take_marker_back}
