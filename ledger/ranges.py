"""A ledger file in ranges, each read where it is proved: by any process, beside the ledger's writer."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final

import apsw

from .journal_file import open_read_only, row_at, slice_end, stored_after
from .slices import TOGETHER, Proved, begin, go_on

__all__ = ["RANGE", "Range", "Through", "prove_range", "ranges"]

RANGE: Final = 5_000
"""Entries of one range."""

Range = tuple[Path, int, int, frozenset[int]]
"""The file, the number in front of the first entry, that of the last, and which hashes are wanted."""

_Map = Callable[[Callable[..., Proved], Iterable[Range]], Iterator[Proved]]
Through = Callable[[int], AbstractContextManager[_Map]]
"""For about so many entries: a `map` in order, of work that other processes may do."""


def ranges(
    db: apsw.Connection, path: Path, last: int, wanted: frozenset[int] = frozenset()
) -> Iterator[Range]:
    """By the entries that are there: a number may be far above how many there are."""
    after = 0
    while after < last and (end := min(slice_end(db, after, RANGE), last)):
        yield path, after, end, wanted
        after = end


def prove_range(
    path: Path, after: int, last: int, wanted: frozenset[int], further: Callable[..., object] = go_on
) -> Proved:
    """What its entries come to, looked at by `further`: `slices.go_on`, or another that does as much."""
    db, _ = open_read_only(path)
    found: Proved | None = None
    try:
        while (found is None or not found.fault) and (rows := stored_after(db, after, TOGETHER, last)):
            numbers, bodies, hashes = zip(*rows, strict=True)
            found = found or begin(row_at(db, after), (bodies[0], hashes[0]))
            if not found.fault:
                further(found, bodies, hashes, wanted)
            after = numbers[-1]
        assert found is not None  # a range ends with an entry that is there
        return found
    finally:
        db.close()
