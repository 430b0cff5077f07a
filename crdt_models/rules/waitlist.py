"""Waiting for a cash seat: the order of a list, whom to call, which seats are open. DOMAIN 5.2.

The order is the leaf's order of arrival; what the leaf has not seen yet comes after, provisional, by stamp.
A person is called once: the earliest call of an entry counts. Twin: `web/src/lib/twins/waitlist.ts`.
"""

from dataclasses import dataclass
from typing import Literal

from ..documents.config import Furniture
from ..documents.floor import Call, CashTable, ListEntry, Seat
from ..documents.settling import Arrived
from ..documents.typed import many
from ..facts import FactReader
from ..stamps import Stamp, parse
from .seating.chart import Chair

__all__ = ["Waiting", "call_next", "going_tables", "open_cash_seats", "waiting"]


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


def _stamp(floor: FactReader, entry: str) -> Stamp:
    return parse(floor.stamp(f"waitlist/{entry}")) or Stamp(0, 0, "")
