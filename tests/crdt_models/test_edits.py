"""Edit texts, against the vectors that the TypeScript twin also reads."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crdt_models.edits import Edit, Unfit, decode, encode
from crdt_models.errors import EditInvalid
from crdt_models.stamps import order

VECTORS: Any = json.loads((Path(__file__).parents[1] / "vectors" / "edits.json").read_text())
UNDER = order(VECTORS["under"])


def edit_of(case: dict[str, Any]) -> Edit:
    return Edit(case["name"], case["value"], tuple(case["replaces"]), case["person"], case["act"])


@pytest.mark.parametrize("case", VECTORS["valid"], ids=lambda case: case["text"][:40])
def test_an_edit_is_written_exactly_so(case: dict[str, Any]) -> None:
    """[DO1]"""
    assert encode(edit_of(case)) == case["text"]
    assert decode(UNDER, case["text"]) == edit_of(case)


@pytest.mark.parametrize("case", VECTORS["lenient"], ids=lambda case: case["text"][:40])
def test_other_spellings_of_an_edit_are_read(case: dict[str, Any]) -> None:
    assert decode(UNDER, case["text"]) == edit_of(case)


@pytest.mark.parametrize("case", VECTORS["refused"], ids=lambda case: case["text"][:40])
def test_what_is_no_edit_is_refused_by_a_code(case: dict[str, Any]) -> None:
    """[DO3] [DO17]"""
    refused = decode(UNDER, case["text"])
    assert isinstance(refused, Unfit)
    assert refused.code == case["code"]


@given(st.text())
def test_no_text_makes_the_reader_raise(text: str) -> None:
    assert isinstance(decode(UNDER, text), Edit | Unfit)


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(2**53) + 1, 2**53 - 1)
        | st.text(st.characters(codec="utf-8")),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner)
        ),
        max_leaves=5,
    )
)
def test_what_is_written_reads_back(value: Any) -> None:
    read = decode(UNDER, encode(Edit("n", value)))
    assert read == Edit("n", value) or (isinstance(read, Unfit) and read.code == "size")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), object()])
def test_our_own_writer_fails_loudly(value: Any) -> None:
    with pytest.raises(EditInvalid):
        encode(Edit("n", value))
