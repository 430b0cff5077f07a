"""[DO85] [DO86] What was written by any build before can be taken and read by this one."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest

from crdt_models.documents.catalogue import CATALOGUE, check
from crdt_models.documents.fact import Fact, FactKind, Former
from crdt_models.documents.schema import SCHEMA, SCHEMA_MIN
from crdt_models.edits import Edit
from crdt_models.facts import Index

ROOT: Final = Path(__file__).resolve().parents[3]
RECORDED: Final = ROOT / "tests" / "vectors" / "schemas"
Row = tuple[str, str, Any, Any]


def rows(name: str) -> list[Row]:
    return [tuple(row) for row in json.loads((RECORDED / f"{name}.json").read_text())]


def every_value() -> list[tuple[int, str, str, Any]]:
    return [
        (schema, kind, fact, value)
        for schema in range(1, SCHEMA + 1)
        for kind, fact, *values in rows(str(schema))
        for value in values
    ]


def read(kind: FactKind, value: Any) -> Any:
    index = Index({"level/1": kind}.get)
    index.add("1.1.a1-x", Edit("level/1", value))
    return index.get("level/1")


def test_the_shapes_of_facts_are_those_recorded() -> None:
    """[DO85] Who changes a shape is told to raise the schema."""
    asked = [sys.executable, str(ROOT / "scripts" / "record_schema.py"), "--check"]
    told = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True)
    assert told.returncode == 0, told.stdout + told.stderr


def test_the_oldest_schema_that_may_write_was_recorded() -> None:
    assert 1 <= SCHEMA_MIN <= SCHEMA
    assert sorted(int(path.stem) for path in RECORDED.glob("[0-9]*.json")) == list(range(1, SCHEMA + 1))


@pytest.mark.parametrize(("schema", "kind", "fact", "value"), every_value())
def test_every_value_ever_written_is_taken_and_reads_in_todays_shape(
    schema: int, kind: str, fact: str, value: Any
) -> None:
    """[DO86]"""
    of = CATALOGUE[kind].facts[fact]
    document = f"{kind}/x" if CATALOGUE[kind].many else kind
    idents = {
        "prize/": "t.1.p",
        "conflict/": "clock",
        "settled/": "clock",
        "explained/": "stack_unpaid.p.-",
        "terms/": "rebuy",
        "draw/": "1.1",
        "counts/": "1.1",
        "eligible/": "1.1",
        "guest/": "1.1",
    }
    ident = idents.get(fact, "1")
    name = fact + ident if fact.endswith("/") else fact
    assert check(document, name, value, by_leaf=True) is None
    current = of.current(value)
    assert of.model.__pydantic_validator__.isinstance_python(current)
    assert of.current(current) == current
    if schema == SCHEMA:
        assert current == value


def test_the_recorded_upgrades_are_what_both_languages_read() -> None:
    """[DO86] `upgraded.json`: kind, fact, as it was, as it reads. TypeScript reads the same file."""
    former = {(kind, fact) for kind, of in CATALOGUE.items() for fact, one in of.facts.items() if one.former}
    assert {(kind, fact) for kind, fact, _, _ in rows("upgraded")} == former
    for kind, fact, was, now in rows("upgraded"):
        assert CATALOGUE[kind].facts[fact].current(was) == now


class First(Fact):
    blinds: int


class Second(Fact):
    small: int


class Third(Fact):
    small: int
    big: int


THREE: Final = FactKind(
    Third,
    former=(
        Former(Second, 2, lambda value: {**value, "big": 2 * value["small"]}),
        Former(First, 1, lambda value: {"small": value["blinds"]}),
    ),
)


def test_a_value_two_schemas_old_passes_through_both_upgrades() -> None:
    """[DO86]"""
    assert read(THREE, {"blinds": 50}) == {"small": 50, "big": 100}
    assert read(THREE, {"small": 25}) == {"small": 25, "big": 50}
    assert read(THREE, {"small": 25, "big": 75}) == {"small": 25, "big": 75}


def test_what_fits_no_shape_is_not_taken_and_stays_as_it_is() -> None:
    assert not THREE.fits({"blinds": "50"})
    assert read(THREE, {"blinds": "50"}) == {"blinds": "50"}


def test_rivals_that_mean_the_same_in_another_shape_are_no_conflict() -> None:
    """[DO86]"""
    index = Index({"level/1": THREE}.get)
    index.add("1.1.a1-x", Edit("level/1", {"blinds": 50}))
    index.add("2.1.a2-x", Edit("level/1", {"small": 50, "big": 100}))
    assert index.meanings("level/1") == 1
