"""Waitlists: the shared vectors."""

import json
from pathlib import Path
from typing import Any

import pytest

from crdt_models.rules.waitlist import call_next, open_cash_seats, wait_minutes, waiting
from tests.crdt_models.rules.written import reading

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "vectors" / "waitlist.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["id"][:3])
def test_lists_as_worked_by_hand(case: dict[str, Any]) -> None:  # [RU50] [RU51]
    floor = reading("floor", case["floor"], case.get("at_ms"))
    config = reading("config", VECTORS["config"])
    assert [[row.entry, row.number] for row in waiting(floor, case["list"])] == case["order"]
    called = call_next(floor, case["list"])
    assert (called.entry if called else None) == case["call_next"]
    seats = [[chair.table, chair.seat] for chair in open_cash_seats(floor, config, case["list"])]
    assert seats == case["open_seats"]


@pytest.mark.parametrize("case", VECTORS["waits"], ids=lambda case: case["id"][:3])
def test_a_wait_follows_from_who_was_seated_lately_or_is_not_guessed(case: dict[str, Any]) -> None:  # [RU54]
    floor = reading("floor", case["floor"], case["at_ms"])
    config = reading("config", VECTORS["config"])
    assert wait_minutes(floor, config, case["list"], case["place"], case["now"]) == case["minutes"]
