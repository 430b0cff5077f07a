"""The clock: the shared vectors, then what holds for any plan and any press of a button."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crdt_models.documents.tournament import Clock, Level
from crdt_models.facts import Json
from crdt_models.rules.structure.clock import (
    hand_done,
    level_number,
    next_break_ms,
    next_level,
    pause_clock,
    plan_of,
    previous_level,
    read_clock,
    restart_level,
    retimed,
    set_clock,
    start_clock,
)
from tests.crdt_models.rules.written import reading

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "vectors" / "clock.json").read_text(encoding="utf-8")
)
PLANS = {name: [Level(**row) for row in rows] for name, rows in VECTORS["plans"].items()}
VERBS = {
    "start": start_clock,
    "pause": pause_clock,
    "next": next_level,
    "previous": previous_level,
    "restart": restart_level,
}
WITH_ARGUMENTS: dict[str, Any] = {"set": set_clock, "hand": hand_done, "retimed": retimed}


@pytest.mark.parametrize("case", VECTORS["read"], ids=lambda case: case["id"][:3])
def test_the_clock_reads_as_worked_by_hand(case: dict[str, Any]) -> None:  # [RU10]
    clock, plan = Clock(**case["clock"]) if case["clock"] else None, PLANS[case["plan"]]
    reading = read_clock(clock, plan, case["now"])
    assert vars(reading) == case["expect"]
    assert level_number(plan, reading.level) == case["number"]
    assert next_break_ms(clock, plan, case["now"]) == case["break_ms"]


@pytest.mark.parametrize("case", VECTORS["verbs"], ids=lambda case: case["id"][:3])
def test_a_verb_writes_what_was_worked_by_hand(case: dict[str, Any]) -> None:
    clock, plan = Clock(**case["clock"]) if case["clock"] else None, PLANS[case["plan"]]
    verb = {**VERBS, **WITH_ARGUMENTS}[case["verb"]]
    written = verb(clock, plan, case["now"], *case.get("args", ()))
    assert (written.model_dump() if written else None) == case["expect"]


def test_levels_come_from_the_facts_by_number() -> None:
    facts: dict[str, Json] = {
        f"level/{n}": {"kind": "play", "duration_ms": n, "small": n, "big": 2 * n} for n in (10, 2, 1)
    }
    plan = plan_of(reading("tournament/t", facts))
    assert [row.duration_ms for row in plan] == [1, 2, 0, 0, 0, 0, 0, 0, 0, 10]


levels = st.builds(Level, kind=st.sampled_from(["play", "break"]), duration_ms=st.integers(0, 10_000))
plans = st.lists(levels, max_size=12)
clocks = st.none() | st.builds(
    Clock,
    level=st.integers(1, 200),
    state=st.sampled_from(["pending", "running", "paused", "ended"]),
    anchor_ms=st.integers(0, 10**6),
    remaining_ms=st.integers(0, 10_000),
)


@given(clocks, plans, st.integers(0, 10**6), st.integers(0, 20_000))
def test_pausing_and_resuming_keeps_what_remains(
    clock: Clock | None, plan: list[Level], now: int, later: int
) -> None:  # [RU11]
    before = read_clock(clock, plan, now)
    paused = pause_clock(clock, plan, now)
    assert (paused is None) == (before.state != "running")
    if paused is not None:
        assert pause_clock(paused, plan, now + later) is None
        resumed = start_clock(paused, plan, now + later)
        if resumed is not None:
            after = read_clock(resumed, plan, now + later)
            assert (after.level, after.remaining_ms) == (before.level, before.remaining_ms)


@given(clocks, plans, st.integers(0, 10**6))
def test_every_verb_answers_any_clock(clock: Clock | None, plan: list[Level], now: int) -> None:
    for verb in VERBS.values():
        written = verb(clock, plan, now)
        if written is not None:
            read_clock(written, plan, now)
    for minutes in (1, 3):
        hand_done(clock, plan, now, minutes)
        retimed(clock, plan, now, minutes)
    next_break_ms(clock, plan, now)


@given(plans.filter(bool), st.integers(0, 10**6), st.integers(0, 60_000))
def test_a_running_clock_takes_exactly_its_levels(
    plan: list[Level], start: int, later: int
) -> None:  # [RU12]
    clock = start_clock(None, plan, start)
    assert clock is not None
    reading = read_clock(clock, plan, start + later)
    spent = sum(row.duration_ms for row in plan[: reading.level]) - reading.remaining_ms
    total = sum(row.duration_ms for row in plan)
    assert spent == (later if reading.state == "running" else total)
    assert (reading.state == "ended") == (later >= total)
