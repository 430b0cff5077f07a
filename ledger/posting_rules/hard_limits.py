"""The house profile's hard limits: on what one person stakes, on what is played for, on who may play."""

from ..adopted import Price, Profile
from ..commands import Asked, AsksAge, Sale
from ..errors import Refusal
from ..money import BASIS_POINTS
from ..state import State, Tournament

__all__ = ["beyond", "costs_within", "old_enough", "price_within", "stakes_within"]


def beyond(name: str, now: int, limit: int | None) -> Refusal | None:
    """Refuses where `now` goes beyond the limit of that name."""
    if limit is None or now <= limit:
        return None
    details = {"limit": name, "limit_cents": limit, "would_be_cents": now}
    return Refusal("limit", "The house profile's limit would be passed.", details)


def stakes_within(state: State, asked: Asked, tournament: Tournament, command: Sale) -> Refusal | None:
    """One person's stake in an event and on a gaming day, and all stakes of it, as they would be then."""
    profile = state.profile
    assert profile is not None  # what it is paid by was looked up there
    cents, refused = command.amount.amount, None
    day = state.gaming_day(max(asked.at_ms, state.tip.at_ms))
    if profile.stake_per_tournament_cents is not None:
        stake = cents + sum(entry.total_cents for entry in tournament.entries_of(command.player))
        refused = beyond("stake_per_tournament_cents", stake, profile.stake_per_tournament_cents)
    if profile.stake_per_day_cents is not None:
        on_day = cents + state.stakes.get(day, {}).get(command.player, 0)
        refused = refused or beyond("stake_per_day_cents", on_day, profile.stake_per_day_cents)
    if profile.pool_max_cents is not None:
        pool = tournament.taken_cents + tournament.house_cents + cents
        refused = refused or beyond("pool_max_cents", pool, profile.pool_max_cents)
    return (
        refused
        or _event_within(state, tournament, day)
        or price_within(profile, tournament.rules.prices[command.kind])
    )


def old_enough(state: State, command: AsksAge) -> Refusal | None:
    """Refuses until somebody has seen that the player is of the profile's age: now, or at an earlier sale."""
    least = (state.profile.age_min if state.profile else None) or 0
    if not least:
        return None
    seen = max(command.age_seen or 0, state.age_seen(command.player))
    if seen >= least:
        return None
    details = {"age_min": least, "age_seen": seen}
    why = "Nobody has checked this player's age yet. Look at a document, then say so."
    return Refusal("age_not_seen", why, details)


def costs_within(state: State, tournament: Tournament, more: int) -> Refusal | None:
    """Fees, staff and costs together, against the share of all stakes that the profile lets them take."""
    share = state.profile.cost_share_bp if state.profile else None
    if share is None or not more:
        return None
    return beyond(
        "cost_share_bp", tournament.costs_cents + more, tournament.taken_cents * share // BASIS_POINTS
    )


def _event_within(state: State, tournament: Tournament, day: int) -> Refusal | None:
    """An event belongs to the gaming day of its first sale; a day has so many."""
    most = state.profile.tournaments_per_day if state.profile else None
    if most is None or tournament.entries:
        return None
    others = sum(bool(event.entries) and event.day == day for event in state.tournaments.values())
    if others < most:
        return None
    details = {"limit": "tournaments_per_day", "limit_events": most, "events": others}
    return Refusal("limit", "The house profile allows no further event today.", details)


def price_within(profile: Profile, price: Price) -> Refusal | None:
    if profile.cost_share_bp is None:
        return None
    most = price.total_cents * profile.cost_share_bp // BASIS_POINTS
    return beyond("cost_share_bp", price.fee_cents + price.staff_cents, most)
