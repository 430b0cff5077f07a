"""Shifts begin and end."""

from typing import Final

from ..entry import Entry
from ..state import Drawer, State
from .effect import Effect

__all__ = ["EFFECTS"]


def _open_drawer(state: State, entry: Entry) -> None:
    drawer = state.drawers.setdefault(entry.data["drawer"], Drawer())
    drawer.is_open, drawer.shift, drawer.person = True, entry.data["shift"], entry.person


def _close_drawer(state: State, entry: Entry) -> None:
    state.drawers[entry.data["drawer"]].is_open = False


EFFECTS: Final[dict[str, Effect]] = {"open_drawer": _open_drawer, "close_drawer": _close_drawer}
