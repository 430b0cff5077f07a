"""A flight of an event: the close of its registration, and what who went out in its money is due.

Its money is the event's: prizes of a flight come out of the one pool, and the places they are paid for are
the last of the event.
"""

from typing import Final

from ..commands import Asked, CloseFlight, ConfirmFlight
from ..entry import Entry
from ..errors import Refusal
from ..prizes.payouts import are_ranks, shared
from ..state import State, Tournament
from .draft import Draft, Rule, StandsOnIt, dependent, known_tournament, rules_named
from .results import Due, prizes_due

__all__ = ["REVERSIBLE", "RULES"]


def _close_flight(state: State, _asked: Asked, command: CloseFlight) -> Draft | Refusal:
    """No more entries into it; nothing moves."""
    tournament = _with_flight(state, command.tournament, command.flight)
    if isinstance(tournament, Refusal):
        return tournament
    closed_seq = tournament.flight(command.flight).closed_seq
    if closed_seq or tournament.state != "selling":
        why = "Registration of this flight is closed already."
        return Refusal("registration_closed", why, {"seq": closed_seq or tournament.closed_seq})
    entries = tournament.entries_in(command.flight)
    data = {"entries": len(entries), "players": len({entry.player for entry in entries})}
    return Draft((), data, rules_named(state, tournament))


def _confirm_flight(state: State, _asked: Asked, command: ConfirmFlight) -> Draft | Refusal:
    """The min-cash out of the pool for each place in the money that nobody plays on for."""
    tournament = _with_flight(state, command.tournament, command.flight)
    if isinstance(tournament, Refusal):
        return tournament
    flight = tournament.flight(command.flight)
    if flight.confirmed_seq:
        why = "What this flight pays is confirmed."
        return Refusal("already_confirmed", why, {"seq": flight.confirmed_seq})
    if not flight.closed_seq:
        return Refusal("registration_open", "Close the registration of this flight first.")
    if tournament.state == "confirmed":
        return Refusal("already_confirmed", "This result is confirmed.", {"seq": tournament.confirmed_seq})
    if tournament.deal is not None:
        return Refusal("already_agreed", "A deal shares this pool already.", {"seq": tournament.deal.seq})
    wrong = _who_is_wrong(tournament, command) or _what_is_wrong(tournament, command)
    if wrong:
        return wrong
    return prizes_due(state, tournament, command.tournament, _due(tournament, command))


def _with_flight(state: State, name: str, flight: str) -> Tournament | Refusal:
    tournament = known_tournament(state, name)
    if isinstance(tournament, Refusal) or tournament.has_flight(flight):
        return tournament
    return Refusal("unknown_flight", "This event has no such flight.", {"flight": flight})


def _due(tournament: Tournament, command: ConfirmFlight) -> Due:
    """(player, entry, place, cents); who ties across the last paid place shares what their places pay."""
    first = min(place for _, _, place in command.places)
    paid = [tournament.rules.payout.flight_cash_cents] * (_paid(tournament, command.flight) - first + 1)
    cents = shared(paid, [place - first + 1 for _, _, place in command.places])
    return [(*one, amount) for one, amount in zip(command.places, cents, strict=True)]


def _paid(tournament: Tournament, flight: str) -> int:
    """The last place of the flight that is in the money; 0: the house pays nothing there."""
    flights = tournament.rules.flights
    return flights.paid_of(len(tournament.entries_in(flight))) if flights else 0


def _who_is_wrong(tournament: Tournament, command: ConfirmFlight) -> Refusal | None:
    if len({player for player, _, _ in command.places}) < len(command.places):
        return Refusal("places_wrong", "A player stands in the list twice.")
    for player, name, place in command.places:
        entry = tournament.entries.get(name)
        if entry is None or entry.player != player or entry.flight != command.flight:
            details = {"player": player, "entry": name, "place": place}
            return Refusal("unknown_player_entry", "A player has no such paid entry in this flight.", details)
    return None


def _what_is_wrong(tournament: Tournament, command: ConfirmFlight) -> Refusal | None:
    """From the first place that nobody plays on for to the last that is paid, each held once."""
    ranks, paid = [place for _, _, place in command.places], _paid(tournament, command.flight)
    first = min(ranks)
    if (
        first > 1
        and are_ranks([rank - first + 1 for rank in ranks])
        and max(ranks) <= paid <= first + len(ranks) - 1
    ):
        return None
    details = {"places_paid": paid, "places": sorted(ranks)[:50]}
    why = "These are not the flight's last paid places, each held, ties by one number."
    return Refusal("places_wrong", why, details)


def _close_stands(state: State, original: Entry) -> Refusal | None:
    tournament = state.tournaments[original.data["tournament"]]
    if tournament.state != "selling":
        return dependent("Registration of the event was closed on this.", tournament.closed_seq)
    confirmed_seq = tournament.flight(original.data["flight"]).confirmed_seq
    return dependent("What this flight pays was confirmed.", confirmed_seq) if confirmed_seq else None


def _confirm_stands(state: State, original: Entry) -> Refusal | None:
    tournament = state.tournaments[original.data["tournament"]]
    if tournament.state == "confirmed":
        return dependent("A result was confirmed on this.", tournament.confirmed_seq)
    if tournament.deal is not None:
        return dependent("A deal shares this pool.", tournament.deal.seq)
    if any(prize.paid_cents for prize in tournament.flight(original.data["flight"]).prizes.values()):
        return dependent("A prize of this flight is paid; reverse the payout first.")
    return None


RULES: Final[dict[str, Rule]] = {"close_flight": _close_flight, "confirm_flight": _confirm_flight}
REVERSIBLE: Final[dict[str, StandsOnIt]] = {
    "close_flight": _close_stands,
    "confirm_flight": _confirm_stands,
}
