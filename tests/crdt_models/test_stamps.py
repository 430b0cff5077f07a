"""Stamps, against the vectors that the TypeScript twin also reads."""

import json
from pathlib import Path
from typing import Any

import pytest

from crdt_models import stamps

VECTORS: Any = json.loads((Path(__file__).parents[1] / "vectors" / "stamps.json").read_text())


@pytest.mark.parametrize("case", VECTORS["valid"], ids=lambda case: case["text"])
def test_a_stamp_says_when_which_and_who(case: dict[str, Any]) -> None:
    stamp = stamps.parse(case["text"])
    assert stamp is not None
    assert (stamp.ms, stamp.counter, stamp.replica) == (case["ms"], case["counter"], case["replica"])
    assert stamp.device == case["device"]
    assert str(stamp) == case["text"]


@pytest.mark.parametrize("text", VECTORS["invalid"])
def test_anything_else_is_no_stamp(text: str) -> None:
    assert stamps.parse(text) is None
    with pytest.raises(ValueError, match="not a stamp"):
        stamps.order(text)


def test_stamps_sort_by_number_then_counter_then_replica() -> None:
    """[DO2]"""
    parsed = [stamps.order(text) for text in VECTORS["sorted"]]
    assert all(one < other for one, other in zip(parsed, parsed[1:], strict=False))
