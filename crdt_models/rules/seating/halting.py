"""Tables that stop because they are far behind the fullest (TDA 11-D and its addendum).

Twin: `web/src/lib/twins/seating/halting.ts`.
"""

from dataclasses import dataclass
from typing import Final

from ...documents.seating import SeatRules
from .button import seat_after
from .chart import Chart, TableSeats, in_play
from .proposal import Buttons, button_fault

__all__ = ["SHORT_BY", "Halt", "halted"]

SHORT_BY: Final = 3


@dataclass(frozen=True)
class Halt:
    """A table `short_by` three or more; `now`: its next big blind is an empty seat (None: not known)."""

    table: str
    short_by: int
    now: bool | None


def halted(chart: Chart, buttons: Buttons, rules: SeatRules | None = None) -> list[Halt]:
    """All tables that stop, now or once their big blind comes to an empty seat; none where that is waived."""
    tables = in_play(chart)
    fullest = max((len(table.players) for table in tables), default=0)
    if rules is not None and not rules.halting:
        return []
    return [
        Halt(table.table, fullest - len(table.players), _is_empty_next(table, buttons))
        for table in tables
        if fullest - len(table.players) >= SHORT_BY
    ]


def _is_empty_next(table: TableSeats, buttons: Buttons) -> bool | None:
    if button_fault(table, buttons):
        return None
    in_use = {seat for seat in range(1, table.seats + 1) if seat not in table.out_of_use}
    return seat_after(buttons[table.table].big_blind, table.seats, in_use) not in table.players
