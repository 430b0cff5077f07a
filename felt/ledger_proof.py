"""The proof of a whole ledger: in slices, which the machine's cores share out where it is long.

Slices are read where they are proved, those of a ledger file with all that is kept beside their entries. The
lines of an export in which something does not hold are read here, one by one, and handed over.
"""

import os
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, Final

from ledger.audit import Audit, Stored
from ledger.chain import Tip
from ledger.errors import EntryInvalid, LedgerUnreadable
from ledger.evidence import all_is_kept, posted_count
from ledger.export import LINE_BYTES_MAX, read_lines, whole_lines
from ledger.heads import Head
from ledger.journal_file import open_read_only, row_at, stored_after
from ledger.ranges import RANGE, prove_range, ranges
from ledger.slices import TOGETHER, Proved, add_up, begin, go_on, go_on_chained, prove
from serving.cores import LONG, Map, shared_out
from serving.garbage import look_seldom

__all__ = ["Proof", "chain_of_export", "chain_of_file", "proof_of_export", "proof_of_file", "proof_of_rows"]

BYTES_EACH: Final = 300  # at least, of a line of an export
_HEAD_BYTES_MAX: Final = 4_096
_PIECE_BYTES: Final = TOGETHER * 500


@dataclass(frozen=True)
class Proof:
    """`kept`: what stands beside the entries was seen to be of them (False: look closer; of an export)."""

    found: Audit
    kept: bool


def proof_of_file(path: Path, last: int, hashes_of: Collection[int] = ()) -> Proof:
    """Of a ledger file, up to entry `last`: more may be written meanwhile.

    Raises LedgerUnreadable, apsw.Error.
    """
    db = _opened(path)
    outcomes = posted_count(db, last)
    commands, kept = 0, True

    def slices(found: Iterable[tuple[Proved, int, bool]]) -> Iterator[Proved]:
        nonlocal commands, kept
        for proved, asked, well in found:
            commands, kept = commands + asked, kept and well
            yield proved

    with _shared_out(outcomes) as through:
        audit = add_up(slices(through(_prove_range, ranges(db, path, last, frozenset(hashes_of)))))
    db.close()
    return Proof(audit, kept and commands == outcomes)


def chain_of_file(path: Path, last: int, hashes_of: Collection[int] = ()) -> Audit:
    """Of a ledger file, that each entry is the one that was signed: no books, nothing beside the entries.

    Raises as `proof_of_file`.
    """
    db = _opened(path)
    with _shared_out(last) as through:
        found = add_up(through(_chain_range, ranges(db, path, last, frozenset(hashes_of))))
    db.close()
    return found


def _opened(path: Path) -> Any:
    db, _ = open_read_only(path)
    if row_at(db, 0) is not None:
        raise LedgerUnreadable("a row stands in front of entry 1")
    return db


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


def proof_of_export(path: Path, hashes_of: Collection[int] = ()) -> Proof | None:
    """Of an export whose lines are read where they are proved. None: something does not hold, or is no line
    that we wrote; `proof_of_rows` finds what. Raises OSError.
    """
    found = _lines_of(path, _prove_lines, hashes_of)
    return Proof(found, kept=False) if found else None


def chain_of_export(path: Path, hashes_of: Collection[int] = ()) -> Audit | None:
    """As `chain_of_file`, of an export. None and OSError: as `proof_of_export`."""
    return _lines_of(path, _chain_lines, hashes_of)


def _lines_of(path: Path, work: Callable[..., Proved], hashes_of: Collection[int]) -> Audit | None:
    end = _head_start(path)
    if not end:
        return None
    with _shared_out(end // BYTES_EACH) as through:
        found = add_up(through(work, _line_ranges(path, end, frozenset(hashes_of))))
    return found if found.ok else None


def _head_start(path: Path) -> int:
    """Where the head begins, which is the last line; 0: it does not read."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - _HEAD_BYTES_MAX))
        line = file.read().rpartition(b"\n")[0].rpartition(b"\n")[2] + b"\n"
    try:
        return size - len(line) if isinstance(next(read_lines([line])), Head) else 0
    except EntryInvalid:
        return 0


def _line_ranges(
    path: Path, size: int, wanted: frozenset[int]
) -> Iterator[tuple[str, int, int, int, frozenset[int]]]:
    """Where the line in front begins, the first line, and where the last ends."""
    front = start = 0
    with path.open("rb") as file:
        while start < size:
            file.seek(start + RANGE * BYTES_EACH)
            file.readline()
            end = min(file.tell(), size)
            yield str(path), front, start, end, wanted
            back = max(start, end - LINE_BYTES_MAX)
            file.seek(back)
            front = back + file.read(end - back - 1).rfind(b"\n") + 1
            start = end


def _prove_lines(path: str, front: int, start: int, end: int, wanted: frozenset[int]) -> Proved:
    """What the entries in these bytes of a file come to."""
    return _through_lines(go_on, path, front, start, end, wanted)


def _chain_lines(path: str, front: int, start: int, end: int, wanted: frozenset[int]) -> Proved:
    return _through_lines(go_on_chained, path, front, start, end, wanted)


def _through_lines(
    further: Callable[..., object], path: str, front: int, start: int, end: int, wanted: frozenset[int]
) -> Proved:
    found = None
    with open(path, "rb") as file:
        file.seek(front)
        before = whole_lines(file.read(start - front))
        while (left := end - file.tell()) > 0:
            lines = whole_lines(b"".join(file.readlines(min(left - 1, _PIECE_BYTES))))
            if lines is None or before is None:
                return Proved(Tip.start(""), fault="not every line is one that we wrote")
            bodies, hashes = lines
            found = found or begin(
                (before[0][0], before[1][0]) if front < start else None, (bodies[0], hashes[0])
            )
            if found.fault:
                break
            further(found, bodies, hashes, wanted)
    assert found is not None  # a range holds a line
    return found


def _prove_range(path: Path, after: int, last: int, wanted: frozenset[int]) -> tuple[Proved, int, bool]:
    """What the entries behind `after` up to `last` come to, how many were commands, whether all is kept."""
    db, _ = open_read_only(path)
    found: Proved | None = None
    commands, kept = 0, True
    try:
        while rows := stored_after(db, after, TOGETHER, last):
            numbers, bodies, hashes = zip(*rows, strict=True)
            found = found or begin(row_at(db, after), (bodies[0], hashes[0]))
            entries = go_on(found, bodies, hashes, wanted) if not found.fault else []
            if found.fault:
                break
            commands += sum([1 for entry in entries if entry.content])
            kept = kept and [entry.seq for entry in entries] == list(numbers)
            kept = kept and all_is_kept(db, entries, hashes)
            after = numbers[-1]
        assert found is not None  # a range ends with an entry that is there
        return found, commands, kept
    finally:
        db.close()


_chain_range: Final = partial(prove_range, further=go_on_chained)


def _cut(rows: Iterator[Stored], broken: list[EntryInvalid]) -> Iterator[tuple[Stored | None, list[Stored]]]:
    """Slices, each with the row in front of it; ends, and says why, where a row can't be read."""
    before: Stored | None = None
    while not broken:
        some: list[Stored] = []
        try:
            some.extend(islice(rows, RANGE))
        except EntryInvalid as error:
            broken.append(error)
        if not some:
            return
        yield before, some
        before = some[-1]


def _shared_out(entries: int) -> AbstractContextManager[Map[Any]]:
    if entries >= LONG:
        look_seldom()
    return shared_out(entries)
