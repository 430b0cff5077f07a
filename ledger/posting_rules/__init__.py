"""Decisions: state and command alone give the postings, or a refusal. One pure function per kind.

`decide` adds what holds for all kinds: the venue's currency, the second person, what the operator saw,
no cash below zero, and that cash received while the leaf was away is always booked.
"""

from typing import Final

from ..commands import TILLS, Asked, Command, Reverse
from ..entry import Entry, Posting
from ..errors import Refusal
from ..money import BALANCE_MAX
from ..state import State
from . import adoptions, cash_games, drawers, results, reversals, sales
from .draft import Draft, Rule, legs
from .results import amounts_now

__all__ = ["SUSPENSE", "Draft", "amounts_now", "decide"]

SUSPENSE: Final = "suspense"

_RULES: Final[dict[str, Rule]] = {
    **adoptions.RULES,
    **drawers.RULES,
    **sales.RULES,
    **results.RULES,
    **cash_games.RULES,
}


def decide(state: State, asked: Asked, original: Entry | None = None) -> Draft | Refusal:
    """`original` is what a `reverse` names, if there is such an entry. Changes nothing."""
    command = asked.read.command
    currency = _other_currency(state, command)
    if currency:
        return currency
    decided = _wrong_second(asked) or _changed(state, asked, original) or _ruled(state, asked, original)
    if isinstance(decided, Draft):
        decided = _uncovered(state, decided.postings) or decided
    if isinstance(decided, Refusal) and command.intent is not None and command.receives:
        return _suspense(asked, decided)
    return decided


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
        return Refusal("wrong_second", "The second person's PIN was not accepted.")
    if second.person == asked.person or second.role not in TILLS:
        return Refusal("wrong_second", "The second person must be another cashier or a manager.")
    return None


def _changed(state: State, asked: Asked, original: Entry | None) -> Refusal | None:
    """What the operator saw, against what is."""
    expects = asked.read.command.expects
    if expects is None:
        return None
    now = {"seq": state.tip.seq, "entries": 0, "pool_cents": 0, "due_cents": 0}
    about = asked.read.data if original is None else original.data
    tournament = state.tournaments.get(about.get("tournament", ""))
    if tournament is not None:
        player = about.get("player") or tournament.player_of(about.get("entry", ""))
        prize = tournament.prizes.get((about.get("place", 0), player))
        now["entries"] = len(tournament.entries_of(player))
        now["pool_cents"] = tournament.pool_cents
        now["due_cents"] = prize.due_cents if prize else 0
    saw = expects.model_dump(exclude_none=True)
    changed = {name: [saw[name], now[name]] for name in saw if saw[name] != now[name]}
    if not changed:
        return None
    return Refusal("changed", "Something changed since you looked.", {"changed": changed})


def _uncovered(state: State, postings: tuple[Posting, ...]) -> Refusal | None:
    """No drawer and no vault goes below zero, no balance out of bounds."""
    moved: dict[str, int] = {}
    for account, amount in postings:
        moved[account] = moved.get(account, 0) + amount
    for account, amount in moved.items():
        after = state.balance(account) + amount
        if after < 0 and amount < 0 and account.startswith(("1000", "1010/")):
            where = "the vault" if account == "1000" else "this drawer"
            details = {"account": account, "short_cents": -after}
            return Refusal("not_enough_cash", f"There is not that much cash in {where}.", details)
        if abs(after) > BALANCE_MAX:
            return Refusal(
                "limit", "No account may grow that large.", {"limit": "balance", "account": account}
            )
    return None


def _suspense(asked: Asked, refused: Refusal) -> Draft:
    """The cash is in the drawer whatever the rules say: booked as received, not settled."""
    command = asked.read.command
    cents: int = getattr(command, "amount").amount  # noqa: B009 (every receiving kind has one)
    postings = legs((f"1010/{command.drawer}", cents), (f"2090/{asked.device}/{asked.key}", -cents))
    return Draft(postings, {"asked": command.kind, "refusal": refused.code}, {}, SUSPENSE)
