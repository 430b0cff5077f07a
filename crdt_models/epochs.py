"""Epochs: a document's generations. Only the leaf will switch them; here is how they are named (3.5)."""

import re
from typing import Final

__all__ = ["FIRST", "split"]

FIRST: Final = 1
_NAME = re.compile(r"([a-z]{1,16}(?:/[A-Za-z0-9_-]{1,36})?)(?:@([1-9][0-9]{0,8}))?")


def split(path: str) -> tuple[str, int | None] | None:
    """`floor@3` → ("floor", 3); without a number None, for the current one. None: no document's name."""
    found = _NAME.fullmatch(path)
    return (found[1], int(found[2]) if found[2] else None) if found else None
