"""What people call what the ledger has ids for."""

import json
from pathlib import Path
from typing import Any, Final

import pytest

from crdt_models.documents.cage import drawer_name

VECTORS: Final[Any] = json.loads((Path(__file__).parents[2] / "vectors" / "drawers.json").read_text())


@pytest.mark.parametrize(("drawer", "said"), VECTORS)
def test_a_drawer_is_called_as_people_say_it(drawer: str, said: str) -> None:
    assert drawer_name(drawer) == said
