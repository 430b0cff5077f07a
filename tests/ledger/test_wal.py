"""The ledger's WAL: its writer alone brings it back, by size and in quiet moments, whoever reads."""

from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from ledger import journal as journal_module
from ledger import journal_file
from ledger.journal_file import all_stored, open_read_only
from tests.ledger.till import Till

PASSIVE, TRUNCATE = 24, 96
FRAME_BYTES = 4096 + 24
COMMIT_PAGES = 12  # of one small commit, at most


@pytest.fixture
def till(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Till]:
    monkeypatch.setattr(journal_module, "WAL_PASSIVE_PAGES", PASSIVE)
    monkeypatch.setattr(journal_module, "_WAL_TRUNCATE_PAGES", TRUNCATE)
    monkeypatch.setattr(journal_file, "_SLICE", 5)
    with Till(tmp_path) as till:
        till.open_house()
        yield till


def wal_bytes(till: Till) -> int:
    return till.path.with_name("ledger.db-wal").stat().st_size


def test_without_a_quiet_moment_the_wal_stays_short(till: Till) -> None:
    """[LE112]"""
    most = 0
    for _ in range(150):
        till.post("vault_in", amount=5)
        most = max(most, wal_bytes(till))
    assert most <= (PASSIVE + COMMIT_PAGES) * FRAME_BYTES


def test_one_who_reads_a_whole_ledger_in_slices_keeps_nothing_from_being_brought_back(till: Till) -> None:
    """[LE112]"""
    db, _ = open_read_only(till.path)
    rows, most = all_stored(db), 0
    for _ in range(150):
        next(rows)
        till.post("vault_in", amount=5)
        most = max(most, wal_bytes(till))
    assert most <= (TRUNCATE + COMMIT_PAGES) * FRAME_BYTES
    db.close()


def test_one_who_holds_an_old_picture_is_not_waited_for_and_then_the_wal_is_emptied(till: Till) -> None:
    """[LE112]"""
    db, _ = open_read_only(till.path)
    db.execute("BEGIN")
    held = db.execute("SELECT max(seq) FROM entries").fetchone()
    for _ in range(60):
        till.post("vault_in", amount=5)
    assert wal_bytes(till) > TRUNCATE * FRAME_BYTES
    assert db.execute("SELECT max(seq) FROM entries").fetchone() == held
    db.close()
    for _ in range(COMMIT_PAGES):
        till.post("vault_in", amount=5)
    assert wal_bytes(till) <= (PASSIVE + COMMIT_PAGES) * FRAME_BYTES


def test_nobody_else_brings_it_back(till: Till) -> None:
    """[LE112]"""
    assert till.journal._db.pragma("wal_autocheckpoint") == 0
    assert till.journal._db.pragma("journal_size_limit") == 64 * 1024 * 1024
    assert till.journal._db.pragma("synchronous") == 2
    assert till.journal._db.pragma("busy_timeout") == 5_000
    db, _ = open_read_only(till.path)
    before = wal_bytes(till)
    assert before
    assert db.readonly("main")
    with pytest.raises(apsw.Error):
        db.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
    db.close()
    assert wal_bytes(till) == before
