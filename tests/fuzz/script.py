"""Reads an input of a fuzzer as a script: each byte decides something. At the end of it all is 0.

So the same targets are driven by random bytes, by Hypothesis, and by a fuzzer that watches coverage.
"""

from collections.abc import Sequence
from typing import Final, TypeVar

__all__ = ["Script"]

T = TypeVar("T")
# Numbers at which readers of numbers go wrong.
EDGES: Final = (
    0,
    1,
    2,
    63,
    64,
    127,
    128,
    255,
    2**14,
    2**31 - 1,
    2**31,
    2**32 - 1,
    2**32,
    2**53 - 1,
    2**53,
    2**64,
)


class Script:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def left(self) -> int:
        return len(self._data) - self._at

    def byte(self) -> int:
        self._at += 1
        return self._data[self._at - 1] if self._at <= len(self._data) else 0

    def below(self, end: int) -> int:
        """0 … end - 1; `end` at most 65,536."""
        return (self.byte() if end <= 256 else self.byte() << 8 | self.byte()) % end

    def one(self, choices: Sequence[T]) -> T:
        return choices[self.below(len(choices))]

    def often(self, in_256: int) -> bool:
        """Rarely what is usual when the script is at its end."""
        return self.byte() >= 256 - in_256

    def number(self) -> int:
        """Mostly small, now and then an edge."""
        return self.one(EDGES) if self.often(40) else self.below(6)

    def take(self, most: int) -> bytes:
        size = self.below(most + 1)
        self._at += size
        return self._data[self._at - size : self._at]
