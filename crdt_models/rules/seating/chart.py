"""Who sits where: the seat chart of an event, and what is wrong with a seat.

A seat is a fact of the player, so one body has one seat. Two players in one seat after a merge: the earlier
stamp keeps it, the others are listed beside it, for a person to settle.
Twin: `web/src/lib/twins/seating/chart.ts`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from ...documents.config import Furniture
from ...documents.floor import Seat
from ...documents.seating import Alternate, Need
from ...documents.tournament import Table, TournamentSetup
from ...documents.typed import many, one
from ...facts import FactReader
from ...stamps import Stamp, parse

__all__ = [
    "SEATS_MAX", "Chair", "Chart", "DoubleSeat", "SeatFault", "TableSeats", "alternates", "break_order",
    "has_seats",
    "in_play", "open_seats", "seat_chart", "seat_fault",
]  # fmt: skip

SeatFault = Literal["no_table", "table_closed", "no_seat", "out_of_use", "table_locked", "taken"]
SEATS_MAX = 12


@dataclass(frozen=True, order=True)
class Chair:
    """A seat at a table."""

    table: str
    seat: int


@dataclass(frozen=True)
class TableSeats:
    """A table of the event; `players` by seat number ≤ `seats`; 1 is first in the break `order`.

    `chairs`: so many stand there, whatever the event allows. `held` seats are given by hand alone.
    """

    table: str
    number: int
    seats: int
    out_of_use: frozenset[int] = frozenset()
    open: bool = True
    locked: bool = False
    order: int = 999
    players: Mapping[int, str] = field(default_factory=dict)
    held: frozenset[int] = frozenset()
    chairs: int = 0

    def usable(self, seats: int | None = None) -> list[int]:
        """Seats that can be sat in and are not held, ascending; `seats`: as if the event allowed so many."""
        most = min(seats, self.chairs or self.seats) if seats else self.seats
        return [seat for seat in range(1, most + 1) if seat not in self.out_of_use | self.held]

    def free(self) -> list[int]:
        """Seats somebody may be given, ascending; none at a closed table."""
        return [seat for seat in self.usable() if seat not in self.players] if self.open else []


@dataclass(frozen=True)
class DoubleSeat:
    """A seat that `player` keeps, having the earlier stamp, and that `others` were put into too."""

    chair: Chair
    player: str
    others: tuple[str, ...]


@dataclass(frozen=True)
class Chart:
    """All tables by id, seats held twice, and players whose seat is at no table of the event (`strays`).

    `needs`: players with special needs (TDA 9).
    """

    tables: Mapping[str, TableSeats]
    doubles: tuple[DoubleSeat, ...] = ()
    strays: tuple[str, ...] = ()
    needs: Mapping[str, Need] = field(default_factory=dict)

    @property
    def open_tables(self) -> list[TableSeats]:
        return [table for table in self.tables.values() if table.open]


def seat_chart(tournament: FactReader, config: FactReader) -> Chart:
    """The chart; the furniture says how many seats a table has, the event may allow fewer."""
    setup = one(tournament, "setup", TournamentSetup)
    furniture = many(config, "table/", Furniture)
    seats = many(tournament, "seat/", Seat)
    held = _held(tournament, seats)
    keepers: dict[str, dict[int, str]] = {}
    for chair, who in sorted(held.items()):
        keepers.setdefault(chair.table, {})[chair.seat] = who[0]
    tables = {
        ident: _table_seats(ident, table, furniture.get(ident), setup, keepers.get(ident, {}))
        for ident, table in many(tournament, "table/", Table).items()
    }
    doubles = [
        DoubleSeat(chair, who[0], tuple(who[1:])) for chair, who in sorted(held.items()) if len(who) > 1
    ]
    strays = [player for player, seat in seats.items() if _stray(tables.get(seat.table), seat.seat)]
    return Chart(tables, tuple(doubles), tuple(strays), many(tournament, "need/", Need))


def seat_fault(chart: Chart, chair: Chair, player: str = "") -> SeatFault | None:
    """Why `player` can't be put into a seat; None: it is free or theirs. A locked table takes nobody new."""
    table = chart.tables.get(chair.table)
    if table is None:
        return "no_table"
    if not table.open:
        return "table_closed"
    if not 1 <= chair.seat <= table.seats:
        return "no_seat"
    if chair.seat in table.out_of_use:
        return "out_of_use"
    if table.players.get(chair.seat, player) != player:
        return "taken"
    return "table_locked" if table.locked and player not in table.players.values() else None


def open_seats(chart: Chart) -> list[Chair]:
    """Every seat of the event somebody may be given, tables by number; none at a locked one."""
    tables = sorted(chart.open_tables, key=lambda table: (table.number, table.table))
    return [Chair(table.table, seat) for table in tables if not table.locked for seat in table.free()]


def has_seats(furniture: Furniture | None) -> bool:
    """Whether a table stands there and somebody can sit at it: one without seats is not used for an event."""
    return furniture is not None and any(
        seat not in furniture.out_of_use for seat in range(1, furniture.seats + 1)
    )


def alternates(tournament: FactReader) -> list[str]:
    """Who paid and waits for a seat, in the order they came; none of them sits."""
    waiting = many(tournament, "alternate/", Alternate)
    order = sorted(waiting, key=lambda player: (waiting[player].since_ms, player))
    return [player for player in order if tournament.get(f"seat/{player}") is None]


def in_play(chart: Chart) -> list[TableSeats]:
    """Open tables with somebody at them."""
    return [table for table in chart.open_tables if table.players]


def break_order(table: TableSeats) -> tuple[int, str]:
    """Sorts tables by which breaks first."""
    return (table.order, table.table)


def _held(tournament: FactReader, seats: Mapping[str, Seat]) -> dict[Chair, list[str]]:
    """Who holds each seat, the earliest first. Stamps are compared only where several hold one."""
    held: dict[Chair, list[str]] = {}
    for player, seat in seats.items():
        held.setdefault(Chair(seat.table, seat.seat), []).append(player)
    for who in held.values():
        if len(who) > 1:
            who.sort(key=lambda player: _stamp(tournament, f"seat/{player}"))
    return held


def _table_seats(
    ident: str,
    table: Table,
    furniture: Furniture | None,
    setup: TournamentSetup | None,
    keepers: Mapping[int, str],
) -> TableSeats:
    allowed = table.seats or (setup.seats_per_table if setup else SEATS_MAX)
    chairs = furniture.seats if furniture else SEATS_MAX
    seats = min(chairs, allowed)
    players = {seat: player for seat, player in keepers.items() if seat <= seats}
    return TableSeats(
        table=ident,
        number=furniture.number if furniture else table.order,
        seats=seats,
        out_of_use=frozenset(furniture.out_of_use if furniture else ()),
        open=table.open,
        locked=table.locked,
        order=table.order,
        players=players,
        held=frozenset(table.held),
        chairs=chairs,
    )


def _stray(table: TableSeats | None, seat: int) -> bool:
    return table is None or not table.open or seat > table.seats


def _stamp(facts: FactReader, name: str) -> tuple[Stamp, str]:
    return (parse(facts.stamp(name)) or Stamp(0, 0, ""), name)
