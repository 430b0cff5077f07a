"""Facts for rules, written as plain values."""

from collections.abc import Mapping

from crdt_models.documents.catalogue import check, kind_of
from crdt_models.edits import Edit
from crdt_models.facts import Index, Json
from crdt_models.stamps import base36

__all__ = ["reading"]


def reading(
    document: str,
    facts: Mapping[str, Json],
    at_ms: Mapping[str, int] | None = None,
    acts: Mapping[str, str] | None = None,
) -> Index:
    """An index over facts that the gate would take, stamped 1 ms apart or as `at_ms` tells; `acts`: ids."""
    kind = kind_of(document)
    assert kind is not None
    index = Index(kind.fact)
    for n, (name, value) in enumerate(facts.items(), start=1):
        fault = check(document, name, value, by_leaf=True)
        assert fault is None, (document, name, value, fault)
        edit = Edit(name, value, act=(acts or {}).get(name, ""))
        index.add(f"{base36((at_ms or {}).get(name, n))}.{n}.a1-x", edit)
    return index
