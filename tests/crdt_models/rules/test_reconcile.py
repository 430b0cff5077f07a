"""Floor against money: the shared vectors."""

import json
from pathlib import Path
from typing import Any

import pytest

from crdt_models.rules.reconcile import disagreements
from tests.crdt_models.rules.written import reading

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "vectors" / "reconcile.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["id"][:3])
def test_disagreements_as_worked_by_hand(case: dict[str, Any]) -> None:  # [RU60] [RU161]
    at_ms = case["at_ms"]
    tournament = reading("tournament/e", case["tournament"], at_ms)
    cage = reading(
        "cage", case["cage"], {name: at_ms.get(f"cage {name}", at_ms.get(name, 1)) for name in case["cage"]}
    )
    rows = disagreements(tournament, "e", cage, case["now"])
    told = [[row.kind, row.player, row.entry, row.since_ms, *filter(None, [row.explained])] for row in rows]
    assert told == case["expect"]
