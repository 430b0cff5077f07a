"""A flight is closed, then what it pays is due."""

from collections.abc import Mapping
from typing import Any, Final

from ..entry import Entry
from ..state import FlightMoney, Prize, State
from .effect import Effect, Undo

__all__ = ["EFFECTS", "UNDO"]


def _of(state: State, about: Mapping[str, Any]) -> FlightMoney:
    return state.tournaments[about["tournament"]].flights.setdefault(about["flight"], FlightMoney())


def _close_flight(state: State, entry: Entry) -> None:
    _of(state, entry.data).closed_seq = entry.seq


def _reopen(state: State, _entry: Entry, undone: Mapping[str, Any]) -> None:
    del state.tournaments[undone["tournament"]].flights[undone["flight"]]


def _confirm_flight(state: State, entry: Entry) -> None:
    flight = _of(state, entry.data)
    flight.confirmed_seq = entry.seq
    for player, life, place, cents in entry.data["due"]:
        flight.prizes[place, player] = Prize(player, life, place, cents, entry.seq)


def _withdraw(state: State, _entry: Entry, undone: Mapping[str, Any]) -> None:
    flight = _of(state, undone)
    flight.confirmed_seq = 0
    flight.prizes.clear()


EFFECTS: Final[dict[str, Effect]] = {"close_flight": _close_flight, "confirm_flight": _confirm_flight}
UNDO: Final[dict[str, Undo]] = {"close_flight": _reopen, "confirm_flight": _withdraw}
