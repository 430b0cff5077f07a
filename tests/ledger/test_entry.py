"""An entry is balanced and canonical, or it is none."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
