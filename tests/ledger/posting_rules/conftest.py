"""A house that is open: profile, event `t`, 800.00 in the vault, drawer `d` of `mia` with 200.00."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ledger.till import Till


@pytest.fixture
def till(tmp_path: Path) -> Iterator[Till]:
    with Till(tmp_path) as till:
        till.open_house()
        yield till
