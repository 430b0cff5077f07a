"""Ledgers written by earlier versions, as they were exported: they verify and replay to what they were."""

import json
from pathlib import Path

import pytest

from ledger.book import Book
from ledger.chain import walk
from ledger.checkpoint import checkpoint_bytes, read_checkpoint
from ledger.export import read_lines
from ledger.heads import Head, verify_head
from ledger.receipts import receipt
from tests.ledger.till import SIGNER, VENUE

RECORDED = sorted((Path(__file__).parent / "recorded").glob("*.jsonl"))


@pytest.mark.parametrize("file", RECORDED, ids=lambda file: file.stem)
def test_a_ledger_of_an_earlier_version_replays_to_what_it_was(file: Path) -> None:  # [LE50]
    *stored, head = read_lines(file.read_bytes().splitlines(keepends=True))
    assert isinstance(head, Head)
    book = Book(VENUE, lambda seq: None)
    for link in walk(book.tip, (found for found in stored if not isinstance(found, Head))):
        book.apply(link)
    assert (book.tip.seq, book.tip.hash.hex()) == (head.seq, head.hash)
    assert verify_head(head, SIGNER.public_key)
    assert read_checkpoint(checkpoint_bytes(book.state)) == book.state  # [LE110]
    assert book.balances() == json.loads(file.with_suffix(".balances.json").read_text())


@pytest.mark.parametrize("file", RECORDED, ids=lambda file: file.stem)
def test_every_entry_that_moves_something_has_a_receipt(file: Path) -> None:  # [LE8]
    *stored, _ = read_lines(file.read_bytes().splitlines(keepends=True))
    book = Book(VENUE, lambda seq: None)
    for link in walk(book.tip, (found for found in stored if not isinstance(found, Head))):
        found = receipt(link, SIGNER.sign(link.tip), "EUR", copy=False)
        if link.entry.postings:
            assert found["lines"]
        assert all(line["text"] and type(line["amount_cents"]) is int for line in found["lines"])
