"""A satellite: seats as tickets for its target, in play or as its result; what is left goes in cash."""

from typing import Final

from ..adopted import Satellite
from ..commands import Asked, AwardSeat, ConfirmSeats
from ..entry import Entry
from ..errors import Refusal
from ..prizes.apportion import apportion
from ..prizes.satellites import Seats, rest_in_steps, seats_of
from ..state import State, Tournament
from .draft import Draft, Rule, StandsOnIt, dependent, known_tournament, legs, rules_named

__all__ = ["REVERSIBLE", "RULES"]

Due = tuple[str, str, int, int]
"""Player, entry, place, cents."""


def _award_seat(state: State, _asked: Asked, command: AwardSeat) -> Draft | Refusal:
    """A seat out of the pool as it is now; the stack leaves play."""
    tournament = known_tournament(state, command.tournament)
    if isinstance(tournament, Refusal):
        return tournament
    refused = _may_award(state, tournament) or _who_is_wrong(tournament, [(command.player, command.entry)])
    if refused:
        return refused
    seat = _satellite(tournament).seat_cents
    left = tournament.pool_cents - tournament.awarded_cents()
    if left < seat:
        details = {"seat_cents": seat, "left_cents": left}
        return Refusal("places_wrong", "The pool does not pay another seat.", details)
    ticket = [f"{state.tip.seq + 1}-1", command.player, _satellite(tournament).target, seat]
    postings = legs((f"2010/{command.tournament}", seat), ("2060", -seat))
    return Draft(postings, {"tickets": [ticket]}, rules_named(state, tournament))


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
    named = [*command.seats, *command.others()]
    pays = _still_pays(tournament, satellite)
    wrong = _who_is_wrong(tournament, named) or _what_is_wrong(tournament, command, pays)
    if wrong:
        return wrong
    due, seq, seat = _due(tournament, command, pays), state.tip.seq + 1, satellite.seat_cents
    left = tournament.pool_cents - tournament.awarded_cents()
    data = {
        "tickets": [
            [f"{seq}-{n}", player, satellite.target, seat]
            for n, (player, _) in enumerate(command.seats, start=1)
        ],
        "due": [list(one) for one in due],
        "pool_cents": left,
    }
    postings = legs(
        (f"2010/{command.tournament}", left),
        ("2060", -pays.seats * seat),
        *((f"2070/{command.tournament}", -cents) for *_, cents in due),
    )
    return Draft(postings, data, rules_named(state, tournament))


def _may_award(state: State, tournament: Tournament) -> Refusal | None:
    if tournament.rules.satellite is None:
        return Refusal("no_satellite", "This event is no satellite; confirm its places.")
    if state.profile is None:
        return Refusal("not_adopted", "No house profile was adopted yet.")
    if not state.profile.pay_during_play:
        return Refusal("not_confirmed", "Here nothing is given before the event has ended.")
    if tournament.state == "confirmed":
        return Refusal("already_confirmed", "This result is confirmed.", {"seq": tournament.confirmed_seq})
    return None


def _satellite(tournament: Tournament) -> Satellite:
    assert tournament.rules.satellite is not None  # who asks has looked
    return tournament.rules.satellite


def _still_pays(tournament: Tournament, satellite: Satellite) -> Seats:
    """Of the pool that is left, to players who have no seat yet."""
    left = tournament.pool_cents - tournament.awarded_cents()
    return seats_of(left, satellite.seat_cents, tournament.players() - len(tournament.awarded))


def _who_is_wrong(tournament: Tournament, named: list[tuple[str, str]]) -> Refusal | None:
    seated = [tournament.player_of(entry) for entry in tournament.awarded]
    players = [*seated, *(player for player, _ in named)]
    if len(set(players)) < len(players):
        return Refusal("places_wrong", "A player stands in the result twice, or won a seat in play.")
    for player, entry in named:
        if tournament.player_of(entry) != player:
            details = {"player": player, "entry": entry}
            return Refusal("unknown_player_entry", "A placed player has no such paid entry.", details)
    return None


def _what_is_wrong(tournament: Tournament, command: ConfirmSeats, pays: Seats) -> Refusal | None:
    """Every seat that is paid is named, and everybody who gets of the rest, where somebody is left to."""
    others = tournament.players() - len(tournament.awarded) - pays.seats
    shares = len(_rest(tournament, pays, others)) if others else 0
    if len(command.seats) == pays.seats and len(command.others()) == shares and tournament.players():
        return None
    details = {"seats": pays.seats, "rest_cents": pays.rest_cents, "rest_shares": shares}
    return Refusal("places_wrong", "The pool pays other seats than these, or leaves another rest.", details)


def _rest(tournament: Tournament, pays: Seats, others: int) -> tuple[int, ...]:
    return rest_in_steps(pays.rest_cents, _satellite(tournament).step_cents, others)


def _due(tournament: Tournament, command: ConfirmSeats, pays: Seats) -> list[Due]:
    """Where all have a seat, what is left is shared among those named, else among those who won in play."""
    if not pays.rest_cents:
        return []
    first = len(tournament.awarded) + pays.seats + 1
    others = command.others()
    if others:
        cents = _rest(tournament, pays, tournament.players() - first + 1)
        return [(*one, first + n, each) for n, (one, each) in enumerate(zip(others, cents, strict=True))]
    seated = command.seats or [(tournament.player_of(name), name) for name in tournament.awarded]
    shares = apportion(pays.rest_cents, [1] * len(seated))
    return [(*seat, 1, cents) for seat, cents in zip(seated, shares, strict=True) if cents]


def _award_stands(state: State, original: Entry) -> Refusal | None:
    tournament = state.tournaments[original.data["tournament"]]
    if tournament.state == "confirmed":
        return dependent("A result was confirmed on this.", tournament.confirmed_seq)
    return _tickets_stand(state, original)


def _seats_stand(state: State, original: Entry) -> Refusal | None:
    tournament = state.tournaments[original.data["tournament"]]
    used = _tickets_stand(state, original)
    if used:
        return used
    if tournament.paid_cents:
        return dependent("A prize of this result is paid; reverse the payout first.")
    if tournament.first_heads:
        return dependent("First place took heads on this result.", *tournament.first_heads)
    return None


def _tickets_stand(state: State, original: Entry) -> Refusal | None:
    for name, *_ in original.data["tickets"]:
        if state.tickets[name].state != "open":
            return dependent("A seat won here was used, cashed or expired.", state.tickets[name].by_seq)
    return None


RULES: Final[dict[str, Rule]] = {"award_seat": _award_seat, "confirm_seats": _confirm_seats}
REVERSIBLE: Final[dict[str, StandsOnIt]] = {"award_seat": _award_stands, "confirm_seats": _seats_stand}
