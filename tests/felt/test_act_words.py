"""Acts in words, as the pages say them."""

import json
from pathlib import Path
from typing import Any

import pytest

from felt.act_words import Said, act_words

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "vectors" / "act_words.json").read_text(encoding="utf-8")
)


class Known:
    def player(self, ident: str) -> str:
        return str(VECTORS["players"].get(ident, f"Player {ident}"))

    def table(self, ident: str) -> str:
        return str(VECTORS["tables"].get(ident, ident))

    def list(self, ident: str) -> str:
        return str(VECTORS["lists"].get(ident, "a list"))

    def listed(self, entry: str) -> str:
        return str(VECTORS["listed"].get(entry, "a player"))


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["id"])
def test_acts_are_said_in_words(case: dict[str, Any]) -> None:
    assert act_words([Said(*said) for said in case["act"]], Known()) == case["words"]
