"""Shifts begin and end; cash is carried and arrives."""

from typing import Final

from ..entry import Entry
from ..state import Drawer, State, Transit
from .effect import Effect

__all__ = ["EFFECTS"]


def _open_drawer(state: State, entry: Entry) -> None:
    drawer = state.drawers.setdefault(entry.data["drawer"], Drawer())
    _begin(drawer, entry, entry.data["shift"], entry.person)


def _count_drawer(state: State, entry: Entry) -> None:
    state.drawers[entry.data["drawer"]].counts += 1


def _close_drawer(state: State, entry: Entry) -> None:
    state.drawers[entry.data["drawer"]].is_open = False


def _sign_over_drawer(state: State, entry: Entry) -> None:
    drawer = state.drawers[entry.data["drawer"]]
    _begin(drawer, entry, entry.data["next_shift"], entry.data["second"]["person"])


def _begin(drawer: Drawer, entry: Entry, shift: int, person: str) -> None:
    drawer.is_open, drawer.shift, drawer.person = True, shift, person
    drawer.opened_seq, drawer.counts = entry.seq, 0


def _send_cash(state: State, entry: Entry) -> None:
    said = entry.data
    state.transits[entry.seq] = Transit(said.get("to", ""), said["courier"], said["amount"]["amount"])


def _receive_cash(state: State, entry: Entry) -> None:
    del state.transits[entry.data["of"]]


EFFECTS: Final[dict[str, Effect]] = {
    "open_drawer": _open_drawer,
    "count_drawer": _count_drawer,
    "close_drawer": _close_drawer,
    "sign_over_drawer": _sign_over_drawer,
    "send_cash": _send_cash,
    "receive_cash": _receive_cash,
}
