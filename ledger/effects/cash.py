"""Cash that a person brought and took on a gaming day; a reversal counts as what it is, cash that moved."""

from typing import Final

from ..entry import Entry
from ..state import State

__all__ = ["count_cash"]

_DAYS_KEPT: Final = 2


def count_cash(state: State, entry: Entry) -> None:
    """Adds what this entry moved through drawers, in its direction."""
    player = entry.data.get("player") or entry.data.get("undoes", {}).get("player")
    cents = 0
    for leg in entry.postings:
        if leg.account.startswith("1010/"):
            cents += leg.amount
    if not player or not cents:
        return
    on_day = _on_day(state, state.gaming_day(entry.at_ms))
    came, went = on_day.get(player, (0, 0))
    on_day[player] = (came + cents, went) if cents > 0 else (came, went - cents)


def _on_day(state: State, day: int) -> dict[str, tuple[int, int]]:
    """A new day forgets the one before the last."""
    if day not in state.cash_days:
        state.cash_days[day] = {}
        for old in sorted(state.cash_days)[:-_DAYS_KEPT]:
            del state.cash_days[old]
    return state.cash_days.get(day, {})
