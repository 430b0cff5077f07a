"""Prizes paid whole or in parts, by any means; and what was paid too much, handed back."""

from typing import Final

from ..commands import Asked, PayPrize, PayTax, ReturnPrize
from ..errors import Refusal
from ..state import State, Tournament
from .draft import Draft, Rule, StandsOnIt, known_tournament, legs, nothing_stands, rules_named
from .means import account_of_means

__all__ = ["REVERSIBLE", "RULES"]

_NOT_CONFIRMED: Final = Refusal("not_confirmed", "The result of this event is not confirmed yet.")


def _pay_prize(state: State, _asked: Asked, command: PayPrize) -> Draft | Refusal:
    """Never beyond what is due; tax withheld counts as paid. In play a seat's worth is due, or a flight's."""
    tournament = known_tournament(state, command.tournament)
    if isinstance(tournament, Refusal):
        return tournament
    prizes = tournament.flight(command.flight).prizes if command.flight else tournament.prizes
    prize = prizes.get((command.place, command.player))
    in_play = state.profile is not None and state.profile.pay_during_play
    if tournament.state != "confirmed" and not (prize and in_play):
        return _NOT_CONFIRMED
    account = account_of_means(state, command)
    if isinstance(account, Refusal):
        return account
    if prize is None:
        return Refusal("nothing_due", "Nothing is due to this player for this place.")
    if prize.due_cents <= 0:
        details = {"amount_cents": prize.amount_cents, "paid_cents": prize.paid_cents}
        return Refusal("nothing_due", "This prize is paid already.", details)
    cents, tax = command.amount.amount, command.tax_cents or 0
    if cents > prize.due_cents:
        details = {"due_cents": prize.due_cents, "amount_cents": cents}
        return Refusal("over_due", "That is more than what is due.", details)
    postings = legs((f"2070/{command.tournament}", cents), (account, tax - cents), ("2080", -tax))
    return Draft(postings, {"due_after_cents": prize.due_cents - cents}, rules_named(state, tournament))


def _return_prize(state: State, _asked: Asked, command: ReturnPrize) -> Draft | Refusal:
    """Never more than was paid beyond the corrected prize."""
    tournament = _confirmed(state, command.tournament)
    if isinstance(tournament, Refusal):
        return tournament
    account = account_of_means(state, command)
    if isinstance(account, Refusal):
        return account
    prize = tournament.prize_of(command.player)
    owed = -prize.due_cents if prize else 0
    if owed <= 0:
        return Refusal("nothing_due", "This player has nothing to hand back.")
    cents = command.amount.amount
    if cents > owed:
        details = {"due_cents": owed, "amount_cents": cents}
        return Refusal("over_due", "That is more than what is to be handed back.", details)
    postings = legs((account, cents), (f"2070/{command.tournament}", -cents))
    return Draft(postings, {"owed_after_cents": owed - cents}, rules_named(state, tournament))


def _pay_tax(state: State, _asked: Asked, command: PayTax) -> Draft | Refusal:
    """Never more than was withheld (`decide` looks)."""
    account = account_of_means(state, command)
    if isinstance(account, Refusal):
        return account
    cents = command.amount.amount
    return Draft(legs(("2080", cents), (account, -cents)), {}, rules_named(state))


def _confirmed(state: State, name: str) -> Tournament | Refusal:
    tournament = known_tournament(state, name)
    if isinstance(tournament, Refusal) or tournament.state == "confirmed":
        return tournament
    return _NOT_CONFIRMED


RULES: Final[dict[str, Rule]] = {"pay_prize": _pay_prize, "return_prize": _return_prize, "pay_tax": _pay_tax}
REVERSIBLE: Final[dict[str, StandsOnIt]] = dict.fromkeys(RULES, nothing_stands)
