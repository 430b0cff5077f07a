"""Reversal: a new entry with the sides swapped that names the old one. Nothing is edited or deleted.

What later entries stand on is not reversed before them: a buy-in with rebuys, a close whose result is
confirmed, a result of which a prize is paid. Drawers' openings and counts, refunds and reversals themselves
are not reversed at all; what was wrong there is booked anew.
"""

from collections.abc import Mapping
from typing import Any, Final

from ..commands import Asked, Reverse, roles_of, takes_two
from ..entry import Entry, Posting
from ..errors import Refusal
from ..state import State
from . import (
    balances,
    bounties,
    cash_games,
    closing,
    deals,
    drawers,
    flights,
    house,
    jackpots,
    markers,
    mystery,
    prizes,
    promotions,
    results,
    sales,
    seats,
    sponsors,
    staff,
    tickets,
)
from .draft import Draft, StandsOnIt, drawer_open, needs_second, rules_named

__all__ = ["REVERSIBLE", "reverse"]

REVERSIBLE: Final[Mapping[str, StandsOnIt]] = {
    **balances.REVERSIBLE,
    **drawers.REVERSIBLE,
    **sales.REVERSIBLE,
    **flights.REVERSIBLE,
    **closing.REVERSIBLE,
    **results.REVERSIBLE,
    **prizes.REVERSIBLE,
    **deals.REVERSIBLE,
    **bounties.REVERSIBLE,
    **mystery.REVERSIBLE,
    **tickets.REVERSIBLE,
    **sponsors.REVERSIBLE,
    **seats.REVERSIBLE,
    **cash_games.REVERSIBLE,
    **house.REVERSIBLE,
    **jackpots.REVERSIBLE,
    **markers.REVERSIBLE,
    **staff.REVERSIBLE,
    **promotions.REVERSIBLE,
}
_NAMED: Final = (
    "age_seen",
    "box",
    "by",
    "drawer",
    "due",
    "entry",
    "envelopes",
    "flight",
    "head_cents",
    "heads",
    "jackpot",
    "method",
    "place",
    "player",
    "rebooks",
    "received",
    "repaid",
    "shares",
    "table",
    "ticket",
    "tickets",
    "tournament",
)
"""What a reversal's `undoes` tells of its original, for the effects."""


def reverse(state: State, asked: Asked, command: Reverse, original: Entry | None) -> Draft | Refusal:
    """`original` is the entry of number `command.seq`, None if there is none."""
    if original is None or original.kind not in REVERSIBLE:
        return Refusal(
            "not_reversible", "There is no such entry, or it can't be reversed.", {"seq": command.seq}
        )
    if command.seq in state.reversed:
        by = {"by_seq": state.reversed[command.seq]}
        return Refusal("already_reversed", "This entry is reversed already.", by)
    refused = _who_may(state, asked, original) or REVERSIBLE[original.kind](state, original)
    if refused:
        return refused
    postings = _swapped(original, command.drawer)
    for drawer in sorted({p.account.partition("/")[2] for p in postings if p.account.startswith("1010/")}):
        closed = drawer_open(state, drawer)
        if closed:
            return closed
    return Draft(postings, {"undoes": _undone(original)}, rules_named(state))


def _who_may(state: State, asked: Asked, original: Entry) -> Refusal | None:
    if state.profile is None:
        return Refusal("not_adopted", "No house profile was adopted yet.")
    if takes_two(original.kind) and asked.second is None:
        why = "What took two people is reversed by two: a second person must approve with their PIN."
        return Refusal("needs_second", why, {"kind": original.kind})
    if asked.role != "cashier":
        return None
    if original.kind != "suspense" and "cashier" not in roles_of(original.kind):
        return Refusal("limit", "Only a manager reverses this.", {"limit": "role"})
    moved = sum(posting.amount for posting in original.postings if posting.amount > 0)
    return needs_second(asked, moved, state.profile.reverse_limit_cents)


def _swapped(original: Entry, drawer: str | None) -> tuple[Posting, ...]:
    """The sides swapped; cash goes through `drawer` instead of the original's where one is named."""
    return tuple(
        Posting(f"1010/{drawer}" if drawer and account.startswith("1010/") else account, -amount)
        for account, amount in original.postings
    )


def _undone(original: Entry) -> dict[str, Any]:
    named: dict[str, Any] = {name: original.data[name] for name in _NAMED if name in original.data}
    return {"kind": original.kind, "seq": original.seq, **named}
