"""A turn: the server's own edits and rows of the leaf at the core."""

from typing import Any

import pytest
from pycrdt import Doc, Map

from crdt_models.documents.catalogue import kind_of
from crdt_models.edits import Edit, encode
from crdt_models.errors import EditInvalid, Foul
from crdt_models.facts import Index, Json
from crdt_models.known import Known, Verdict
from crdt_models.turn import Turn, Writer
from crdt_models.update_log import LogRow
from crdt_models.wire import assemble, edit_struct

WRITER = Writer(77, "leaf-x")


class Core:
    """What a room at the core holds, and its replica."""

    def __init__(self) -> None:
        kind = kind_of("floor")
        assert kind is not None
        self.known, self.facts = Known(by_leaf={}), Index(kind.fact)
        self.doc: Doc[Any] = Doc()

    def turn(self) -> Turn:
        return Turn("floor", 1, 5, self.known, self.facts, None)

    def show(self, turn: Turn) -> None:
        if turn.update:
            self.doc.apply_update(turn.update)
        for stamp in turn.removed:
            self.facts.remove(stamp)
        for stamp, edit in turn.added.items():
            self.facts.add(stamp, edit)
        present = self.doc.get("f", type=Map)
        assert set(present.keys()) == self.known.edits.keys() == self.facts.edits.keys()
        for stamp, edit in self.facts.edits.items():
            assert present[stamp] == encode(edit)

    def take(self, update: bytes, **more: Any) -> Turn:
        turn = self.turn()
        assert turn.take(LogRow("floor", 1, update, **more))
        self.show(turn)
        return turn


def struct(stamp: str, value: Json) -> bytes:
    return edit_struct(stamp, encode(Edit("seat/p1", value)))


def test_own_edits_of_a_turn_know_of_one_another() -> None:
    core = Core()
    turn = core.turn()
    turn.write([("seat/p1", 1), ("seat/p2", 2), ("seat/p1", 3)], WRITER, person="", ms=9, via="core")
    turn.write([("seat/p1", 4)], WRITER, person="", ms=10, via="core")
    core.show(turn)
    assert core.facts.live("seat/p1") == ["a.4.leaf-x"]
    assert core.facts.edits["a.4.leaf-x"].replaces == ("9.3.leaf-x",)
    row = turn.row(turn.update)
    assert row is not None
    assert (row.vector, row.bound) == ({"leaf-x": 4}, {77: ""})
    assert [(c.before, c.after) for c in row.history if c.name == "seat/p1"] == [
        (None, "1"), ("1", "3"), ("3", "4"),
    ]  # fmt: skip


def test_an_own_edit_that_no_gate_would_take_changes_nothing() -> None:
    core = Core()
    turn = core.turn()
    with pytest.raises(EditInvalid):
        turn.write([("seat/p1", 1), ("seat/p2", "x" * 5_000)], WRITER, person="", ms=9, via="core")
    assert turn.row(turn.update) is None
    assert core.known.clocks == {}


def test_a_row_is_taken_as_it_is_twice_without_harm() -> None:
    core = Core()
    update = assemble([(1, 0, [struct("1.1.d-a", 1), struct("2.2.d-a", 2)])], {1: [0]})
    row: dict[str, Any] = {"vector": {"d-a": 2}, "bound": {1: "d"}, "refused": {"1.1.d-a": ["0.1.e-b"]}}
    turn = core.take(update, **row)
    assert core.facts.edits.keys() == {"2.2.d-a"}
    assert (turn.vector, turn.leaf_vector) == ({"d-a": 2}, {"d-a": 2})
    core.take(update, **row)
    assert core.known.bound == {1: "d"}
    assert core.known.refused == {"1.1.d-a": ("0.1.e-b",)}


def test_a_row_after_a_hole_is_not_taken() -> None:
    core = Core()
    turn = core.turn()
    assert not turn.take(LogRow("floor", 1, assemble([(1, 3, [struct("1.1.d-a", 1)])], {})))
    assert (turn.row(turn.update), core.known.edits) == (None, {})


@pytest.mark.parametrize(
    "update", [b"\xff", assemble([(1, 0, [edit_struct("x", "[]")])], {}), assemble([(1, 0, [b"\x0a\1"])], {})]
)
def test_a_row_that_no_leaf_writes_is_foul(update: bytes) -> None:
    core = Core()
    with pytest.raises(Foul):
        core.turn().take(LogRow("floor", 1, update))
    assert (core.known.clocks, core.known.edits) == ({}, {})


@pytest.mark.parametrize(("mine", "theirs"), [(3, 9), (9, 3)])
def test_of_two_contents_of_a_stamp_the_facts_show_what_yjs_shows(mine: int, theirs: int) -> None:
    core = Core()
    core.take(assemble([(mine, 0, [struct("1.1.d-a", "mine")])], {}))
    core.take(assemble([(theirs, 0, [struct("1.1.d-a", "theirs")])], {}))
    assert core.facts.get("seat/p1") == ("mine" if mine > theirs else "theirs")
    core.take(assemble([], {mine: [0]}))


def test_a_range_of_deletes_finds_what_lies_in_it() -> None:
    core = Core()
    parts = [struct(f"{n}.{n}.d-a", n) for n in range(1, 10)]
    core.take(assemble([(1, 0, parts)], {}))
    core.take(b"\0\1\1\1\2\xff\xff\xff\xff\x07")  # client 1, from clock 2 on, two thousand million of them
    assert core.facts.edits.keys() == {"1.1.d-a", "2.2.d-a"}


def test_a_row_of_the_leaf_does_not_take_back_what_the_core_has_decided() -> None:
    """[DO71]"""
    core = Core()
    core.known.vector["d-1"] = 5
    turn = core.turn()
    assert turn.take(LogRow("floor", 1, b"", vector={"d-1": 3, "e-1": 1}))
    assert (turn.vector, turn.leaf_vector) == ({"e-1": 1}, {"d-1": 3, "e-1": 1})
    assert core.known.vector == {"d-1": 5, "e-1": 1}


def test_an_older_row_come_again_takes_back_nothing_of_what_the_leaf_decided() -> None:
    """[DO71]"""
    core = Core()
    core.take(b"", vector={"d-1": 3})
    assert core.take(b"", vector={"d-1": 2}).leaf_vector == {}
    assert core.known.by_leaf == {"d-1": 3}


def test_a_vector_goes_on_over_what_came_by_hand_once_the_hole_before_it_is_filled() -> None:
    """Else its author never hears that the leaf has it (found by the simulator)."""
    core = Core()
    core.known.vector["d-1"], core.known.handed = 3, {"5.5.d-1", "6.6.d-1"}
    core.known.add("5.5.d-1", Edit("seat/p1", None))
    turn = core.turn()
    turn.admit(Verdict(vector={"d-1": 4}), via="device", claimed=lambda _stamp, _edit: False)
    assert turn.vector == core.known.vector == {"d-1": 5}
    assert core.known.handed == {"6.6.d-1"}  # gone before its author came: he has a word on it still
