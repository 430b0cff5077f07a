"""Tickets sold, cashed and expired; their use is a means of payment (`means`)."""

from typing import Final

from ..commands import Asked, CashTicket, ExpireTicket, IssueTicket
from ..entry import Entry
from ..errors import Refusal
from ..gaming_days import DAY_MS
from ..state import State, Ticket
from .approval import comp_approved
from .draft import Draft, Rule, StandsOnIt, dependent, legs, nothing_stands, rules_named
from .means import account_of_means, good_ticket

__all__ = ["REVERSIBLE", "RULES"]


def _issue_ticket(state: State, asked: Asked, command: IssueTicket) -> Draft | Refusal:
    """Its id is the number of its entry."""
    account = account_of_means(state, command)
    if isinstance(account, Refusal):
        return account
    refused = comp_approved(state, asked, command)
    if refused:
        return refused
    cents = command.amount.amount
    data = {"tickets": [[f"{state.tip.seq + 1}-1", command.player, command.target, cents]]}
    return Draft(legs((account, cents), ("2060", -cents)), data, rules_named(state))


def _cash_ticket(state: State, _asked: Asked, command: CashTicket) -> Draft | Refusal:
    account = account_of_means(state, command)
    if isinstance(account, Refusal):
        return account
    found = good_ticket(state, command.ticket)
    if isinstance(found, Refusal):
        return found
    if found.owner != command.player:
        details = {"ticket": found.ticket, "owner": found.owner, "target": found.target}
        return Refusal("other_ticket", "This ticket is another player's.", details)
    if found.given or (state.profile is not None and not state.profile.tickets_cashable):
        return Refusal("not_cashable", "The house does not pay this ticket out.")
    data = {"value_cents": found.value_cents}
    postings = legs(("2060", found.value_cents), (account, -found.value_cents))
    return Draft(postings, data, rules_named(state))


def _expire_ticket(state: State, asked: Asked, command: ExpireTicket) -> Draft | Refusal:
    found = good_ticket(state, command.ticket)
    if isinstance(found, Refusal):
        return found
    if state.profile is None:
        return Refusal("not_adopted", "No house profile was adopted yet.")
    days = state.profile.ticket_days
    if days is None or not _is_past(found, days, max(asked.at_ms, state.tip.at_ms)):
        return Refusal("not_expired", "This ticket is still good.", {"ticket_days": days})
    data = {"player": found.owner, "value_cents": found.value_cents}
    return Draft(legs(("2060", found.value_cents), ("4030", -found.value_cents)), data, rules_named(state))


def _is_past(ticket: Ticket, days: int, at_ms: int) -> bool:
    return at_ms - ticket.at_ms > days * DAY_MS


def _issue_stands(state: State, original: Entry) -> Refusal | None:
    for name, *_ in original.data["tickets"]:
        ticket = state.tickets[name]
        if ticket.state != "open":
            return dependent("This ticket is no longer open.", ticket.by_seq)
    return None


RULES: Final[dict[str, Rule]] = {
    "issue_ticket": _issue_ticket,
    "cash_ticket": _cash_ticket,
    "expire_ticket": _expire_ticket,
}
REVERSIBLE: Final[dict[str, StandsOnIt]] = {
    "issue_ticket": _issue_stands,
    "cash_ticket": nothing_stands,
    "expire_ticket": nothing_stands,
}
