"""Hand for hand: the shared vectors, and that two who do the same at once have done it once."""

import json
from pathlib import Path
from typing import Any

import pytest

from crdt_models.documents.elimination import HandForHand
from crdt_models.documents.tournament import FACTS
from crdt_models.rules.elimination.hands import (
    announced,
    hand_done,
    hands_ended,
    hands_started,
    open_hand,
    still_dealing,
)
from tests.crdt_models.rules.written import reading

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "vectors" / "hands.json").read_text(encoding="utf-8")
)
ACTS = {
    "announced": announced, "hands_started": hands_started, "hand_done": hand_done, "hands_ended": hands_ended
}  # fmt: skip


def told(mode: HandForHand | None) -> list[Any] | None:
    return [mode.state, mode.run, mode.hand] if mode else None


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["id"][:3])
def test_hands_as_worked_by_hand(case: dict[str, Any]) -> None:  # [RU91]
    facts = reading("tournament/e", case["facts"])
    assert open_hand(facts) == case["open_hand"]
    assert still_dealing(facts, ["t1", "t2", "t3"]) == case["still_dealing"]
    assert {name: told(act(facts, 7)) for name, act in ACTS.items()} == {name: case[name] for name in ACTS}


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["id"][:3])
def test_what_two_do_at_once_is_done_once(case: dict[str, Any], act: Any) -> None:  # [RU91]
    facts = reading("tournament/e", case["facts"])
    one, other = act(facts, 7), act(facts, 9)
    assert (one is None) == (other is None)
    if one is not None:
        assert FACTS["handforhand"].same(one.model_dump(), other.model_dump())
