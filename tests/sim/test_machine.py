"""[DO70] The same evenings led by Hypothesis, so that what fails shrinks to the few things that matter."""

import asyncio
import itertools
import os
import random

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from tests.sim.evening import Evening
from tests.sim.verdict import faults

ACTS = [
    "write", "dial", "frames_go_up", "frames_come_down", "serve", "hang_up", "rows_cross", "prune",
    "snapshot", "reload", "crash", "commit_fails", "clock_jumps", "switch", "reader_sleeps", "reader_wakes",
    "intrude",
]  # fmt: skip


class Venue(RuleBasedStateMachine):
    """What happens is drawn by name; the dice of each act are drawn too."""

    @initialize(seed=st.integers(0, 2**16))
    def begin(self, seed: int) -> None:
        self.runner = asyncio.Runner()
        self.evening = Evening(seed, tablets=4, intruders=1)
        ids = itertools.count(1_000_000)
        for tablet in self.evening.tablets:
            tablet._ids = ids  # drawn ones shrink to the same
        self.runner.run(self.evening.begin())

    @rule(act=st.sampled_from(ACTS), dice=st.randoms(use_true_random=False))
    def happens(self, act: str, dice: random.Random) -> None:
        self.evening.dice = dice
        self.evening.now_ms += 10
        self.runner.run(getattr(self.evening, act)())

    def teardown(self) -> None:
        self.evening.dice = random.Random(0)
        with self.runner:
            self.runner.run(self.evening.calm())
            assert faults(self.evening) == []


VenueTest = Venue.TestCase
VenueTest.settings = settings(
    max_examples=400 if os.environ.get("FELT_LONG") else 15, stateful_step_count=60, deadline=None
)
