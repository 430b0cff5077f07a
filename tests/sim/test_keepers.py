"""The web app's own keepers on real yjs among the tablets: the same law, and both languages read alike."""

import os
from collections.abc import Callable

import anyio
import pytest

from tests.sim.keeper_evening import KeeperEvening, keeper_faults

SEEDS, STEPS = (40, 1_500) if os.environ.get("FELT_LONG") else (8, 600)
# Each of these failed once, for the reason beside it; the steps are those it took then.
KEPT = {
    1: "an act was restamped that a server may have had, and left a hole before it",
    10: "one act that does not decode kept all that was unsent from being restamped, for ever",
    11: "two nulls of a fact were one meaning in Python and two in TypeScript",
    14: "what was written while a replica started over was marked as sent, and the acts before it were moved",
}


def play(evening: KeeperEvening, steps: int) -> list[str]:
    with evening.keepers:
        anyio.run(evening.run, steps)
        return keeper_faults(evening)


@pytest.mark.parametrize("seed", range(100, 100 + SEEDS))
def test_pages_and_tablets_end_with_the_same_room(seed: int, count: Callable[[str, int], None]) -> None:
    """[DO16] [DO70]"""
    evening = KeeperEvening(seed)
    assert play(evening, STEPS) == []
    count("evenings with pages of the web app", 1)
    count("edits written in them", sum(map(len, evening.written.values())))


@pytest.mark.parametrize("seed", KEPT, ids=lambda seed: KEPT[seed])
def test_what_went_wrong_once(seed: int) -> None:
    assert play(KeeperEvening(seed, grown=False), 1_000) == []
