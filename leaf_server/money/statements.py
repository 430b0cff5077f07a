"""Statements of a gaming day or a shift, read from the ledger in slices beside its commits.

What they say is one picture: of the entries up to where the ledger was when it was asked.
"""

from dataclasses import dataclass
from typing import Final

from leaf_server.money.cage import Cage
from leaf_server.money.journal_slices import first_of_day, slices
from ledger.entry import Entry
from ledger.gaming_days import GamingDays
from ledger.journal import Journal
from ledger.statements import Statement, shift_begins, shift_ends
from serving.problems import Problem

__all__ = ["DayStatement", "ShiftStatement", "day_statement", "shift_statement"]

BEHIND_MAX: Final = 200_000
"""Entries behind a day that are read to know its closing balances; with more, it has none."""

_Balances = dict[str, int]


@dataclass(frozen=True, slots=True)
class DayStatement:
    """`opening` and `closing` are balances by account, debit positive; None where the day is too long ago."""

    day: int
    statement: Statement
    opening: _Balances | None
    closing: _Balances | None


@dataclass(frozen=True, slots=True)
class ShiftStatement:
    """`is_open`: it goes on, and what should be in the drawer is nobody's to know who will count it."""

    statement: Statement
    is_open: bool


async def day_statement(cage: Cage, day: int) -> DayStatement:
    """Of a gaming day. A day without entries has an empty one. Raises Problem."""
    first, last, now, days = await cage.look(lambda journal: _where(journal, day))
    statement, closing = Statement(), now
    moved: _Balances = {}
    behind = 0
    async for entries in slices(cage, first - 1, last):
        for entry in entries:
            if days.of(entry.at_ms) == day:
                statement.take(entry)
                _move(moved, entry, 1)
            else:
                behind += 1
                _move(closing, entry, -1)
        if behind > BEHIND_MAX:
            return DayStatement(day, statement, None, None)
    opening = {name: closing.get(name, 0) - moved.get(name, 0) for name in {*closing, *moved}}
    return DayStatement(day, statement, _held(opening), _held(closing))


async def shift_statement(cage: Cage, seq: int) -> ShiftStatement:
    """Of the shift that entry `seq` began. Raises Problem 404 no_shift."""
    link, last = await cage.look(lambda journal: (journal.link(seq), journal.tip.seq))
    drawer = shift_begins(link.entry) if link is not None else ""
    if not drawer:
        raise Problem(404, "no_shift", "No shift began with this entry.")
    statement = Statement(drawer)
    async for entries in slices(cage, seq - 1, last):
        for entry in entries:
            statement.take(entry)
            if entry.seq > seq and shift_ends(entry) == drawer:
                del statement.shifts[1:]  # who signed over began the next
                return ShiftStatement(statement, is_open=False)
    return ShiftStatement(statement, is_open=True)


def _where(journal: Journal, day: int) -> tuple[int, int, _Balances, GamingDays]:
    """The first entry of the day or later, the last there is, all balances, and when days begin: now."""
    balances = dict(journal.book.balances())
    return first_of_day(journal, day), journal.tip.seq, balances, journal.book.state.days


def _move(balances: _Balances, entry: Entry, sign: int) -> None:
    for account, amount in entry.postings:
        balances[account] = balances.get(account, 0) + sign * amount


def _held(balances: _Balances) -> _Balances:
    return {name: cents for name, cents in sorted(balances.items()) if cents}
