"""Who took whose head, and what is refused before it is written: the shared vectors."""

import json
from pathlib import Path
from typing import Any

import pytest

from crdt_models.documents.tournament import Button
from crdt_models.rules.elimination.knockers import by_position, knockers, unclaimed
from crdt_models.rules.elimination.refusal import bust_fault, finished, over_for
from crdt_models.rules.elimination.wanted import still_wanted
from tests.crdt_models.rules.written import reading


def cases(name: str) -> list[dict[str, Any]]:
    path = Path(__file__).parents[2] / "vectors" / f"{name}.json"
    told: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["cases"]
    return told


@pytest.mark.parametrize("case", cases("knockers"), ids=lambda case: case["id"][:3])
def test_heads_as_worked_by_hand(case: dict[str, Any]) -> None:  # [RU93]
    tournament, cage = reading("tournament/e", case["tournament"]), reading("cage", case["cage"])
    assert {life: list(by) for life, by in knockers(tournament).items()} == case["knockers"]
    assert unclaimed(tournament, "e", cage) == case["unclaimed"]


def test_shares_go_by_position_from_the_seat_after_the_button() -> None:  # [RU93]
    seats = {"ana": 1, "bea": 4, "cyd": 5, "dag": 9}
    assert by_position(Button(button=4, small_blind=5, big_blind=9), seats) == ["cyd", "dag", "ana", "bea"]
    assert by_position(None, seats) == ["ana", "bea", "cyd", "dag"]


@pytest.mark.parametrize("case", cases("wanted"), ids=lambda case: case["id"][:3])
def test_what_the_floor_asked_the_cage_for_waits_until_it_is_paid(case: dict[str, Any]) -> None:  # [RU99]
    tournament, cage = reading("tournament/e", case["tournament"]), reading("cage", case["cage"])
    assert list(still_wanted(tournament, "e", cage)) == case["waits"]


@pytest.mark.parametrize("case", cases("refusal"), ids=lambda case: case["id"][:3])
def test_what_is_refused_before_it_is_written(case: dict[str, Any]) -> None:  # [RU94]
    tournament = reading("tournament/e", case["tournament"])
    assert finished(tournament) is case["finished"]
    for players, code, who in case["bust"]:
        assert bust_fault(tournament, players) == ((code, who) if code else None)
    for names in (["seat/ana"], ["bust/e1", "clock"], ["level/1"], ["setup"]):
        assert over_for(tournament, names) is case["finished"]
    assert not over_for(tournament, ["clock", "explained/x.y.z", "settled/seat/ana", "knocker/e1"])
