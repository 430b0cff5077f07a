"""Cash that a person brought and took on a gaming day; a reversal counts as what it is, cash that moved."""

from typing import Final

from ..entry import Entry
from ..state import State

__all__ = ["count_cash"]

_DAYS_KEPT: Final = 2
_NOTHING: Final = (0, 0)


def count_cash(state: State, entry: Entry, day: int, cents: int) -> None:
    """Adds the `cents` that came into drawers by this entry, or went out of them."""
    player = entry.data.get("player") or entry.data.get("undoes", {}).get("player")
    if not player or not cents:
        return
    on_day = state.cash_days.get(day)
    if on_day is None:
        on_day = state.cash_days[day] = {}
        for old in sorted(state.cash_days)[:-_DAYS_KEPT]:
            del state.cash_days[old]
    came, went = on_day.get(player, _NOTHING)
    on_day[player] = (came + cents, went) if cents > 0 else (came, went - cents)
