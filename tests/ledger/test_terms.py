"""Terms by themselves: certificates, tails, and what a signed head from elsewhere says of a ledger."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ledger.audit import audit
from ledger.chain import Link, Tip, extend
from ledger.entry import Entry
from ledger.errors import ChainBroken, EntryInvalid, TermNeeded
from ledger.heads import Head, Signer, to_base64url
from ledger.journal import Journal, Posted
from ledger.terms import Term, certificate, opening, term_of, voucher_fault
from ledger.witness import WORDS, verdict
from tests.ledger.till import SIGNER, VENUE, Till

OWNER, SPARE = Signer.from_seed(b"o" * 32), Signer.from_seed(b"s" * 32)


def key(signer: Signer) -> str:
    return to_base64url(signer.public_key)


def term(number: int, signer: Signer, tip: Tip, **more: Any) -> Link:
    entry = opening(
        tip, at_ms=0, person="mia", why="test", currency="EUR", key_id=signer.key_id, public_key=key(signer),
        term=number, **more,
    )  # fmt: skip
    return extend(tip, entry)


def terms(*links: Link) -> list[Term]:
    return [term_of(link.entry) for link in links]


@pytest.mark.parametrize(
    ("owner", "by", "from_term", "venue", "words"),
    [
        (OWNER, OWNER, 2, VENUE, None),
        (OWNER, OWNER, 1, VENUE, None),
        (None, SIGNER, 2, VENUE, None),
        (OWNER, OWNER, 3, VENUE, "not of the venue key"),
        (OWNER, OWNER, 2, "elsewhere", "not of the venue key"),
        (OWNER, SIGNER, 2, VENUE, "not of the venue key"),
        (OWNER, SPARE, 2, VENUE, "not of the venue key"),
        (None, SPARE, 2, VENUE, "not of the box of term 1"),
        (OWNER, None, 2, VENUE, "has not vouched"),
    ],
)
def test_who_vouches_for_a_box(
    owner: Signer | None, by: Signer | None, from_term: int, venue: str, words: str | None
) -> None:
    """[LE98]"""
    first = term(1, SIGNER, Tip.start(VENUE), venue_key=key(owner) if owner else "")
    vouched = by and certificate(by, venue=venue, term=from_term, public_key=key(SPARE))
    second = term(2, SPARE, first.tip, vouched=vouched)
    one, two = terms(first, second)
    fault = voucher_fault(VENUE, [one], two)
    assert fault is None if words is None else fault is not None and words in fault
    assert audit([(link.body, link.hash) for link in (first, second)]).unvouched == ([fault] if fault else [])


def test_no_later_term_puts_another_venue_key_in_place_of_the_first() -> None:
    """[LE98]"""
    first = term(1, SIGNER, Tip.start(VENUE), venue_key=key(OWNER))
    stolen = term(2, SIGNER, first.tip, venue_key=key(SPARE))
    vouched = certificate(SPARE, venue=VENUE, term=3, public_key=key(SPARE))
    third = term(3, SPARE, stolen.tip, vouched=vouched)
    *before, last = terms(first, stolen, third)
    assert voucher_fault(VENUE, before, last) is not None


def test_a_term_with_a_key_that_is_none_is_no_term() -> None:
    first = term(1, SIGNER, Tip.start(VENUE))
    for said in ({"public_key": "x"}, {"key_id": "0" * 16}, {"venue_key": "!"}, {"certificate": 5}):
        entry = Entry(
            venue=VENUE, term=1, seq=1, at_ms=0, kind="open_term", key="k", person="mia", device="leaf",
            content="", rules={}, postings=(), data={**first.entry.data, **said},
        )  # fmt: skip
        with pytest.raises(EntryInvalid):
            term_of(entry)


def test_a_box_with_another_key_takes_nothing_but_a_new_term(tmp_path: Path) -> None:
    """[LE97]"""
    with Till(tmp_path) as till:
        till.open_house()
        asking, head = till.asking("vault_in", amount=5), till.journal.head()
    spare = Journal.open(tmp_path / "ledger.db", venue=VENUE, currency="EUR", signer=SPARE, at_ms=0)
    assert spare.head() == head  # as the old box signed it
    with pytest.raises(TermNeeded):
        spare.commit([asking])
    vouched = certificate(SIGNER, venue=VENUE, term=2, public_key=key(SPARE))
    opened = spare.open_term(at_ms=0, person="mia", why="it burnt", highest_seq=9, vouched=vouched)
    assert (opened.entry.seq, opened.entry.data["lost"], opened.entry.data["from_seq"]) == (10, 4, 5)
    spare.commit([asking])
    assert spare.tip.seq == 11
    spare.close()
    again = Journal.open(tmp_path / "ledger.db", venue=VENUE, currency="EUR", signer=SPARE, at_ms=0)
    assert again.tip.seq == 11
    again.close()


def test_a_tail_is_put_back_whole_or_not_at_all(tmp_path: Path) -> None:
    """[LE99]"""
    with Till(tmp_path / "whole") as till:
        till.open_house()
        whole = [body for _, body, _ in till.journal.stored_after(0, 100)]
        head, third = till.journal.head(), till.journal.link(3)
    with Till(tmp_path / "lacking") as lacking:
        tip = lacking.journal.tip
        other = [whole[1].replace(b'"person":"mia"', b'"person":"eve"'), *whole[2:]]
        for bodies, signed in (
            (whole[2:], head), (whole[1:-1], head), (other, head), ([], head),
            (whole[1:], replace(head, seq=9)),
            (whole[1:], SPARE.sign(Tip(VENUE, 1, 5, bytes.fromhex(head.hash), head.at_ms))),
            ([*whole[1:], b"{}"], head),
        ):  # fmt: skip
            with pytest.raises((ChainBroken, EntryInvalid)):
                lacking.journal.restore_tail(bodies, signed)
            assert lacking.journal.tip == tip
        assert lacking.journal.restore_tail(whole[1:], head) == 4
        assert lacking.journal.head() == head
        lacking.reopen()
        assert third is not None
        told = lacking.journal.outcome("till1", third.entry.key)
        assert isinstance(told, Posted)
        assert told.link == third
        assert lacking.post("vault_in", key="new", amount=5).link.entry.seq == 6


def test_what_a_head_says_of_a_ledger(tmp_path: Path) -> None:
    """[LE96]"""
    with Till(tmp_path) as till:
        till.open_house()
        till.journal.open_term(at_ms=0, person="mia", why="test", highest_seq=7)
        journal = till.journal
        found, tip = journal.book.state.terms, journal.tip

        def says(head: Head) -> str:
            link = journal.link(head.seq)
            said = verdict(found, tip, link.hash if link else None, head)
            assert said in WORDS
            return said

        def signed(seq: int, number: int, hash_: bytes = b"1" * 32, by: Signer = SIGNER) -> Head:
            return by.sign(Tip(VENUE, number, seq, hash_, 0))

        assert says(journal.head()) == "extends"
        third = journal.link(3)
        assert third is not None
        assert says(SIGNER.sign(third.tip)) == "extends"
        assert says(signed(9, 2)) == "set_back"
        assert says(signed(8, 2)) == "rewritten"
        assert says(signed(3, 1)) == "other_branch"
        assert says(signed(7, 1)) == "left_behind"
        assert says(signed(12, 1)) == "left_behind"
        assert says(signed(1, 3)) == "newer_term"
        assert says(signed(9, 2, by=SPARE)) == "unproved"
        assert says(replace(signed(9, 2), seq=10)) == "unproved"
        assert says(replace(journal.head(), venue="elsewhere")) == "unproved"
