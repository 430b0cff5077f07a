"""The law of documents: whatever happens on the way, every replica ends with the same edits, and those are
the accepted ones that no accepted edit takes the place of. Nothing lost, doubled, or back from the dead.

Each seed is one evening of ten tablets, a leaf and a core, three documents; a failing one names its seed.
"""

import os
from collections.abc import Callable

import anyio
import pytest

from tests.sim.busy_evening import BusyEvening
from tests.sim.evening import Evening
from tests.sim.verdict import faults

LONG = bool(os.environ.get("FELT_LONG"))
MENDED = [  # seed, intruders: evenings of full length that failed once
    (11, 0), (16, 0), (44, 0), (136, 0), (190, 0),
    (15, 2), (98, 2), (134, 2), (421, 2), (491, 2), (538, 2), (619, 2),
]  # fmt: skip
BUSY_MENDED = [(190, 0), (487, 0)]
SEEDS, STEPS = (500, 2_000) if LONG else (60, 300)
BUSY_SEEDS, BUSY_STEPS = (600, 3_200) if LONG else (12, 700)
Count = Callable[[str, int], None]


def wrong(evening: Evening, steps: int, count: Count) -> list[str]:
    """Plays it; an operation is an edit that one of the replicas wrote."""
    anyio.run(evening.run, steps)
    count("evenings", 1)
    count("steps", evening.steps)
    count("edits written", sum(map(len, evening.written.values())))
    return faults(evening)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_after_any_evening_all_replicas_are_equal_and_right(seed: int, count: Count) -> None:
    """[DO16] [DO21] [DO24] [DO70] [DO71]"""
    assert wrong(Evening(seed), STEPS, count) == []


@pytest.mark.parametrize("seed", range(SEEDS // 3))
def test_devices_that_mean_harm_do_none_to_the_others(seed: int, count: Count) -> None:
    """[DO15] [DO16] [DO70]"""
    assert wrong(Evening(seed, intruders=2), STEPS, count) == []


@pytest.mark.parametrize("seed", range(BUSY_SEEDS))
def test_busy_evenings_with_two_boxes_and_doubled_tabs(seed: int, count: Count) -> None:
    """[DO16] [DO24] [DO55] [DO56] [DO70]"""
    assert wrong(BusyEvening(seed), BUSY_STEPS, count) == []


@pytest.mark.parametrize("seed", range(BUSY_SEEDS // 3))
def test_busy_evenings_with_devices_that_mean_harm(seed: int, count: Count) -> None:
    """[DO15] [DO16] [DO70]"""
    assert wrong(BusyEvening(seed, intruders=2), BUSY_STEPS, count) == []


@pytest.mark.parametrize(("seed", "intruders"), MENDED)
def test_what_failed_once_stays_mended(seed: int, intruders: int, count: Count) -> None:
    """[DO16] [DO70]"""
    assert wrong(Evening(seed, intruders=intruders), 2_000, count) == []


@pytest.mark.parametrize(("seed", "intruders"), BUSY_MENDED)
def test_what_failed_once_in_a_busy_evening_stays_mended(seed: int, intruders: int, count: Count) -> None:
    """[DO62] [DO102]"""
    assert wrong(BusyEvening(seed, intruders=intruders), 3_200, count) == []
