"""Cash that a person brought and took on a gaming day; a reversal counts as what it is, cash that moved."""

from typing import Final

from ..entry import Entry
from ..state import State

__all__ = ["count_cash"]

_DAYS_KEPT: Final = 2


def count_cash(state: State, entry: Entry) -> None:
    """Adds what this entry moved through drawers, in its direction."""
    player = entry.data.get("player") or entry.data.get("undoes", {}).get("player")
    cents = sum(leg.amount for leg in entry.postings if leg.account.startswith("1010/"))
    if not player or not cents:
        return
    day = state.gaming_day(entry.at_ms)
    came, went = state.cash_of(day, player)
    on_day = state.cash_days.setdefault(day, {})
    on_day[player] = (came + max(cents, 0), went + max(-cents, 0))
    for old in sorted(state.cash_days)[:-_DAYS_KEPT]:
        del state.cash_days[old]
