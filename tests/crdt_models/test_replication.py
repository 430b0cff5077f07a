"""Rows between servers: packed and read back, chosen, and anything else refused."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crdt_models import replication
from crdt_models.errors import Foul
from crdt_models.replication import outgoing, pack, unpack
from crdt_models.update_log import Change, LogRow, NumberedRow

CHANGE = Change("1.1.d-a", "seat/p1", None, '{"é":1}', "d-a", "ana", 5, "device", claimed=True)
ROW = LogRow(
    "floor", 1, b"\1\2\3", {"d-a": 3}, {7: "d", 8: ""}, {"1.1.d-a": ["0.1.d-a"]}, [CHANGE], origin="leaf"
)


@given(
    st.lists(
        st.builds(
            LogRow,
            st.sampled_from(["floor", "phone/p1"]),
            st.integers(1, 3),
            st.binary(max_size=50),
            st.dictionaries(st.sampled_from(["d-a", "e-b"]), st.integers(0, 2**31)),
            st.dictionaries(st.integers(0, 2**32), st.sampled_from(["", "d"])),
            st.dictionaries(st.sampled_from(["1.1.d-a"]), st.lists(st.sampled_from(["0.1.d-a"]))),
            st.just([CHANGE]),
            origin=st.sampled_from(["device", "core", "leaf"]),
        ),
        max_size=4,
    )
)
def test_rows_read_back_as_they_were(rows: list[LogRow]) -> None:
    numbered = [NumberedRow(n, row) for n, row in enumerate(rows)]
    assert unpack(pack(numbered)) == numbered


def test_the_other_server_gets_what_it_lacks_under_the_same_numbers() -> None:
    from_core = LogRow("floor", 1, b"x", {"d-a": 1}, history=[CHANGE], origin="core")
    rows = [NumberedRow(4, ROW), NumberedRow(5, from_core)]
    to_core = outgoing(rows, "core")
    assert [row.n for row in to_core] == [4, 5]
    assert to_core[0].row == ROW
    assert (to_core[1].row.vector, to_core[1].row.history) == ({"d-a": 1}, ())
    to_leaf = outgoing(rows, "leaf")
    assert [row.n for row in to_leaf] == [4, 5]
    assert (to_leaf[0].row.update, to_leaf[0].row.vector) == (b"", {})
    assert to_leaf[1].row == from_core


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"rows.1",
        b"rows.2\0",
        b"rows.1\0x",
        b"rows.1\1\2{}\0",
        b"rows.1\xff\xff\xff\xff\x0f",
        b"rows.1\1\1",
    ],
)
def test_what_is_no_rows_is_foul(data: bytes) -> None:
    with pytest.raises(Foul):
        unpack(b"felt." + data)


def test_more_than_one_message_may_hold_is_foul(monkeypatch: pytest.MonkeyPatch) -> None:
    data = pack([NumberedRow(1, ROW)])
    monkeypatch.setattr(replication, "BYTES_MAX", len(data) - 1)
    with pytest.raises(Foul):
        unpack(data)


def test_damaged_rows_raise_only_fouls() -> None:
    dice, data = random.Random(1), pack([NumberedRow(1, ROW), NumberedRow(2, ROW)])
    fouls = 0
    for _ in range(2_000):
        damaged = bytearray(data)
        damaged[dice.randrange(len(data))] = dice.randrange(256)
        try:
            unpack(bytes(damaged))
        except Foul:
            fouls += 1
    assert fouls > 500
