"""Stamps: the key of an edit, `<ms>.<counter>.<replica>`; replica = `<device>-<nonce>` (DESIGN 3.1).

`ms` is leaf time (milliseconds since the venue's start) in base 36, `counter` the replica's own 1, 2, 3 …
Stamps compare as (ms as a number, counter as a number, replica by code units). No leading zeros.
The TypeScript twin is `web/src/lib/facts/edits.ts`; both read `tests/vectors/stamps.json`.
"""

import re
from functools import lru_cache
from typing import Final, NamedTuple

__all__ = ["REPLICA", "STAMP", "Stamp", "base36", "order", "parse"]

STAMP = re.compile(r"(0|[1-9a-z][0-9a-z]{0,8})\.([1-9][0-9]{0,8})\.(([A-Za-z0-9]{1,24})-[A-Za-z0-9]{1,12})")
REPLICA = re.compile(r"([A-Za-z0-9]{1,24})-[A-Za-z0-9]{1,12}")
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_LENGTH_MAX: Final = 57  # 9 . 9 . 24 - 12


class Stamp(NamedTuple):
    """A parsed stamp; tuples of this type sort as stamps do."""

    ms: int
    counter: int
    replica: str

    @property
    def device(self) -> str:
        return self.replica.partition("-")[0]

    def __str__(self) -> str:
        return f"{base36(self.ms)}.{self.counter}.{self.replica}"


def base36(number: int) -> str:
    """`number` ≥ 0 in base 36, without leading zeros."""
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = _DIGITS[rest] + digits
    return digits or "0"


def parse(text: str) -> Stamp | None:
    """The stamp, or None where `text` is none."""
    return _parse(text) if len(text) <= _LENGTH_MAX else None


@lru_cache(maxsize=2_048)  # gate, history, facts and pruning ask for the same ones within a turn
def _parse(text: str) -> Stamp | None:
    found = STAMP.fullmatch(text)
    return Stamp(int(found[1], 36), int(found[2]), found[3]) if found else None


def order(text: str) -> Stamp:
    """Sort key of a stamp known to be well-formed. Raises ValueError otherwise."""
    stamp = parse(text)
    if stamp is None:
        raise ValueError(f"not a stamp: {text[:80]!r}")
    return stamp
