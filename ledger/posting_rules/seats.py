"""A satellite: seats as tickets for its target, in play or as its result; what is left goes in cash.

Who holds a seat of the target already gets what the house rule `again` says, where there is one.
"""

from collections import Counter
from typing import Final

from ..adopted import Satellite
from ..commands import Asked, AwardSeat, ConfirmSeats
from ..entry import Entry
from ..errors import Refusal
from ..prizes.apportion import apportion
from ..prizes.satellites import Seats, rest_in_steps, seats_of
from ..state import State, Tournament
from .draft import Draft, Rule, StandsOnIt, dependent, known_tournament, legs, rules_named

__all__ = ["REVERSIBLE", "RULES", "holders", "still_pays"]

Due = tuple[str, str, int, int]
"""Player, entry, place, cents."""


def _award_seat(state: State, _asked: Asked, command: AwardSeat) -> Draft | Refusal:
    """A seat out of the pool as it is now; the stack leaves play."""
    tournament = known_tournament(state, command.tournament)
    if isinstance(tournament, Refusal):
        return tournament
    named = [(command.player, command.entry)]
    refused = _may_award(state, tournament) or _who_is_wrong(tournament, named)
    if refused:
        return refused
    seat = _satellite(tournament).seat_cents
    left = tournament.pool_cents - tournament.awarded_cents()
    if left < seat:
        details = {"seat_cents": seat, "left_cents": left}
        return Refusal("places_wrong", "The pool does not pay another seat.", details)
    tickets, due = _given(state, tournament, named)
    postings = legs(
        (f"2010/{command.tournament}", seat),
        ("2060", -seat * len(tickets)),
        (f"2070/{command.tournament}", -seat * len(due)),
    )
    data = {"tickets": tickets, **({"due": [list(one) for one in due]} if due else {})}
    return Draft(postings, data, rules_named(state, tournament))


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
    pays = still_pays(tournament, satellite)
    wrong = _who_is_wrong(tournament, named) or _what_is_wrong(tournament, command, pays)
    if wrong:
        return wrong
    tickets, instead = _given(state, tournament, command.seats)
    due = [*instead, *_due(tournament, command, pays)]
    left = tournament.pool_cents - tournament.awarded_cents()
    data = {"tickets": tickets, "due": [list(one) for one in due], "pool_cents": left}
    postings = legs(
        (f"2010/{command.tournament}", left),
        ("2060", -len(tickets) * satellite.seat_cents),
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


def still_pays(tournament: Tournament, satellite: Satellite) -> Seats:
    """Of the pool that is left, to players who can still win a seat."""
    left = tournament.pool_cents - tournament.awarded_cents()
    return seats_of(left, satellite.seat_cents, tournament.may_win_a_seat())


def holders(state: State, satellite: Satellite) -> set[str]:
    """Who has a seat of the target by a ticket, used or not."""
    tickets = (one for one in state.tickets.values() if one.target == satellite.target)
    return {one.owner for one in tickets if one.state in ("open", "used")}


def _given(
    state: State, tournament: Tournament, named: list[tuple[str, str]]
) -> tuple[list[list[str | int]], list[Due]]:
    """Tickets, and what goes in cash instead to who holds a seat already and gets no other."""
    satellite, number = _satellite(tournament), state.tip.seq + 1
    again = holders(state, satellite) if satellite.again == "cash" else set()
    tickets: list[list[str | int]] = [
        [f"{number}-{n}", player, satellite.target, satellite.seat_cents]
        for n, player in enumerate((player for player, _ in named if player not in again), start=1)
    ]
    return tickets, [(*one, 1, satellite.seat_cents) for one in named if one[0] in again]


def _who_is_wrong(tournament: Tournament, named: list[tuple[str, str]]) -> Refusal | None:
    """Nobody stands there twice; a seat won in play ends its entry, and without `again` its player."""
    if _satellite(tournament).again is None:
        seated = {tournament.player_of(entry) for entry in tournament.awarded}
        have_theirs = any(player in seated for player, _ in named)
    else:
        have_theirs = any(entry in tournament.awarded for _, entry in named)
    if have_theirs or len({player for player, _ in named}) < len(named):
        return Refusal("places_wrong", "A player stands in the result twice, or won a seat in play.")
    for player, entry in named:
        if tournament.player_of(entry) != player:
            details = {"player": player, "entry": entry}
            return Refusal("unknown_player_entry", "A placed player has no such paid entry.", details)
    return None


def _what_is_wrong(tournament: Tournament, command: ConfirmSeats, pays: Seats) -> Refusal | None:
    """Every seat that is paid is named, and everybody who gets of the rest, where somebody is left to."""
    others = tournament.may_win_a_seat() - pays.seats
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
        cents = _rest(tournament, pays, tournament.may_win_a_seat() - pays.seats)
        return [(*one, first + n, each) for n, (one, each) in enumerate(zip(others, cents, strict=True))]
    seated = command.seats or [(tournament.player_of(name), name) for name in tournament.awarded]
    shares = apportion(pays.rest_cents, [1] * len(seated))
    return [(*seat, 1, cents) for seat, cents in zip(seated, shares, strict=True) if cents]


def _award_stands(state: State, original: Entry) -> Refusal | None:
    tournament = state.tournaments[original.data["tournament"]]
    if tournament.state == "confirmed":
        return dependent("A result was confirmed on this.", tournament.confirmed_seq)
    return _not_used(state, original)


def _seats_stand(state: State, original: Entry) -> Refusal | None:
    tournament = state.tournaments[original.data["tournament"]]
    used = _not_used(state, original)
    if used:
        return used
    if tournament.first_heads:
        return dependent("First place took heads on this result.", *tournament.first_heads)
    return None


def _not_used(state: State, original: Entry) -> Refusal | None:
    """Its tickets are open, and what it made due was not paid."""
    for name, *_ in original.data["tickets"]:
        if state.tickets[name].state != "open":
            return dependent("A seat won here was used, cashed or expired.", state.tickets[name].by_seq)
    tournament, due = state.tournaments[original.data["tournament"]], Counter[str]()
    for player, _, _, cents in original.data.get("due", ()):
        due[player] += cents
    for player, cents in due.items():
        prize = tournament.prize_of(player)
        if prize is None or prize.due_cents < cents:
            return dependent("A prize of this result is paid; reverse the payout first.")
    return None


RULES: Final[dict[str, Rule]] = {"award_seat": _award_seat, "confirm_seats": _confirm_seats}
REVERSIBLE: Final[dict[str, StandsOnIt]] = {"award_seat": _award_stands, "confirm_seats": _seats_stand}
