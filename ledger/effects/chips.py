"""Chips are made and destroyed, go into trays and back, and are counted."""

from typing import Final

from ..commands.pieces import worth_cents
from ..entry import Entry
from ..state import State
from .effect import Effect

__all__ = ["EFFECTS"]


def _add_chips(state: State, entry: Entry) -> None:
    _made(state, entry, 1)


def _remove_chips(state: State, entry: Entry) -> None:
    _made(state, entry, -1)


def _made(state: State, entry: Entry, sign: int) -> None:
    made = state.chips.made
    for denomination, pieces in entry.data["chips"].items():
        made[denomination] = made.get(denomination, 0) + sign * pieces
        if not made[denomination]:
            del made[denomination]


def _fill_tray(state: State, entry: Entry) -> None:
    _tray(state, entry.data["table"], worth_cents(entry.data["chips"]))


def _credit_tray(state: State, entry: Entry) -> None:
    _tray(state, entry.data["table"], -worth_cents(entry.data["chips"]))


def _tray(state: State, table: str, cents: int) -> None:
    trays = state.chips.trays
    trays[table] = trays.get(table, 0) + cents
    if not trays[table]:
        del trays[table]


def _count_chips(state: State, entry: Entry) -> None:
    counted = {table: worth_cents(pieces) for table, pieces in entry.data["trays"].items()}
    state.chips.trays = {table: cents for table, cents in counted.items() if cents}
    state.chips.missing_cents = entry.data["missing_cents"]


EFFECTS: Final[dict[str, Effect]] = {
    "add_chips": _add_chips,
    "remove_chips": _remove_chips,
    "fill_tray": _fill_tray,
    "credit_tray": _credit_tray,
    "count_chips": _count_chips,
}
