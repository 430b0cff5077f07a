"""The journal: the ledger on disk. With `journal_file`, its tables, all of this package that touches one.

`commit` takes a batch of commands and answers each with its outcome once all are durable (WAL,
`synchronous=FULL`, one transaction). A key seen before gets its first outcome again; nothing is decided
twice. Opening verifies every entry and replays the book. One process holds a ledger (`ledger.lock`); one
thread uses a journal. When the disk refuses, nothing of the batch exists and the book is read again.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import apsw
from msgspec import Struct, field

from .book import Book
from .chain import Link, Tip, extend, extend_all, follow_all, link_of
from .checkpoint import digest_of, read_checkpoint
from .commands import Asked
from .entry import Entry, read_entry
from .errors import (
    ChainBroken,
    DiskFull,
    EntryInvalid,
    KeyReused,
    LedgerError,
    LedgerStopped,
    LedgerUnreadable,
    Refusal,
    TermNeeded,
)
from .heads import Head, Signer, from_base64url, to_base64url, verify_head
from .journal_file import (
    ADD_ENTRY,
    ADD_HEAD,
    ADD_OUTCOME,
    BUSY_MS,
    LAST,
    OUTCOME,
    SYNC_FAILED,
    StoredOutcome,
    last_head,
    last_seq,
    open_database,
    stored_after,
    stored_checkpoint,
    stored_outcomes,
    take_lock,
)
from .ranges import Through
from .refusals import Place, read_refusal, refusal_text
from .replay import TOLD_EVERY, replay
from .terms import opening, tail_fault

__all__ = [
    "BATCH_MAX", "CHECKPOINT_SEQ_MIN", "TOLD_EVERY", "WAL_PASSIVE_PAGES", "Journal", "Outcome", "Posted",
    "Refused",
]  # fmt: skip

BATCH_MAX: Final = 256
"""Commands of one commit; more wait for the next."""

CHECKPOINT_SEQ_MIN: Final = 50_000
"""A shorter ledger is replayed whole at each start: it takes less than half a second."""

_FREE_BYTES_MIN: Final = 1024 * 1024
"""After a full disk: below this no batch is tried, since taking one back means replaying the book."""
WAL_PASSIVE_PAGES: Final = 2_000  # 8 MiB, a few milliseconds' work: write them back and go on
_WAL_TRUNCATE_PAGES: Final = 8_000  # 32 MiB: a reader has kept us from it; now in earnest


def _nobody(_done: int, _last: int) -> None:
    """Nobody wants to know."""


class Posted(Struct, frozen=True):
    """The command became this entry."""

    link: Link


class Refused(Struct, frozen=True):
    """A rule said no; `at_ms` is when."""

    refusal: Refusal
    at_ms: int


Outcome = Posted | Refused
_Key = tuple[str, str]  # device, key


class _New(Struct):
    """What a commit under way will add: written all at once at its end, found here until then."""

    entries: dict[int, Entry] = field(default_factory=dict)
    outcomes: dict[_Key, tuple[bytes, Entry | Refused]] = field(default_factory=dict)  # content, outcome


class Journal:
    """Open with `Journal.open`; close releases the file to another process."""

    def __init__(self, path: Path, db: apsw.Connection, lock: int, signer: Signer, venue: str) -> None:
        self._path = path
        self._db = db
        self._lock = lock
        self._signer = signer
        self._venue = venue
        self._wal_pages = 0
        self._write_back_at = WAL_PASSIVE_PAGES
        self._stopped = ""
        self._was_full = False
        self._new = _New()
        self.replayed_from = 0  # entries up to this were taken from the checkpoint …
        self.checkpoint = ""  # … of this digest
        self.book = Book(venue, self._find)
        db.set_wal_hook(self._count_wal)

    @classmethod
    def open(
        cls, path: Path, *, venue: str, currency: str, signer: Signer, at_ms: int, person: str = "",
        vfs: str | None = None, venue_key: str = "",
        told: Callable[[int, int], None] = _nobody, through: Through | None = None,
    ) -> "Journal":  # fmt: skip
        """Verifies and replays; a new file gets term 1 as its first entry, which names the venue key.

        While it replays it is `told` every TOLD_EVERY entries which is done, and which is the last. A long
        ledger is replayed `through` several processes, if there are any.

        Raises LedgerLocked, LedgerUnreadable, DiskFull.
        """
        lock = take_lock(path.with_suffix(".lock"))
        try:
            journal = cls(path, open_database(path, venue, vfs), lock, signer, venue)
            journal._replay(told, through)
            if journal.book.tip.seq == 0:
                why = "a new venue"
                journal.open_term(at_ms=at_ms, person=person, why=why, currency=currency, venue_key=venue_key)
            elif journal.book.state.currency != currency:
                raise LedgerUnreadable(f"this ledger books in {journal.book.state.currency}, not {currency}")
        except BaseException:
            os.close(lock)
            raise
        return journal

    @property
    def tip(self) -> Tip:
        """The last durable entry's place."""
        return self.book.tip

    @property
    def is_anothers(self) -> bool:
        """Whether the last term is of a box with another key: then nothing is taken but a new term."""
        return self.book.state.terms[-1].key_id != self._signer.key_id

    def head(self, tip: Tip | None = None) -> Head:
        """The signed head, of the whole ledger or as it was at an earlier entry."""
        if self.is_anothers and tip in (None, self.tip):
            kept = self.kept_head(1, self.tip.seq)
            assert kept is not None  # looked at when it was opened
            return kept
        return self._signer.sign(tip or self.tip)

    def commit(self, batch: Sequence[Asked]) -> list[Outcome | KeyReused]:
        """One outcome each, in order, all durable. A reused key is its own command's error, not the batch's.

        Raises DiskFull (nothing happened), LedgerStopped (nothing happened, and nothing will).
        """
        assert len(batch) <= BATCH_MAX
        if self._stopped:
            raise LedgerStopped(self._stopped)
        if self.is_anothers:
            raise TermNeeded("the last term was opened by another box; a person opens the next")
        if self._was_full and not self.has_room():
            raise DiskFull("the disk is still full")
        try:
            self._begin()
            results = self._within(batch)
        except apsw.Error as error:
            raise self._what_failed(error) from error
        self._was_full = False
        self._write_back()
        return results

    def _within(self, batch: Sequence[Asked]) -> list[Outcome | KeyReused]:
        """All of the batch in the transaction that has begun, or nothing, in the book as well."""
        before = self.tip
        try:
            stored = stored_outcomes(self._db, [(asked.device, asked.key) for asked in batch])
            told = [self._told(asked, stored) for asked in batch]
            posted = self._write(before)
            results = [posted[one.seq] if isinstance(one, Entry) else one for one in told]
            if posted:
                self._db.execute(ADD_HEAD, (self.tip.seq, self.head().as_text()))
            self._db.execute("COMMIT")
        except BaseException:
            self._new = _New()
            self._roll_back(before)
            raise
        self._new = _New()
        return results

    def restore_tail(self, bodies: Sequence[bytes], head: Head) -> int:
        """Entries that another copy holds behind our last, stored byte for byte; answers how many.

        Raises ChainBroken or EntryInvalid where they do not follow, or `head` is not of the last of them and
        signed by the key of its term; then nothing is stored. DiskFull, LedgerStopped as `commit`.
        """
        links = follow_all(self.tip, bodies)
        fault = tail_fault(self.book.state.terms, links, head)
        if fault:
            raise ChainBroken(head.seq, "hash", fault)
        self._store(links, lambda: head)
        return len(links)

    def open_term(
        self, *, at_ms: int, person: str, why: str, currency: str = "", venue_key: str = "",
        term: int | None = None, highest_seq: int | None = None, vouched: Mapping[str, Any] | None = None,
    ) -> Link:  # fmt: skip
        """The next term, of this box; as `ledger.terms.opening`. Raises DiskFull, LedgerStopped."""
        entry = opening(
            self.tip, at_ms=at_ms, person=person, why=why, currency=currency or self.book.state.currency,
            key_id=self._signer.key_id, public_key=to_base64url(self._signer.public_key), term=term,
            highest_seq=highest_seq, venue_key=venue_key, vouched=vouched,
        )  # fmt: skip
        link = extend(self.tip, entry)
        self._store([link], self.head)
        return link

    def outcome(self, device: str, key: str) -> Outcome | None:
        """The stored outcome of this device's key."""
        row = self._db.execute(OUTCOME, (device, key)).fetchone()
        return None if row is None else self._stored(*row[1:])

    def link(self, seq: int) -> Link | None:
        """The entry of a number."""
        row = self._db.execute("SELECT body, hash FROM entries WHERE seq = ?", (seq,)).fetchone()
        if row is None:
            return None
        body = row[0].encode("utf-8")
        return link_of(read_entry(body), body, row[1])

    def stored_after(self, seq: int, limit: int) -> list[tuple[int, bytes, bytes]]:
        """(number, bytes, hash) of the entries behind `seq`, in order."""
        return stored_after(self._db, seq, limit)

    def kept_head(self, first: int, last: int) -> Head | None:
        """The newest head that was signed at one of the entries `first` … `last` when it was written."""
        text = last_head(self._db, first, last)
        return None if text is None else Head.from_text(text)

    def rest(self) -> bool:
        """A quiet moment: writes all back and empties the WAL. False: a reader is in the way, try again."""
        if self._wal_pages == 0:
            return True
        return self._checkpoint(apsw.SQLITE_CHECKPOINT_TRUNCATE)

    def has_room(self) -> bool:
        """Whether the disk has space for a batch; a quota is found out by a commit alone."""
        return _free_bytes(self._path) >= _FREE_BYTES_MIN

    def close(self) -> None:
        """Everything committed is on disk; another process may open it."""
        self.rest()
        self._db.close()
        os.close(self._lock)

    def _told(self, asked: Asked, stored: Mapping[_Key, StoredOutcome]) -> Outcome | KeyReused | Entry:
        """Inside the transaction: the outcome of before, or the first one, to be written at its end. An entry
        will be chained there.
        """
        key, content = (asked.device, asked.key), bytes.fromhex(asked.read.content)
        known = self._new.outcomes.get(key)
        if known is not None:
            return known[1] if known[0] == content else _reused()
        row = stored.get(key)
        if row is not None:
            return self._stored(*row[1:]) if row[0] == content else _reused()
        outcome = self._first_outcome(asked)
        self._new.outcomes[key] = (content, outcome)
        return outcome

    def _first_outcome(self, asked: Asked) -> Entry | Refused:
        decided = self.book.decide(asked)
        if isinstance(decided, Refusal):
            return Refused(decided, asked.at_ms)
        entry = self.book.draw_up(asked, decided)
        self._new.entries[entry.seq] = entry
        self.book.go_on(entry)
        return entry

    def _write(self, before: Tip) -> dict[int, Posted]:
        """What is new, in two statements; the entries by their numbers, chained behind `before`."""
        new = self._new
        links = extend_all(before, new.entries.values())
        if links:
            self.book.chained(links[-1].tip)
            rows = [(link.entry.seq, link.hash, link.body.decode("utf-8")) for link in links]
            self._db.executemany(ADD_ENTRY, rows)
        if new.outcomes:
            self._db.executemany(
                ADD_OUTCOME, [self._row(*key, content, told) for key, (content, told) in new.outcomes.items()]
            )
        return {link.entry.seq: Posted(link) for link in links}

    def _row(self, device: str, key: str, content: bytes, told: Entry | Refused) -> tuple[object, ...]:
        """As `outcomes` has it."""
        if isinstance(told, Entry):
            return device, key, content, told.seq, None, told.at_ms
        place = Place(self._venue, device, key, content.hex(), told.at_ms)
        return device, key, content, None, refusal_text(self._signer, place, told.refusal), told.at_ms

    def _append(self, link: Link) -> None:
        self._db.execute(ADD_ENTRY, (link.entry.seq, link.hash, link.body.decode("utf-8")))
        self.book.apply(link)

    def _stored(self, seq: int | None, refusal: str | None, at_ms: int) -> Outcome:
        if seq is None:
            try:
                return Refused(read_refusal(refusal or ""), at_ms)
            except (ValueError, TypeError, KeyError, RecursionError):
                raise LedgerUnreadable("a stored refusal does not read: the file was damaged") from None
        link = self.link(seq)
        if link is None:
            raise LedgerUnreadable(f"an outcome names entry {seq}, which is not there")
        return Posted(link)

    def _find(self, seq: int) -> Entry | None:
        if seq in self._new.entries:
            return self._new.entries[seq]
        link = self.link(seq)
        return link.entry if link else None

    def _store(self, links: Sequence[Link], head: Callable[[], Head]) -> None:
        """Entries that no command of this box made, and the head of their last; all or nothing."""
        before = self.tip
        try:
            self._begin()
            try:
                for link in links:
                    self._append(link)
                    self._derive_outcome(link.entry)
                self._db.execute(ADD_HEAD, (self.tip.seq, head().as_text()))
                self._db.execute("COMMIT")
            except BaseException:
                self._roll_back(before)
                raise
        except apsw.Error as error:
            raise self._what_failed(error) from error

    def _derive_outcome(self, entry: Entry) -> None:
        """What a command of another copy came to: its entry says all."""
        if entry.content:
            content = bytes.fromhex(entry.content)
            row = (entry.device, entry.key, content, entry.seq, None, entry.at_ms)
            self._db.execute(ADD_OUTCOME, row)

    def _begin(self) -> None:
        """The head on disk must be the one in memory; else somebody else wrote, and we stop."""
        self._db.execute("BEGIN IMMEDIATE")
        row = self._db.execute(LAST).fetchone()
        on_disk = (row[0], row[1]) if row else (0, Tip.start(self._venue).hash)
        if on_disk != (self.tip.seq, self.tip.hash):
            self._db.execute("ROLLBACK")
            self._stopped = f"the file ends at entry {on_disk[0]}, we knew entry {self.tip.seq} as the last"
            raise LedgerStopped(self._stopped)

    def _roll_back(self, before: Tip) -> None:
        """Takes the batch back, from the file (some errors end the transaction themselves) and the book."""
        try:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            if self.tip != before:
                self._replay()
        except (apsw.Error, LedgerError) as error:
            self._stopped = f"a batch could not be taken back: {error}"

    def _what_failed(self, error: apsw.Error) -> LedgerError:
        """A full disk passes; a failed fsync does not: nobody knows what it lost."""
        if getattr(error, "extendedresult", 0) in SYNC_FAILED:
            self._stopped = f"the disk failed to sync: {error}"
            return LedgerStopped(self._stopped)
        if isinstance(error, apsw.FullError | apsw.IOError | apsw.CantOpenError | apsw.BusyError):
            self._was_full = True
            return DiskFull(f"the disk takes nothing now: {error}")
        self._stopped = f"the ledger file failed: {error}"
        return LedgerStopped(self._stopped)

    def _replay(self, told: Callable[[int, int], None] = _nobody, through: Through | None = None) -> None:
        """The book anew, from entry 1 or its checkpoint; every hash checked, the newest signed head too."""
        book, last = Book(self._venue, self._find), last_seq(self._db)
        try:
            self._go_on_from_checkpoint(book)
            replay(self._db, self._path, book, lambda seq: told(seq, last), through)
            self._check_head(book)
        except apsw.Error as error:
            raise LedgerUnreadable(f"the file does not read: {error}") from error
        except (ChainBroken, EntryInvalid, ValueError, KeyError, TypeError) as error:
            raise LedgerUnreadable(f"it does not verify: {error}") from error
        self.book = book

    def _go_on_from_checkpoint(self, book: Book) -> None:
        """Where there is one of this very chain; what it leaves out is verified beside us."""
        stored = stored_checkpoint(self._path)
        state = read_checkpoint(stored)
        self.replayed_from, self.checkpoint = 0, ""
        if state is None or state.tip.venue != self._venue or state.tip.seq < CHECKPOINT_SEQ_MIN:
            return
        row = self._db.execute("SELECT hash FROM entries WHERE seq = ?", (state.tip.seq,)).fetchone()
        if row is not None and row[0] == state.tip.hash:
            book.state = state
            self.replayed_from, self.checkpoint = state.tip.seq, digest_of(stored)

    def _check_head(self, book: Book) -> None:
        if book.tip.seq == 0:
            return
        text = last_head(self._db)
        if text is None:
            raise LedgerUnreadable("its last entry was never signed")
        head = Head.from_text(text)
        if (head.seq, head.hash) != (book.tip.seq, book.tip.hash.hex()):
            raise LedgerUnreadable(f"it ends at entry {book.tip.seq}, which is not what was signed last")
        if not verify_head(head, from_base64url(book.state.terms[-1].public_key)):
            raise LedgerUnreadable(f"the head at entry {head.seq} was signed by another key")

    def _count_wal(self, _db: apsw.Connection, _name: str, pages: int) -> int:
        self._wal_pages = pages
        return apsw.SQLITE_OK

    def _write_back(self) -> None:
        """By size. Where a reader holds an old picture it is tried again an eighth later, not each time."""
        if self._wal_pages < self._write_back_at:
            return
        in_earnest = self._wal_pages >= _WAL_TRUNCATE_PAGES
        mode = apsw.SQLITE_CHECKPOINT_TRUNCATE if in_earnest else apsw.SQLITE_CHECKPOINT_PASSIVE
        done = self._checkpoint(mode)
        self._write_back_at = WAL_PASSIVE_PAGES if done else self._wal_pages + WAL_PASSIVE_PAGES // 8

    def _checkpoint(self, mode: int) -> bool:
        """Never waits for a reader; a disk that can't take it now keeps the WAL, which loses nothing."""
        self._db.set_busy_timeout(0)
        try:
            pages, written = self._db.wal_checkpoint(mode=mode)
        except (apsw.BusyError, apsw.FullError, apsw.IOError):
            return False
        finally:
            self._db.set_busy_timeout(BUSY_MS)
        if pages == written:
            self._wal_pages = 0
        return pages == written


def _reused() -> KeyReused:
    return KeyReused("this key was used for another command")


def _free_bytes(path: Path) -> int:
    disk = os.statvfs(path.parent)
    return disk.f_bavail * disk.f_frsize
