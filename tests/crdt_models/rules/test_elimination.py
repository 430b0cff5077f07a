"""Places from busts: the shared vectors, and that places are a permutation with ties."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crdt_models.facts import Json
from crdt_models.rules.elimination.standings import finishes, next_place, results, standings
from tests.crdt_models.rules.written import reading

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "vectors" / "elimination.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["id"][:3])
def test_places_as_worked_by_hand(case: dict[str, Any]) -> None:  # [RU40] [RU90]
    facts = reading("tournament/t", case["facts"])
    standing = standings(facts)
    assert standing.lives == case["lives"]
    assert sorted(standing.left) == case["left"]
    out = [[finish.player, finish.entry, finish.place, finish.place_to] for finish in standing.out]
    assert out == case["out"]
    assert next_place(facts) == len(case["left"])


def test_the_winner_has_a_place_once_alone() -> None:
    facts = reading("tournament/t", VECTORS["cases"][0]["facts"])
    assert results(facts) == [("bea", "e2", 1), ("ana", "e1", 2), ("cyd", "e3", 3)]
    assert results(reading("tournament/t", {"entry/e1": {"player": "ana", "number": 1}})) == []


@st.composite
def events(draw: st.DrawFn) -> dict[str, Json]:
    facts: dict[str, Json] = {}
    for n in range(draw(st.integers(0, 12))):
        player = f"p{draw(st.integers(0, 7))}"
        facts[f"entry/e{n}"] = {"player": player, "number": n + 1}
        if draw(st.booleans()):
            facts[f"bust/e{n}"] = {
                "player": player,
                "at_ms": draw(st.integers(0, 5)),
                "hand": f"h{draw(st.integers(0, 3))}",
                "stack_before": draw(st.none() | st.integers(0, 3)),
            }
    return facts


@given(facts=events())
def test_places_are_a_permutation_with_ties(facts: dict[str, Json]) -> None:  # [RU41]
    standing = standings(reading("tournament/t", facts))
    placed = finishes(standing)
    left = len(standing.players) - len(placed)
    spans = sorted((finish.place, finish.place_to) for finish in placed)
    for place, place_to in set(spans):
        assert spans.count((place, place_to)) == place_to - place + 1
    covered = sorted({n for place, place_to in spans for n in range(place, place_to + 1)})
    assert covered == list(range(left + 1, len(standing.players) + 1))


@given(facts=events())
def test_taking_a_bust_back_restores_everybody(facts: dict[str, Json]) -> None:  # [RU42]
    for name in [name for name in facts if name.startswith("bust/")]:
        without = {other: value for other, value in facts.items() if other != name}
        taken_back = reading("tournament/t", facts | {name: None})
        assert standings(taken_back) == standings(reading("tournament/t", without))
