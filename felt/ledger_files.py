"""A ledger as an auditor gets it: a leaf's `ledger.db`, or an export as JSON lines. Read, never written."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import apsw

from felt.failure import CommandFailed
from felt.ledger_proof import (
    Proof,
    chain_of_export,
    chain_of_file,
    proof_of_export,
    proof_of_file,
    proof_of_rows,
)
from ledger.audit import Audit, head_fault, kept_head_fault, outcome_faults
from ledger.entry import read_known
from ledger.errors import EntryInvalid, LedgerError
from ledger.evidence import astray, kept_heads, outcomes, refusal_fault, schema_fault, sort_outcomes
from ledger.export import read_head, read_lines
from ledger.heads import Head, from_base64url, verify_head
from ledger.journal_file import all_stored, last_head, last_seq, open_read_only, stored_after

__all__ = ["Source", "chain", "heads_alone", "open_ledger", "own_faults", "proof", "signed_faults"]

HEADS_MAX: Final = 5_000
"""So many of the newest kept heads have their signatures checked; all others are compared only."""
_SLICE: Final = 2_000
_ALL: Final = 2**63 - 1
_HEADS_BYTES_MAX: Final = 1 << 20
_DATABASE: Final = b"SQLite format 3\x00"


@dataclass(frozen=True)
class Source:
    """A ledger file or an export, read as often as asked."""

    path: Path
    db: Any  # apsw.Connection, or None for an export
    head: Head | None
    venue: str | None = None  # as a ledger file says
    last: int = 0  # its newest entry when it was opened; its writer goes on

    def stored(self) -> Iterator[tuple[bytes, bytes]]:
        """(entry bytes, hash) in order."""
        if self.db is not None:
            yield from all_stored(self.db, last=self.last)
            return
        with self.path.open("rb") as lines:
            for found in read_lines(lines):
                if not isinstance(found, Head):
                    yield found


@contextmanager
def open_ledger(path: Path) -> Iterator[Source]:
    """Raises CommandFailed for what is neither; what breaks while it is read is told as one sentence."""
    if not path.is_file():
        raise CommandFailed(f"there is no file {path}", exit_code=2)
    db = None
    try:
        with path.open("rb") as start:
            is_database = start.read(len(_DATABASE)) == _DATABASE
        if is_database:
            db, venue = open_read_only(path)
            with db:  # one picture for both
                text, last = last_head(db), last_seq(db)
            yield Source(path, db, Head.from_text(text) if text else None, venue, last)
        else:
            yield Source(path, None, _last_line(path))
    except UnicodeDecodeError as error:
        raise CommandFailed(f"{path.name}: a text in it was damaged") from error
    except (LedgerError, apsw.Error, OSError) as error:
        raise CommandFailed(f"{path.name}: {error}") from error
    finally:
        if db is not None:
            db.close()


def heads_alone(path: Path) -> list[Head] | None:
    """What a till kept, or a receipt's code carries: signed heads, one a line. None: it is something else."""
    try:
        if path.stat().st_size > _HEADS_BYTES_MAX:
            return None
        return [read_head(line) for line in path.read_bytes().splitlines() if line.strip()] or None
    except (OSError, EntryInvalid):
        return None


def proof(source: Source, hashes_of: Collection[int] = ()) -> Proof:
    """Every entry of it."""
    if source.db is not None:
        return proof_of_file(source.path, source.last, hashes_of)
    proved = proof_of_export(source.path, hashes_of)
    return proved or proof_of_rows(source.stored(), source.path.stat().st_size, hashes_of)


def chain(source: Source, hashes_of: Collection[int] = ()) -> Audit:
    """That every entry is the one that was signed, and nothing else."""
    if source.db is not None:
        return chain_of_file(source.path, source.last, hashes_of)
    return chain_of_export(source.path, hashes_of) or proof(source, hashes_of).found


def own_faults(proof: Proof, source: Source) -> list[str]:
    """Of a ledger whose entries hold: its head and, of a ledger file, all that is kept beside its entries."""
    faults = signed_faults(proof.found, source)
    return faults if faults or source.db is None or not proof.found.ok else _kept_faults(proof, source)


def signed_faults(found: Audit, source: Source) -> list[str]:
    """Of a ledger whose entries hold: whether they are of its venue, and its head is of the last of them."""
    if not found.ok:
        return []
    if source.venue not in (None, found.venue):
        return [f"the file says it is of another venue, {source.venue!r}, than its entries, {found.venue!r}"]
    if source.head is None:
        return ["no signed head stands at its end: its tail is missing"]
    if source.head.seq != found.tip.seq:
        return [f"it ends at entry {found.tip.seq}, its last signed head is of {source.head.seq}"]
    fault = head_fault(found, source.head)
    return ([fault] if fault else []) + found.unvouched


def _kept_faults(proof: Proof, source: Source) -> list[str]:
    """The first of each kind."""
    found, db = proof.found, source.db
    keys = {term.key_id: from_base64url(term.public_key) for term in found.book.state.terms}
    faults = [fault for fault in (schema_fault(db), refusal_fault(db, found.venue, keys)) if fault]
    newest = kept_heads(db, found.tip.seq - HEADS_MAX + 1, _ALL)  # its writer goes on
    if proof.kept and all(_is_well(seq, Head.from_text(text), keys) for seq, text in newest.items()):
        return faults
    return faults + _found_closer(found, source, keys)


def _found_closer(found: Audit, source: Source, keys: dict[str, bytes]) -> list[str]:
    """Which row stands under another number, which outcome is wrong, and which head."""
    db, seq, newest = source.db, 0, found.tip.seq - HEADS_MAX
    place_fault = outcome_fault = kept_fault = None
    sort_outcomes(db)
    while seq < source.last and (rows := stored_after(db, seq, _SLICE)):
        rows = [row for row in rows if row[0] <= source.last]
        first, last = rows[0][0], rows[-1][0]
        entries = [read_known(body) for _, body, _ in rows]  # the audit has read them strictly
        outcome_fault = outcome_fault or next(iter(outcome_faults(entries, outcomes(db, first, last))), None)
        kept = kept_heads(db, first, last)
        for (number, body, hash_), entry in zip(rows, entries, strict=True):
            if number != entry.seq and place_fault is None:
                place_fault = f"entry {entry.seq} is stored under number {number}"
            if number in kept and kept_fault is None:
                text = kept[number]
                kept_fault = kept_head_fault(text, (body, hash_), found.venue)
                if kept_fault is None and number > newest and not _well_signed(Head.from_text(text), keys):
                    kept_fault = f"the head kept of entry {number} is not signed by the key of its term"
        seq = last
    return [fault for fault in (place_fault, outcome_fault, kept_fault, astray(db)) if fault]


def _is_well(seq: int, head: Head, keys: dict[str, bytes]) -> bool:
    return head.seq == seq and _well_signed(head, keys)


def _well_signed(head: Head, keys: dict[str, bytes]) -> bool:
    return head.key in keys and verify_head(head, keys[head.key])


def _last_line(path: Path) -> Head | None:
    """The head of an export, which is its last line."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 4096))
        lines = file.read().splitlines()
    try:
        return read_head(lines[-1]) if lines else None
    except EntryInvalid:
        return None
