"""Chips in play and at tables: the shared vectors, and that nothing is lost between tables."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crdt_models.facts import Json
from crdt_models.rules.elimination.chips import chips_in_play, chips_off, expected_at, unbagged
from tests.crdt_models.rules.written import reading

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "vectors" / "chips.json").read_text(encoding="utf-8")
)
TABLES = ("t1", "t2", "t3")
SETUP: Json = {
    "kind": "tournament", "name": "E", "starts_ms": 0, "seats_per_table": 9, "starting_stack": 1_000,
    "late_until_level": 6,
}  # fmt: skip


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["id"][:3])
def test_chips_as_worked_by_hand(case: dict[str, Any]) -> None:  # [RU95] [RU96]
    tournament = reading("tournament/e", case["tournament"], case["at_ms"])
    sums = chips_in_play(tournament, "e", reading("cage", case["cage"]))
    parts = [sums.entries, sums.rebuys, sums.add_ons, sums.early_birds, sums.raced, sums.removed]
    assert [*parts, sums.corrected, sums.total] == case["in_play"]
    assert {table: expected_at(tournament, table) for table in case["expected"]} == case["expected"]
    assert [[off.table, off.difference] for off in chips_off(tournament)] == case["off"]


@st.composite
def rooms(draw: st.DrawFn) -> dict[str, Json]:
    """Players who sit somewhere or went out somewhere, some counted, some moved."""
    facts: dict[str, Json] = {"setup": SETUP}
    for n in range(draw(st.integers(1, 9))):
        facts[f"entry/e{n}"] = {"player": f"p{n}", "number": 1}
        table = draw(st.sampled_from(TABLES))
        if draw(st.booleans()):
            facts[f"bust/e{n}"] = {"player": f"p{n}", "at_ms": 100, "hand": f"h{n}", "table": table}
        else:
            facts[f"seat/p{n}"] = {"table": table, "seat": n + 1}
    for n in range(draw(st.integers(0, 3))):
        chips, table = draw(st.integers(0, 500)), draw(st.sampled_from(TABLES))
        facts[f"inplay/r{n}"] = {"why": "raced", "chips": chips, "at_ms": 100, "table": table}
    return facts


@given(rooms(), st.data())
def test_what_tables_should_hold_is_what_is_in_play_also_after_counts(
    facts: dict[str, Json], data: st.DataObject
) -> None:  # [RU96]
    nothing = reading("cage", {})
    before = reading("tournament/e", facts, dict.fromkeys(facts, 1))
    total = chips_in_play(before, "e", nothing).total
    assert sum(expected_at(before, table) for table in TABLES) == total
    for table in data.draw(st.lists(st.sampled_from(TABLES), unique=True)):
        now = reading("tournament/e", facts, dict.fromkeys(facts, 1))
        expected = expected_at(now, table)
        here = sorted(
            name[5:]
            for name, seat in facts.items()
            if name[:5] == "seat/" and seat["table"] == table  # type: ignore[index,call-overload]
        )
        if not here:
            continue
        each, rest = divmod(expected, len(here))  # chips went round at the table
        for n, player in enumerate(here):
            facts[f"stack/{player}"] = {"chips": each + (rest if n == 0 else 0), "at_ms": 200}
        facts[f"checked/{table}"] = {"counted": expected, "expected": expected, "at_ms": 200}
    after = reading("tournament/e", facts, dict.fromkeys(facts, 1))
    assert sum(expected_at(after, table) for table in TABLES) == total
    assert chips_off(after) == []


@pytest.mark.parametrize(
    ("bag", "done"),
    [
        (None, False),
        ({"chips": 5, "at_ms": 1}, False),
        ({"chips": 5, "at_ms": 1, "signed": True}, False),
        ({"chips": 5, "at_ms": 1, "second": 5}, False),
        ({"chips": 5, "at_ms": 1, "signed": True, "second": 6}, False),
        ({"chips": 5, "at_ms": 1, "signed": True, "second": 5}, True),
    ],
)
def test_a_bag_is_done_when_it_is_signed_and_counted_twice(bag: Json, done: bool) -> None:  # [RU97]
    facts = reading("tournament/e", {"bag/ana": bag})
    assert unbagged(facts, ["ana"]) == ([] if done else ["ana"])
