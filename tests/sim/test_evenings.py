"""The law of documents: whatever happens on the way, every replica ends with the same edits, and those are
the accepted ones that no accepted edit takes the place of. Nothing lost, doubled, or back from the dead.

Each seed is one evening of ten tablets, a leaf and a core, three documents; a failing one names its seed.
"""

import os

import anyio
import pytest

from tests.sim.evening import Evening
from tests.sim.verdict import faults

MENDED = [  # seed, intruders: evenings of full length that failed once
    (11, 0), (44, 0), (136, 0), (15, 2), (98, 2), (134, 2), (421, 2), (491, 2), (538, 2), (619, 2),
]  # fmt: skip
SEEDS, STEPS = (500, 2_000) if os.environ.get("FELT_LONG") else (60, 300)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_after_any_evening_all_replicas_are_equal_and_right(seed: int) -> None:
    """[DO16] [DO21] [DO24] [DO70] [DO71]"""
    evening = Evening(seed)
    anyio.run(evening.run, STEPS)
    assert faults(evening) == []


@pytest.mark.parametrize("seed", range(SEEDS // 3))
def test_devices_that_mean_harm_do_none_to_the_others(seed: int) -> None:
    """[DO15] [DO16] [DO70]"""
    evening = Evening(seed, intruders=2)
    anyio.run(evening.run, STEPS)
    assert faults(evening) == []


@pytest.mark.parametrize(("seed", "intruders"), MENDED)
def test_what_failed_once_stays_mended(seed: int, intruders: int) -> None:
    """[DO16] [DO70]"""
    evening = Evening(seed, intruders=intruders)
    anyio.run(evening.run, 2_000)
    assert faults(evening) == []
