"""An event goes from selling to closed to confirmed; its pool follows account 2010 until then."""

from collections.abc import Mapping
from typing import Any, Final

from ..entry import Entry
from ..state import Prize, State, Tournament
from .effect import Effect, Undo, moved_cents

__all__ = ["EFFECTS", "UNDO"]


def _close_registration(state: State, entry: Entry) -> None:
    tournament = state.tournaments[entry.data["tournament"]]
    tournament.state, tournament.closed_seq = "closed", entry.seq
    _follow(tournament, entry)


def _reopen(state: State, entry: Entry, undone: Mapping[str, Any]) -> None:
    tournament = state.tournaments[undone["tournament"]]
    tournament.state, tournament.closed_seq = "selling", 0
    _follow(tournament, entry)


def _withhold(state: State, entry: Entry) -> None:
    tournament = state.tournaments[entry.data["tournament"]]
    tournament.withheld.append(entry.seq)
    _follow(tournament, entry)


def _give_to_pool(state: State, entry: Entry, undone: Mapping[str, Any]) -> None:
    tournament = state.tournaments[undone["tournament"]]
    tournament.withheld.remove(undone["seq"])
    _follow(tournament, entry)


def _follow(tournament: Tournament, entry: Entry) -> None:
    tournament.pool_cents -= moved_cents(entry, "2010")
    tournament.costs_cents -= moved_cents(entry, "2040", "4030")


def _confirm_result(state: State, entry: Entry) -> None:
    tournament = state.tournaments[entry.data["tournament"]]
    tournament.state, tournament.confirmed_seq = "confirmed", entry.seq
    for player, life, place, cents in entry.data["due"]:
        tournament.prizes[place, player] = Prize(player, life, place, cents, entry.seq)


def _withdraw_result(state: State, _entry: Entry, undone: Mapping[str, Any]) -> None:
    tournament = state.tournaments[undone["tournament"]]
    tournament.state, tournament.confirmed_seq = "closed", 0
    tournament.prizes.clear()


def _correct_result(state: State, entry: Entry) -> None:
    """What was paid stays paid, to the player; who is placed no more and was paid owes it back."""
    tournament = state.tournaments[entry.data["tournament"]]
    before = {prize.player: prize for prize in tournament.prizes.values()}
    tournament.confirmed_seq = entry.seq
    tournament.prizes = {
        (place, player): Prize(player, life, place, cents, entry.seq)
        for player, life, place, cents in entry.data["due"]
    }
    for player, old in before.items():
        new = tournament.prize_of(player)
        if new is None and old.paid_cents:
            new = tournament.prizes[old.place, player] = Prize(player, old.entry, old.place, 0, entry.seq)
        if new is not None:
            new.paid_cents = old.paid_cents


EFFECTS: Final[dict[str, Effect]] = {
    "close_registration": _close_registration,
    "withhold": _withhold,
    "confirm_result": _confirm_result,
    "correct_result": _correct_result,
}
UNDO: Final[dict[str, Undo]] = {
    "close_registration": _reopen,
    "withhold": _give_to_pool,
    "confirm_result": _withdraw_result,
}
