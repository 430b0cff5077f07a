"""The house's own money: the owner's and the bank's, other income, expenses."""

from typing import Final

from ..commands import Asked, OtherIncome, PayExpense, SettleClearing, VaultIn, VaultOut
from ..errors import Refusal
from ..state import State
from .draft import Draft, Rule, StandsOnIt, legs, nothing_stands, rules_named
from .means import account_of_means

__all__ = ["REVERSIBLE", "RULES"]

_OTHER_SIDE: Final = {"owner": "3000", "bank": "1015"}


def _vault_in(_state: State, _asked: Asked, command: VaultIn) -> Draft | Refusal:
    """Cash into the vault."""
    cents = command.amount.amount
    return Draft(legs(("1000", cents), (_OTHER_SIDE[command.source], -cents)))


def _vault_out(state: State, _asked: Asked, command: VaultOut) -> Draft | Refusal:
    """The owner takes only what the house does not owe; what goes to the bank still covers it."""
    cents = command.amount.amount
    left = state.covering_cents - state.liability_cents - cents
    if command.to == "owner" and left < 0:
        details = {"liability_cents": state.liability_cents, "short_cents": -left}
        return Refusal("not_covered", "What would be left does not cover what the house owes.", details)
    return Draft(legs((_OTHER_SIDE[command.to], cents), ("1000", -cents)))


def _settle_clearing(_state: State, _asked: Asked, command: SettleClearing) -> Draft | Refusal:
    """The bank has paid the owner's account what cards and transfers brought, or was paid from there."""
    cents = command.amount.amount
    if command.side == "paid":
        return Draft(legs(("1015", cents), ("3000", -cents)))
    fee = command.fee_cents
    return Draft(legs(("3000", cents - fee), ("5050", fee), ("1015", -cents)))


def _other_income(state: State, _asked: Asked, command: OtherIncome) -> Draft | Refusal:
    """What is neither fee, rake nor time."""
    source = account_of_means(state, command)
    if isinstance(source, Refusal):
        return source
    cents = command.amount.amount
    return Draft(legs((source, cents), ("4030", -cents)), {}, rules_named(state))


def _pay_expense(state: State, _asked: Asked, command: PayExpense) -> Draft | Refusal:
    """What the house buys."""
    target = account_of_means(state, command)
    if isinstance(target, Refusal):
        return target
    cents = command.amount.amount
    return Draft(legs(("5050", cents), (target, -cents)), {}, rules_named(state))


RULES: Final[dict[str, Rule]] = {
    "vault_in": _vault_in,
    "vault_out": _vault_out,
    "settle_clearing": _settle_clearing,
    "other_income": _other_income,
    "pay_expense": _pay_expense,
}
REVERSIBLE: Final[dict[str, StandsOnIt]] = dict.fromkeys(RULES, nothing_stands)
