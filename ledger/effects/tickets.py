"""Tickets come into being, and end by being cashed or expired; their use is an effect of the sale."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, Literal

from ..entry import Entry
from ..state import Prize, State, Ticket, Tournament
from .effect import Effect, Undo, moved_cents, received_cents
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
    tournament.awarded[said["entry"]] = (f"{entry.seq}-1", -moved_cents(entry, "2060", "2070"))
    _give(state, tournament, entry)


def _withdraw_seat(state: State, _entry: Entry, undone: Mapping[str, Any]) -> None:
    tournament = state.tournaments[undone["tournament"]]
    del tournament.awarded[undone["entry"]]
    _take(state, tournament, undone)


def _confirm_seats(state: State, entry: Entry) -> None:
    said, tournament = entry.data, state.tournaments[entry.data["tournament"]]
    tournament.state, tournament.confirmed_seq = "confirmed", entry.seq
    tournament.seats = [*tournament.awarded, *(name for _, name in said["seats"])]
    _give(state, tournament, entry)


def _withdraw_seats(state: State, _entry: Entry, undone: Mapping[str, Any]) -> None:
    tournament = state.tournaments[undone["tournament"]]
    tournament.state, tournament.confirmed_seq = "closed", 0
    tournament.seats = []
    if "due" not in undone:  # by an earlier version, where nothing was due before the result
        tournament.prizes.clear()
    _take(state, tournament, undone)


def _give(state: State, tournament: Tournament, entry: Entry) -> None:
    """Tickets; and what is due in cash, to who has a prize of a seat before this one on top of it."""
    for name, owner, target, cents in entry.data["tickets"]:
        state.tickets[name] = Ticket(name, owner, target, cents, entry.seq, entry.at_ms)
    for player, life, place, cents in entry.data.get("due", ()):
        prize = tournament.prize_of(player)
        if prize is None:
            prize = tournament.prizes[place, player] = Prize(player, life, place, 0, entry.seq)
        prize.amount_cents += cents


def _take(state: State, tournament: Tournament, undone: Mapping[str, Any]) -> None:
    _remove(state, undone["tickets"])
    for player, _, _, cents in undone.get("due", ()):
        prize = tournament.prize_of(player)
        assert prize is not None  # it was given by what is undone
        prize.amount_cents -= cents
        if not prize.amount_cents:
            del tournament.prizes[prize.place, player]


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
