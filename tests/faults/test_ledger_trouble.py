"""A disk under the ledger that is full or fails once, at any operation: nothing half written, none lost."""

import random
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Final

import apsw
import pytest

from ledger import journal as journal_module
from ledger.entry import read_entry
from ledger.errors import DiskFull, LedgerStopped
from ledger.journal import Journal
from tests.faults.disk import Disk, Done
from tests.faults.hands import LONG
from tests.faults.tills import Tills, open_journal
from tests.ledger.till import Till

TURNS: Final = 3_000 if LONG else 200


def full() -> Exception:
    return apsw.FullError("once")


def failing() -> Exception:
    return apsw.IOError("once")


def unsynced() -> Exception:
    """What SQLite's own file system says when the disk did not sync."""
    error = apsw.IOError("once")
    error.extendedresult = apsw.SQLITE_IOERR_FSYNC
    return error


def failing_at(number: int, error: Callable[[], BaseException]) -> Callable[[Done], None]:
    left = number

    def fail(done: Done) -> None:
        nonlocal left
        left -= error is not unsynced or done.kind == "sync"
        if left == 0:
            left = -1
            raise error()

    return fail


def healthy(_: Done) -> None:
    """Nothing is in the way."""


@pytest.mark.parametrize("trouble", [full, failing, unsynced])
def test_an_error_at_any_operation_costs_no_command(
    tmp_path: Path, trouble: Callable[[], Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    """[LE32] What failed is asked again until it is answered; every key has one outcome and one entry."""
    monkeypatch.setattr(journal_module, "WAL_PASSIVE_PAGES", 12)
    monkeypatch.setattr(journal_module, "_WAL_TRUNCATE_PAGES", 20)
    refused = stops = 0
    with Disk() as disk:
        tills, path = Tills(random.Random(7)), tmp_path / "ledger.db"
        journal = open_journal(path, disk)
        for turn in range(TURNS):
            disk.before = failing_at(1 + turn % (2 if trouble is unsynced else 15), trouble)
            before = journal.tip
            try:
                tills.ask(journal)
                continue
            except DiskFull:
                stopped = False
            except LedgerStopped:
                stopped = True
                stops += 1
            disk.before = healthy
            refused += 1
            if stopped:
                journal = started_again(journal, path, disk, tills)
            else:
                assert journal.tip == before
        disk.before = healthy
        while tills.open:
            tills.ask(journal)
        journal.close()
        journal = open_journal(path, disk)
        assert [body for _, body, _ in journal.stored_after(0, 1 << 30)] == tills.bodies
        journal.close()
    keys = Counter((entry.device, entry.key) for body in tills.bodies if (entry := read_entry(body)).key)
    assert set(keys.values()) == {1}
    assert refused > TURNS // 10
    assert (stops > TURNS // 10) == (trouble is unsynced)


def started_again(journal: Journal, path: Path, disk: Disk, tills: Tills) -> Journal:
    """After a sync that failed nobody knows what is down: the ledger stops until a start reads it anew."""
    with pytest.raises(LedgerStopped):
        journal.commit([])
    with suppress(apsw.Error):
        journal.close()
    again = open_journal(path, disk)
    tills.find(again)
    return again


class Interrupted(BaseException):
    """As when whoever started the box stops it by hand."""


@pytest.mark.parametrize("trouble", [full, failing, Interrupted])
@pytest.mark.parametrize("what", ["tail", "term"])
def test_what_no_command_made_is_stored_whole_or_not_at_all(
    tmp_path: Path, trouble: Callable[[], BaseException], what: str
) -> None:
    """[LE161] [LE99] At every write: rolled back, told to who asked, then done as if never tried."""
    with Disk() as disk, Till(tmp_path / "whole") as till:
        begun = open_journal(tmp_path / "ledger.db", disk)
        till.open_house()
        bodies = [body for _, body, _ in till.journal.stored_after(1, 100)]
        head, before = till.journal.head(), begun.tip

        def store() -> None:
            if what == "tail":
                begun.restore_tail(bodies, head)
            else:
                begun.open_term(at_ms=2_000_000, person="mia", why="restored " * 2_000)

        troubles = 0
        for number in count(1):
            disk.before = failing_at(number, trouble)
            try:
                store()
                break
            except (DiskFull, Interrupted):
                disk.before = healthy
            troubles += 1
            assert (begun.tip, len(begun.stored_after(0, 100))) == (before, before.seq)
        disk.before = healthy
        assert troubles > 1
        tip, kept = begun.tip, begun.stored_after(0, 100)
        assert tip.seq == (head.seq if what == "tail" else before.seq + 1)
        begun.close()
        again = open_journal(tmp_path / "ledger.db", disk)
        assert (again.tip, again.stored_after(0, 100)) == (tip, kept)
        again.close()
