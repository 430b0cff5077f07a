"""What arrived written against a rule is a row of To settle, with a name for ever."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crdt_models.documents.fact import DIFFERENCE_ID
from crdt_models.facts import Json
from crdt_models.rules.breaches import breaches
from crdt_models.rules.reconcile import ROWS_MAX
from tests.crdt_models.rules.written import reading

VECTORS = Path(__file__).parents[2] / "vectors" / "breaches.json"
CASES = json.loads(VECTORS.read_text())["cases"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_rows_as_worked_by_hand(case: dict[str, Any]) -> None:  # [RU120] [RU121]
    event = reading("tournament/e", case["tournament"], case["at_ms"], case.get("acts"))
    rows = breaches(event, "e", reading("cage", case["cage"]), reading("config", case["config"]), case["now"])
    assert [[row.kind, row.fact, row.since_ms, row.explained] for row in rows] == case["rows"]
    assert all(DIFFERENCE_ID.fullmatch(row.ident) for row in rows)


@given(st.integers(ROWS_MAX - 2, ROWS_MAX + 2))
def test_so_many_are_told_and_no_more(players: int) -> None:
    facts: dict[str, Json] = {f"seat/p{n}": {"table": "gone", "seat": 1} for n in range(players)}
    rows = breaches(reading("tournament/e", facts), "e", reading("cage", {}), reading("config", {}), 0)
    assert len(rows) == min(players, ROWS_MAX)
    assert rows[0].fact == "seat/p0"
