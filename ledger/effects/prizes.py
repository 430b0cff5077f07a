"""Prizes go from due to paid, and back where a payment is reversed or handed back."""

from collections.abc import Mapping
from typing import Any, Final

from ..entry import Entry
from ..state import State
from .effect import Effect, Undo, moved_cents

__all__ = ["EFFECTS", "UNDO"]


def _pay_prize(state: State, entry: Entry) -> None:
    _move(state, entry, entry.data)


def _take_back(state: State, entry: Entry, undone: Mapping[str, Any]) -> None:
    _move(state, entry, undone)


def _move(state: State, entry: Entry, about: Mapping[str, Any]) -> None:
    """What account 2070 says was paid, or unpaid."""
    tournament = state.tournaments[about["tournament"]]
    if "flight" in about:
        prize = tournament.flights[about["flight"]].prizes.get((about["place"], about["player"]))
    else:
        prize = tournament.prize_of(about["player"])
    assert prize is not None  # no result is withdrawn while a prize is paid
    prize.paid_cents += moved_cents(entry, "2070")


EFFECTS: Final[dict[str, Effect]] = dict.fromkeys(("pay_prize", "return_prize"), _pay_prize)
UNDO: Final[dict[str, Undo]] = dict.fromkeys(("pay_prize", "return_prize"), _take_back)
