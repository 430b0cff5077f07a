"""Conflicts that stay open until a person settled them, and the order of arrival on waitlists."""

from typing import Any

from crdt_models.arrivals import arrivals
from crdt_models.conflicts import conflicts
from crdt_models.documents.catalogue import check, kind_of
from crdt_models.edits import Edit, Json
from crdt_models.facts import Index

A, B, C, D, E = "1.1.d1-a", "2.1.d2-b", "3.1.d3-c", "4.1.d1-a", "5.1.d2-b"


class Floor:
    """Facts, and a leaf that writes what it has to."""

    def __init__(self) -> None:
        kind = kind_of("floor")
        assert kind is not None
        self.facts = Index(kind.fact)
        self.own = 0

    def write(self, stamp: str, name: str, value: Json, *replaces: str) -> None:
        self.facts.add(stamp, Edit(name, value, replaces, "ana"))
        for own, what in conflicts(self.facts, [name], 100_000) + arrivals(self.facts, [name], 7):
            assert check("floor", own, what, by_leaf=True) is None
            self.own += 1
            stamp = f"{self.own + 10:x}.{self.own}.leaf-x"
            self.facts.add(stamp, Edit(own, what, tuple(self.facts.live(own))))
        assert conflicts(self.facts, [name], 100_000) == []  # told once

    def conflict(self) -> Any:
        return self.facts.get("conflict/seat/p1")

    def stamps(self) -> list[str]:
        return [answer["stamp"] for answer in self.conflict()["answers"]]


def seat(number: int) -> Json:
    return {"table": "t1", "seat": number}


def test_rivals_open_a_conflict_that_tells_who_said_what() -> None:
    floor = Floor()
    floor.write(A, "seat/p1", seat(1))
    assert floor.conflict() is None
    floor.write(B, "seat/p1", seat(2))
    assert floor.stamps() == [A, B]
    assert floor.conflict()["answers"][0] == {
        "stamp": A,
        "person": "ana",
        "device": "d1",
        "at_ms": 1,
        "value": '{"table":"t1","seat":1}',
        "offline": True,
    }


def test_rivals_that_mean_the_same_are_none() -> None:
    """[DO6]"""
    floor = Floor()
    floor.write(A, "seat/p1", seat(1))
    floor.write(B, "seat/p1", seat(1))
    assert floor.conflict() is None


def test_the_next_tap_does_not_wipe_the_tray() -> None:
    """[DO7]"""
    floor = Floor()
    floor.write(A, "seat/p1", seat(1))
    floor.write(B, "seat/p1", seat(2))
    floor.write(C, "seat/p1", seat(3), A, B)
    assert floor.stamps() == [A, B]


def test_another_rival_joins_an_open_conflict() -> None:
    floor = Floor()
    for stamp, number in ((A, 1), (B, 2), (C, 3)):
        floor.write(stamp, "seat/p1", seat(number))
    assert floor.stamps() == [A, B, C]


def test_only_a_settling_write_that_names_its_stamps_closes_it() -> None:
    """[DO7]"""
    floor = Floor()
    floor.write(A, "seat/p1", seat(1))
    floor.write(B, "seat/p1", seat(2))
    floor.write(C, "settled/seat/p1", {"stamps": [A, "1.1.other-x"], "how": "kept"})
    assert floor.stamps() == [A, B]
    floor.write(D, "settled/seat/p1", {"stamps": [A, B], "how": "kept"}, C)
    assert floor.conflict() is None  # though both are still live: a person looked
    floor.write(E, "seat/p1", seat(5))
    assert floor.stamps() == [A, B, E]  # nobody looked at this one


def test_settling_and_using_another_value_leaves_nothing_open() -> None:
    floor = Floor()
    floor.write(A, "seat/p1", seat(1))
    floor.write(B, "seat/p1", seat(2))
    floor.write(C, "seat/p1", seat(2), A, B)
    floor.write(D, "settled/seat/p1", {"stamps": [A, B], "how": "used"})
    assert floor.conflict() is None
    assert floor.facts.rivals() == {}


def entry(player: str) -> Json:
    return {"list": "l1", "player": player}


def test_list_entries_are_numbered_as_they_arrive() -> None:
    floor = Floor()
    floor.write("9.1.d1-a", "waitlist/late", entry("p1"))
    floor.write("2.1.d2-b", "waitlist/early", entry("p2"))
    floor.write("a.2.d2-b", "waitlist/early", {"list": "l1", "player": "p2", "state": "away"}, "2.1.d2-b")
    assert floor.facts.group("arrived/") == {
        "late": {"number": 1, "at_ms": 7},
        "early": {"number": 2, "at_ms": 7},
    }


def test_entries_that_arrive_together_are_numbered_by_stamp() -> None:
    floor = Floor()
    for stamp, name in (
        ("3.1.d1-a", "waitlist/b"),
        ("2.1.d2-b", "waitlist/a"),
        ("4.2.d2-b", "waitlist/gone"),
    ):
        floor.facts.add(stamp, Edit(name, None if name.endswith("gone") else entry("p")))
    written = arrivals(floor.facts, ["waitlist/b", "waitlist/a", "waitlist/gone", "seat/p"], 7)
    assert [name for name, _ in written] == ["arrived/a", "arrived/b"]
