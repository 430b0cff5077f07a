"""What the pure readings say of a venue's documents, as `reading.mjs` has it from the web app's twins."""

from typing import Any

from crdt_models.documents.cage import TournamentMoney
from crdt_models.documents.tournament import Button, Clock
from crdt_models.documents.typed import many, one
from crdt_models.facts import Index as Facts
from crdt_models.rules.elimination.standings import finishes, standings
from crdt_models.rules.reconcile import disagreements
from crdt_models.rules.seating import balancing
from crdt_models.rules.seating.chart import Chart, open_seats, seat_chart
from crdt_models.rules.seating.draw_pool import break_plan
from crdt_models.rules.seating.halting import halted
from crdt_models.rules.structure import clock
from crdt_models.rules.structure.ladder import Row, faults, locked
from crdt_models.rules.structure.moments import moments
from crdt_models.rules.structure.registration import late_registration
from crdt_models.rules.structure.terms import Asked, may_buy
from crdt_models.rules.waitlist import call_next, open_cash_seats, wait_minutes, waiting

__all__ = ["reading"]


def reading(
    tournament: Facts, config: Facts, floor: Facts, cage: Facts, *, of: str, now: int
) -> dict[str, Any]:
    """`of`: the id of the tournament and of the waitlist."""
    fact, plan = one(tournament, "clock", Clock), clock.plan_of(tournament)
    chart, buttons, standing = (
        seat_chart(tournament, config),
        many(tournament, "button/", Button),
        standings(tournament),
    )
    shown = clock.read_clock(fact, plan, now)
    verbs = (
        clock.start_clock, clock.pause_clock, clock.next_level, clock.previous_level, clock.restart_level,
    )  # fmt: skip
    written = [verb(fact, plan, now) for verb in verbs]
    called = call_next(floor, of)
    return {
        "clock": [shown.level, shown.state, shown.remaining_ms],
        "verbs": [clock_fact.model_dump() if clock_fact else None for clock_fact in written],
        "break_ms": clock.next_break_ms(fact, plan, now),
        **_structure(tournament, of, cage, now),
        "tables": [
            [table.table, table.number, table.seats, list(table.players.items()), table.free()]
            for table in chart.tables.values()
        ],
        "doubles": [[row.chair.table, row.chair.seat, row.player, row.others] for row in chart.doubles],
        "strays": chart.strays,
        "open": [[chair.table, chair.seat] for chair in open_seats(chart)],
        "proposal": _shown(balancing.propose(tournament, config)),
        "balance": _shown(balancing.balance(chart, buttons, 1)),
        "halted": [[row.table, row.short_by, row.now] for row in halted(chart, buttons)],
        "breaks": [_broken(chart, buttons, table) for table in chart.tables],
        "places": [[row.player, row.entry, row.place, row.place_to] for row in finishes(standing)],
        "lives": [standing.lives, sorted(standing.left), sorted(standing.life_of.items())],
        "waiting": [[row.entry, row.player, row.state, row.number] for row in waiting(floor, of)],
        "call_next": called.entry if called else None,
        "waits": [wait_minutes(floor, config, of, place, now * 1_000) for place in (1, 2, 9)],
        "cash": [[chair.table, chair.seat] for chair in open_cash_seats(floor, config, of)],
        "tray": [
            [row.kind, row.player, row.entry, row.since_ms]
            for row in disagreements(tournament, of, cage, now)
        ],
    }


def _shown(step: balancing.Proposal) -> list[object]:
    arrives_as = None if step.kind == "defer" else step.arrives_as
    return [
        step.kind, step.table, step.reason, step.basis or None, step.player, step.from_seat, step.to_table,
        step.to_seat, arrives_as,
    ]  # fmt: skip


def _broken(chart: Chart, buttons: balancing.Buttons, table: str) -> list[object]:
    plan = break_plan(chart, buttons, table, lambda below: below - 1)
    moves = [
        [move.player, move.from_seat, move.to.table, move.to.seat, move.arrives_as] for move in plan.moves
    ]
    return [plan.basis, plan.fault, moves]


def _structure(tournament: Facts, of: str, cage: Facts, now: int) -> dict[str, Any]:
    plan, money = clock.plan_of(tournament), one(cage, f"tournament/{of}", TournamentMoney)
    shown = clock.read_clock(one(tournament, "clock", Clock), plan, now)
    late = late_registration(tournament, money, now)
    asked: tuple[Asked, ...] = ("entry", "re_entry", "rebuy", "add_on")
    bought = [may_buy(tournament, cage, of, f"p{n}", kind, now) for n in range(6) for kind in asked]
    return {
        "late": vars(late),
        "moments": [vars(moment) for moment in moments(shown, plan, late, now)],
        "bought": [vars(why) if why else None for why in bought],
        "faults": [vars(fault) for fault in faults([Row(row, row.duration_ms) for row in plan])],
        "locked": [locked(row, shown) for row in range(1, len(plan) + 1)],
    }
