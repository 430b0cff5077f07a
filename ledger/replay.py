"""The book read again from the ledger's file: one entry after the other, or most of it in ranges.

In ranges several processes prove the entries, and the book takes their sums, and in order what changes more.
The newest are always replayed one by one: what is counted by gaming day is known by the last two days alone.
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

import apsw

from .book import Book
from .chain import follow_signed
from .gaming_days import DAY_MS
from .journal_file import last_seq, stored_after
from .ranges import Through, prove_range, ranges
from .slices import Proved, add_up
from .state import State

__all__ = ["IN_ORDER", "TOLD_EVERY", "replay"]

IN_ORDER: Final = 50_000
"""So many of the newest entries are replayed one by one."""

TOLD_EVERY: Final = 5_000

_RUN: Final = 200
"""Entries read at once: with what is made of them they fit into a core's own cache."""


def replay(
    db: apsw.Connection, path: Path, book: Book, told: Callable[[int], None], through: Through | None
) -> None:
    """Takes `book` from where it stands to the last entry, which a head of our own key must be of.

    It is `told` every now and then how far it is. Raises ChainBroken.
    """
    before = book.state
    most = None
    if through is not None and before.tip.seq == 0:
        most = _most(db, path, told, through)
    if most is not None and most.tip.venue == before.tip.venue:
        book.state = most
        since_ms = most.tip.at_ms
        _one_by_one(db, book, told)
        if _days_are_whole(book.state, since_ms):
            return
        book.state = before
    _one_by_one(db, book, told)


def _most(db: apsw.Connection, path: Path, told: Callable[[int], None], through: Through) -> State | None:
    """The state some IN_ORDER entries before the last, but for what is counted by gaming day.

    None: it is not worth it; or something does not hold, and one by one the words for it are found.
    """
    last = last_seq(db) - IN_ORDER
    if last < IN_ORDER:
        return None

    def counted(found: Iterable[Proved]) -> Iterator[Proved]:
        for proved in found:
            yield proved
            told(proved.tip.seq)

    with through(last) as each:
        found = add_up(counted(each(prove_range, ranges(db, path, last))))
    return found.book.state if found.ok else None


def _one_by_one(db: apsw.Connection, book: Book, told: Callable[[int], None]) -> None:
    at = said = book.tip.seq
    while rows := stored_after(db, at, _RUN):
        numbers, bodies, hashes = zip(*rows, strict=True)
        book.apply_all(*follow_signed(book.tip, bodies, hashes))
        at = numbers[-1]
        if at - said >= TOLD_EVERY:
            said = at
            told(at)


def _days_are_whole(state: State, since_ms: int) -> bool:
    """Whether all that it counts by gaming day came after `since_ms`, by whichever profile."""
    latest = since_ms // DAY_MS + 1  # a gaming day begins at most a day ahead of UTC's
    return all(len(days) > 1 and min(days) > latest for days in (state.cash_days, state.payouts))
