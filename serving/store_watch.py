"""Watches how a store takes what it is given: slow, full, failing, or well (DESIGN 3.4.3).

While the store refuses, the batch under way is tried again at a pace. Nothing of it was shown and nothing is
lost: what comes meanwhile waits, bounded, in the rooms; further edits stay with their writers.
"""

import logging
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Final

import anyio

from crdt_models.errors import StoreNotReady, StoreTrouble, StoreUnreadable

__all__ = ["StoreWatch"]

SLOW_S: Final = 1.0
AGAIN_S: Final = 0.5
_log = logging.getLogger(__name__)


class StoreWatch:
    """One store. `changed` is called when `trouble` begins, becomes another, or ends."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self.trouble: StoreTrouble | None = None
        self.why = ""
        self.tries_failed = 0
        self._changed = changed
        self._begun_s: float | None = None  # the try under way

    async def until_done(self, work: Callable[[], Awaitable[object]]) -> None:
        """Does it, again and again while the store refuses. What else it raises ends that.

        Cancelled, what was begun may be done or not.
        """
        while True:
            try:
                self._begun_s = monotonic()
                await work()
            except (StoreNotReady, StoreUnreadable) as error:
                self.tries_failed += 1
                self._is(error.trouble if isinstance(error, StoreNotReady) else "failing", str(error))
            else:
                if self.trouble is not None:
                    self._is(None, "")
                return
            finally:
                self._begun_s = None
            await anyio.sleep(AGAIN_S)  # the pace of tries: a full disk stays full for a while

    def check(self) -> None:
        """For who would wait long. Raises StoreNotReady while the store refuses, not while it is slow."""
        if self.trouble not in (None, "slow"):
            raise StoreNotReady(self.trouble, self.why)

    def look(self) -> None:
        """To be called twice a second: a try that takes long is told before it ends."""
        if self.trouble is None and self._begun_s is not None:
            seconds = monotonic() - self._begun_s
            if seconds > SLOW_S:
                self._is("slow", f"a commit has taken {seconds:.1f} s so far")

    def _is(self, trouble: StoreTrouble | None, why: str) -> None:
        changed = trouble != self.trouble
        self.trouble, self.why = trouble, why
        if not changed:
            return
        if trouble is None:
            _log.warning("the store takes edits again")
        else:
            _log.critical("the store is %s, edits wait: %s", trouble, why)
        self._changed()
