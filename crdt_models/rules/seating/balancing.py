"""The next step for an event: consolidate, else even the tables out by one player (TDA 2024 11).

A proposal is a pure function of chart, buttons and house rules, one step at a time. The fullest table gives,
of equals the first in break order; the shortest takes, of equals the last in break order; empty and locked
tables neither give nor take. Twin: `web/src/lib/twins/seating/balancing.ts`.
"""

from collections.abc import Mapping

from ...documents.elimination import Bust
from ...documents.seating import SeatRules
from ...documents.tournament import Button, Clock, Move, TournamentSetup
from ...documents.typed import many, one
from ...facts import FactReader
from ..elimination.hands import still_dealing
from .button import Incoming, incoming_seat, next_hand, seat_after
from .chart import Chair, Chart, TableSeats, break_order, in_play, seat_chart
from .consolidation import consolidate
from .proposal import RULE_BALANCE, RULE_HANDS, RULE_STUD, Buttons, Proposal, Reason, basis_of, button_fault

__all__ = ["balance", "propose", "seat_rules", "seats_opened"]


def seat_rules(tournament: FactReader) -> SeatRules:
    """The house settings of an event."""
    return one(tournament, "seating", SeatRules) or SeatRules()


def propose(tournament: FactReader, config: FactReader, selling: bool = False) -> Proposal:
    """The next step for an event. Nothing before its clock was started. `selling`: registration is open."""
    clock, setup = one(tournament, "clock", Clock), one(tournament, "setup", TournamentSetup)
    if clock is None or clock.state == "pending" or setup is None:
        return Proposal("none", reason="not_started")
    chart, buttons = seat_chart(tournament, config), many(tournament, "button/", Button)
    rules = seat_rules(tournament)
    opened = seats_opened(tournament) if rules.game == "stud" else {}
    fewer = consolidate(chart, buttons, rules, setup.seats_per_table, selling)
    step = fewer or balance(chart, buttons, setup.max_diff, rules, opened)
    if step.kind != "none" and still_dealing(tournament, [table.table for table in in_play(chart)]):
        return Proposal("none", step.table, "hand_for_hand", RULE_HANDS)
    return step


def seats_opened(tournament: FactReader) -> dict[Chair, int]:
    """When seats were left, by who went out or moved from there, in leaf time; the last time of each."""
    left = [(bust.table, bust.seat, bust.at_ms) for bust in many(tournament, "bust/", Bust).values()]
    left += [
        (move.from_table, move.from_seat, move.at_ms) for move in many(tournament, "move/", Move).values()
    ]
    opened: dict[Chair, int] = {}
    for table, seat, at_ms in left:
        if table is not None and seat is not None:
            chair = Chair(table, seat)
            opened[chair] = max(at_ms, opened.get(chair, 0))
    return opened


def balance(
    chart: Chart,
    buttons: Buttons,
    max_diff: int,
    rules: SeatRules | None = None,
    opened: Mapping[Chair, int] | None = None,
) -> Proposal:
    """One move from the fullest to the shortest table, if they are more than `max_diff` apart (TDA 11-A).

    `opened`: when seats came open, which stud goes by.
    """
    tables = [table for table in in_play(chart) if not table.locked]
    counts = [len(table.players) for table in tables]
    if not tables or max(counts) - min(counts) <= max(1, max_diff):
        return Proposal("none")
    takers = [table for table in tables if table.free()]
    giver = max(tables, key=lambda table: (len(table.players), _reversed(table)))
    taker = min(takers, key=lambda table: (len(table.players), _reversed(table)), default=giver)
    if len(giver.players) - len(taker.players) <= max(1, max_diff):
        return Proposal("none", reason="no_seat")
    basis = basis_of(chart, buttons, (giver.table, taker.table))
    if rules is not None and rules.game == "stud":
        return _stud(chart, giver, taker, basis, opened or {})
    return _blinds(chart, buttons, giver, taker, basis)


def _blinds(chart: Chart, buttons: Buttons, giver: TableSeats, taker: TableSeats, basis: str) -> Proposal:
    """Who is due for the big blind goes to the worst open seat, never the small blind's."""
    fault = button_fault(giver, buttons)
    hand = None if fault else next_hand(buttons[giver.table], giver)
    if hand is None:
        reason: Reason = fault or "button_invalid"
        return Proposal("blocked", giver.table, reason, RULE_BALANCE, basis, to_table=taker.table)
    seat, stays = _mover(chart, giver, hand.big_blind)
    if seat is None:
        return Proposal("none", giver.table, "all_stay", RULE_BALANCE, basis, stays=stays)
    who, fault = giver.players[seat], button_fault(taker, buttons)
    if fault:
        return Proposal("blocked", taker.table, fault, RULE_BALANCE, basis, who, seat, taker.table)
    return _move(giver, taker, seat, incoming_seat(buttons[taker.table], taker), RULE_BALANCE, basis, stays)


def _stud(
    chart: Chart, giver: TableSeats, taker: TableSeats, basis: str, opened: Mapping[Chair, int]
) -> Proposal:
    """By position: the seat that came open last at the short table is filled from the same one, or the next.

    Seats that nobody is known to have left opened before all others; of equals the lowest.
    """
    to_seat = max(taker.free(), key=lambda seat: (opened.get(Chair(taker.table, seat), -1), -seat))
    start = to_seat if to_seat in giver.players else seat_after(to_seat, giver.seats, giver.players)
    seat, stays = _mover(chart, giver, start)
    if seat is None:
        return Proposal("none", giver.table, "all_stay", RULE_STUD, basis, stays=stays)
    return _move(giver, taker, seat, Incoming(to_seat, "SEAT"), RULE_STUD, basis, stays)


def _move(
    giver: TableSeats,
    taker: TableSeats,
    seat: int,
    incoming: Incoming,
    rule: str,
    basis: str,
    stays: tuple[str, ...],
) -> Proposal:
    defer = incoming.seat is None
    return Proposal(
        "defer" if defer else "move", giver.table, "small_blind_only" if defer else "apart", rule, basis,
        giver.players[seat], seat, taker.table, incoming.seat, incoming.arrives_as, stays,
    )  # fmt: skip


def _mover(chart: Chart, giver: TableSeats, start: int) -> tuple[int | None, tuple[str, ...]]:
    """The first seat from `start` on whose player may be moved, and who was passed over (TDA 9)."""
    seat, stays = start, list[str]()
    for _ in giver.players:
        player = giver.players[seat]
        if player not in chart.needs or not chart.needs[player].stays:
            return seat, tuple(stays)
        stays.append(player)
        seat = seat_after(seat, giver.seats, giver.players)
    return None, tuple(stays)


def _reversed(table: TableSeats) -> tuple[int, tuple[int, ...]]:
    """Sorts tables by break order backwards, so that `max` finds the first and `min` the last of equals."""
    order, ident = break_order(table)
    return (-order, tuple(-ord(letter) for letter in ident) + (1,))
