"""The house's own money: the owner's and the bank's, other income, expenses."""

from typing import Final

from ..commands import Asked, BankIn, BankOut, OtherIncome, PayExpense, SettleClearing, VaultIn, VaultOut
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
    refused = _not_covered(state, cents) if command.to == "owner" else None
    return refused or Draft(legs((_OTHER_SIDE[command.to], cents), ("1000", -cents)))


def _bank_in(_state: State, _asked: Asked, command: BankIn) -> Draft | Refusal:
    """The owner's money, onto the house's account."""
    cents = command.amount.amount
    return Draft(legs(("1030", cents), ("3000", -cents)))


def _bank_out(state: State, _asked: Asked, command: BankOut) -> Draft | Refusal:
    """The owner takes no more than is there, and only what the house does not owe."""
    cents = command.amount.amount
    short = cents - state.balance("1030")
    if short > 0:
        why = "By the ledger that much is not on the house's bank account."
        return Refusal("not_in_bank", why, {"short_cents": short})
    return _not_covered(state, cents) or Draft(legs(("3000", cents), ("1030", -cents)))


def _not_covered(state: State, cents: int) -> Refusal | None:
    left = state.covering_cents - state.liability_cents - cents
    if left >= 0:
        return None
    details = {"liability_cents": state.liability_cents, "short_cents": -left}
    return Refusal("not_covered", "What would be left does not cover what the house owes.", details)


def _settle_clearing(_state: State, _asked: Asked, command: SettleClearing) -> Draft | Refusal:
    """What cards and transfers brought has come to the house's account, or what they paid has left it."""
    cents = command.amount.amount
    if command.side == "paid":
        return Draft(legs(("1015", cents), ("1030", -cents)))
    fee = command.fee_cents
    return Draft(legs(("1030", cents - fee), ("5060", fee), ("1015", -cents)))


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
    "bank_in": _bank_in,
    "bank_out": _bank_out,
    "settle_clearing": _settle_clearing,
    "other_income": _other_income,
    "pay_expense": _pay_expense,
}
REVERSIBLE: Final[dict[str, StandsOnIt]] = dict.fromkeys(RULES, nothing_stands)
