"""Heads are taken and grow; what was won is due until it is paid."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from ..entry import Entry
from ..prizes.envelopes import envelopes_of
from ..state import State, Tournament
from .effect import Effect, Undo, moved_cents

__all__ = ["EFFECTS", "UNDO", "won"]


def _knock_out(state: State, entry: Entry) -> None:
    tournament = state.tournaments[entry.data["tournament"]]
    out = tournament.entries[entry.data["entry"]]
    out.head_cents, out.out_seq = 0, entry.seq
    _grow(tournament, entry.data["shares"], 1)
    if "method" not in entry.data:
        won(tournament, entry.data["shares"], 1)
    if entry.data["by"] == [out.entry]:
        tournament.first_heads.append(entry.seq)


def _revive(state: State, _entry: Entry, undone: Mapping[str, Any]) -> None:
    tournament = state.tournaments[undone["tournament"]]
    out = tournament.entries[undone["entry"]]
    out.head_cents, out.out_seq = undone["head_cents"], 0
    _grow(tournament, undone["shares"], -1)
    if "method" not in undone:
        won(tournament, undone["shares"], -1)
    if undone["by"] == [out.entry]:
        tournament.first_heads.remove(undone["seq"])


def _grow(tournament: Tournament, shares: Iterable[list[Any]], sign: int) -> None:
    for name, _, _, onto in shares:
        if onto:
            tournament.entries[name].head_cents += sign * onto


def won(tournament: Tournament, shares: Iterable[list[Any]], sign: int) -> None:
    """The cash of each share is due to its player (`sign` 1), or is no more (-1)."""
    for _, player, cash, _ in shares:
        due = tournament.bounty_due_cents(player) + sign * cash
        tournament.bounties_due[player] = due


def _end_bounties(state: State, entry: Entry) -> None:
    tournament = state.tournaments[entry.data["tournament"]]
    for name, _ in entry.data["heads"]:
        tournament.entries[name].head_cents = 0
    tournament.envelopes = {}
    tournament.first_heads.append(entry.seq)
    won(tournament, entry.data["shares"], 1)


def _put_heads_back(state: State, _entry: Entry, undone: Mapping[str, Any]) -> None:
    tournament = state.tournaments[undone["tournament"]]
    for name, cents in undone["heads"]:
        tournament.entries[name].head_cents = cents
    tournament.envelopes = envelopes_of((cents, count) for cents, count in undone.get("envelopes", ()))
    tournament.first_heads.remove(undone["seq"])
    won(tournament, undone["shares"], -1)


def _pay_bounty(state: State, entry: Entry) -> None:
    _paid(state, entry, entry.data)


def _take_back(state: State, entry: Entry, undone: Mapping[str, Any]) -> None:
    _paid(state, entry, undone)


def _paid(state: State, entry: Entry, about: Mapping[str, Any]) -> None:
    tournament, player = state.tournaments[about["tournament"]], about["player"]
    tournament.bounties_due[player] = tournament.bounty_due_cents(player) - moved_cents(entry, "2070")


EFFECTS: Final[dict[str, Effect]] = {
    "knock_out": _knock_out,
    "pay_bounty": _pay_bounty,
    "end_bounties": _end_bounties,
}
UNDO: Final[dict[str, Undo]] = {
    "knock_out": _revive,
    "pay_bounty": _take_back,
    "end_bounties": _put_heads_back,
}
