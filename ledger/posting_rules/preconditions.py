"""What the operator saw, against what is: a difference refuses before any rule is asked."""

from collections.abc import Mapping
from typing import Any

from ..commands import Asked
from ..entry import Entry
from ..errors import Refusal
from ..state import State

__all__ = ["changed"]


def changed(state: State, asked: Asked, original: Entry | None) -> Refusal | None:
    """Refuses with what was seen and what is now; a reversal is judged by what its original was about."""
    expects = asked.read.command.expects
    if expects is None:
        return None
    now = _now(state, asked.read.data if original is None else original.data)
    saw = expects.model_dump(exclude_none=True)
    differing = {name: [saw[name], now[name]] for name in saw if saw[name] != now[name]}
    if not differing:
        return None
    return Refusal("changed", "Something changed since you looked.", {"changed": differing})


def _now(state: State, about: Mapping[str, Any]) -> dict[str, int]:
    """Every number that may be expected; 0 where there is no such thing."""
    jackpot = about.get("jackpot", "")
    now = {
        "seq": state.tip.seq,
        "entries": 0,
        "pool_cents": 0,
        "due_cents": 0 if "tournament" in about else state.credit(about.get("player", "")).due_cents,
        "fund_cents": -state.balance(f"2050/{jackpot}"),
    }
    tournament = state.tournaments.get(about.get("tournament", ""))
    if tournament is not None:
        player = about.get("player") or tournament.player_of(about.get("entry", ""))
        flight = about.get("flight") or ""
        prizes = tournament.flight(flight).prizes if flight else tournament.prizes
        prize = prizes.get((about.get("place", 0), player))
        now["entries"] = len(tournament.entries_of(player))
        now["pool_cents"] = tournament.pool_cents
        if "place" not in about:
            now["due_cents"] = tournament.bounty_due_cents(player)
        elif prize is not None:
            now["due_cents"] = prize.due_cents
    return now
