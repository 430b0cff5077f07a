"""The checkpoint saves a start the replay, and is never believed where it does not fit."""

from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaf_server.money.recheck import recheck
from ledger import journal as journal_module
from ledger.chain import Tip
from ledger.checkpoint import checkpoint_bytes, digest_of, is_another, read_checkpoint
from ledger.errors import LedgerUnreadable
from ledger.state import State
from tests.ledger.till import VENUE, Till, sale


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    """A ledger of a few entries counts as long."""
    monkeypatch.setattr(journal_module, "CHECKPOINT_SEQ_MIN", 1)


@pytest.fixture
def till(tmp_path: Path) -> Iterator[Till]:
    with Till(tmp_path) as till:
        till.open_house()
        till.post(**sale("buy_in", "ann", "a1"))
        till.post(**sale("re_entry", "ann", "a2"))
        yield till


def test_a_start_goes_on_from_the_checkpoint_to_the_same_book(till: Till) -> None:  # [LE110]
    assert recheck(till.path, VENUE) == ""
    at = till.journal.tip.seq
    till.post("unregister", tournament="t", entry="a1", drawer="d", reason="ill")
    before = till.journal.book.state
    till.reopen()
    assert till.journal.replayed_from == at
    assert till.journal.book.state == before
    till.post(**sale("buy_in", "bob", "b1"))
    till.post("reverse", seq=till.journal.tip.seq, reason="typed twice")


def test_a_book_of_other_code_is_no_other_book() -> None:  # [LE110]
    """While a leaf is brought up to date, the recheck may be of newer code than the leaf that runs."""
    book = checkpoint_bytes(State(Tip(VENUE, 1, 9, bytes(32), 5)))
    forged = checkpoint_bytes(State(Tip(VENUE, 1, 9, bytes(32), 5), balances={"2030/eve": -90_000}))
    code, _, rest = digest_of(forged).partition(":")
    assert is_another(digest_of(forged), book)
    assert not is_another(digest_of(book), book)
    assert not is_another(f"{'0' * len(code)}:{rest}", book)


def test_a_recheck_is_of_what_was_signed_while_more_is_booked(till: Till) -> None:  # [LE110]
    assert recheck(till.path, VENUE) == ""
    state = read_checkpoint(till.path.with_suffix(".book").read_bytes())
    assert state == till.journal.book.state


@given(st.data())
def test_a_damaged_or_outdated_checkpoint_is_none(data: st.DataObject) -> None:  # [LE110]
    whole = bytearray(checkpoint_bytes(State(Tip(VENUE, 1, 9, bytes(32), 5))))
    whole[data.draw(st.integers(0, len(whole) - 1))] ^= data.draw(st.integers(1, 255))
    assert read_checkpoint(bytes(whole)) is None
    assert read_checkpoint(bytes(whole[: data.draw(st.integers(0, len(whole) - 1))])) is None


def test_the_checkpoint_of_another_chain_is_thrown_away(till: Till, tmp_path: Path) -> None:  # [LE110]
    (tmp_path / "other").mkdir()
    with Till(tmp_path / "other") as other:
        other.open_house()
        other.post("vault_in", amount=7)
        assert recheck(other.path, VENUE) == ""
        foreign = other.path.with_suffix(".book").read_bytes()
    till.path.with_suffix(".book").write_bytes(foreign)
    before = till.journal.book.state
    till.reopen()
    assert (till.journal.replayed_from, till.journal.book.state) == (0, before)


def test_a_checkpoint_ahead_of_its_ledger_is_thrown_away(till: Till) -> None:  # [LE110]
    state = till.journal.book.state
    ahead = State(Tip(VENUE, 1, state.tip.seq + 5, state.tip.hash, state.tip.at_ms))
    till.path.with_suffix(".book").write_bytes(checkpoint_bytes(ahead))
    till.reopen()
    assert till.journal.replayed_from == 0


@pytest.mark.parametrize(
    ("tamper", "word"),
    [
        ("UPDATE entries SET body = replace(body, '100000', '900000') WHERE seq = 4", "entry 4"),
        ("DELETE FROM entries WHERE seq = 3", "entry 4"),
        ("UPDATE entries SET hash = zeroblob(32) WHERE seq = 2", "entry 2"),
    ],
)
def test_what_the_start_left_out_is_found_by_the_recheck(
    till: Till, tamper: str, word: str
) -> None:  # [LE111]
    assert recheck(till.path, VENUE) == ""
    till.journal.close()
    db = apsw.Connection(str(till.path))
    for statement in ("DROP TRIGGER entries_stay", "DROP TRIGGER entries_kept", tamper):
        db.execute(statement)
    db.close()
    till.path.with_suffix(".book").rename(till.path.with_suffix(".kept"))
    with pytest.raises(LedgerUnreadable):
        till._open()
    till.path.with_suffix(".kept").rename(till.path.with_suffix(".book"))
    till.journal = till._open()
    assert word in recheck(till.path, VENUE)
