"""[RU110] to [RU113] A formula is read or refused at its column, and always has an outcome."""

import json
import math
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crdt_models.errors import FormulaInvalid
from crdt_models.rules.leagues.formula import DEPTH_MAX, NAMES, PARTS_MAX, TEXT_MAX, Formula, read_formula
from crdt_models.rules.leagues.published_formulas import PUBLISHED
from tests.crdt_models.rules.formulas import FORMULAS, SIGNS

VECTORS: Final = json.loads((Path(__file__).parents[2] / "vectors" / "formulas.json").read_text())
PIECES: Final = st.sampled_from([*SIGNS, *NAMES, "1", "2.5", " ", "é", "step(", "line(n; 1: 2", "if("])
VALUES: Final = st.dictionaries(st.sampled_from(sorted(NAMES)), st.floats() | st.integers(-(10**18), 10**18))


@pytest.mark.parametrize(("ident", "values", "points", "source"), VECTORS["published"])
def test_published_formulas_give_the_published_points(
    ident: str, values: dict[str, float], points: float, source: str
) -> None:
    """[RU113]"""
    assert round(read_formula(PUBLISHED[ident].text)(values), 2) == points, source


def test_every_published_formula_has_a_vector() -> None:
    assert {ident for ident, *_ in VECTORS["published"]} == set(PUBLISHED)


@pytest.mark.parametrize(("text", "values", "outcome"), VECTORS["outcomes"])
def test_a_formula_calculates_like_a_calculator_of_twelve_digits(
    text: str, values: dict[str, float], outcome: float
) -> None:
    """[RU111]"""
    found = read_formula(text)(values)
    assert found == outcome
    assert math.copysign(1, found) == math.copysign(1, outcome)


@pytest.mark.parametrize(("text", "code", "column"), VECTORS["errors"])
def test_what_can_t_be_read_is_told_at_its_column(text: str, code: str, column: int) -> None:
    """[RU110]"""
    with pytest.raises(FormulaInvalid) as failed:
        read_formula(text)
    assert (failed.value.code, failed.value.column) == (code, column)
    assert str(failed.value)


@given(FORMULAS, VALUES)
def test_every_formula_of_the_grammar_has_a_finite_outcome_for_any_values(
    text: str, values: dict[str, Any]
) -> None:
    """[RU111]"""
    assert math.isfinite(read_formula(text)(values))


@given(st.lists(PIECES).map("".join) | st.text())
@example("1" * TEXT_MAX)
@example("n;" * TEXT_MAX)
@example("((((" * TEXT_MAX)
@example("if(1,1," * TEXT_MAX)
def test_any_text_is_read_or_refused_and_nothing_else_happens(text: str) -> None:
    """[RU110]"""
    formula, column = _read(text)
    assert 1 <= column <= len(text) + 1
    assert text[: column - 1].isascii()
    assert formula is None or (math.isfinite(formula({})) and formula.names <= NAMES.keys())


def test_reading_and_calculating_are_bounded() -> None:
    """[RU112] At each bound it is read, one beyond it is not."""
    nested = "(" * (DEPTH_MAX - 1) + "1" + ")" * (DEPTH_MAX - 1)
    assert read_formula(nested)({}) == 1
    assert read_formula("+".join("1" for _ in range(PARTS_MAX)))({}) == PARTS_MAX
    assert read_formula("1".ljust(TEXT_MAX - 2) + "+1")({}) == 2
    for text in (f"({nested})", "+".join("1" for _ in range(PARTS_MAX + 1)), "1".ljust(TEXT_MAX) + "+1"):
        with pytest.raises(FormulaInvalid):
            read_formula(text)


def _read(text: str) -> tuple[Formula | None, int]:
    """The formula, or the column where it ends."""
    try:
        return read_formula(text), 1
    except FormulaInvalid as refused:
        return None, refused.column
