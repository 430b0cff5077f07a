"""Epochs: a document's generations. Only the leaf switches them (DESIGN 3.5).

Each term of the leaf has numbers of its own, so that a restored box never gives one that its burnt
predecessor gave: term 1 counts from 1, term 2 from 10,001.
"""

import re
from typing import Final

__all__ = ["FIRST", "PER_TERM", "first_of", "split"]

FIRST: Final = 1
PER_TERM: Final = 10_000
_NAME = re.compile(r"([a-z]{1,16}(?:/[A-Za-z0-9_-]{1,36})?)(?:@([1-9][0-9]{0,8}))?")


def split(path: str) -> tuple[str, int | None] | None:
    """`floor@3` → ("floor", 3); without a number None, for the current one. None: no document's name."""
    found = _NAME.fullmatch(path)
    return (found[1], int(found[2]) if found[2] else None) if found else None


def first_of(term: int) -> int:
    """The number a document starts with when the leaf is in `term`."""
    return (term - 1) * PER_TERM + FIRST
