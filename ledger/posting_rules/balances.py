"""Player balances, and the settling of what was received without the leaf."""

from typing import Final

from ..commands import MANAGERS, Asked, Deposit, Settle, Withdraw
from ..entry import Entry
from ..errors import Refusal
from ..state import Received, State
from .draft import (
    Draft,
    Rule,
    StandsOnIt,
    dependent,
    drawer_open,
    legs,
    needs_second,
    nothing_stands,
    rules_named,
)
from .means import account_of_means

__all__ = ["REVERSIBLE", "RULES"]


def _deposit(state: State, _asked: Asked, command: Deposit) -> Draft | Refusal:
    account = account_of_means(state, command)
    if isinstance(account, Refusal):
        return account
    cents = command.amount.amount
    return Draft(legs((account, cents), (f"2030/{command.player}", -cents)), {}, rules_named(state))


def _withdraw(state: State, _asked: Asked, command: Withdraw) -> Draft | Refusal:
    account = account_of_means(state, command)
    if isinstance(account, Refusal):
        return account
    cents, balance = command.amount.amount, f"2030/{command.player}"
    data = {"balance_after_cents": -state.balance(balance) - cents}
    return Draft(legs((balance, cents), (account, -cents)), data, rules_named(state))


def _settle(state: State, asked: Asked, command: Settle) -> Draft | Refusal:
    """Never more than is left of it; what goes back is a payout."""
    found = state.received.get(command.received)
    if found is None or found.left_cents == 0:
        details = {"received": command.received}
        return Refusal("nothing_received", "No money waits under this number to be settled.", details)
    if state.profile is None:
        return Refusal("not_adopted", "No house profile was adopted yet.")
    if command.to == "income" and asked.role not in MANAGERS:
        return Refusal("limit", "Only a manager keeps money for the house.", {"limit": "role"})
    cents = command.amount.amount
    refused = needs_second(asked, cents, state.profile.payout_limit_cents) if command.to == "back" else None
    if refused:
        return refused
    account = _settled_to(state, command, found)
    if isinstance(account, Refusal):
        return account
    data = {"left_cents": found.left_cents - cents}
    return Draft(legs((found.account, cents), (account, -cents)), data, rules_named(state))


def _settled_to(state: State, command: Settle, found: Received) -> str | Refusal:
    if command.to == "balance":
        return f"2030/{command.player}"
    if command.to == "income":
        return "4030"
    if found.source == "1015":
        return "1015"
    return drawer_open(state, command.drawer or "") or f"1010/{command.drawer}"


def _suspense_stands(state: State, original: Entry) -> Refusal | None:
    """What was settled, whole or in part, is not given back as well."""
    found = state.received[original.seq]
    return None if found.left_cents == found.cents else dependent("This money was settled.")


RULES: Final[dict[str, Rule]] = {"deposit": _deposit, "withdraw": _withdraw, "settle": _settle}
REVERSIBLE: Final[dict[str, StandsOnIt]] = {
    "suspense": _suspense_stands,
    **dict.fromkeys(("deposit", "withdraw", "settle"), nothing_stands),
}
