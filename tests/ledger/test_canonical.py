"""Canonical bytes are those of RFC 8785, for all that a ledger may hold."""

import json
from typing import Any

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.canonical import DEPTH_MAX, INTEGER_MAX, canonical, check, read_canonical
from ledger.entry import Entry, entry_bytes, read_entry
from ledger.errors import EntryInvalid

names = st.text(st.characters(min_codepoint=0, max_codepoint=127), max_size=8)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
leaves = st.integers(-INTEGER_MAX, INTEGER_MAX) | texts
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4),
    max_leaves=12,
)


def depth(value: object) -> int:
    if isinstance(value, dict):
        return 1 + max(map(depth, value.values()), default=0)
    if isinstance(value, list):
        return 1 + max(map(depth, value), default=0)
    return 0


@given(values.filter(lambda value: depth(value) <= DEPTH_MAX))
@settings(max_examples=150)
def test_bytes_are_those_of_rfc_8785(value: Any) -> None:  # [LE2]
    assert canonical(value) == rfc8785.dumps(value)
    assert read_canonical(canonical(value)) == value


@pytest.mark.parametrize(
    "value", [1.5, True, None, 2**53, -(2**53), {"ä": 1}, {"a": [1.0]}, "\ud800", {1: 2}, (1, 2), b"x"]
)
def test_what_an_entry_may_not_hold_is_refused(value: object) -> None:  # [LE2]
    with pytest.raises(EntryInvalid):
        canonical(value)


def test_nesting_ends_at_the_bound() -> None:  # [LE2]
    value: Any = 1
    for _ in range(DEPTH_MAX):
        value = [value]
    assert canonical(value)
    with pytest.raises(EntryInvalid):
        canonical([value])


@pytest.mark.parametrize(
    "data",
    [b'{"b":1,"a":2}', b'{"a": 1}', b'{"a":1}\n', b'{"a":1,"a":1}', b'"\\u0041"', b"1e2", b"[1.0]", b"",
     b"\xff", b"[" * 50_000],
)  # fmt: skip
def test_another_text_of_a_value_is_not_canonical(data: bytes) -> None:  # [LE2]
    with pytest.raises(EntryInvalid):
        read_canonical(data)


numbers = st.integers() | st.sampled_from([INTEGER_MAX, -INTEGER_MAX, INTEGER_MAX + 1, -INTEGER_MAX - 1])
anything = st.recursive(
    texts | numbers | st.none() | st.booleans() | st.floats(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names | st.just("ä"), inner, max_size=3),
    max_leaves=6,
)


def holding(data: Any) -> Entry:
    return Entry(
        venue="v", term=1, seq=2, at_ms=3, kind="k", key="", person="", device="", content="", rules={},
        postings=(), data=data,
    )  # fmt: skip


@given(st.dictionaries(names | st.just("ä"), anything, max_size=4), st.booleans())
@settings(max_examples=300)
def test_an_entry_holds_what_the_bounds_allow_and_nothing_else(data: Any, deep: bool) -> None:  # [LE2]
    while deep and depth(data) < DEPTH_MAX:
        data = {"in": data}
    try:
        check(data, DEPTH_MAX - 1)
    except EntryInvalid:
        with pytest.raises(EntryInvalid):
            entry_bytes(holding(data))
        with pytest.raises(EntryInvalid):
            read_entry(unchecked(data))
    else:
        assert entry_bytes(holding(data)) == rfc8785.dumps(holding(data).as_json())
        assert read_entry(entry_bytes(holding(data))).data == data


def unchecked(data: Any) -> bytes:
    """An entry's text as a forger would write it, with the standard library."""
    found = {**holding({}).as_json(), "data": data}
    return json.dumps(found, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
