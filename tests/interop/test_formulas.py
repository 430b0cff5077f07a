"""[RU114] Python and TypeScript read the same formulas, refuse the same texts at the same column, and agree
to the last digit; where a logarithm or a power is in it, to far more than what is published.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crdt_models.errors import FormulaInvalid
from crdt_models.rules.leagues.formula import NAMES, read_formula
from crdt_models.rules.leagues.published_formulas import PUBLISHED
from tests.crdt_models.rules.formulas import EXACT, FORMULAS, POSITIVE, SIGNS

Twin = Callable[[str, dict[str, float]], dict[str, Any]]
VALUES: Final = st.fixed_dictionaries(dict.fromkeys(NAMES, st.integers(1, 100_000)))
_PIECES: Final = st.sampled_from([*SIGNS, *NAMES, "1", "2.5", " ", "é", "step", "if(", "line(n; 1: 2"])


@pytest.fixture(scope="module")
def twin() -> Iterator[Twin]:
    node, script = Path(sys.executable).with_name("node"), Path(__file__).with_name("formulas.mjs")
    with subprocess.Popen(
        [node, script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        given, told = process.stdin, process.stdout

        def ask(text: str, values: dict[str, float]) -> dict[str, Any]:
            given.write(json.dumps([text, values]) + "\n")
            given.flush()
            answer: dict[str, Any] = json.loads(told.readline())
            return answer

        yield ask
        given.close()


@given(EXACT, VALUES)
def test_both_calculate_the_same(twin: Twin, text: str, values: dict[str, float]) -> None:
    assert twin(text, values) == {"outcome": read_formula(text)(values)}


@given(st.sampled_from([each.text for each in PUBLISHED.values()]) | POSITIVE, VALUES)
def test_logarithms_and_powers_agree(twin: Twin, text: str, values: dict[str, float]) -> None:
    assert twin(text, values)["outcome"] == pytest.approx(read_formula(text)(values), rel=1e-9)


@given(st.lists(_PIECES | FORMULAS, max_size=8).map("".join))
def test_both_refuse_the_same_texts_at_the_same_column(twin: Twin, text: str) -> None:
    told = twin(text, {})
    assert {name: told.get(name) for name in ("code", "column")} == _refusal(text)


def _refusal(text: str) -> dict[str, Any]:
    try:
        read_formula(text)
    except FormulaInvalid as refused:
        return {"code": refused.code, "column": refused.column}
    return {"code": None, "column": None}
