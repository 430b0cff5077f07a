"""An entry is balanced and canonical, or it is none."""

import json
import os
from contextlib import suppress
from typing import Any

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.canonical import check
from ledger.entry import Entry, Posting, entry_bytes, read_entry
from ledger.errors import EntryInvalid


def entry(**changes: Any) -> Entry:
    fields: dict[str, Any] = {
        "venue": "v", "term": 1, "seq": 5, "at_ms": 7, "kind": "cash_buy_in", "key": "k", "person": "p",
        "device": "d", "content": "", "rules": {"profile": 2},
        "postings": (Posting("1010/d", 500), Posting("2000", -500)), "data": {"player": "x"},
    }  # fmt: skip
    return Entry(**{**fields, **changes})


def test_bytes_read_back_as_the_same_entry() -> None:  # [LE1] [LE2]
    assert read_entry(entry_bytes(entry())) == entry()


@pytest.mark.parametrize(
    "postings",
    [
        (Posting("1010/d", 500), Posting("2000", -499)),
        (Posting("1010/d", 500),),
        (Posting("1010/d", 0), Posting("2000", 0)),
        (Posting("1010", 500), Posting("2000", -500)),
        (Posting("2000/x", 500), Posting("2000", -500)),
        (Posting("1010/a/b/c", 500), Posting("2000", -500)),
        (Posting("9999", 500), Posting("2000", -500)),
        (Posting("1010/d", 0.5), Posting("2000", -0.5)),  # type: ignore[arg-type]
        (Posting("1010/d", True), Posting("2000", -1)),
    ],
)
def test_an_unbalanced_entry_cannot_be_built(postings: tuple[Posting, ...]) -> None:  # [LE3]
    with pytest.raises(EntryInvalid):
        entry(postings=postings)


def test_an_entry_that_moves_nothing_has_no_postings() -> None:  # [LE3]
    assert read_entry(entry_bytes(entry(postings=()))).postings == ()


@pytest.mark.parametrize("name", ["seq", "term", "at_ms"])
def test_no_number_of_an_entry_is_beyond_what_every_reader_holds(name: str) -> None:  # [LE2]
    with pytest.raises(EntryInvalid):
        entry_bytes(entry(**{name: 2**53}))


@pytest.mark.parametrize("changes", [{"seq": 0}, {"term": 0}, {"at_ms": -1}, {"venue": ""}, {"kind": ""}])
def test_an_entry_has_its_place(changes: dict[str, Any]) -> None:  # [LE1]
    with pytest.raises(EntryInvalid):
        entry(**changes)


@given(st.data())
@settings(max_examples=150)
def test_a_changed_field_is_no_entry_or_another_one(data: st.DataObject) -> None:  # [LE1] [LE2]
    found = json.loads(entry_bytes(entry()))
    name = data.draw(st.sampled_from([*sorted(found), "more"]))
    junk: st.SearchStrategy[Any] = (
        st.none()
        | st.booleans()
        | st.floats()
        | st.text(max_size=3)
        | st.integers()
        | st.just([])
        | st.just({})
    )
    found[name] = data.draw(junk)
    text = json.dumps(found, sort_keys=True, separators=(",", ":")).encode()
    with suppress(EntryInvalid):
        assert read_entry(text) != entry() or found == json.loads(entry_bytes(entry()))


@given(st.binary(max_size=200))
@settings(max_examples=100)
def test_no_bytes_break_the_reader(data: bytes) -> None:
    with pytest.raises(EntryInvalid):
        read_entry(data)


LONG = bool(os.environ.get("FELT_LONG"))


def reads_slowly(data: bytes) -> bool:
    """Whether these bytes are an entry, judged by the standard library and the package `rfc8785`."""
    try:
        found = json.loads(data)
        if rfc8785.dumps(found) != data or set(found) != set(Entry.__struct_fields__) or found["v"] != 1:
            return False
        check(found)
        texts = all(type(found[name]) is str for name in TEXTS)
        numbers = all(type(found[name]) is int for name in ("at_ms", "seq", "term"))
        rules = type(found["rules"]) is dict and all(type(seq) is int for seq in found["rules"].values())
        legs = [Posting(**leg) for leg in found["postings"]]
        entry(**{**{name: found[name] for name in found if name != "v"}, "postings": tuple(legs)})
    except (ValueError, TypeError, RecursionError, EntryInvalid, rfc8785.CanonicalizationError):
        return False
    accounts = all(type(leg["account"]) is str for leg in found["postings"])
    return texts and numbers and rules and accounts and type(found["data"]) is dict


TEXTS = ("content", "device", "key", "kind", "person", "venue")
WHOLE = entry_bytes(entry(data={"a": [1, {"b": "ü\n"}], "n": -7, "player": "x", "price": {"c": 2**53 - 1}}))
PIECES = [
    b'"', b"\\", b"1", b"0", b".0", b"e3", b"-", b"{", b"}", b"[]", b",", b":", b" ", b"\n", b"null", b"true",
    b"\\u0041", b"\\u000A", b"\\u000a", b"\\n", b"\\/", b"\\ud800", b"\xed\xa0\x80", b"\xff", b"\x00",
    b'"a":1,', b'"v":1,', b"1.0", b"9007199254740992", "ü".encode(), b'"\xc3\xa4":1,',
]  # fmt: skip


@given(st.data())
@settings(max_examples=10_000 if LONG else 400)
def test_bytes_are_an_entry_to_both_readers_or_to_neither(data: st.DataObject) -> None:  # [LE2]
    text = bytearray(WHOLE)
    for _ in range(data.draw(st.integers(1, 2))):
        at = data.draw(st.integers(0, len(text)))
        text[at : at + data.draw(st.integers(0, 3))] = data.draw(st.sampled_from([b"", *PIECES]))
    try:
        read_entry(bytes(text))
    except EntryInvalid:
        assert not reads_slowly(bytes(text))
    else:
        assert reads_slowly(bytes(text))
