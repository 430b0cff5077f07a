"""Chips of the cash games against cash. A house profile may switch the whole module off."""

from typing import Final

from ..commands import Asked, CashBuyIn, CashOut
from ..errors import Refusal
from ..state import State
from .draft import (
    Draft,
    Rule,
    StandsOnIt,
    drawer_open,
    legs,
    may_take_cash,
    needs_second,
    nothing_stands,
    rules_named,
)

__all__ = ["REVERSIBLE", "RULES"]


def _cash_buy_in(state: State, _asked: Asked, command: CashBuyIn) -> Draft | Refusal:
    """Cash for chips."""
    refused = _may_play(state) or drawer_open(state, command.drawer)
    if refused:
        return refused
    cents = command.amount.amount
    return Draft(legs((f"1010/{command.drawer}", cents), ("2000", -cents)), {}, rules_named(state))


def _cash_out(state: State, asked: Asked, command: CashOut) -> Draft | Refusal:
    """Chips for cash, never more than are out."""
    refused = _may_play(state) or drawer_open(state, command.drawer)
    if refused:
        return refused
    cents = command.amount.amount
    out = -state.balance("2000")
    if cents > out:
        details = {"due_cents": out, "amount_cents": cents}
        return Refusal("over_due", "More chips than the house has given out.", details)
    assert state.profile is not None  # `may_take_cash` has seen it
    refused = needs_second(asked, cents, state.profile.payout_limit_cents)
    if refused:
        return refused
    return Draft(legs(("2000", cents), (f"1010/{command.drawer}", -cents)), {}, rules_named(state))


def _may_play(state: State) -> Refusal | None:
    refused = may_take_cash(state)
    if refused:
        return refused
    if state.profile is None or not state.profile.cash_games:
        return Refusal("no_cash_games", "The house profile allows no cash games.")
    return None


RULES: Final[dict[str, Rule]] = {"cash_buy_in": _cash_buy_in, "cash_out": _cash_out}
REVERSIBLE: Final[dict[str, StandsOnIt]] = {"cash_buy_in": nothing_stands, "cash_out": nothing_stands}
