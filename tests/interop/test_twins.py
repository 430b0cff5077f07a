"""Python and TypeScript read random rooms, with rivals, alike."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crdt_models.documents.tournament import Button, Clock
from crdt_models.documents.typed import many, one
from crdt_models.rules import balancing, clock
from crdt_models.rules.elimination import finishes, standings
from crdt_models.rules.reconcile import disagreements
from crdt_models.rules.seating import Chart, open_seats, seat_chart
from crdt_models.rules.waitlist import call_next, open_cash_seats, waiting
from tests.crdt_models.rules.arbitrary import Documents, rivals
from tests.crdt_models.rules.rooms import venue

Twins = subprocess.Popen[str]


@pytest.fixture(scope="module")
def twins() -> Iterator[Twins]:
    """One node process; a case a line in, an answer a line out."""
    node = Path(sys.executable).with_name("node")
    script = Path(__file__).with_name("twins.mjs")
    with subprocess.Popen(
        [node, script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    ) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


@given(st.integers(0, 2**32).map(venue), st.integers(0, 60_000))
def test_both_languages_read_the_same(twins: Twins, facts: Documents, now: int) -> None:
    assert twins.stdin is not None
    assert twins.stdout is not None
    twins.stdin.write(json.dumps({"facts": facts, "now": now}) + "\n")
    twins.stdin.flush()
    theirs = json.loads(twins.stdout.readline())
    ours = json.loads(json.dumps(_answer(facts, now)))
    for part, value in ours.items():
        assert theirs[part] == value, part


def _answer(facts: Documents, now: int) -> dict[str, Any]:
    tournament, config, floor, cage = (
        rivals(name, facts[name]) for name in ("tournament/a", "config", "floor", "cage")
    )
    fact, plan = one(tournament, "clock", Clock), clock.plan_of(tournament)
    chart, buttons, standing = (
        seat_chart(tournament, config),
        many(tournament, "button/", Button),
        standings(tournament),
    )
    reading = clock.read_clock(fact, plan, now)
    verbs = (clock.start_clock, clock.pause_clock, clock.next_level, clock.previous_level)
    written = [verb(fact, plan, now) for verb in verbs]
    called = call_next(floor, "a")
    return {
        "clock": [reading.level, reading.state, reading.remaining_ms],
        "verbs": [clock_fact.model_dump() if clock_fact else None for clock_fact in written],
        "break_ms": clock.next_break_ms(fact, plan, now),
        "tables": [
            [table.table, table.number, table.seats, list(table.players.items()), table.free()]
            for table in chart.tables.values()
        ],
        "doubles": [[row.chair.table, row.chair.seat, row.player, row.others] for row in chart.doubles],
        "strays": chart.strays,
        "open": [[chair.table, chair.seat] for chair in open_seats(chart)],
        "proposal": _shown(balancing.propose(tournament, config)),
        "balance": _shown(balancing.balance(chart, buttons, 1)),
        "halted": balancing.halted(chart),
        "breaks": [_broken(chart, buttons, table) for table in chart.tables],
        "places": [[row.player, row.entry, row.place, row.place_to] for row in finishes(standing)],
        "lives": [standing.lives, sorted(standing.left), sorted(standing.life_of.items())],
        "waiting": [[row.entry, row.player, row.state, row.number] for row in waiting(floor, "a")],
        "call_next": called.entry if called else None,
        "cash": [[chair.table, chair.seat] for chair in open_cash_seats(floor, config, "a")],
        "tray": [
            [row.kind, row.player, row.entry, row.since_ms]
            for row in disagreements(tournament, "a", cage, now)
        ],
    }


def _shown(step: balancing.Proposal) -> list[object]:
    arrives_as = None if step.kind == "defer" else step.arrives_as
    return [
        step.kind, step.table, step.reason, step.basis or None, step.player, step.from_seat, step.to_table,
        step.to_seat, arrives_as,
    ]  # fmt: skip


def _broken(chart: Chart, buttons: balancing.Buttons, table: str) -> list[object]:
    plan = balancing.break_plan(chart, buttons, table, lambda below: below - 1)
    moves = [
        [move.player, move.from_seat, move.to.table, move.to.seat, move.arrives_as] for move in plan.moves
    ]
    return [plan.basis, plan.fault, moves]
