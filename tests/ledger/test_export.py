"""Export lines read back as the bytes that were hashed, however they were laid out on the way."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.audit import audit, compare, head_fault
from ledger.errors import EntryInvalid
from ledger.export import entry_line, head_line, read_lines
from ledger.heads import Head
from tests.ledger.till import SIGNER, Till, sale

Stored = list[tuple[bytes, bytes]]


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Stored:
    with Till(tmp_path_factory.mktemp("export")) as till:
        till.open_house()
        till.post(**sale("buy_in", "ann", "a1"))
        return [(body, hash_) for _, body, hash_ in till.journal.stored_after(0, 100)]


def test_lines_read_back_the_same(stored: Stored) -> None:  # [LE34]
    lines = [entry_line(body, hash_) for body, hash_ in stored]
    assert list(read_lines(lines)) == stored
    spread = [json.dumps(json.loads(line)).encode() + b"\n" for line in lines]
    with pytest.raises(EntryInvalid, match="line 1"):
        list(read_lines(spread))


def test_the_head_is_the_last_line(stored: Stored) -> None:  # [LE34]
    found = audit(stored)
    head = SIGNER.sign(found.tip)
    (read,) = read_lines([head_line(head)])
    assert isinstance(read, Head)
    assert read == head
    assert head_fault(found, head) is None


def test_two_copies_part_where_they_differ(stored: Stored) -> None:  # [LE34]
    assert compare(stored, stored[:3]) is None
    assert (
        compare([*stored[:4], stored[5]], stored)
        == "the two ledgers part at entry 6: one of them was rewritten"
    )


@given(st.binary(max_size=60))
@settings(max_examples=100)
def test_any_other_line_is_refused(line: bytes) -> None:  # [LE34]
    with pytest.raises(EntryInvalid):
        list(read_lines([line]))


@given(st.data())
@settings(max_examples=60)
def test_no_damage_to_an_export_verifies(stored: Stored, data: st.DataObject) -> None:  # [LE90]
    text = bytearray(b"".join(entry_line(body, hash_) for body, hash_ in stored))
    text[data.draw(st.integers(0, len(text) - 1))] ^= data.draw(st.integers(1, 255))
    lines = bytes(text).splitlines(keepends=True)
    try:
        found = audit(row for row in read_lines(lines) if not isinstance(row, Head))
    except EntryInvalid:
        return
    assert not found.ok


def test_an_empty_ledger_is_no_proof(tmp_path: Path) -> None:  # [LE34]
    assert audit([]).faults == ["there is no entry in it"]
