"""What may be written where: names, shapes, rights."""

import pytest

from crdt_models.documents.catalogue import CATALOGUE, check, kind_of, may_read, may_write
from crdt_models.documents.fact import FactKind
from crdt_models.facts import Json

CLOCK = {"level": 1, "state": "running", "anchor_ms": 5, "remaining_ms": 1_200_000}
PAYOUTS = {"name": "P", "entries_min": 1, "entries_max": 9}
SETUP = {
    "kind": "tournament", "version": 1, "name": "Friday 55", "starts_ms": 0, "seats_per_table": 9,
    "starting_stack": 20_000, "late_until_level": 9,
}  # fmt: skip


@pytest.mark.parametrize(
    ("document", "name", "value", "code"),
    [
        ("tournament/t1", "clock", CLOCK, None),
        ("tournament/t1", "clock", None, None),
        ("tournament/t1", "setup", SETUP, None),
        ("tournament/t1", "setup", None, "model"),
        ("tournament/t1", "setup", SETUP | {"kind": "floor"}, "model"),
        ("tournament/t1", "clock", CLOCK | {"tick": 1}, "model"),
        ("tournament/t1", "clock", CLOCK | {"level": True}, "model"),
        ("tournament/t1", "clock", CLOCK | {"level": 1.0}, "model"),
        ("tournament/t1", "clock", "running", "model"),
        ("tournament/t1", "clock/1", CLOCK, "unknown_name"),
        ("tournament/t1", "level/0", None, "unknown_name"),
        ("tournament/t1", "level/007", None, "unknown_name"),
        ("tournament/t1", "level/200", {"kind": "play", "duration_ms": 1000}, None),
        ("tournament/t1", "seat/", {"table": "t4", "seat": 3}, "unknown_name"),
        ("tournament/t1", "seat/p1/x", {"table": "t4", "seat": 3}, "unknown_name"),
        ("tournament/t1", "seat/p1", {"table": "t4", "seat": 13}, "model"),
        ("tournament/t1", "arrived/x", {"number": 1, "at_ms": 1}, "leaf_only"),
        ("tournament/t1", "settled/seat/p1", {"stamps": ["a", "b"]}, None),
        ("tournament", "clock", CLOCK, "unknown_name"),
        ("tournament/a/b", "clock", CLOCK, "unknown_name"),
        ("floor/x", "setup", {"kind": "floor"}, "unknown_name"),
        ("floor", "setup", {"kind": "floor"}, None),
        ("floor", "setup", {"kind": "config"}, "model"),
        ("cage", "prize/t1.3.p9", {}, "leaf_only"),
        ("roster", "player/p1", {"name": "Ana S."}, None),
        ("roster", "player/p1", {"name": " "}, "model"),
        ("roster", "player/p1", {"name": "Ana\n"}, "model"),
        ("roster", "player/p1", {"name": "A" * 61}, "model"),
        ("roster", "player/p1", {"name": "Ana", "mail": "a@b.c"}, "model"),
        ("nothing", "setup", {"kind": "nothing"}, "unknown_name"),
        ("config", "payouts/x", PAYOUTS | {"basis_points": [1]}, "model"),
        ("config", "spot/t1", {"column": 14, "row": 12}, None),
        ("config", "spot/t1", {"column": 15, "row": 12}, "model"),
        ("config", "spot/t1", {"column": 14, "row": 13}, "model"),
        ("config", "spot/t1", {"column": 0, "row": 1}, "model"),
        ("config", "table/t1", {"number": 1, "seats": 9, "out_of_use": [9, 9]}, None),
    ],
)  # fmt: skip
def test_an_edit_is_judged_by_its_own_content(
    document: str, name: str, value: Json, code: str | None
) -> None:  # [RU1]
    assert check(document, name, value) == code


def test_the_leaf_may_write_what_is_its_own() -> None:
    assert check("floor", "arrived/x", {"number": 1, "at_ms": 1}, by_leaf=True) is None
    assert check("floor", "arrived/x", {"number": -1, "at_ms": 1}, by_leaf=True) == "model"


def test_rights_are_of_the_document_and_of_its_owner() -> None:  # [RU3]
    assert may_write("floor", "floor", "")
    assert not may_write("floor", "cashier", "")
    assert may_write("phone/p1", "player", "p1")
    assert not may_write("phone/p1", "player", "p2")
    assert not may_read("phone/p1", "floor", "")
    assert may_read("answers/p1", "player", "p1")
    assert not may_read("answers/p2", "player", "p1")
    assert may_write("table/t1", "dealer", "t1")
    assert not may_write("table/t1", "dealer", "t2")
    assert not may_write("cage", "admin", "")
    assert not may_read("cage", "display", "d1")
    assert not may_write("nothing", "admin", "")


def test_every_kind_has_a_setup_and_no_conflict_on_it() -> None:  # [RU2]
    for kind in CATALOGUE.values():
        setup = kind.facts["setup"]
        assert not setup.conflict
        assert not setup.leaf_only
        assert kind_of(kind.name + "/x" if kind.many else kind.name) is kind


def test_two_pauses_of_a_level_mean_the_same_and_two_seats_do_not() -> None:  # [RU11]
    clock: FactKind = CATALOGUE["tournament"].facts["clock"]
    paused = CLOCK | {"state": "paused"}
    assert clock.same(paused, paused | {"remaining_ms": 3})
    assert not clock.same(paused, CLOCK)
    assert not clock.same(paused, None)
    seat = CATALOGUE["tournament"].facts["seat/"]
    assert not seat.same({"table": "t1", "seat": 1}, {"table": "t1", "seat": 2})
    bust = CATALOGUE["tournament"].facts["bust/"]
    assert bust.same({"hand": "a"}, {"hand": "b"})
    assert not bust.same({"hand": "a"}, None)
