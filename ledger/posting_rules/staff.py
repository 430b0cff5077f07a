"""The staff pool: what players give, and what is paid of it."""

from typing import Final

from ..commands import Asked, PayStaff, TakeTip
from ..errors import Refusal
from ..state import State
from .draft import Draft, Rule, StandsOnIt, cash_games_allowed, legs, nothing_stands, rules_named
from .means import account_of_means

__all__ = ["REVERSIBLE", "RULES"]


def _take_tip(state: State, _asked: Asked, command: TakeTip) -> Draft | Refusal:
    """Into the pool of all."""
    refused = cash_games_allowed(state) if command.method == "chips" else None
    source = refused or account_of_means(state, command)
    if isinstance(source, Refusal):
        return source
    cents = command.amount.amount
    return Draft(legs((source, cents), ("2040", -cents)), {}, rules_named(state))


def _pay_staff(state: State, _asked: Asked, command: PayStaff) -> Draft | Refusal:
    """Out of the pool, never more than is in it."""
    target = account_of_means(state, command)
    if isinstance(target, Refusal):
        return target
    cents = command.amount.amount
    pool_after = -state.balance("2040") - cents
    return Draft(
        legs(("2040", cents), (target, -cents)), {"pool_after_cents": pool_after}, rules_named(state)
    )


RULES: Final[dict[str, Rule]] = {"take_tip": _take_tip, "pay_staff": _pay_staff}
REVERSIBLE: Final[dict[str, StandsOnIt]] = dict.fromkeys(RULES, nothing_stands)
