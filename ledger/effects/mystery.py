"""Heads become envelopes; each that is drawn is gone, and its entry is out."""

from collections.abc import Mapping
from typing import Any, Final

from ..entry import Entry
from ..prizes.envelopes import envelopes_of, without
from ..state import State
from .bounties import won
from .effect import Effect, Undo

__all__ = ["EFFECTS", "UNDO"]


def _seal_envelopes(state: State, entry: Entry) -> None:
    tournament = state.tournaments[entry.data["tournament"]]
    tournament.envelopes = envelopes_of((cents, count) for cents, count in entry.data["envelopes"])
    tournament.sealed_seq = entry.seq
    for one in tournament.entries.values():
        one.head_cents = 0


def _open_again(state: State, _entry: Entry, undone: Mapping[str, Any]) -> None:
    """Nothing was drawn, so each head is what was paid onto it."""
    tournament = state.tournaments[undone["tournament"]]
    tournament.envelopes, tournament.sealed_seq = {}, 0
    for one in tournament.entries.values():
        one.head_cents = one.bounty_parts_cents


def _draw_envelope(state: State, entry: Entry) -> None:
    said = entry.data
    tournament = state.tournaments[said["tournament"]]
    tournament.envelopes = without(tournament.envelopes, said["amount"]["amount"])
    tournament.entries[said["entry"]].out_seq = entry.seq
    if "method" not in said:
        won(tournament, said["shares"], 1)
    if said["by"] == [said["entry"]]:
        tournament.first_heads.append(entry.seq)


def _put_back(state: State, _entry: Entry, undone: Mapping[str, Any]) -> None:
    tournament = state.tournaments[undone["tournament"]]
    cents = sum(cash for _, _, cash, _ in undone["shares"])
    tournament.envelopes = envelopes_of([*tournament.envelopes.items(), (cents, 1)])
    tournament.entries[undone["entry"]].out_seq = 0
    if "method" not in undone:
        won(tournament, undone["shares"], -1)
    if undone["by"] == [undone["entry"]]:
        tournament.first_heads.remove(undone["seq"])


EFFECTS: Final[dict[str, Effect]] = {"seal_envelopes": _seal_envelopes, "draw_envelope": _draw_envelope}
UNDO: Final[dict[str, Undo]] = {"seal_envelopes": _open_again, "draw_envelope": _put_back}
