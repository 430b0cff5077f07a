"""Cash with a courier: out of one place, in transit, counted into another."""

from typing import Final

from ..commands import Asked, ReceiveCash, SendCash
from ..errors import Refusal
from ..state import State
from .draft import Draft, Rule, drawer_open, legs
from .drawers import is_flagged, may_differ

__all__ = ["RULES", "TRANSITS_MAX"]

TRANSITS_MAX: Final = 100
"""Couriers on their way at a time."""


def _send_cash(state: State, _asked: Asked, command: SendCash) -> Draft | Refusal:
    """From now on neither place has it."""
    if command.drawer is not None:
        closed = drawer_open(state, command.drawer)
        if closed:
            return closed
    if len(state.transits) >= TRANSITS_MAX:
        details = {"limit": "transits", "transits_max": TRANSITS_MAX}
        return Refusal("limit", "Too much is on its way; receive what was sent first.", details)
    cents = command.amount.amount
    return Draft(legs(("1020", cents), (_place(command.drawer), -cents)))


def _receive_cash(state: State, asked: Asked, command: ReceiveCash) -> Draft | Refusal:
    """What was counted arrives; what differs is over or short. Who carried it does not count it."""
    transit = state.transits.get(command.of)
    if transit is None:
        return Refusal("nothing_due", "No cash is on its way under this number.", {"of": command.of})
    if transit.courier in (asked.person, asked.second.person if asked.second else ""):
        return Refusal("wrong_second", "Who carried the cash neither counts it in nor approves the count.")
    if transit.to:
        closed = drawer_open(state, transit.to)
        if closed:
            return closed
    counted = command.counted_cents
    over = counted - transit.cents
    postings = legs((_place(transit.to), counted), ("1020", -transit.cents), ("5020", -over))
    data = {"sent_cents": transit.cents, "counted_cents": counted, "difference_cents": over}
    return may_differ(state, asked, over, command.reason) or Draft(
        postings, {**data, "courier": transit.courier, **is_flagged(state, over)}
    )


def _place(drawer: str | None) -> str:
    return f"1010/{drawer}" if drawer else "1000"


RULES: Final[dict[str, Rule]] = {"send_cash": _send_cash, "receive_cash": _receive_cash}
