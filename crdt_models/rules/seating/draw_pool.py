"""Which seats a draw is made from, and the plan to break a table or to draw a whole room anew.

The same pools serve the leaf, whose draws can be checked, and a tablet that draws by itself off line. Tables
go by the number people call them; locked tables and held seats are never drawn. Twin:
`web/src/lib/twins/seating/draw-pool.ts`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from heapq import heapify, heappop, heappush
from typing import Literal

from ...documents.seating import DRAW_PLAYERS_MAX, POOL_MAX
from .button import arrives_as
from .chart import Chair, Chart, TableSeats, in_play
from .draw import PoolTable, Random, deal, pool_text
from .proposal import Buttons, basis_of, button_fault

__all__ = [
    "DrawKind", "Lot", "Planned", "SeatPlan", "break_plan", "chair_label", "chair_of", "draw_lots",
    "draw_seat", "labels", "lots", "only_at", "plan_of", "redraw_plan", "shorten",
]  # fmt: skip

DrawKind = Literal["seat", "break", "redraw"]
Seated = tuple[str, Chair]


@dataclass(frozen=True)
class Lot:
    """One draw to be made: these players, from these seats."""

    players: tuple[str, ...]
    pool: tuple[PoolTable, ...]


@dataclass(frozen=True)
class Planned:
    """One player's move; `arrives_as` None where that button is not known, or all is drawn anew."""

    player: str
    from_table: str
    from_seat: int
    to: Chair
    arrives_as: str | None


@dataclass(frozen=True)
class SeatPlan:
    """Moves made in one act: a broken table, or a room drawn anew. `closes` are the tables that end.

    `seats`: so many at the table that stays (a final table of nine in an event of eight).
    """

    kind: Literal["break", "redraw"]
    closes: tuple[str, ...]
    basis: str
    moves: tuple[Planned, ...] = ()
    seats: int | None = None
    fault: Literal["no_table", "no_room"] | None = None


def labels(chart: Chart) -> dict[str, str]:
    """What each table is called in a draw: its number, or its id where two have one number."""
    numbers = [table.number for table in chart.tables.values()]
    return {
        ident: str(table.number) if numbers.count(table.number) == 1 else ident
        for ident, table in chart.tables.items()
    }


def chair_of(chart: Chart, seat: str) -> Chair | None:
    """The chair that a draw calls `<table>.<seat>`; None: no table is called so any more."""
    label, _, number = seat.rpartition(".")
    ident = next((ident for ident, called in labels(chart).items() if called == label), None)
    return Chair(ident, int(number)) if ident is not None and number.isdigit() else None


def chair_label(chart: Chart, chair: Chair) -> str:
    """What a draw calls a chair; `chair_of` finds it again while its table is called so."""
    return f"{labels(chart).get(chair.table, chair.table)}.{chair.seat}"


def lots(
    chart: Chart, kind: DrawKind, players: Sequence[str], tables: Sequence[str], seats: int | None = None
) -> list[Lot]:
    """The draws to make for these players, special needs first and one by one (TDA 9).

    `tables`: for `break` those that end, for `redraw` those that stay. Seats drawn for one lot are still in
    the pools of those after it: `shorten` each lot by what was drawn before.
    """
    pool = _pool(chart, kind, tables, seats)
    needy = [player for player in players if player in chart.needs]
    others = [player for player in players if player not in chart.needs]
    made = [Lot((player,), _wanted(chart, player, pool)) for player in needy]
    made += [
        Lot(tuple(others[at : at + DRAW_PLAYERS_MAX]), pool) for at in range(0, len(others), DRAW_PLAYERS_MAX)
    ]
    return made


def shorten(lot: Lot, taken: Iterable[str]) -> Lot:
    """Without seats already drawn, and without tables that this lot can't reach or has no room to name."""
    gone = [seat.rpartition(".") for seat in taken]
    pool = [
        replace(
            table,
            players=table.players + sum(label == table.label for label, _, _ in gone),
            free=tuple(seat for seat in table.free if (table.label, ".", str(seat)) not in gone),
        )
        for table in lot.pool
    ]
    pool = sorted((table for table in pool if table.free), key=lambda table: (table.rank, table.players))
    last = _level_reached(pool, len(lot.players))
    pool = [table for table in pool if (table.rank, table.players) <= last]
    while len(pool_text(pool)) > POOL_MAX:
        pool.pop()
    return replace(lot, pool=tuple(pool))


def draw_seat(chart: Chart, random: Random, player: str = "") -> Chair | None:
    """A random seat by the rules for one player; None: the room is full."""
    found = draw_lots(chart, lots(chart, "seat", [player], ()), random)
    return found[0][1] if found else None


def draw_lots(chart: Chart, made: Sequence[Lot], random: Random) -> list[Seated]:
    """Seats for all lots, one after the other; fewer than players where there is no room."""
    seated: list[tuple[str, str]] = []
    for lot in made:
        lot = shorten(lot, [seat for _, seat in seated])
        seated += zip(lot.players, deal(lot.pool, lot.players, random), strict=False)
    chairs = ((player, chair_of(chart, seat)) for player, seat in seated)
    return [(player, chair) for player, chair in chairs if chair is not None]


def break_plan(
    chart: Chart,
    buttons: Buttons,
    table: str,
    random: Random,
    keeps: Sequence[str] = (),
    seats: int | None = None,
) -> SeatPlan:
    """Draws seats at the other tables for all players of `table`; any seat, blinds and button too (10-A).

    With `keeps` at those alone, `seats` at each: it breaks into the final table.
    """
    broken = chart.tables.get(table)
    players = sorted(broken.players.values()) if broken else []
    room = only_at(chart, keeps, seats) if keeps else chart
    seated = draw_lots(room, lots(room, "break", players, [table]), random)
    return plan_of(chart, buttons, "break", [table], seated, seats)


def only_at(chart: Chart, keeps: Sequence[str], seats: int | None) -> Chart:
    """The room as if only these tables took anybody, `seats` at each."""
    tables = {
        ident: replace(table, locked=False, seats=min(table.chairs or table.seats, seats or table.seats))
        if ident in keeps
        else replace(table, locked=True)
        for ident, table in chart.tables.items()
    }
    return replace(chart, tables=tables)


def redraw_plan(
    chart: Chart, buttons: Buttons, keeps: Sequence[str], random: Random, seats: int | None = None
) -> SeatPlan:
    """Draws all seats of the room anew, at the tables that stay."""
    players = sorted(player for table in in_play(chart) for player in table.players.values())
    seated = draw_lots(chart, lots(chart, "redraw", players, keeps, seats), random)
    closes = [table.table for table in chart.open_tables if table.table not in keeps]
    return plan_of(chart, buttons, "redraw", closes, seated, seats)


def plan_of(
    chart: Chart,
    buttons: Buttons,
    kind: Literal["break", "redraw"],
    closes: Sequence[str],
    seated: Sequence[Seated],
    seats: int | None = None,
) -> SeatPlan:
    """The plan that these drawn seats make."""
    plan = SeatPlan(kind, tuple(closes), basis_of(chart, buttons, chart.tables), seats=seats)
    if any(table not in chart.tables for table in closes):
        return replace(plan, fault="no_table")
    leaving = [chart.tables[table] for table in closes] if kind == "break" else in_play(chart)
    where = {player: (table.table, seat) for table in leaving for seat, player in table.players.items()}
    if {player for player, _ in seated} != where.keys():
        return replace(plan, fault="no_room")
    moves = [
        Planned(player, *where[player], to, _arrival(chart.tables[to.table], buttons, to.seat, kind))
        for player, to in seated
    ]
    return replace(plan, moves=tuple(moves))


def _pool(chart: Chart, kind: DrawKind, tables: Sequence[str], seats: int | None) -> tuple[PoolTable, ...]:
    called = labels(chart)
    by_number = sorted(chart.open_tables, key=lambda table: (table.number, table.table))
    if kind == "redraw":
        return tuple(
            PoolTable(0, called[table.table], 0, tuple(table.usable(seats)))
            for table in by_number
            if table.table in tables
        )
    return tuple(
        PoolTable(_rank(kind, table), called[table.table], len(table.players), tuple(table.free()))
        for table in by_number
        if not table.locked and table.table not in tables
    )


def _level_reached(pool: Sequence[PoolTable], cards: int) -> tuple[int, int]:
    """Rank and players of the tables that the last card comes from, whichever they are."""
    levels = [(table.rank, table.players, len(table.free)) for table in pool]
    heapify(levels)
    last = (0, 0)
    for _ in range(cards):
        if not levels:
            break
        rank, players, left = heappop(levels)
        last = (rank, players)
        if left > 1:
            heappush(levels, (rank, players + 1, left - 1))
    return last


def _rank(kind: DrawKind, table: TableSeats) -> int:
    """Nobody of a broken table is sent to an empty one while others have room."""
    return int(kind == "break" and not table.players)


def _wanted(chart: Chart, player: str, pool: tuple[PoolTable, ...]) -> tuple[PoolTable, ...]:
    """The seats a player needs, as far as there are any: at these tables, then of these numbers."""
    need, called = chart.needs[player], labels(chart)
    tables = {called[table] for table in need.tables if table in called}
    at_tables = tuple(table for table in pool if table.label in tables and table.free) or pool
    wanted = tuple(
        replace(table, free=tuple(seat for seat in table.free if seat in need.seats)) for table in at_tables
    )
    return wanted if any(table.free for table in wanted) else at_tables


def _arrival(table: TableSeats, buttons: Buttons, seat: int, kind: str) -> str | None:
    if kind == "redraw" or button_fault(table, buttons):
        return None
    return arrives_as(buttons[table.table], table, seat)
