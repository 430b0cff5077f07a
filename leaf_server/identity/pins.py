"""PINs: kept as argon2id, compared off the event loop, and slow to guess.

A wrong PIN counts before it is looked at, so guessing side by side gains nothing. From the fifth on one has
to wait, from the tenth on the person is locked until a manager unlocks.
"""

from dataclasses import dataclass
from typing import Final, Literal

import anyio.to_thread
from anyio import CapacityLimiter
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from serving.problems import Problem

__all__ = ["FAILURES_MAX", "PinCheck", "Pins", "refused", "wait_ms"]

FAILURES_MAX: Final = 10
_FREE_FAILURES: Final = 5
_WAIT_MS: Final = 15_000  # after the fifth; doubled by each further one: 15 s, 30 s, 1, 2, 4 minutes


@dataclass(frozen=True, slots=True)
class PinCheck:
    """What a PIN was good for. `role` and `name` only where it was right."""

    answer: Literal["right", "wrong", "wait", "locked", "busy"]
    role: str = ""
    name: str = ""
    tries_left: int = 0
    wait_ms: int = 0


def wait_ms(failures: int) -> int:
    """How long after the last failure the next try is taken."""
    return 0 if failures < _FREE_FAILURES else _WAIT_MS << min(failures - _FREE_FAILURES, 8)


def refused(check: PinCheck) -> Problem:
    """What a PIN that was not right is answered with."""
    details = {"tries_left": check.tries_left, "wait_ms": check.wait_ms}
    match check.answer:
        case "wait":
            wait = {"retry-after": str(-(-check.wait_ms // 1000))}
            return Problem(429, "wait", "Too many wrong PINs; wait a little.", details, wait)
        case "locked":
            return Problem(423, "locked", "Locked after too many wrong PINs; a manager can unlock.")
        case "busy":
            return Problem(429, "too_many", "Too many PINs at once.", headers={"retry-after": "1"})
        case _:
            return Problem(401, "wrong_pin", "That PIN is wrong.", details)


class Pins:
    """Hashing, on at most two threads (19 MiB each); the leaf's box is small."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
        self._threads = CapacityLimiter(2)
        self._nobody = ""

    async def hash(self, pin: str) -> str:
        return await anyio.to_thread.run_sync(self._hasher.hash, pin, limiter=self._threads)

    async def right(self, pin_hash: str | None, pin: str) -> bool:
        """Whether `pin` is the one; with no hash (nobody of that name) it takes as long, and is wrong."""
        if pin_hash is None:
            self._nobody = self._nobody or await self.hash("nobody")
            await anyio.to_thread.run_sync(self._verify, self._nobody, pin, limiter=self._threads)
            return False
        return await anyio.to_thread.run_sync(self._verify, pin_hash, pin, limiter=self._threads)

    def _verify(self, pin_hash: str, pin: str) -> bool:
        try:
            return self._hasher.verify(pin_hash, pin)
        except (VerificationError, InvalidHashError):
            return False
