"""The house profile's hard limits on what one person stakes and on what is played for."""

from ..commands import Asked, Sale
from ..errors import Refusal
from ..limits import gaming_day, is_above
from ..state import State, Tournament

__all__ = ["beyond", "stakes_within"]


def beyond(name: str, now: int, limit: int | None) -> Refusal | None:
    """Refuses where `now` goes beyond the limit of that name."""
    if not is_above(now, limit):
        return None
    details = {"limit": name, "limit_cents": limit, "would_be_cents": now}
    return Refusal("limit", "The house profile's limit would be passed.", details)


def stakes_within(state: State, asked: Asked, tournament: Tournament, command: Sale) -> Refusal | None:
    """One person's stake in an event and on a gaming day, and the pool, as they would be after this sale."""
    profile = state.profile
    assert profile is not None  # what it is paid by was looked up there
    cents = command.amount.amount
    stake = cents + sum(entry.total_cents for entry in tournament.entries_of(command.player))
    day = gaming_day(max(asked.at_ms, state.tip.at_ms))
    on_day = cents + state.stakes.get(day, {}).get(command.player, 0)
    pool = tournament.pool_cents + tournament.rules.prices[command.kind].prize_cents
    return (
        beyond("stake_per_tournament_cents", stake, profile.stake_per_tournament_cents)
        or beyond("stake_per_day_cents", on_day, profile.stake_per_day_cents)
        or beyond("pool_max_cents", pool, profile.pool_max_cents)
    )
