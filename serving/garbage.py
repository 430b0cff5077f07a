"""How often Python looks for cycles that nobody holds any more.

Every edit makes a few dozen objects that go by themselves; at Python's defaults a server looks through them
all some hundred times a second and finds nothing. What does leave cycles (a failed request, a closed
connection) is still found, a little later.
"""

import gc
from typing import Final

__all__ = ["look_seldom"]

_THRESHOLDS: Final = (20_000, 20, 20)  # allocations, and looks at the young before one at the older


def look_seldom() -> None:
    """To be called once, when all is imported: what is there by then is never looked at again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)
