"""Proposals to break and to balance tables, TDA 2024 rules 10 and 11. Nothing is applied: a person confirms.

A proposal is a pure function of chart, buttons and limit, one step at a time; after the step it is made anew.
Its `basis` is a fingerprint of the tables it was made from: another basis at confirming means look again.
Consolidation comes before balancing. The fullest table gives, of equals the first in break order; the
shortest takes, of equals the last in break order; empty and locked tables neither give nor take.
Twin: `web/src/lib/twins/balancing.ts`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeVar

from ..documents.tournament import Button, Clock, TournamentSetup
from ..documents.typed import many, one
from ..facts import FactReader
from .button import arrives_as, incoming_seat, is_button_valid, next_hand
from .fingerprint import fingerprint
from .seating import Chair, Chart, Random, TableSeats, seat_chart

__all__ = [
    "BreakMove", "BreakPlan", "Buttons", "Proposal", "balance", "basis_of", "break_plan", "halted", "propose",
    "table_to_break",
]  # fmt: skip

RULE_BALANCE = "TDA 2024 11-A"
RULE_BREAK = "TDA 2024 10-B"
SHORT_BY = 3  # a table this far behind the fullest stops (TDA 11-D)
T = TypeVar("T")
Buttons = Mapping[str, Button]


@dataclass(frozen=True)
class Proposal:
    """What the floor may do next.

    `none`; `move` the player to the seat; `defer` by a hand: at `to_table` only the small blind's position is
    open; `break` the table; `blocked`: the button of `table` has to be set first, `reason` says why.
    """

    kind: Literal["none", "move", "defer", "break", "blocked"]
    table: str | None = None
    reason: Literal[
        "even", "apart", "fits", "small_blind_only", "button_unknown", "button_invalid", "not_started"
    ] = "even"
    rule: str = ""
    basis: str = ""
    player: str | None = None
    from_seat: int | None = None
    to_table: str | None = None
    to_seat: int | None = None
    arrives_as: str | None = None


@dataclass(frozen=True)
class BreakMove:
    """One player of a broken table and the seat drawn; `arrives_as` None where that button is not known."""

    player: str
    from_seat: int
    to: Chair
    arrives_as: str | None


@dataclass(frozen=True)
class BreakPlan:
    """All moves of a broken table, made in one act; `fault`: none are possible."""

    table: str
    basis: str
    moves: tuple[BreakMove, ...] = ()
    fault: Literal["no_table", "no_room"] | None = None


def propose(tournament: FactReader, config: FactReader) -> Proposal:
    """The next step for an event. Nothing before its clock was started."""
    clock, setup = one(tournament, "clock", Clock), one(tournament, "setup", TournamentSetup)
    if clock is None or clock.state == "pending" or setup is None:
        return Proposal("none", reason="not_started")
    chart, buttons = seat_chart(tournament, config), many(tournament, "button/", Button)
    table = table_to_break(chart)
    if table is not None:
        return Proposal("break", table, "fits", RULE_BREAK, basis_of(chart, buttons, chart.tables))
    return balance(chart, buttons, setup.max_diff)


def table_to_break(chart: Chart) -> str | None:
    """The next table in break order (locked ones last) if its players fit at the others."""
    tables = _in_play(chart)
    if len(tables) < 2:
        return None
    first = min(tables, key=lambda table: (table.locked, _break_order(table)))
    room = sum(len(table.free()) for table in tables if table is not first)
    return first.table if room >= len(first.players) else None


def balance(chart: Chart, buttons: Buttons, max_diff: int) -> Proposal:
    """One move from the fullest to the shortest table, if they are more than `max_diff` apart (TDA 11-A)."""
    tables = [table for table in _in_play(chart) if not table.locked]
    takers = [table for table in tables if table.free()]
    if not takers:
        return Proposal("none")
    giver = max(tables, key=lambda table: (len(table.players), _reversed(table)))
    taker = min(takers, key=lambda table: (len(table.players), _reversed(table)))
    if len(giver.players) - len(taker.players) <= max(1, max_diff):
        return Proposal("none")
    basis = basis_of(chart, buttons, (giver.table, taker.table))
    blocked = _button_fault(giver, buttons)
    hand = None if blocked else next_hand(buttons[giver.table], giver)
    if hand is None:
        return Proposal(
            "blocked", giver.table, blocked or "button_invalid", basis=basis, to_table=taker.table
        )
    who = giver.players[hand.big_blind]
    blocked = _button_fault(taker, buttons)
    if blocked:
        return Proposal(
            "blocked", taker.table, blocked, RULE_BALANCE, basis, who, hand.big_blind, taker.table
        )
    seat = incoming_seat(buttons[taker.table], taker)
    return Proposal(
        "defer" if seat.seat is None else "move",
        giver.table,
        "small_blind_only" if seat.seat is None else "apart",
        RULE_BALANCE,
        basis,
        who,
        hand.big_blind,
        taker.table,
        seat.seat,
        seat.arrives_as,
    )


def halted(chart: Chart) -> list[str]:
    """Tables three or more short of the fullest: they stop, or the floor waives it (TDA 11-D)."""
    tables = _in_play(chart)
    fullest = max((len(table.players) for table in tables), default=0)
    return [table.table for table in tables if fullest - len(table.players) >= SHORT_BY]


def break_plan(chart: Chart, buttons: Buttons, table: str, random: Random) -> BreakPlan:
    """Draws seats for all players of a table: shuffled seat cards, players shuffled apart (TDA 10-B).

    One card at a time is taken from the shortest other table; locked and empty tables only where nothing else
    is free. Any seat may be drawn, blinds and button too (10-A).
    """
    broken = chart.tables.get(table)
    basis = basis_of(chart, buttons, chart.tables)
    if broken is None:
        return BreakPlan(table, basis, fault="no_table")
    free = {other.table: other.free() for other in chart.open_tables if other is not broken}
    counts = {other.table: len(other.players) for other in chart.open_tables}
    cards: list[Chair] = []
    for _ in broken.players:
        tables = [other for other in chart.open_tables if free.get(other.table)]
        if not tables:
            return BreakPlan(table, basis, fault="no_room")
        shortest = min(tables, key=lambda t: (t.locked, not t.players, counts[t.table], _break_order(t)))
        seats = free[shortest.table]
        cards.append(Chair(shortest.table, seats.pop(random(len(seats)))))
        counts[shortest.table] += 1
    cards, players = _shuffled(cards, random), _shuffled(sorted(broken.players.items()), random)
    moves = [
        BreakMove(player, seat, card, _arrival(chart.tables[card.table], buttons, card.seat))
        for (seat, player), card in zip(players, cards, strict=True)
    ]
    return BreakPlan(table, basis, tuple(moves))


def basis_of(chart: Chart, buttons: Buttons, tables: Iterable[str]) -> str:
    """Fingerprint of who sits at these tables, and of their buttons."""
    return fingerprint("|".join(_picture(chart, buttons, table) for table in sorted(tables)))


def _in_play(chart: Chart) -> list[TableSeats]:
    return [table for table in chart.open_tables if table.players]


def _break_order(table: TableSeats) -> tuple[int, str]:
    return (table.order, table.table)


def _reversed(table: TableSeats) -> tuple[int, tuple[int, ...]]:
    """Sorts tables by break order backwards, so that `max` finds the first and `min` the last of equals."""
    return (-table.order, tuple(-ord(letter) for letter in table.table) + (1,))


def _button_fault(table: TableSeats, buttons: Buttons) -> Literal["button_unknown", "button_invalid"] | None:
    last = buttons.get(table.table)
    if last is None:
        return "button_unknown"
    return None if is_button_valid(last, table) else "button_invalid"


def _arrival(table: TableSeats, buttons: Buttons, seat: int) -> str | None:
    return None if _button_fault(table, buttons) else arrives_as(buttons[table.table], table, seat)


def _shuffled(items: list[T], random: Random) -> list[T]:
    cards = list(items)
    for last in range(len(cards) - 1, 0, -1):
        pick = random(last + 1)
        cards[last], cards[pick] = cards[pick], cards[last]
    return cards


def _picture(chart: Chart, buttons: Buttons, ident: str) -> str:
    table, last = chart.tables.get(ident), buttons.get(ident)
    if table is None:
        return f"{ident}:"
    players = ",".join(f"{seat}={player}" for seat, player in sorted(table.players.items()))
    button = f"{last.button}/{last.small_blind}/{last.big_blind}" if last else ""
    return f"{ident}:{int(table.open)}{int(table.locked)}:{players}:{button}"
