"""Fewer tables: which one breaks next, when the final table is made, when all seats are drawn anew.

Consolidation comes before balancing. Twin: `web/src/lib/twins/seating/consolidation.ts`.
"""

from typing import Final

from ...documents.seating import SeatRules
from .chart import Chart, TableSeats, break_order, in_play
from .proposal import RULE_BREAK, RULE_FINAL, RULE_REDRAW, Buttons, Proposal, basis_of

__all__ = ["LATE_SEATS", "consolidate", "final_seats", "table_to_break"]

_FINAL_SEATS: Final = {6: 7, 7: 7, 8: 9, 9: 9}  # RP-9: from 4+4 to one of seven, from 5+5 to one of nine

LATE_SEATS: Final = 2  # at each table that stays, for who still comes


def final_seats(rules: SeatRules, seats_per_table: int) -> int:
    """How many the final table seats: as the house says, as RP-9 says, else as any table."""
    return rules.final_seats or _FINAL_SEATS.get(seats_per_table, seats_per_table)


def consolidate(
    chart: Chart, buttons: Buttons, rules: SeatRules, seats_per_table: int, selling: bool = False
) -> Proposal | None:
    """The final table, a redraw or the next table to break; None: the tables stay as they are.

    While entries are sold no table is the final one, and a table breaks only where those that stay keep
    LATE_SEATS open each: else the next who come would need it again. A player alone goes all the same.
    """
    tables = in_play(chart)
    if len(tables) < 2:
        return None
    basis = basis_of(chart, buttons, chart.tables)
    size = final_seats(rules, seats_per_table)
    if not selling and sum(len(table.players) for table in tables) <= size:
        return _final_table(tables, basis, rules, size)
    first = table_to_break(chart, rules.spare_seats, LATE_SEATS if selling else 0)
    if first is None:
        return None
    others = tuple(table.table for table in sorted(tables, key=break_order) if table.table != first)
    if len(others) in rules.redraw_tables and len(others) > 1:
        return Proposal("redraw", first, "redraw", RULE_REDRAW, basis, keeps=others)
    return Proposal("break", first, "fits", RULE_BREAK, basis)


def table_to_break(chart: Chart, spare: int = 0, spare_each: int = 0) -> str | None:
    """The next table to break if its players fit at the others and `spare` seats stay open.

    `spare_each`: so many for each of the others, where that is more; not asked for a player alone. A table
    where one player sits alone goes first, then by break order, locked ones last. Locked tables take nobody.
    """
    tables = in_play(chart)
    if len(tables) < 2:
        return None
    first = min(tables, key=_breaks_first)
    others = [table for table in tables if table is not first and not table.locked]
    if len(first.players) > 1:
        spare = max(spare, spare_each * len(others))
    room = sum(len(table.free()) for table in others)
    return first.table if room - spare >= len(first.players) else None


def _final_table(tables: list[TableSeats], basis: str, rules: SeatRules, size: int) -> Proposal:
    """At the table that would break last, of those with a chair for each place."""
    players = sum(len(table.players) for table in tables)
    fit = [table for table in tables if len(table.usable(size)) >= players]
    if not fit:
        return Proposal("blocked", None, "final_chairs", RULE_FINAL, basis, seats=size)
    stays = max(fit, key=lambda table: (table.locked, *_breaks_first(table)[1:]))
    first = min((table for table in tables if table is not stays), key=_breaks_first)
    return Proposal(
        "redraw" if 1 in rules.redraw_tables else "break", first.table, "final_table", RULE_FINAL, basis,
        keeps=(stays.table,), seats=size,
    )  # fmt: skip


def _breaks_first(table: TableSeats) -> tuple[bool, bool, int, str]:
    return (table.locked, len(table.players) > 1, *break_order(table))
