"""A ledger proved in slices, over processes too: what one reader in one go finds, they find."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from felt import ledger_proof
from felt.cli import run
from felt.ledger_files import open_ledger, own_faults, proof
from felt.ledger_proof import proof_of_file, proof_of_rows
from ledger.audit import Audit, Stored, audit
from ledger.chain import Tip, extend
from ledger.entry import read_entry
from ledger.journal_file import all_stored, open_read_only
from ledger.slices import add_up, prove
from tests.ledger.till import VENUE, Till, sale

Rows = list[Stored]


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("slices")
    with Till(path) as till:
        till.open_house()
        for n in range(6):
            till.post(**sale("buy_in", f"p{n}", f"e{n}"))
            till.post("deposit", player=f"p{n}", method="cash", drawer="d", amount=700)
        till.post("reverse", seq=till.journal.tip.seq, reason="wrong player")
        till.post("drop_to_vault", drawer="d", amount=5_000)
    return path / "ledger.db"


@pytest.fixture(scope="module")
def rows(ledger: Path) -> Rows:
    db, _ = open_read_only(ledger)
    found = list(all_stored(db))
    db.close()
    return found


def in_slices(rows: Rows, size: int) -> Audit:
    starts = range(0, len(rows), size)
    return add_up(prove(rows[at - 1] if at else None, rows[at : at + size]) for at in starts)


def told(found: Audit) -> tuple[object, ...]:
    whole = (found.tip, found.entries) if found.ok else None
    return found.faults, found.venue, found.unvouched, found.book.state.terms, whole


def chained_anew(rows: Rows) -> Rows:
    """As a box that forges its ledger would: every number, hash and time fits."""
    tip, forged = Tip.start(VENUE), []
    for body, _ in rows:
        link = extend(tip, replace(read_entry(body), seq=tip.seq + 1))
        forged.append((link.body, link.hash))
        tip = link.tip
    return forged


@pytest.mark.parametrize("size", [1, 2, 5, 100])
def test_slices_add_up_to_the_whole(rows: Rows, size: int) -> None:  # [LE126]
    whole, found = audit(rows), in_slices(rows, size)
    assert whole.ok
    assert told(found) == told(whole)
    assert found.book.balances() == whole.book.balances()
    assert found.book.state.tournaments == whole.book.state.tournaments
    assert found.book.state.reversed == whole.book.state.reversed


@given(st.data(), st.integers(1, 6))
def test_what_is_tampered_with_is_told_in_the_same_words(
    rows: Rows, data: st.DataObject, size: int
) -> None:  # [LE126]
    at = data.draw(st.integers(0, len(rows) - 1))
    body, hash_ = rows[at]
    byte = data.draw(st.integers(0, len(body) - 1))
    changed = bytes([*body[:byte], body[byte] ^ data.draw(st.integers(1, 127)), *body[byte + 1 :]])
    ways: list[Rows] = [
        [*rows[:at], (changed, hash_), *rows[at + 1 :]],
        [*rows[:at], (body, bytes(32)), *rows[at + 1 :]],
        [*rows[:at], *rows[at + 1 :]],
        [*rows[: at + 1], *rows[at:]],
        [*rows[:at], *reversed(rows[at:])],
        chained_anew([*rows[: max(at, 1)], *rows[at + 1 :]]),  # what followed from it may fit no more
    ]
    for tampered in ways:
        assert told(in_slices(tampered, size)) == told(audit(tampered))


def test_an_entry_that_fits_nothing_before_it_is_told(rows: Rows) -> None:  # [LE126]
    adopted = next(n for n, (body, _) in enumerate(rows) if b'"kind":"adopt_tournament"' in body)
    forged = chained_anew([*rows[:adopted], *rows[adopted + 1 :]])
    found = in_slices(forged, 3)
    assert "does not fit those before it" in found.faults[0]
    assert found.faults == audit(forged).faults


def test_processes_share_out_a_file_and_an_export(
    ledger: Path, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:  # [LE126]
    monkeypatch.setattr(ledger_proof, "SLICE", 4)
    monkeypatch.setattr(ledger_proof, "LONG", 0)
    whole = told(audit(rows))
    of_file = proof_of_file(ledger, len(rows))
    assert (told(of_file.found), of_file.kept) == (whole, True)
    assert told(proof_of_rows(iter(rows), 0).found) == whole
    broken = [*rows[:9], (rows[9][0], bytes(32)), *rows[10:]]
    assert told(proof_of_rows(iter(broken), 0).found) == told(audit(broken))


def test_what_is_booked_meanwhile_is_left_for_the_next_time(tmp_path: Path) -> None:  # [LE34]
    with Till(tmp_path) as till:
        till.open_house()
        with open_ledger(till.path) as source:
            till.post("vault_in", amount=700)
            proved = proof(source)
            assert (proved.found.faults + own_faults(proved, source), proved.found.entries) == ([], 5)
            assert proved.kept


def test_a_damaged_table_that_names_the_ledger_is_found(ledger: Path, tmp_path: Path) -> None:  # [LE92]
    data = bytearray(ledger.read_bytes())
    data[4_096 + 3] ^= 1  # the second page is that table's: so many rows in it
    path = tmp_path / "damaged.db"
    path.write_bytes(data)
    assert run(["ledger", "verify", str(path)]) == 1
