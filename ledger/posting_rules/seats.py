"""The result of a satellite: seats as tickets for its target, and what is left to the next in cash."""

from typing import Final

from ..commands import Asked, ConfirmSeats
from ..entry import Entry
from ..errors import Refusal
from ..prizes.apportion import apportion
from ..prizes.satellites import Seats, seats_of
from ..state import State, Tournament
from .draft import Draft, Rule, StandsOnIt, dependent, known_tournament, legs, rules_named

__all__ = ["REVERSIBLE", "RULES"]

Due = tuple[str, str, int, int]
"""Player, entry, place, cents."""


def _confirm_seats(state: State, _asked: Asked, command: ConfirmSeats) -> Draft | Refusal:
    """All who win a seat tie. Where everybody wins one, what is left is shared among them."""
    tournament = known_tournament(state, command.tournament)
    if isinstance(tournament, Refusal):
        return tournament
    satellite = tournament.rules.satellite
    if satellite is None:
        return Refusal("no_satellite", "This event is no satellite; confirm its places.")
    if tournament.state == "confirmed":
        return Refusal("already_confirmed", "This result is confirmed.", {"seq": tournament.confirmed_seq})
    if tournament.state == "selling":
        return Refusal("registration_open", "Close the registration first: it settles the pool.")
    pays = seats_of(tournament.pool_cents, satellite.seat_cents, tournament.players())
    wrong = _who_is_wrong(tournament, command) or _what_is_wrong(tournament, command, pays)
    if wrong:
        return wrong
    due, seq, seat = _due(command, pays), state.tip.seq + 1, satellite.seat_cents
    data = {
        "tickets": [
            [f"{seq}-{n}", player, satellite.target, seat]
            for n, (player, _) in enumerate(command.seats, start=1)
        ],
        "due": [list(one) for one in due],
        "pool_cents": tournament.pool_cents,
    }
    postings = legs(
        (f"2010/{command.tournament}", tournament.pool_cents),
        ("2060", -pays.seats * seat),
        *((f"2070/{command.tournament}", -cents) for *_, cents in due),
    )
    return Draft(postings, data, rules_named(state, tournament))


def _who_is_wrong(tournament: Tournament, command: ConfirmSeats) -> Refusal | None:
    named = [*command.seats, *([command.next] if command.next else [])]
    if len({player for player, _ in named}) < len(named):
        return Refusal("places_wrong", "A player stands in the result twice.")
    for player, entry in named:
        if tournament.player_of(entry) != player:
            details = {"player": player, "entry": entry}
            return Refusal("unknown_player_entry", "A placed player has no such paid entry.", details)
    return None


def _what_is_wrong(tournament: Tournament, command: ConfirmSeats, pays: Seats) -> Refusal | None:
    """Every seat that is paid is named, and who takes the rest where somebody is left to."""
    has_next = pays.rest_cents > 0 and pays.seats < tournament.players()
    fits = len(command.seats) == pays.seats and (command.next is not None) == has_next
    if fits and tournament.players():
        return None
    details = {"seats": pays.seats, "rest_cents": pays.rest_cents}
    return Refusal("places_wrong", "The pool pays other seats than these, or leaves another rest.", details)


def _due(command: ConfirmSeats, pays: Seats) -> list[Due]:
    if not pays.rest_cents:
        return []
    if command.next:
        return [(*command.next, pays.seats + 1, pays.rest_cents)]
    shares = apportion(pays.rest_cents, [1] * len(command.seats))
    return [(*seat, 1, cents) for seat, cents in zip(command.seats, shares, strict=True) if cents]


def _seats_stand(state: State, original: Entry) -> Refusal | None:
    tournament = state.tournaments[original.data["tournament"]]
    for name, *_ in original.data["tickets"]:
        if state.tickets[name].state != "open":
            return dependent("A seat of this result was used, cashed or expired.", state.tickets[name].by_seq)
    if tournament.paid_cents:
        return dependent("A prize of this result is paid; reverse the payout first.")
    if tournament.first_heads:
        return dependent("First place took heads on this result.", *tournament.first_heads)
    return None


RULES: Final[dict[str, Rule]] = {"confirm_seats": _confirm_seats}
REVERSIBLE: Final[dict[str, StandsOnIt]] = {"confirm_seats": _seats_stand}
