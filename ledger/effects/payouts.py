"""What was paid to whom on a gaming day. A reversal gives nothing of it back: what was paid was paid."""

from typing import Final

from ..entry import Entry
from ..limits import left_cents
from ..state import State

__all__ = ["count_payout"]

_DAYS_KEPT: Final = 2


def count_payout(state: State, entry: Entry, day: int) -> None:
    """Adds what left the house, by payee."""
    paid = _paid(entry)
    if not paid:
        return
    payees = state.payouts.get(day)
    if payees is None:
        payees = state.payouts[day] = {}
        for old in sorted(state.payouts)[:-_DAYS_KEPT]:
            del state.payouts[old]
    for payee, cents in paid:
        payees[payee] = payees.get(payee, 0) + cents


def _paid(entry: Entry) -> list[tuple[str, int]]:
    """(payee, cents); nothing where it went to balances or chips, or to nobody in particular."""
    left = left_cents(entry.postings)
    if left == 0:
        return []
    if "awards" in entry.data:
        return [(player, cents) for _, player, cents in entry.data["awards"]]
    payee = entry.data.get("player") or entry.data.get("dealer")
    return [(payee, left)] if payee else []
