"""Decisions: state and command alone give the postings, or a refusal. One pure function per kind.

`decide` adds what holds for all kinds: the venue's currency, the second person, what the operator saw,
no cash below zero, and that cash received while the leaf was away is always booked.
"""

from typing import Final

from ..accounts import CASH, OWED, number_of
from ..commands import TILLS, Amount, Asked, Command, Reverse
from ..entry import Entry, Posting
from ..errors import Refusal
from ..money import BALANCE_MAX
from ..state import State
from ..thresholds import reached
from . import (
    adoptions,
    balances,
    bounties,
    cash_games,
    chips,
    closing,
    deals,
    drawers,
    flights,
    house,
    jackpots,
    left_branch,
    markers,
    mystery,
    prizes,
    promotions,
    refunds,
    results,
    reversals,
    sales,
    seats,
    sponsors,
    staff,
    tickets,
    transit,
)
from .approval import must_approve, not_without_the_leaf
from .draft import Draft, Rule, legs
from .preconditions import changed
from .results import amounts_now
from .seats import holders, still_pays
from .set_off import with_set_off

__all__ = ["SUSPENSE", "Draft", "amounts_now", "decide", "holders", "still_pays"]

SUSPENSE: Final = "suspense"

_RULES: Final[dict[str, Rule]] = {
    **adoptions.RULES,
    **drawers.RULES,
    **sales.RULES,
    **refunds.RULES,
    **flights.RULES,
    **closing.RULES,
    **results.RULES,
    **prizes.RULES,
    **deals.RULES,
    **bounties.RULES,
    **mystery.RULES,
    **tickets.RULES,
    **sponsors.RULES,
    **seats.RULES,
    **balances.RULES,
    **cash_games.RULES,
    **house.RULES,
    **transit.RULES,
    **chips.RULES,
    **jackpots.RULES,
    **markers.RULES,
    **staff.RULES,
    **promotions.RULES,
    **left_branch.RULES,
}


def decide(state: State, asked: Asked, original: Entry | None = None) -> Draft | Refusal:
    """`original` is what a `reverse` names, if there is such an entry. Changes nothing."""
    command = asked.read.command
    currency = _other_currency(state, command)
    if currency:
        return currency
    decided = (
        _wrong_second(asked)
        or not_without_the_leaf(state, command)
        or left_branch.dealt_with(state, command)
        or changed(state, asked, original)
        or _ruled(state, asked, original)
    )
    if isinstance(decided, Draft):
        decided = with_set_off(state, asked, decided)
    if isinstance(decided, Draft):
        decided = must_approve(state, asked, decided) or _uncovered(state, decided.postings) or decided
    source = _came_to(command)
    if isinstance(decided, Refusal) and source is not None:
        return _suspense(asked, source, decided)
    return decided if isinstance(decided, Refusal) else _with_thresholds(state, asked, decided)


def _with_thresholds(state: State, asked: Asked, draft: Draft) -> Draft:
    """Names the profile's thresholds that a person's sums are above with this entry in them."""
    if state.profile is None or not state.profile.thresholds:
        return draft
    said = {**asked.read.data, **draft.data}
    about = said.get("undoes", said)
    at_ms, player = max(asked.at_ms, state.tip.at_ms), about.get("player", "")
    found = reached(state, at_ms, player, draft.postings, tournament=about.get("tournament", ""))
    named = [[above.threshold.name, above.total_cents] for above in found]
    if not named:
        return draft
    return Draft(draft.postings, {**draft.data, "thresholds": named}, draft.rules, draft.kind)


def _ruled(state: State, asked: Asked, original: Entry | None) -> Draft | Refusal:
    command = asked.read.command
    if isinstance(command, Reverse):
        return reversals.reverse(state, asked, command, original)
    return _RULES[command.kind](state, asked, command)


def _other_currency(state: State, command: Command) -> Refusal | None:
    amount = getattr(command, "amount", None)
    if amount is None or amount.currency == state.currency:
        return None
    details = {"currency": amount.currency, "venue_currency": state.currency}
    return Refusal("other_currency", f"This house books in {state.currency}.", details)


def _wrong_second(asked: Asked) -> Refusal | None:
    second = asked.second
    if second is None:
        return None
    if second.role is None:
        return Refusal("wrong_second", "The second person's PIN or approval was not accepted.")
    if second.person == asked.person or second.role not in TILLS:
        return Refusal("wrong_second", "The second person must be another cashier or a manager.")
    return None


def _uncovered(state: State, postings: tuple[Posting, ...]) -> Refusal | None:
    """No drawer, vault or balance is spent beyond what is there; no account grows out of bounds."""
    moved: dict[str, int] = {}
    for leg in postings:
        account = leg.account
        moved[account] = moved.get(account, 0) + leg.amount
    balances = state.balances
    for account, amount in moved.items():
        after = balances.get(account, 0) + amount
        refused = None
        if amount < 0 and after < 0:
            refused = _spent(account)
        elif amount > 0 and after > 0:
            refused = _overdrawn(account)
        if refused:
            return refused
        if not -BALANCE_MAX <= after <= BALANCE_MAX:
            details = {"limit": "balance", "account": account}
            return Refusal("limit", "No account may grow that large.", details)
    return None


def _spent(account: str) -> Refusal | None:
    """Of an account that would stand, and go further, on the credit side."""
    if number_of(account) not in CASH:
        return None
    where = "the vault" if account == "1000" else "this drawer"
    return Refusal("not_enough_cash", f"There is not that much cash in {where}.", {"account": account})


def _overdrawn(account: str) -> Refusal | None:
    """Of an account that would stand, and go further, on the debit side."""
    number = number_of(account)
    if number == "2030":
        return Refusal("not_enough_balance", "This player's balance is not that much.", {"account": account})
    if number in OWED:
        return Refusal("over_due", "That is more than the house owes there.", {"account": account})
    return None


def _suspense(asked: Asked, source: str, refused: Refusal) -> Draft:
    """The money is here whatever the rules say: booked as received, not settled."""
    command = asked.read.command
    cents = _cents_of(command)
    postings = legs((source, cents), (f"2090/{asked.device}/{asked.key}", -cents))
    return Draft(postings, {"asked": command.kind, "refusal": refused.code}, {}, SUSPENSE)


def _cents_of(command: Command) -> int:
    amount = getattr(command, "amount", None)
    return amount.amount if isinstance(amount, Amount) else 0


def _came_to(command: Command) -> str | None:
    """The account of money that came in without the leaf; None: nothing came in."""
    if command.intent is None or not command.receives or not _cents_of(command):
        return None
    method = getattr(command, "method", "cash")
    return f"1010/{command.drawer}" if method == "cash" else "1015" if method in ("card", "bank") else None
