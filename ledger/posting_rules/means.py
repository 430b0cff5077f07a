"""The account that stands for a means of payment, in both directions, if money may move that way now."""

from typing import Any

from ..commands import BuyIn, ByMeans, ReEntry
from ..errors import Refusal
from ..state import State, Ticket
from .draft import drawer_open, may_take_cash

__all__ = ["account_of_means", "good_ticket", "may_use"]


def account_of_means(state: State, command: ByMeans, player: str = "") -> str | Refusal:
    """`player` owns the balance; the command's own if not given. Whether it holds enough is for `decide`."""
    refused = may_use(state, command.method)
    if refused:
        return refused
    match command.method:
        case "cash":
            return drawer_open(state, command.drawer or "") or f"1010/{command.drawer}"
        case "balance":
            return f"2030/{player or getattr(command, 'player')}"  # noqa: B009 (`faults` has seen it)
        case "card" | "bank":
            return "1015"
        case "comp":
            return "5010"
        case "chips":
            return "2000"
        case "received":
            return _received(state, command)
        case "ticket":
            return _ticket(state, command)


def _received(state: State, command: ByMeans) -> str | Refusal:
    found = state.received.get(command.received or 0)
    if found is None or found.left_cents == 0:
        details = {"received": command.received}
        return Refusal("nothing_received", "No money waits under this number to be settled.", details)
    return found.account


def good_ticket(state: State, ticket: str) -> Ticket | Refusal:
    """A ticket is good once."""
    found = state.tickets.get(ticket)
    if found is None:
        return Refusal("unknown_ticket", "There is no such ticket.", {"ticket": ticket})
    if found.state != "open":
        details = {"ticket": ticket, "state": found.state, "by_seq": found.by_seq}
        return Refusal("ticket_used", "This ticket is no longer good.", details)
    return found


def _ticket(state: State, command: ByMeans) -> str | Refusal:
    """For its owner, in its event, for a price of its value."""
    name: dict[str, Any] = {"ticket": command.ticket}
    found = good_ticket(state, command.ticket or "")
    if isinstance(found, Refusal):
        return found
    if not isinstance(command, BuyIn | ReEntry) or (command.player, command.tournament) != (
        found.owner,
        found.target,
    ):
        details = {**name, "owner": found.owner, "target": found.target}
        return Refusal("other_ticket", "This ticket is another player's, or for another event.", details)
    if command.amount.amount != found.value_cents:
        details = {**name, "value_cents": found.value_cents}
        return Refusal("wrong_amount", "The ticket's value is not the price.", details)
    return "2060"


def may_use(state: State, method: str) -> Refusal | None:
    """The profile decides how money may move at all."""
    if method == "cash" or state.profile is None:
        refused = may_take_cash(state)
        if refused:
            return refused
    assert state.profile is not None  # `may_take_cash` refuses that
    methods = state.profile.methods
    if methods is not None and method not in methods:
        details = {"method": method, "methods": list(methods)}
        return Refusal("no_such_method", "The house profile does not allow money to move this way.", details)
    return None
