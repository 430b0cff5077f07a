"""A long book replayed in ranges is the book replayed entry by entry."""

import tempfile
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import apsw
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import chain, ranges, replay
from ledger.entry import Entry
from ledger.errors import LedgerUnreadable
from ledger.gaming_days import DAY_MS
from ledger.journal import Journal
from ledger.ranges import Through
from ledger.state import State
from tests.ledger.till import SIGNER, VENUE, Till, sale


def _here(_entries: int) -> Any:
    """Work that other processes may do, done right here."""
    return nullcontext(lambda work, jobs: (work(*job) for job in jobs))


HERE: Through = _here
Deed = tuple[int, str, str]  # days that pass before it, what is done, by whom


@pytest.fixture(autouse=True, scope="module")
def _short() -> Iterator[None]:
    """A ledger of a dozen entries counts as long."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(replay, "IN_ORDER", 6)
        monkeypatch.setattr(replay, "_RUN", 4)
        monkeypatch.setattr(ranges, "RANGE", 3)
        yield


def opened(path: Path, through: Through | None = None) -> State:
    journal = Journal.open(path, venue=VENUE, currency="EUR", signer=SIGNER, at_ms=1_000_000, through=through)
    journal.close()
    return journal.book.state


def do(till: Till, deed: Deed) -> None:
    days, what, player = deed
    till.asked += days * DAY_MS
    match what:
        case "buy in":
            till.ask(**sale("buy_in", player, f"{player}1", age_seen=21))
        case "re-enter":
            till.ask(**sale("re_entry", player, f"{player}2"))
        case "undo":
            till.ask("reverse", seq=till.journal.tip.seq, reason="typed twice")
        case "chips":
            till.ask("cash_buy_in", player=player, drawer="d", amount=900)
        case "no chips":
            till.ask("cash_out", player=player, drawer="d", amount=300)
        case "deposit":
            till.ask("deposit", player=player, method="cash", drawer="d", amount=700)


def weeks(till: Till, count: int) -> None:
    """Evenings on which cash came and went."""
    for _ in range(count):
        for deed in ((1, "chips", "ann"), (0, "no chips", "ann"), (0, "deposit", "bob"), (0, "undo", "bob")):
            do(till, deed)


deeds = st.tuples(
    st.sampled_from([0, 0, 0, 1, 2]),
    st.sampled_from(["buy in", "re-enter", "undo", "chips", "no chips", "deposit"]),
    st.sampled_from(["ann", "bob", "cid"]),
)


@given(st.lists(deeds, min_size=8, max_size=40))
def test_the_book_is_the_same_whichever_way_it_is_replayed(evening: list[Deed]) -> None:  # [LE183]
    with tempfile.TemporaryDirectory(prefix="felt-replay-") as folder:
        with Till(Path(folder)) as till:
            till.open_house()
            for deed in evening:
                do(till, deed)
        assert opened(till.path, HERE) == till.journal.book.state == opened(till.path)


def test_ranges_are_taken_for_it_and_the_newest_one_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # [LE183]
    with Till(tmp_path) as till:
        till.open_house()
        weeks(till, 5)
        last = till.journal.tip.seq
    read: list[int] = []

    def seen(tip: chain.Tip, *run: Any) -> tuple[list[Entry], chain.Tip]:
        read.append(tip.seq)
        return chain.follow_signed(tip, *run)

    monkeypatch.setattr(replay, "follow_signed", seen)
    assert opened(till.path, HERE) == till.journal.book.state
    assert read[0] == last - 6


def test_where_the_newest_are_of_one_day_all_are_replayed_one_by_one(tmp_path: Path) -> None:  # [LE183]
    with Till(tmp_path) as till:
        till.open_house()
        weeks(till, 3)
        for _ in range(8):
            do(till, (0, "chips", "cid"))
    found = opened(till.path, HERE)
    assert found == till.journal.book.state
    assert len(found.cash_days) == 2


def test_what_does_not_hold_is_told_in_the_same_words(tmp_path: Path) -> None:  # [LE183]
    with Till(tmp_path) as till:
        till.open_house()
        weeks(till, 5)
    db = apsw.Connection(str(till.path))
    db.execute("DROP TRIGGER entries_stay")
    db.execute("UPDATE entries SET body = replace(body, 'mia', 'max') WHERE seq = 4")
    db.close()
    words = []
    for through in (HERE, None):
        with pytest.raises(LedgerUnreadable, match="entry 4") as refused:
            opened(till.path, through)
        words.append(str(refused.value))
    assert words[0] == words[1]
