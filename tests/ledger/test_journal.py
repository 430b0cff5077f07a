"""The journal on disk: outcomes for ever, one writer, a file that refuses to change, nothing half written."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import apsw
import pytest

from ledger.book import Book
from ledger.commands import Asked
from ledger.entry import Entry
from ledger.errors import DiskFull, KeyReused, LedgerLocked, LedgerStopped, LedgerUnreadable
from ledger.heads import verify_head
from ledger.journal import BATCH_MAX, Journal, Posted, Refused
from ledger.posting_rules import Draft
from tests.ledger.till import SIGNER, VENUE, Till, sale

Tamper = Callable[[apsw.Connection], object]


@pytest.fixture
def till(tmp_path: Path) -> Iterator[Till]:
    with Till(tmp_path) as till:
        till.open_house()
        yield till


def test_a_new_ledger_opens_term_1_with_its_key(till: Till) -> None:  # [LE6] [LE7]
    link = till.journal.link(1)
    assert link is not None
    assert (link.entry.kind, link.entry.data["key_id"]) == ("open_term", SIGNER.key_id)
    head = till.journal.head()
    assert (head.seq, head.hash) == (till.journal.tip.seq, till.journal.tip.hash.hex())
    assert verify_head(head, SIGNER.public_key)


def test_a_repeated_key_gets_the_first_outcome_for_ever(till: Till) -> None:  # [LE9]
    asked = till.asking(**sale("buy_in", "ann", "a1"))
    first = till.journal.commit([asked])
    refused = till.journal.commit([till.asking(**sale("buy_in", "ann", "a2", key="no"))])
    till.post("unregister", tournament="t", entry="a1", drawer="d", reason="x")
    till.reopen()
    assert till.journal.commit([asked]) == first
    assert till.journal.commit([till.asking(**sale("buy_in", "ann", "a2", key="no"))]) == refused
    assert till.journal.outcome("till1", "no") == refused[0]
    assert till.journal.outcome("till2", "no") is None


@pytest.mark.parametrize("damaged", ["", "{", "[]", '{"code":"no"}', '{"other":1}'])
def test_a_stored_refusal_that_does_not_read_is_told_and_nothing_is_booked(
    till: Till, damaged: str
) -> None:  # [LE9]
    till.refuse(**sale("buy_in", "ann", "a1", amount=7, key="no"))
    other = apsw.Connection(str(till.path))
    other.execute("DROP TRIGGER outcomes_stay")
    other.execute("UPDATE outcomes SET refusal = ? WHERE key = 'no'", (damaged,))
    other.close()
    before = till.journal.tip
    again = [
        till.asking("vault_in", amount=5),
        till.asking(**sale("buy_in", "ann", "a1", amount=7, key="no")),
    ]
    with pytest.raises(LedgerUnreadable, match="a stored refusal does not read"):
        till.journal.commit(again)
    assert till.journal.tip == before


def test_a_key_with_other_content_is_an_error_and_stores_nothing(till: Till) -> None:  # [LE10]
    till.post("vault_in", amount=5, key="k")
    seq = till.journal.tip.seq
    results = till.journal.commit(
        [till.asking("vault_in", amount=6, key="k"), till.asking("vault_in", amount=7)]
    )
    assert isinstance(results[0], KeyReused)
    assert isinstance(results[1], Posted)
    assert till.journal.tip.seq == seq + 1


def test_a_key_is_the_devices_own(till: Till) -> None:  # [LE9]
    till.post("vault_in", amount=5, key="k", device="one")
    till.post("vault_in", amount=6, key="k", device="two")


def test_the_same_key_twice_in_one_batch_is_one_entry(till: Till) -> None:  # [LE9] [LE11]
    asked = till.asking("vault_in", amount=5)
    one, two = till.journal.commit([asked, asked])
    assert isinstance(one, Posted)
    assert one == two


def test_a_batch_decides_in_order_and_sees_its_own_entries(till: Till) -> None:  # [LE11] [LE12]
    batch = [till.asking(**sale("buy_in", "ann", f"a{n}", device=f"till{n}")) for n in range(50)]
    results = till.journal.commit(batch)
    assert [type(result) for result in results] == [Posted] + [Refused] * 49
    reversing = till.asking("reverse", seq=till.journal.tip.seq + 1, reason="x")
    booked = till.journal.commit([till.asking("vault_in", amount=5), reversing])
    assert [type(result) for result in booked] == [Posted, Posted]


def test_a_replayed_book_is_the_book_that_was(till: Till) -> None:  # [LE12]
    till.post(**sale("buy_in", "ann", "a1"))
    till.refuse(**sale("buy_in", "ann", "a2"))
    before = till.journal.book.state
    till.reopen()
    assert till.journal.book.state == before


def test_the_file_refuses_to_change(till: Till) -> None:  # [LE30]
    db = apsw.Connection(str(till.path))
    for table in ("ledger", "entries", "outcomes", "heads"):
        with pytest.raises(apsw.ConstraintError):
            db.execute(f"DELETE FROM {table}")
        with pytest.raises(apsw.ConstraintError):
            db.execute(
                f"UPDATE {table} SET rowid = rowid" if table != "outcomes" else "UPDATE outcomes SET key = 1"
            )
    db.close()


def test_a_second_opener_is_turned_away(till: Till) -> None:  # [LE30]
    with pytest.raises(LedgerLocked):
        Journal.open(till.path, venue=VENUE, currency="EUR", signer=SIGNER, at_ms=0)


def test_another_process_is_turned_away(till: Till, tmp_path: Path) -> None:  # [LE30]
    code = (
        "import sys; from pathlib import Path; from tests.ledger.till import Till\n"
        "from ledger.errors import LedgerLocked\n"
        "try: Till(Path(sys.argv[1]))\n"
        "except LedgerLocked: sys.exit(7)\n"
    )
    assert subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False).returncode == 7


def test_a_stranger_who_writes_stops_the_ledger(till: Till) -> None:  # [LE31]
    db = apsw.Connection(str(till.path))
    db.execute("INSERT INTO entries VALUES (6, zeroblob(32), '{}')")
    db.close()
    for _ in range(2):
        with pytest.raises(LedgerStopped):
            till.ask("vault_in", amount=5)


def test_a_full_disk_takes_nothing_of_a_batch_and_goes_on_later(till: Till) -> None:  # [LE32]
    db = till.journal._db
    pages = db.pragma("page_count")
    db.pragma("max_page_count", pages)
    tip = till.journal.tip
    batch = [till.asking("vault_in", amount=5) for _ in range(BATCH_MAX)]
    with pytest.raises(DiskFull):
        till.journal.commit(batch)
    assert (till.journal.tip, till.balance("1000")) == (tip, 80_000)
    db.pragma("max_page_count", 1 << 30)
    assert till.journal.outcome("till1", batch[0].key) is None
    till.post("vault_in", amount=7)
    assert till.journal.tip.seq == tip.seq + 1
    assert till.balance("1000") == 80_007
    till.reopen()
    assert till.balance("1000") == 80_007


def test_a_full_disk_takes_nothing_of_a_tail_or_a_term_and_goes_on_later(
    till: Till, tmp_path_factory: pytest.TempPathFactory
) -> None:  # [LE32] [LE99]
    copy = tmp_path_factory.mktemp("restored")
    till.journal.rest()
    (copy / "ledger.db").write_bytes(till.path.read_bytes())
    for _ in range(BATCH_MAX):
        till.post("vault_in", amount=5)
    with Till(copy) as restored:
        tail = [body for _, body, _ in till.journal.stored_after(restored.journal.tip.seq, BATCH_MAX)]
        tip, db = restored.journal.tip, restored.journal._db
        db.pragma("max_page_count", db.pragma("page_count"))
        with pytest.raises(DiskFull):
            restored.journal.restore_tail(tail, till.journal.head())
        with pytest.raises(DiskFull):
            restored.journal.open_term(at_ms=2_000_000, person="mia", why="long " * 2_000)
        assert (restored.journal.tip, restored.balance("1000")) == (tip, 80_000)
        db.pragma("max_page_count", 1 << 30)
        assert restored.journal.restore_tail(tail, till.journal.head()) == BATCH_MAX
        assert restored.journal.tip == till.journal.tip
        restored.asked = till.asked
        restored.post("vault_in", amount=7)
        assert restored.balance("1000") == till.balance("1000") + 7


DROP = [f"DROP TRIGGER {table}" for table in ("entries_stay", "entries_kept", "heads_stay", "heads_kept")]


@pytest.mark.parametrize(
    "tamper",
    [
        "UPDATE entries SET body = replace(body, '100000', '900000') WHERE seq = 4",
        "UPDATE entries SET hash = zeroblob(32) WHERE seq = 3",
        "DELETE FROM entries WHERE seq = 3",
        "DELETE FROM heads WHERE seq = 5",
        "UPDATE heads SET head = replace(head, '\"seq\": 5', '\"seq\": 4') WHERE seq = 5",
        "DELETE FROM entries WHERE seq = 5",
        "UPDATE entries SET body = '{}' WHERE seq = 2",
        "UPDATE entries SET body = '' WHERE seq = 1",
        "UPDATE heads SET head = '{}' WHERE seq = 5",
    ],
)
def test_a_tampered_file_does_not_open(till: Till, tamper: str) -> None:  # [LE33]
    till.journal.close()
    db = apsw.Connection(str(till.path))
    for statement in [*DROP, tamper]:
        db.execute(statement)
    db.close()
    with pytest.raises(LedgerUnreadable):
        till._open()
    (till.path.parent / "again").mkdir()
    till.__init__(till.path.parent / "again")  # type: ignore[misc]  # something to close


@pytest.mark.parametrize(
    "changes",
    [{"venue": "other"}, {"currency": "USD"}],
)
def test_another_venues_or_boxs_ledger_does_not_open(
    till: Till, changes: dict[str, object]
) -> None:  # [LE33]
    till.journal.close()
    asked = {"venue": VENUE, "currency": "EUR", "signer": SIGNER, "at_ms": 0, **changes}
    with pytest.raises(LedgerUnreadable):
        Journal.open(till.path, **asked)  # type: ignore[arg-type]
    till.journal = till._open()


def test_a_file_that_is_no_ledger_is_said_to_be_none(tmp_path: Path) -> None:  # [LE33]
    (tmp_path / "ledger.db").write_bytes(b"no database at all" * 300)
    with pytest.raises(LedgerUnreadable):
        Till(tmp_path)


def test_the_wal_is_emptied_in_a_quiet_moment(till: Till) -> None:
    wal = till.path.with_name("ledger.db-wal")
    till.post("vault_in", amount=5)
    assert wal.stat().st_size > 0
    assert till.journal.rest()
    assert wal.stat().st_size == 0


def test_the_clock_may_stand_or_fall_back_but_the_ledger_does_not(till: Till) -> None:  # [LE5]
    till.asked = -500
    posted = till.post("vault_in", amount=5)
    link = till.journal.link(posted.link.entry.seq - 1)
    assert link is not None
    assert posted.link.entry.at_ms == link.entry.at_ms


def test_a_command_that_breaks_a_rule_of_ours_leaves_the_rest_alone(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:  # [LE9] [LE32]
    draw_up = Book.draw_up

    def broken(book: Book, asked: Asked, draft: Draft) -> Entry:
        if asked.key == "bad":
            raise RuntimeError("a bug")
        return draw_up(book, asked, draft)

    monkeypatch.setattr(Book, "draw_up", broken)
    tip = till.journal.tip
    batch = [till.asking("vault_in", amount=5, key=key) for key in ("good", "bad")]
    with pytest.raises(RuntimeError):
        till.journal.commit(batch)
    assert till.journal.tip == tip
    assert till.journal.outcome("till1", "good") is None
    assert isinstance(till.journal.commit(batch[:1])[0], Posted)
