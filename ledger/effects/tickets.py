"""Tickets come into being, and end by being cashed or expired; their use is an effect of the sale."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, Literal

from ..entry import Entry
from ..state import Prize, State, Ticket
from .effect import Effect, Undo, received_cents
from .means import spend

__all__ = ["EFFECTS", "UNDO"]


def _issue_ticket(state: State, entry: Entry) -> None:
    given = entry.data["method"] == "comp"
    for name, owner, target, cents in entry.data["tickets"]:
        state.tickets[name] = Ticket(name, owner, target, cents, entry.seq, entry.at_ms, given=given)
    spend(state, entry.data, entry.data["amount"]["amount"], 0)


def _take_ticket_back(state: State, entry: Entry, undone: Mapping[str, Any]) -> None:
    _remove(state, undone["tickets"])
    spend(state, undone, -received_cents(entry), 0)


def _remove(state: State, tickets: Iterable[list[Any]]) -> None:
    for name, *_ in tickets:
        del state.tickets[name]


def _cash_ticket(state: State, entry: Entry) -> None:
    _end(state, entry, "cashed")


def _expire_ticket(state: State, entry: Entry) -> None:
    _end(state, entry, "expired")


def _end(state: State, entry: Entry, how: Literal["cashed", "expired"]) -> None:
    ticket = state.tickets[entry.data["ticket"]]
    ticket.state, ticket.by_seq = how, entry.seq


def _is_good_again(state: State, _entry: Entry, undone: Mapping[str, Any]) -> None:
    ticket = state.tickets[undone["ticket"]]
    ticket.state, ticket.by_seq = "open", 0


def _award_seat(state: State, entry: Entry) -> None:
    said, tournament = entry.data, state.tournaments[entry.data["tournament"]]
    for name, owner, target, cents in said["tickets"]:
        state.tickets[name] = Ticket(name, owner, target, cents, entry.seq, entry.at_ms)
        tournament.awarded[said["entry"]] = (name, cents)


def _withdraw_seat(state: State, _entry: Entry, undone: Mapping[str, Any]) -> None:
    del state.tournaments[undone["tournament"]].awarded[undone["entry"]]
    _remove(state, undone["tickets"])


def _confirm_seats(state: State, entry: Entry) -> None:
    said, tournament = entry.data, state.tournaments[entry.data["tournament"]]
    tournament.state, tournament.confirmed_seq = "confirmed", entry.seq
    tournament.seats = [*tournament.awarded, *(name for _, name in said["seats"])]
    for name, owner, target, cents in said["tickets"]:
        state.tickets[name] = Ticket(name, owner, target, cents, entry.seq, entry.at_ms)
    for player, life, place, cents in said["due"]:
        tournament.prizes[place, player] = Prize(player, life, place, cents, entry.seq)


def _withdraw_seats(state: State, _entry: Entry, undone: Mapping[str, Any]) -> None:
    tournament = state.tournaments[undone["tournament"]]
    tournament.state, tournament.confirmed_seq = "closed", 0
    tournament.seats = []
    tournament.prizes.clear()
    _remove(state, undone["tickets"])


EFFECTS: Final[dict[str, Effect]] = {
    "issue_ticket": _issue_ticket,
    "cash_ticket": _cash_ticket,
    "expire_ticket": _expire_ticket,
    "award_seat": _award_seat,
    "confirm_seats": _confirm_seats,
}
UNDO: Final[dict[str, Undo]] = {
    "issue_ticket": _take_ticket_back,
    "cash_ticket": _is_good_again,
    "expire_ticket": _is_good_again,
    "award_seat": _withdraw_seat,
    "confirm_seats": _withdraw_seats,
}
