"""An event goes from selling to closed to confirmed, and its prizes from due to paid."""

from collections.abc import Mapping
from typing import Any, Final

from ..entry import Entry
from ..state import Prize, State
from .effect import Effect, Undo, received_cents

__all__ = ["EFFECTS", "UNDO"]


def _close_registration(state: State, entry: Entry) -> None:
    tournament = state.tournaments[entry.data["tournament"]]
    tournament.state, tournament.closed_seq = "closed", entry.seq
    tournament.pool_cents = entry.data["pool_cents"]


def _reopen(state: State, entry: Entry, undone: Mapping[str, Any]) -> None:
    tournament = state.tournaments[undone["tournament"]]
    tournament.state, tournament.closed_seq = "selling", 0
    tournament.pool_cents -= received_cents(entry)


def _confirm_result(state: State, entry: Entry) -> None:
    tournament = state.tournaments[entry.data["tournament"]]
    tournament.state, tournament.confirmed_seq = "confirmed", entry.seq
    for player, life, place, cents in entry.data["due"]:
        tournament.prizes[place, player] = Prize(player, life, place, cents, entry.seq)


def _withdraw_result(state: State, _entry: Entry, undone: Mapping[str, Any]) -> None:
    tournament = state.tournaments[undone["tournament"]]
    tournament.state, tournament.confirmed_seq = "closed", 0
    tournament.prizes.clear()


def _pay_prize(state: State, entry: Entry) -> None:
    said = entry.data
    tournament = state.tournaments[said["tournament"]]
    tournament.prizes[said["place"], said["player"]].paid_cents += said["amount"]["amount"]


def _take_prize_back(state: State, entry: Entry, undone: Mapping[str, Any]) -> None:
    tournament = state.tournaments[undone["tournament"]]
    tournament.prizes[undone["place"], undone["player"]].paid_cents -= received_cents(entry)


EFFECTS: Final[dict[str, Effect]] = {
    "close_registration": _close_registration,
    "confirm_result": _confirm_result,
    "pay_prize": _pay_prize,
}
UNDO: Final[dict[str, Undo]] = {
    "close_registration": _reopen,
    "confirm_result": _withdraw_result,
    "pay_prize": _take_prize_back,
}
