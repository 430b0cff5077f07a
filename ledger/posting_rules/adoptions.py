"""Rules about rules: a manager adopts a profile, or an event's prices and payouts. Nothing moves."""

from typing import Final

from ..adopted import Profile, TournamentRules
from ..commands import AdoptProfile, AdoptTournament, Asked
from ..errors import Refusal
from ..state import State
from .draft import Draft, Rule
from .hard_limits import beyond, price_within

__all__ = ["RULES"]


def _adopt_profile(_state: State, _asked: Asked, _command: AdoptProfile) -> Draft | Refusal:
    """Always; it holds for what is decided after it."""
    return Draft()


def _adopt_tournament(state: State, _asked: Asked, command: AdoptTournament) -> Draft | Refusal:
    """While entries are sold; after the close the pool and its table stand."""
    found = state.tournaments.get(command.tournament)
    if found is not None and found.state != "selling":
        return Refusal("registration_closed", "Registration is closed; this event's rules stand.")
    return (
        _flights_wrong(state, command.tournament, command.rules)
        or _too_many_places(command.rules)
        or _beyond_profile(state.profile, command.rules)
        or Draft()
    )


def _flights_wrong(state: State, name: str, rules: TournamentRules) -> Refusal | None:
    """A flight leads to one event and sells nothing of its own; one that was entered stays."""
    of, named = state.event_of(name), rules.flights.ids if rules.flights else []
    if of:
        why = "This is a flight: what is sold for it is booked to its event."
        return Refusal("flight_wrong", why, {"event": of})
    for flight in named:
        found, other = state.tournaments.get(flight), state.event_of(flight)
        if flight == name or other not in ("", name) or (found is not None and not found.is_untouched()):
            why = "A flight leads to one other event, and has no money of its own."
            return Refusal("flight_wrong", why, {"flight": flight})
    event = state.tournaments.get(name)
    used = {entry.flight for entry in event.entries.values()} | set(event.flights) if event else set()
    if used - {"", *named}:
        details = {"flights": sorted(used - {"", *named})[:26]}
        return Refusal(
            "flight_wrong", "A flight that was entered, or closed, stays one of this event.", details
        )
    return None


def _too_many_places(rules: TournamentRules) -> Refusal | None:
    """A table that can never be played out is a slip of the pen."""
    for table in rules.payout.tables:
        if table.places > table.entries_max:
            details = {"entries_max": table.entries_max, "places": table.places}
            return Refusal("places_wrong", "A table pays more places than there can be entries.", details)
    return None


def _beyond_profile(profile: Profile | None, rules: TournamentRules) -> Refusal | None:
    """Rules under which nothing could be sold, or that could never close, are told before anybody pays."""
    if profile is None:
        return None
    refused = beyond("pool_max_cents", rules.guarantee_cents, profile.pool_max_cents)
    for price in rules.prices.values():
        refused = (
            refused
            or beyond("stake_per_tournament_cents", price.total_cents, profile.stake_per_tournament_cents)
            or price_within(profile, price)
        )
    return refused


RULES: Final[dict[str, Rule]] = {
    "adopt_profile": _adopt_profile,
    "adopt_tournament": _adopt_tournament,
}
