"""Taking acts back: as worked by hand, and the laws that hold for any history."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crdt_models.acts import taken_back, taking_back
from crdt_models.documents.catalogue import check, kind_of
from crdt_models.edits import Edit, Json, decode, encode
from crdt_models.facts import Index
from crdt_models.stamps import Stamp
from crdt_models.take_back import CHANGED, Plan, Told, plan

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "vectors" / "take_back.json").read_text(encoding="utf-8")
)


def index(document: str, edits: list[list[Any]]) -> Index:
    kind = kind_of(document)
    assert kind is not None
    facts = Index(kind.fact)
    for stamp, name, value, replaces in edits:
        assert check(document, name, value, by_leaf=True) is None, (name, value)
        facts.add(stamp, Edit(name, value, tuple(replaces), "ana"))
    return facts


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["id"][:3])
def test_acts_are_taken_back_as_worked_by_hand(case: dict[str, Any]) -> None:
    """[DO66] [DO67]"""
    document = case["document"]
    acts = [[Told(*told) for told in act] for act in case["acts"]]
    made = plan(
        document.partition("/")[0],
        index(document, case["edits"]),
        acts,
        all_the_same=case.get("all_the_same", False),
    )
    taken = [[one.stamp, [[e.name, e.value, list(e.replaces)] for e in one.edits]] for one in made.taken]
    assert taken == case["taken"]
    assert [list(one) for one in made.stays] == case["stays"]
    for one in made.taken:
        for writing in one.edits:
            assert check(document, writing.name, writing.value) is None


def test_an_act_says_what_it_takes_back() -> None:
    """[DO66]"""
    longest = str(Stamp(36**9 - 1, 10**9 - 1, "d" * 24 + "-" + "n" * 12))
    act = taking_back("abcdefgh", longest)
    assert len(act) == 64
    assert taken_back(act) == longest
    later = Stamp(1, 2, "a-1")
    assert decode(later, encode(Edit("seat/p", None, (), "ana", act))) == Edit("seat/p", None, (), "ana", act)
    assert [taken_back(other) for other in ("", "abc", "5.1.a-1", "abc~", "abc~x", "abc~5.1.a-1~")] == [
        None
    ] * 6


_NAMES = ("device/d1", "device/d2", "device/d3")


class Room:
    """A document with its history, written by two tablets that do not always see each other."""

    def __init__(self) -> None:
        self.facts = index("displays", [])
        self.history: list[tuple[str, Told]] = []  # act, change
        self.ms = 0

    def write(self, replica: str, values: dict[str, Json], replaces: dict[str, list[str]], act: str) -> None:
        self.ms += 1
        for n, (name, value) in enumerate(values.items(), start=1):
            stamp = str(Stamp(self.ms, self.ms * 10 + n, replica))
            before = self.facts.get(name)
            self.facts.add(stamp, Edit(name, value, tuple(replaces[name]), "ana", act))
            self.history.append((act or stamp, Told(stamp, name, before, value)))

    def act(self, key: str) -> list[Told]:
        return [told for act, told in self.history if act == key]

    def carry_out(self, made: Plan) -> None:
        for n, one in enumerate(made.taken):
            values = {writing.name: writing.value for writing in one.edits}
            replaces = {writing.name: list(writing.replaces) for writing in one.edits}
            self.write("leaf-1", values, replaces, taking_back(f"u{self.ms}{n}", one.stamp))


@st.composite
def rooms(draw: st.DrawFn) -> Room:
    room = Room()
    for n in range(draw(st.integers(1, 8))):
        names = draw(st.lists(st.sampled_from(_NAMES), min_size=1, max_size=3, unique=True))
        values: dict[str, Json] = {
            name: draw(st.none() | st.sampled_from("ABC").map(lambda text: {"name": text})) for name in names
        }
        seen = {
            name: draw(st.just(room.facts.live(name)) | st.just(room.facts.live(name)[:1])) for name in names
        }
        room.write(draw(st.sampled_from(("a-1", "b-1"))), values, seen, f"act{n}")
    return room


@given(rooms(), st.data())
def test_taking_back_and_taking_that_back_leaves_all_as_it_was(room: Room, data: st.DataObject) -> None:
    """[DO66]"""
    acts = sorted({act for act, _ in room.history})
    wanted = data.draw(st.lists(st.sampled_from(acts), min_size=1, unique=True))
    before = {name: room.facts.get(name) for name in _NAMES}
    made = plan("displays", room.facts, [room.act(key) for key in wanted])
    assert {one.code for one in made.stays} <= {CHANGED}
    assert len(made.taken) + len(made.stays) == len(wanted)
    known = len(room.history)
    room.carry_out(made)
    undoing = {act for act, _ in room.history[known:]}
    redone = plan("displays", room.facts, [room.act(key) for key in undoing])
    assert redone.stays == ()
    room.carry_out(redone)
    assert {name: room.facts.get(name) for name in _NAMES} == before


@given(rooms(), st.data())
def test_what_is_taken_back_is_no_longer_live_and_the_rest_stays(room: Room, data: st.DataObject) -> None:
    """[DO66]"""
    acts = sorted({act for act, _ in room.history})
    wanted = data.draw(st.lists(st.sampled_from(acts), min_size=1, unique=True))
    made = plan("displays", room.facts, [room.act(key) for key in wanted])
    touched = {writing.name for one in made.taken for writing in one.edits}
    untouched = {name: room.facts.live(name) for name in _NAMES if name not in touched}
    gone = {
        told.stamp
        for one in made.taken
        for key in wanted
        for told in room.act(key)
        if room.act(key)[0].stamp == one.stamp
    }
    rivals = {name: set(room.facts.live(name)) - gone for name in touched}
    room.carry_out(made)
    for name in _NAMES:
        assert not gone & set(room.facts.live(name))
        if name in untouched:
            assert room.facts.live(name) == untouched[name]
        elif len(rivals[name]) > 1:  # of the rivals that stay one is said again, the others are still there
            assert len(set(room.facts.live(name)) & rivals[name]) == len(rivals[name]) - 1
