"""Reading edits, against the vectors that the TypeScript twin also reads, and in any order."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crdt_models.documents.catalogue import kind_of
from crdt_models.documents.floor import Seat
from crdt_models.documents.typed import many, one
from crdt_models.edits import Edit
from crdt_models.facts import Index, Json

VECTORS: Any = json.loads((Path(__file__).parents[1] / "vectors" / "facts.json").read_text())


def index_of(document: str) -> Index:
    kind = kind_of(document)
    assert kind is not None
    return Index(kind.fact)


def picture(index: Index) -> dict[str, Any]:
    return {
        "facts": {
            name: {"value": index.get(name), "stamp": index.stamp(name), "live": index.live(name)}
            for name in sorted({edit.name for edit in index.edits.values() if edit.name} | set(index.names()))
        },
        "rivals": dict(index.rivals()),
        "digest": index.digest,
    }


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["title"])
def test_a_set_of_edits_reads_as_the_vectors_say(case: dict[str, Any]) -> None:
    """[DO5] [DO6]"""
    index, expect = index_of(case["document"]), case["expect"]
    for stamp, (name, value, replaces, by) in case["edits"].items():
        index.add(stamp, Edit(name, value, tuple(replaces), *by))
    for stamp in case["gone"]:
        index.remove(stamp)
    for name, fact in expect["facts"].items():
        assert index.get(name) == fact["value"]
        assert index.stamp(name) == fact["stamp"]
        assert index.live(name) == fact["live"]
    for prefix, group in expect["groups"].items():
        assert dict(index.group(prefix)) == group
    assert dict(index.rivals()) == expect["rivals"]
    assert index.digest == expect["digest"]


VALUES: list[Json] = [None, {"table": "t1", "seat": 1}, {"table": "t1", "seat": 2}]


@st.composite
def some_edits(draw: st.DrawFn) -> dict[str, Edit]:
    edits: dict[str, Edit] = {}
    for counter in range(1, draw(st.integers(0, 8)) + 1):
        name = draw(st.sampled_from(["seat/p1", "seat/p2", "call/e", ""]))
        value: Json = draw(st.sampled_from(VALUES))
        replaces = draw(st.lists(st.sampled_from(sorted(edits)), unique=True)) if edits else []
        edits[f"{counter}.{counter}.d-a"] = Edit(name, value, tuple(replaces))
    return edits


@given(some_edits(), st.data())
def test_the_order_of_coming_and_going_does_not_matter(edits: dict[str, Edit], data: st.DataObject) -> None:
    stay = data.draw(st.lists(st.sampled_from(sorted(edits)), unique=True)) if edits else []
    straight, crooked = index_of("floor"), index_of("floor")
    for stamp in stay:
        straight.add(stamp, edits[stamp])
    for stamp in data.draw(st.permutations(sorted(edits))):
        crooked.add(stamp, edits[stamp])
        crooked.group("seat/"), crooked.stamp("call/e")  # what is remembered must not outlive a change
        many(crooked, "seat/", Seat), one(crooked, "seat/a", Seat)
    for stamp in data.draw(st.permutations(sorted(edits.keys() - set(stay)))):
        crooked.remove(stamp)
        crooked.group("seat/"), many(crooked, "seat/", Seat)
    assert picture(straight) == picture(crooked)
    assert dict(straight.group("seat/")) == dict(crooked.group("seat/"))
    assert many(straight, "seat/", Seat) == many(crooked, "seat/", Seat)
    for name in straight.names("seat/"):
        assert one(straight, name, Seat) == one(crooked, name, Seat)


@given(some_edits())
def test_an_edit_counts_while_no_present_one_names_it(edits: dict[str, Edit]) -> None:
    """[DO4]"""
    index = index_of("floor")
    for stamp, edit in edits.items():
        index.add(stamp, edit)
    named = {(edit.name, older) for edit in edits.values() for older in edit.replaces}
    for name in {edit.name for edit in edits.values()} - {""}:
        mine = {stamp for stamp, edit in edits.items() if edit.name == name}
        assert set(index.live(name)) == {stamp for stamp in mine if (name, stamp) not in named}


def test_a_fact_is_parsed_once_while_the_same_edit_counts() -> None:
    index, parsed = index_of("floor"), list[Json]()

    def parse(value: Json, model: type[int]) -> int:
        parsed.append(value)
        return len(parsed)

    for n, player in enumerate("abc", 1):
        index.add(f"{n}.{n}.t1-x", Edit(f"seat/{player}", {"table": "t1", "seat": n}))
    assert dict(index.read_group("seat/", int, parse)) == {"a": 1, "b": 2, "c": 3}
    assert index.read("seat/a", int, parse) == 1
    index.add("9.9.t1-x", Edit("seat/b", {"table": "t1", "seat": 9}, ("2.2.t1-x",)))
    assert dict(index.read_group("seat/", int, parse)) == {"a": 1, "b": 4, "c": 3}
    index.remove("9.9.t1-x")
    assert dict(index.read_group("seat/", int, parse)) == {"a": 1, "b": 5, "c": 3}
    assert len(parsed) == 5
