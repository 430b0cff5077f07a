"""Chips of the cash games against cash. A house profile may switch the whole module off."""

from typing import Final

from ..commands import Asked, CashBuyIn, CashOut
from ..errors import Refusal
from ..state import State
from .draft import (
    Draft,
    Rule,
    StandsOnIt,
    cash_games_allowed,
    drawer_open,
    legs,
    may_take_cash,
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


def _cash_out(state: State, _asked: Asked, command: CashOut) -> Draft | Refusal:
    """Chips for cash, never more than are out."""
    refused = _may_play(state) or drawer_open(state, command.drawer)
    if refused:
        return refused
    cents = command.amount.amount
    out = -state.balance("2000")
    if cents > out:
        details = {"due_cents": out, "amount_cents": cents}
        return Refusal("over_due", "More chips than the house has given out.", details)
    return Draft(legs(("2000", cents), (f"1010/{command.drawer}", -cents)), {}, rules_named(state))


def _may_play(state: State) -> Refusal | None:
    return may_take_cash(state) or cash_games_allowed(state)


RULES: Final[dict[str, Rule]] = {"cash_buy_in": _cash_buy_in, "cash_out": _cash_out}
REVERSIBLE: Final[dict[str, StandsOnIt]] = {"cash_buy_in": nothing_stands, "cash_out": nothing_stands}
