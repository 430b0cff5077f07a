"""House profiles to start from, as data. Facts as published, no advice: a manager adopts one.

Amounts are minor units of the country's currency.
"""

from typing import Any, Final

from .adopted import Profile

__all__ = ["PROFILES", "profile"]

_CASINO: Final[dict[str, Any]] = {
    "name": "Casino",
    "cash": True,
    "cash_games": True,
    "reverse_limit_cents": 20_000,
    "payout_limit_cents": 500_000,
    "own_drawers": True,  # counts and signatures at each change, variance per cashier
    "over_short_limit_cents": 50_000,
}

PROFILES: Final[dict[str, dict[str, Any]]] = {
    "casino": _CASINO,
    "denmark": {
        "name": "Denmark, public poker tournaments",
        "cash": False,  # money moves by transfer or an approved payment system
        "cash_games": False,
        "methods": ["bank", "card", "balance", "ticket", "received"],
        "pay_during_play": False,
        "stake_per_tournament_cents": 40_000,
        "stake_per_day_cents": 40_000,
        "pool_max_cents": 2_000_000,
        "cost_share_bp": 2_500,
        "age_min": 18,
        "players_min": 8,
        "sponsor_max_cents": 500_000,
        "tournaments_per_day": 2,
        "day_starts_min": 300,
        "reverse_limit_cents": 40_000,
        "payout_limit_cents": 500_000,
    },
    "united_states": {
        **_CASINO,
        "name": "United States, card room",
        "day_starts_min": 720,
        "thresholds": [
            {
                "name": "CTR cash in",
                "measure": "cash",
                "direction": "in",
                "above_cents": 1_000_000,
                "action": "Currency transaction report: more than $10,000 in cash taken in on a gaming day.",
            },
            {
                "name": "CTR cash out",
                "measure": "cash",
                "direction": "out",
                "above_cents": 1_000_000,
                "action": "Currency transaction report: more than $10,000 in cash paid out on a gaming day.",
            },
            {
                "name": "W-2G",
                "measure": "prize",
                "direction": "out",
                "above_cents": 500_000,
                "action": "Form W-2G: winnings of an event above the threshold, less what was paid in.",
            },
        ],
    },
}


def profile(name: str) -> Profile:
    """One of `PROFILES`, checked. Raises KeyError."""
    return Profile.model_validate(PROFILES[name])
