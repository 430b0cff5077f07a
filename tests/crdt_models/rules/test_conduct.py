"""Penalties and seat changes: the shared vectors."""

import json
from pathlib import Path
from typing import Any

import pytest

from crdt_models.rules.penalties import serving
from crdt_models.rules.seating.changes import seat_changes
from tests.crdt_models.rules.written import reading

VECTORS = Path(__file__).parents[2] / "vectors"


def cases(name: str) -> list[dict[str, Any]]:
    return list(json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))["cases"])


@pytest.mark.parametrize("case", cases("penalties"), ids=lambda case: case["id"][:3])
def test_penalties_as_worked_by_hand(case: dict[str, Any]) -> None:  # [RU52]
    rows = serving(reading("tournament/t", case["tournament"]), case["now"])
    assert [[row.penalty, row.player, row.hands_left, row.until_ms] for row in rows] == case["left"]


@pytest.mark.parametrize("document", ["tournament/t", "floor"])
@pytest.mark.parametrize("case", cases("seat_changes"), ids=lambda case: case["id"][:3])
def test_seat_changes_as_worked_by_hand(case: dict[str, Any], document: str) -> None:  # [RU53]
    waits = seat_changes(reading(document, case["facts"]))
    assert [[player, change.table, change.kind] for player, change in waits.items()] == case["waits"]
