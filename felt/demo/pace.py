"""The evening's own time: minutes as published, shortened by `speed`. Leaf time is never touched.

Speed 1 plays an evening of eight hours in eight hours; `DEFAULT_SPEED` in about a quarter of one, which makes
somewhat more than one accepted edit or entry a second on average.
"""

from collections.abc import Callable
from typing import Final

import anyio

__all__ = ["DEFAULT_SPEED", "Pace"]

DEFAULT_SPEED: Final = 30.0


class Pace:
    """Counts published minutes since `start`."""

    def __init__(self, speed: float, now_seconds: Callable[[], float] = anyio.current_time) -> None:
        self._speed = speed
        self._now = now_seconds
        self._started = 0.0

    def start(self) -> None:
        self._started = self._now()

    @property
    def minute(self) -> float:
        """Published minutes since the start."""
        return (self._now() - self._started) * self._speed / 60

    async def at(self, minute: float) -> None:
        """Waits for that minute; at once when it is over."""
        await anyio.sleep(max(0.0, self._started + minute * 60 / self._speed - self._now()))

    async def minutes(self, minutes: float) -> None:
        """Waits that many."""
        await anyio.sleep(minutes * 60 / self._speed)

    def real_ms(self, minutes: float) -> int:
        """How long so many published minutes last here; at least a second."""
        return max(1_000, round(minutes * 60_000 / self._speed))
