"""Bytes of Yjs: what pycrdt writes reads back, and what is put together pycrdt reads."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycrdt import Doc, Map

from crdt_models import wire
from crdt_models.errors import Foul


@given(st.integers(0, 2**53 - 1))
def test_numbers_read_back(number: int) -> None:
    out = bytearray()
    wire.put(out, number, 7)
    assert wire.var_uint(bytes(out), 0) == (number, len(out) - 1)


@pytest.mark.parametrize("data", [b"\xff\xff\xff\xff\xff\xff\xff\x7f", b"\x80\x00", b"\xff" * 10])
def test_numbers_beyond_javascript_or_padded_are_foul(data: bytes) -> None:
    with pytest.raises(Foul):
        wire.var_uint(data, 0)


@given(st.dictionaries(st.integers(1, 2**32), st.integers(1, 2**31 - 1), max_size=5))
def test_state_vectors_read_back(vector: dict[int, int]) -> None:
    assert wire.read_state_vector(wire.write_state_vector(vector), clients_max=5) == vector


@pytest.mark.parametrize("data", [b"", b"\1", b"\1\1", b"\2\1\1\1\1", b"\0\0", b"\6" + b"\1\1" * 6])
def test_what_is_no_state_vector_is_foul(data: bytes) -> None:
    with pytest.raises(Foul):
        wire.read_state_vector(data, clients_max=5)


def test_what_we_put_together_is_what_pycrdt_writes() -> None:
    doc: Doc[Any] = Doc(client_id=300)
    facts: Map[str] = doc.get("f", type=Map)
    facts["1.1.d-a"] = "é" * 100
    facts["2.2.d-a"] = "[]"
    parts = [wire.edit_struct("1.1.d-a", "é" * 100), wire.edit_struct("2.2.d-a", "[]")]
    assert doc.get_update() == wire.assemble([(300, 0, parts)], {})


def test_deleted_structs_stay_one_by_one_and_are_deleted_by_ranges() -> None:
    doc: Doc[Any] = Doc(client_id=3)
    parts = [wire.edit_struct(f"1.{n}.d-a", "[]") for n in range(1, 6)]
    doc.apply_update(wire.assemble([(5, 0, parts)], {}))
    doc.apply_update(wire.assemble([], {5: [3, 1, 2]}))
    assert set(doc.get("f", type=Map)) == {"1.1.d-a", "1.5.d-a"}
    read = wire.read_update(doc.get_update(), bytes_max=10**6, structs_max=100, deletes=True)
    kinds = [struct.kind for struct in read.sections[0].structs]
    assert kinds == [wire.EDIT, wire.DELETED, wire.DELETED, wire.DELETED, wire.EDIT]
    assert read.deletes == [(5, 1, 3)]


def test_a_long_update_is_read_up_to_its_bounds() -> None:
    parts = [wire.edit_struct(f"1.{n}.d-a", "[]") for n in range(1, 11)]
    data = wire.assemble([(5, 0, parts)], {})
    assert len(wire.read_update(data, bytes_max=10**6, structs_max=4).sections[0].structs) == 4
    few = wire.read_update(data, bytes_max=40, structs_max=100)
    assert (few.whole, 0 < len(few.sections[0].structs) < 10) == (False, True)
