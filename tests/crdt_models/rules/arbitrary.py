"""Facts that the gate would take, at random: few ids and small numbers, so that they meet one another."""

import re
from typing import Any

from hypothesis import strategies as st

from crdt_models.documents.catalogue import CATALOGUE, check
from crdt_models.edits import Edit
from crdt_models.facts import Index, Json
from crdt_models.stamps import base36

__all__ = ["Documents", "documents", "rivals"]

Documents = dict[str, list[tuple[str, Json]]]
"""Document → edits, (name, value), in the order of their stamps."""

TEXTS = ["a", "b", "t1", "1", "2", "3", "A", "EUR", "#0000ff", "a.1", "0" * 64, "1.1"]
IDENTS = [*TEXTS[:6], "1.1"]


def _values(schema: dict[str, Any], definitions: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values of a fact's JSON schema, of few ids and small numbers, so that facts meet one another."""
    if "$ref" in schema:
        return _values(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    if "anyOf" in schema:
        return st.one_of([_values(part, definitions) for part in schema["anyOf"]])
    if "const" in schema or "enum" in schema:
        return st.sampled_from(schema.get("enum", [schema.get("const")]))
    match schema["type"]:
        case "object":
            own = {name: _values(of, definitions) for name, of in schema["properties"].items()}
            return st.fixed_dictionaries(own)
        case "array":
            return st.lists(_values(schema["items"], definitions), max_size=4)
        case "integer":
            return st.integers(
                schema.get("minimum", 0), min(schema.get("maximum", 12), schema.get("minimum", 0) + 11)
            )
        case "boolean":
            return st.booleans()
        case "null":
            return st.none()
    return st.sampled_from([text for text in TEXTS if re.search(schema.get("pattern", ""), text)])


def _edits(document: str) -> st.SearchStrategy[list[tuple[str, Json]]]:
    kind = CATALOGUE[document.partition("/")[0]]
    rows = []
    for name, fact in kind.facts.items():
        schema = fact.model.model_json_schema()
        values = _values(schema, schema.get("$defs", {})) | st.none()
        fitting = [text for text in IDENTS if fact.ids.fullmatch(text)]
        ids = st.sampled_from(fitting or IDENTS) if name.endswith("/") else st.just("")
        rows.append(st.tuples(ids.map(name.__add__), values))
    setup, anything = rows[0], st.lists(st.one_of(rows), max_size=60)
    return st.tuples(setup, anything).map(
        lambda made: [
            (name, value)
            for name, value in [made[0], *made[1]]
            if check(document, name, value, by_leaf=True) is None
        ]
    )


def documents(names: list[str]) -> st.SearchStrategy[Documents]:
    """Edits of these documents."""
    return st.fixed_dictionaries({document: _edits(document) for document in names})


def rivals(document: str, edits: list[tuple[str, Json]]) -> Index:
    """Read with no edit replacing another, stamped 700 ms apart: facts named twice have rivals."""
    index = Index(CATALOGUE[document.partition("/")[0]].fact)
    for n, (name, value) in enumerate(edits, start=1):
        index.add(f"{base36(n * 700)}.{n}.a1-x", Edit(name, value))
    return index
