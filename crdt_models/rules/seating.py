"""Who sits where: the seat chart of an event, what is wrong with a seat, and the draw.

A seat is a fact of the player, so one body has one seat. Two players in one seat after a merge: the earlier
stamp keeps it, the others are listed beside it, for a person to settle. Twin: `web/src/lib/twins/seating.ts`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from ..documents.config import Furniture
from ..documents.floor import Seat
from ..documents.tournament import Table, TournamentSetup
from ..documents.typed import many, one
from ..facts import FactReader
from ..stamps import Stamp, parse

__all__ = [
    "Chair", "Chart", "DoubleSeat", "Random", "SeatFault", "TableSeats", "draw_seat", "open_seats",
    "seat_chart", "seat_fault",
]  # fmt: skip

Random = Callable[[int], int]
"""`random(n)`: a whole number from 0 to n-1, each as likely."""
SeatFault = Literal["no_table", "table_closed", "no_seat", "out_of_use", "taken"]
SEATS_MAX = 12


@dataclass(frozen=True, order=True)
class Chair:
    """A seat at a table."""

    table: str
    seat: int


@dataclass(frozen=True)
class TableSeats:
    """A table of the event; `players` by seat number ≤ `seats`; 1 is first in the break `order`."""

    table: str
    number: int
    seats: int
    out_of_use: frozenset[int] = frozenset()
    open: bool = True
    locked: bool = False
    order: int = 999
    players: Mapping[int, str] = field(default_factory=dict)

    def free(self) -> list[int]:
        """Seats somebody may be given, ascending; none at a closed table."""
        numbers = range(1, self.seats + 1) if self.open else ()
        return [seat for seat in numbers if seat not in self.out_of_use and seat not in self.players]


@dataclass(frozen=True)
class DoubleSeat:
    """A seat that `player` keeps, having the earlier stamp, and that `others` were put into too."""

    chair: Chair
    player: str
    others: tuple[str, ...]


@dataclass(frozen=True)
class Chart:
    """All tables by id, seats held twice, and players whose seat is at no table of the event (`strays`)."""

    tables: Mapping[str, TableSeats]
    doubles: tuple[DoubleSeat, ...] = ()
    strays: tuple[str, ...] = ()

    @property
    def open_tables(self) -> list[TableSeats]:
        return [table for table in self.tables.values() if table.open]


def seat_chart(tournament: FactReader, config: FactReader) -> Chart:
    """The chart; the furniture says how many seats a table has, the event may allow fewer."""
    setup = one(tournament, "setup", TournamentSetup)
    furniture = many(config, "table/", Furniture)
    held, seats = dict[Chair, list[str]](), many(tournament, "seat/", Seat)
    for player in sorted(seats, key=lambda player: _stamp(tournament, f"seat/{player}")):
        held.setdefault(Chair(seats[player].table, seats[player].seat), []).append(player)
    tables = {
        ident: _table_seats(ident, table, furniture.get(ident), setup, held)
        for ident, table in many(tournament, "table/", Table).items()
    }
    doubles = [
        DoubleSeat(chair, who[0], tuple(who[1:])) for chair, who in sorted(held.items()) if len(who) > 1
    ]
    strays = [player for player, seat in seats.items() if _stray(tables.get(seat.table), seat.seat)]
    return Chart(tables, tuple(doubles), tuple(strays))


def seat_fault(chart: Chart, chair: Chair, player: str = "") -> SeatFault | None:
    """Why `player` can't be put into a seat; None: it is free or theirs. Locked tables take who is sent."""
    table = chart.tables.get(chair.table)
    if table is None:
        return "no_table"
    if not table.open:
        return "table_closed"
    if not 1 <= chair.seat <= table.seats:
        return "no_seat"
    if chair.seat in table.out_of_use:
        return "out_of_use"
    return "taken" if table.players.get(chair.seat, player) != player else None


def open_seats(chart: Chart) -> list[Chair]:
    """Every seat of the event somebody may be given, tables by number."""
    tables = sorted(chart.open_tables, key=lambda table: (table.number, table.table))
    return [Chair(table.table, seat) for table in tables for seat in table.free()]


def draw_seat(chart: Chart, random: Random) -> Chair | None:
    """A random seat among the free ones of the tables with the fewest players; None: the room is full.

    Locked tables are left out while others have room. The caller writes down what was drawn and by whom.
    """
    free = [table for table in chart.open_tables if table.free()]
    free = [table for table in free if not table.locked] or free
    fewest = min((len(table.players) for table in free), default=0)
    chairs = [
        Chair(table.table, seat) for table in free if len(table.players) == fewest for seat in table.free()
    ]
    return sorted(chairs)[random(len(chairs))] if chairs else None


def _table_seats(
    ident: str,
    table: Table,
    furniture: Furniture | None,
    setup: TournamentSetup | None,
    held: Mapping[Chair, list[str]],
) -> TableSeats:
    allowed = setup.seats_per_table if setup else SEATS_MAX
    seats = min(furniture.seats, allowed) if furniture else allowed
    held_here = ((chair.seat, who[0]) for chair, who in sorted(held.items()) if chair.table == ident)
    players = {seat: player for seat, player in held_here if seat <= seats}
    return TableSeats(
        table=ident,
        number=furniture.number if furniture else table.order,
        seats=seats,
        out_of_use=frozenset(furniture.out_of_use if furniture else ()),
        open=table.open,
        locked=table.locked,
        order=table.order,
        players=players,
    )


def _stray(table: TableSeats | None, seat: int) -> bool:
    return table is None or not table.open or seat > table.seats


def _stamp(facts: FactReader, name: str) -> tuple[Stamp, str]:
    return (parse(facts.stamp(name)) or Stamp(0, 0, ""), name)
