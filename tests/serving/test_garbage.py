"""Cycles are looked for seldom, but they are found."""

import gc
import weakref
from collections.abc import Iterator

import pytest

from serving.garbage import look_seldom


@pytest.fixture
def as_before() -> Iterator[None]:
    thresholds = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*thresholds)


class Loop:
    def __init__(self) -> None:
        self.itself = self


def test_a_cycle_goes_without_being_asked_for(as_before: None) -> None:
    look_seldom()
    gone = weakref.ref(Loop())
    kept = [[n] for n in range(100_000)]
    assert gone() is None
    assert len(kept) == 100_000
