"""The chain holds, and no byte, order or number of the past can change unseen."""

from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from ledger.chain import Link, Tip, entry_hash, extend, follow, walk
from ledger.entry import Entry, Posting
from ledger.errors import ChainBroken, EntryInvalid
from ledger.terms import opening


def opened(tip: Tip, highest_seq: int | None = None) -> Link:
    entry = opening(
        tip,
        at_ms=10,
        person="mia",
        why="test",
        currency="EUR",
        key_id="k",
        public_key="p",
        highest_seq=highest_seq,
    )
    return extend(tip, entry)


def after(tip: Tip, **changes: object) -> Entry:
    postings = (Posting("1000", 100), Posting("3000", -100))
    entry = Entry(
        venue=tip.venue, term=tip.term, seq=tip.seq + 1, at_ms=tip.at_ms, kind="vault_in", key="k",
        person="mia", device="d", content="", rules={}, postings=postings, data={},
    )  # fmt: skip
    return replace(entry, **changes)  # type: ignore[arg-type]


def run(length: int) -> list[Link]:
    links = [opened(Tip.start("v"))]
    while len(links) < length:
        links.append(extend(links[-1].tip, after(links[-1].tip)))
    return links


def stored(links: list[Link]) -> list[tuple[bytes, bytes]]:
    return [(link.body, link.hash) for link in links]


def test_the_first_hash_covers_zero_bytes_and_the_domain() -> None:  # [LE4]
    link = opened(Tip.start("v"))
    assert link.hash == sha256(b"felt.entry.1" + bytes(32) + link.body).digest()
    assert entry_hash(bytes(32), link.body) == link.hash


def test_what_was_written_walks_back_the_same() -> None:  # [LE4] [LE5]
    links = run(5)
    assert list(walk(Tip.start("v"), stored(links))) == links


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"seq": 3}, "gap"),
        ({"seq": 1}, "gap"),
        ({"term": 2}, "term"),
        ({"venue": "w"}, "venue"),
        ({"at_ms": 9}, "time"),
    ],
)
def test_an_entry_follows_in_number_term_venue_and_time(
    changes: dict[str, object], code: str
) -> None:  # [LE5]
    tip = run(1)[-1].tip
    with pytest.raises(ChainBroken) as broken:
        extend(tip, after(tip, **changes))
    assert broken.value.code == code


def test_a_new_term_names_what_it_continues_and_what_is_lost() -> None:  # [LE6]
    tip = run(3)[-1].tip
    link = opened(tip, highest_seq=7)
    assert (link.entry.term, link.entry.seq, link.entry.data["lost"]) == (2, 8, 4)
    assert follow(tip, link.body) == link
    for lie in ({"seq": 9}, {"seq": 4}, {"term": 1}, {"data": {**link.entry.data, "from_seq": 2}}):
        with pytest.raises(ChainBroken):
            extend(tip, replace(link.entry, **lie))


@given(st.data())
@settings(max_examples=100)
def test_any_changed_byte_is_found(data: st.DataObject) -> None:  # [LE2] [LE4]
    rows = stored(run(4))
    which = data.draw(st.integers(0, 3))
    body = bytearray(rows[which][0])
    at = data.draw(st.integers(0, len(body) - 1))
    body[at] ^= data.draw(st.integers(1, 255))
    rows[which] = (bytes(body), rows[which][1])
    with pytest.raises((ChainBroken, EntryInvalid)):
        list(walk(Tip.start("v"), rows))


@given(st.permutations(range(5)) | st.lists(st.integers(0, 4), max_size=5))
@settings(max_examples=60)
def test_dropped_swapped_or_doubled_entries_are_found(order: list[int]) -> None:  # [LE5]
    rows = stored(run(5))
    if list(order) == list(range(len(order))):
        return
    with pytest.raises(ChainBroken):
        list(walk(Tip.start("v"), [rows[n] for n in order]))
