"""Waiting for a cash seat: the order of a list, whom to call, which seats are open, how long it takes.

The order is the leaf's order of arrival; what the leaf has not seen yet comes after, provisional, by stamp.
A person is called once: the earliest call of an entry counts. Twin: `web/src/lib/twins/waitlist.ts`.
"""

from dataclasses import dataclass
from typing import Final, Literal

from ..documents.config import Furniture
from ..documents.floor import Call, CashTable, ListEntry, Seat
from ..documents.settling import Arrived
from ..documents.typed import many
from ..facts import FactReader
from ..stamps import Stamp, parse
from .seating.chart import Chair

__all__ = ["Waiting", "call_next", "going_tables", "open_cash_seats", "wait_minutes", "waiting"]

# How long a wait is follows from seats that became free lately, and from nothing else.
_LOOK_BACK_MS: Final = 2 * 3_600_000
_FILLING_MS: Final = (
    15 * 60_000
)  # a table that was opened takes many at once: that says nothing of later ones
_SEEN_MS: Final = 15 * 60_000  # shorter than that is no ground
_SEATED_MIN: Final = 3
_STEP_MINUTES: Final = 5


@dataclass(frozen=True)
class Waiting:
    """One place on a list; `number` is the order of arrival, None while provisional."""

    entry: str
    player: str
    state: Literal["waiting", "away"]
    number: int | None
    call: Call | None


def waiting(floor: FactReader, ident: str) -> list[Waiting]:
    """Everybody on a list who still wants a seat, those away too, first in line first."""
    entries = {
        entry: row
        for entry, row in many(floor, "waitlist/", ListEntry).items()
        if row.list == ident and row.state in ("waiting", "away")
    }
    arrived, calls = many(floor, "arrived/", Arrived), many(floor, "call/", Call)

    def order(entry: str) -> tuple[bool, int, Stamp, str]:
        number = arrived[entry].number if entry in arrived else 0
        return (entry not in arrived, number, _stamp(floor, entry), entry)

    return [
        Waiting(
            entry=entry,
            player=entries[entry].player,
            state="away" if entries[entry].state == "away" else "waiting",
            number=arrived[entry].number if entry in arrived else None,
            call=calls.get(entry),
        )
        for entry in sorted(entries, key=order)
    ]


def call_next(floor: FactReader, ident: str) -> Waiting | None:
    """The first who is here, not called yet and sits at no cash table; None: nobody."""
    seated = many(floor, "seat/", Seat)
    return next(
        (
            row
            for row in waiting(floor, ident)
            if row.state == "waiting" and row.call is None and row.player not in seated
        ),
        None,
    )


def going_tables(floor: FactReader, ident: str) -> list[str]:
    """Open cash tables of a list."""
    tables = many(floor, "cash/", CashTable)
    return [table for table, row in tables.items() if row.list == ident and row.state == "open"]


def open_cash_seats(floor: FactReader, config: FactReader, ident: str) -> list[Chair]:
    """Free seats at the open tables of a list that no call holds, tables by number."""
    furniture = many(config, "table/", Furniture)
    taken = {Chair(seat.table, seat.seat) for seat in many(floor, "seat/", Seat).values()}
    called = (row.call for row in waiting(floor, ident) if row.call is not None)
    taken |= {Chair(call.table, call.seat) for call in called if call.seat is not None}
    tables = [(furniture[table], table) for table in going_tables(floor, ident) if table in furniture]
    chairs = [
        Chair(table, seat)
        for place, table in sorted(tables, key=lambda pair: (pair[0].number, pair[1]))
        for seat in range(1, place.seats + 1)
        if seat not in place.out_of_use
    ]
    return [chair for chair in chairs if chair not in taken]


def wait_minutes(floor: FactReader, config: FactReader, ident: str, place: int, now: int) -> int | None:
    """About how long the one at `place` (from 1) waits, in steps of five minutes; 0: a seat is open for them.

    None: there is no ground for an estimate. At one past the line: how long a newcomer waits.
    """
    tables = going_tables(floor, ident)
    if not tables:
        return None
    sits = many(floor, "seat/", Seat)
    before = sum(row.call is None and row.player not in sits for row in waiting(floor, ident)[: place - 1])
    short = before + 1 - len(open_cash_seats(floor, config, ident))
    if short <= 0:
        return 0
    opened = [stamp.ms for table in tables if (stamp := parse(floor.stamp(f"cash/{table}")))]
    since = max(now - _LOOK_BACK_MS, *(ms + _FILLING_MS for ms in opened))
    rows = many(floor, "waitlist/", ListEntry).items()
    seated = [_stamp(floor, entry).ms for entry, row in rows if row.list == ident and row.state == "seated"]
    lately = sum(since < ms <= now for ms in seated)
    if now - since < _SEEN_MS or lately < _SEATED_MIN:
        return None
    return -(-short * (now - since) // (lately * _STEP_MINUTES * 60_000)) * _STEP_MINUTES


def _stamp(floor: FactReader, entry: str) -> Stamp:
    return parse(floor.stamp(f"waitlist/{entry}")) or Stamp(0, 0, "")
