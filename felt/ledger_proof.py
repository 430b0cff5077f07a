"""The proof of a whole ledger: in slices, which the machine's cores share out where it is long.

Slices of a ledger file are read where they are proved, with all that is kept beside their entries; the lines
of an export are read here and handed over.
"""

import os
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final, TypeVar

from ledger.audit import Audit, Stored
from ledger.chain import Link
from ledger.errors import EntryInvalid, LedgerUnreadable
from ledger.evidence import all_is_kept, posted_count
from ledger.journal_file import open_read_only, row_at, slice_end, stored_after
from ledger.slices import Proved, add_up, prove
from serving.garbage import look_seldom

__all__ = ["Proof", "proof_of_file", "proof_of_rows"]

SLICE: Final = 5_000
LONG: Final = 50_000
"""Entries from which on other processes help: they need half a second to begin."""
BYTES_EACH: Final = 300  # at least, of a line of an export
_AT_ONCE: Final = 200

_Made = TypeVar("_Made")
_Map = Callable[[Callable[..., _Made], Iterable[tuple[Any, ...]]], Iterator[_Made]]


@dataclass(frozen=True)
class Proof:
    """`kept`: what stands beside the entries was seen to be of them (False: look closer; of an export)."""

    found: Audit
    kept: bool


def proof_of_file(path: Path, last: int, hashes_of: Collection[int] = ()) -> Proof:
    """Of a ledger file, up to entry `last`: more may be written meanwhile.

    Raises LedgerUnreadable, apsw.Error.
    """
    db, _ = open_read_only(path)
    if row_at(db, 0) is not None:
        raise LedgerUnreadable("a row stands in front of entry 1")
    outcomes = posted_count(db, last)
    commands, kept = 0, True

    def slices(found: Iterable[tuple[Proved, int, bool]]) -> Iterator[Proved]:
        nonlocal commands, kept
        for proved, asked, well in found:
            commands, kept = commands + asked, kept and well
            yield proved

    with _shared_out(outcomes) as through:
        audit = add_up(slices(through(_prove_range, _ranges(db, path, last, frozenset(hashes_of)))))
    db.close()
    return Proof(audit, kept and commands == outcomes)


def proof_of_rows(rows: Iterator[Stored], size: int, hashes_of: Collection[int] = ()) -> Proof:
    """Of (bytes, hash) in order, about `size` bytes in all. What breaks while they are read is a fault.

    Raises EntryInvalid where not even the first can be read.
    """
    broken: list[EntryInvalid] = []
    wanted = frozenset(hashes_of)
    with _shared_out(size // BYTES_EACH) as through:
        found = add_up(through(prove, ((*one, wanted) for one in _cut(rows, broken))))
    if broken and not found.entries:
        raise broken[0]
    if found.ok:
        found.faults += [f"after entry {found.tip.seq}: {error}" for error in broken]
    return Proof(found, kept=False)


def _ranges(
    db: Any, path: Path, last: int, wanted: frozenset[int]
) -> Iterator[tuple[str, int, int, frozenset[int]]]:
    """By the entries that are there: a number may be far above how many there are."""
    after = 0
    while after < last and (end := min(slice_end(db, after, SLICE), last)):
        yield str(path), after, end, wanted
        after = end


def _prove_range(path: str, after: int, last: int, wanted: frozenset[int]) -> tuple[Proved, int, bool]:
    """What the entries behind `after` up to `last` come to, how many were commands, whether all is kept."""
    db, _ = open_read_only(Path(path))
    try:
        stored = [row for row in stored_after(db, after, SLICE) if row[0] <= last]
        beside = _Beside(db, (number for number, _, _ in stored))
        rows = [(body, hash_) for _, body, hash_ in stored]
        proved = prove(row_at(db, after), rows, wanted, shown=beside.look)
        beside.look_now()
        return proved, beside.commands, beside.kept
    finally:
        db.close()


class _Beside:
    """Looks at what is kept beside entries, a few at a time while they are still warm."""

    def __init__(self, db: Any, numbers: Iterator[int]) -> None:
        self._db = db
        self._numbers = numbers  # that the rows stand under
        self._links: list[Link] = []
        self.commands = 0
        self.kept = True

    def look(self, link: Link) -> None:
        self._links.append(link)
        self.kept = self.kept and next(self._numbers) == link.tip.seq
        if len(self._links) == _AT_ONCE:
            self.look_now()

    def look_now(self) -> None:
        self.commands += sum([1 for link in self._links if link.entry.content])
        self.kept = self.kept and all_is_kept(self._db, self._links)
        self._links.clear()


def _cut(rows: Iterator[Stored], broken: list[EntryInvalid]) -> Iterator[tuple[Stored | None, list[Stored]]]:
    """Slices, each with the row in front of it; ends, and says why, where a row can't be read."""
    before: Stored | None = None
    while not broken:
        some: list[Stored] = []
        try:
            some.extend(islice(rows, SLICE))
        except EntryInvalid as error:
            broken.append(error)
        if not some:
            return
        yield before, some
        before = some[-1]


@contextmanager
def _shared_out(entries: int) -> Iterator[_Map[Any]]:
    """A `map` in order: over one process for each core where there is much to do, else right here."""
    cores = len(os.sched_getaffinity(0))
    if entries >= LONG:
        look_seldom()
    if entries < LONG or cores == 1:
        yield lambda work, jobs: (work(*job) for job in jobs)
        return
    with ProcessPoolExecutor(cores, get_context("forkserver"), look_seldom) as pool:
        try:
            yield lambda work, jobs: _in_order(pool, work, jobs, 2 * cores)
        finally:
            pool.shutdown(cancel_futures=True)


def _in_order(
    pool: ProcessPoolExecutor, work: Callable[..., _Made], jobs: Iterable[tuple[Any, ...]], ahead: int
) -> Iterator[_Made]:
    """At most `ahead` jobs wait or run."""
    running: deque[Future[_Made]] = deque()
    for job in jobs:
        running.append(pool.submit(work, *job))
        if len(running) == ahead:
            yield running.popleft().result()
    while running:
        yield running.popleft().result()
