"""What an entry changes besides balances, by kind; one file per family, one line here per family.

An effect looks at the state and the entry alone: it never decides, and never refuses what was booked.
A kind that is not here changes balances only.
"""

from collections.abc import Iterable
from typing import Final

from ..chain import OPEN_TERM
from ..commands import pays_out
from ..entry import Entry
from ..state import State
from ..terms import term_of
from ..together import Outline
from . import (
    adoptions,
    ages,
    bounties,
    cash_games,
    chips,
    deals,
    drawers,
    flights,
    left_branch,
    markers,
    mystery,
    prizes,
    promotions,
    received,
    results,
    sales,
    sponsors,
    tickets,
)
from .cash import count_cash
from .effect import Effect, Undo
from .payouts import count_payout

__all__ = ["take_effect", "telling"]

_TELLING_MORE: Final = frozenset({"age_seen", "awards", "dealer", "rebooks", "repaid", "undoes"})
_BESIDES: Final = frozenset({"age_seen", "rebooks", "repaid"})


def take_effect(state: State, entry: Entry, cash_cents: int) -> None:
    """Changes the state as the entry's kind does; `cash_cents` came into drawers by it."""
    kind = entry.kind
    effect = _EFFECTS.get(kind)
    if effect is not None:
        effect(state, entry)
    if not _BESIDES.isdisjoint(entry.data):
        _take_besides(state, entry)
    pays = pays_out(kind)
    if cash_cents or pays:
        day = state.gaming_day(entry.at_ms)
        count_cash(state, entry, day, cash_cents)
        if pays:
            count_payout(state, entry, day)


def _take_besides(state: State, entry: Entry) -> None:
    """What an entry of any kind may say."""
    if "age_seen" in entry.data:
        ages.keep(state, entry)
    if "repaid" in entry.data:
        markers.repay(state, entry)
    if "rebooks" in entry.data:
        left_branch.deal_with(state, entry)


def telling(entries: Iterable[Entry | Outline]) -> list[int]:
    """Which of these (counted from 0) change more than balances, and what is counted by gaming day."""
    return [
        n
        for n, entry in enumerate(entries)
        if entry.kind in _EFFECTS
        or not _TELLING_MORE.isdisjoint(entry.data)
        or type(entry.data.get("player", "")) is not str
    ]


def _open_term(state: State, entry: Entry) -> None:
    term = term_of(entry)
    state.terms.append(term)
    state.currency = term.currency


def _reverse(state: State, entry: Entry) -> None:
    undone = entry.data["undoes"]
    state.reversed[undone["seq"]] = entry.seq
    if "age_seen" in undone:
        ages.forget(state, undone)
    if "repaid" in undone:
        markers.due_again(state, undone)
    if "rebooks" in undone:
        left_branch.open_again(state, undone["rebooks"])
    undo = _UNDO.get(undone["kind"])
    if undo is not None:
        undo(state, entry, undone)


_EFFECTS: Final[dict[str, Effect]] = {
    OPEN_TERM: _open_term,
    "reverse": _reverse,
    "set_aside": left_branch.deal_with,
    **adoptions.EFFECTS,
    **drawers.EFFECTS,
    **chips.EFFECTS,
    **cash_games.EFFECTS,
    **markers.EFFECTS,
    **promotions.EFFECTS,
    **sales.EFFECTS,
    **flights.EFFECTS,
    **results.EFFECTS,
    **prizes.EFFECTS,
    **deals.EFFECTS,
    **bounties.EFFECTS,
    **mystery.EFFECTS,
    **tickets.EFFECTS,
    **sponsors.EFFECTS,
    **received.EFFECTS,
}
_UNDO: Final[dict[str, Undo]] = {
    **sales.UNDO,
    **flights.UNDO,
    **results.UNDO,
    **prizes.UNDO,
    **deals.UNDO,
    **bounties.UNDO,
    **mystery.UNDO,
    **tickets.UNDO,
    **sponsors.UNDO,
    **received.UNDO,
    **cash_games.UNDO,
    **markers.UNDO,
    **promotions.UNDO,
}
