"""The close of registration, which settles the pool, and what is withheld from it before the result."""

from typing import Final

from ..commands import Asked, CloseRegistration, Withhold
from ..entry import Entry
from ..errors import Refusal
from ..money import BASIS_POINTS
from ..state import State, Tournament
from .draft import Draft, Rule, StandsOnIt, dependent, known_tournament, legs, rules_named
from .hard_limits import beyond, costs_within

__all__ = ["REVERSIBLE", "RULES"]


def _close_registration(state: State, _asked: Asked, command: CloseRegistration) -> Draft | Refusal:
    """No more entries; staff get what the rules withhold, then the house fills up to the guarantee."""
    tournament = known_tournament(state, command.tournament)
    if isinstance(tournament, Refusal):
        return tournament
    if state.profile is None:
        return Refusal("not_adopted", "No house profile was adopted yet.")
    if tournament.state != "selling":
        return Refusal("registration_closed", "Registration of this event is closed already.")
    flights_open = tournament.flights_open()
    if flights_open:
        why = "Close the registration of its flights first; the pool is theirs together."
        return Refusal("flight_open", why, {"flights": list(flights_open)})
    players, least = tournament.players(), state.profile.players_min or 0
    if players < least:
        details = {"limit": "players_min", "players": players, "players_min": least}
        return Refusal("limit", "Too few players for the house profile.", details)
    staff = tournament.prize_parts_cents() * tournament.rules.withheld_staff_bp // BASIS_POINTS
    paid_in = tournament.pool_cents - staff
    overlay = max(0, tournament.rules.guarantee_cents - paid_in)
    refused = costs_within(state, tournament, staff) or _pool_within(state, tournament, overlay)
    if refused:
        return refused
    data = {"entries": len(tournament.entries), "overlay_cents": overlay, "pool_cents": paid_in + overlay}
    pool = f"2010/{command.tournament}"
    if not staff:
        return Draft(legs(("5000", overlay), (pool, -overlay)), data, rules_named(state, tournament))
    postings = legs((pool, staff), ("2040", -staff), ("5000", overlay), (pool, -overlay))
    return Draft(postings, {**data, "withheld_cents": staff}, rules_named(state, tournament))


def _withhold(state: State, _asked: Asked, command: Withhold) -> Draft | Refusal:
    """Never below the guarantee, and within what the profile lets costs take."""
    tournament = known_tournament(state, command.tournament)
    if isinstance(tournament, Refusal):
        return tournament
    if tournament.state == "selling":
        return Refusal("registration_open", "Close the registration first: it settles the pool.")
    if tournament.state == "confirmed":
        return Refusal("already_confirmed", "This result is confirmed.", {"seq": tournament.confirmed_seq})
    if tournament.deal is not None:
        return Refusal("already_agreed", "A deal shares this pool already.", {"seq": tournament.deal.seq})
    cents = command.amount.amount
    left = tournament.pool_cents - cents
    if left < tournament.gone_cents():
        details = {"limit": "awarded_cents", "limit_cents": tournament.gone_cents(), "would_be_cents": left}
        return Refusal("limit", "What was won in play took more than that.", details)
    if left < tournament.rules.guarantee_cents:
        details = {"limit": "guarantee_cents", "limit_cents": tournament.rules.guarantee_cents}
        return Refusal("limit", "The pool would be below its guarantee.", {**details, "would_be_cents": left})
    refused = costs_within(state, tournament, cents)
    if refused:
        return refused
    to = "2040" if command.part == "staff" else "4030"
    postings = legs((f"2010/{command.tournament}", cents), (to, -cents))
    return Draft(postings, {"pool_cents": left}, rules_named(state, tournament))


def _pool_within(state: State, tournament: Tournament, overlay: int) -> Refusal | None:
    if state.profile is None or not overlay:
        return None
    return beyond(
        "pool_max_cents",
        tournament.taken_cents + tournament.house_cents + overlay,
        state.profile.pool_max_cents,
    )


def _close_stands(state: State, original: Entry) -> Refusal | None:
    tournament = state.tournaments[original.data["tournament"]]
    if tournament.state != "closed":
        return dependent("A result was confirmed on this.", tournament.confirmed_seq)
    if tournament.withheld:
        return dependent("Something was withheld from this pool.", *tournament.withheld)
    if tournament.sealed_seq:
        return dependent("Envelopes were sealed on this.", tournament.sealed_seq)
    return _agreed(tournament)


def _withheld_stands(state: State, original: Entry) -> Refusal | None:
    tournament = state.tournaments[original.data["tournament"]]
    if tournament.state == "closed":
        return _agreed(tournament)
    return dependent("A result was confirmed on this.", tournament.confirmed_seq)


def _agreed(tournament: Tournament) -> Refusal | None:
    return dependent("A deal shares this pool.", tournament.deal.seq) if tournament.deal else None


RULES: Final[dict[str, Rule]] = {"close_registration": _close_registration, "withhold": _withhold}
REVERSIBLE: Final[dict[str, StandsOnIt]] = {
    "close_registration": _close_stands,
    "withhold": _withheld_stands,
}
