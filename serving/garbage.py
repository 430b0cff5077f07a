"""How often Python looks for cycles that nobody holds any more.

Every edit makes a few dozen objects that go by themselves; at Python's defaults a server looks through them
all some hundred times a second and finds nothing. What does leave cycles (a failed request, a closed
connection) is still found, a little later.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

__all__ = ["look_seldom", "reading_code"]

_THRESHOLDS: Final = (20_000, 20, 20)  # allocations, and looks at the young before one at the older


@contextmanager
def reading_code() -> Iterator[None]:
    """Nothing is looked for while modules are read: what they make stays, and there is much of it (0.1 s)."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def look_seldom() -> None:
    """To be called once, when all is imported: what is there by then is never looked at again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)
