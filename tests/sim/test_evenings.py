"""The law of documents: whatever happens on the way, every replica ends with the same edits, and those are the
accepted ones that no accepted edit takes the place of. Nothing lost, nothing doubled, nothing back from the dead.
"""

import anyio
import pytest

from tests.sim.evening import Evening
from tests.sim.verdict import faults


@pytest.mark.parametrize("seed", range(40))
def test_after_any_evening_all_replicas_are_equal_and_right(seed: int) -> None:
    """[DO16] [DO21] [DO24] [DO70]"""
    evening = Evening(seed)
    anyio.run(evening.run, 300)
    assert faults(evening) == []
