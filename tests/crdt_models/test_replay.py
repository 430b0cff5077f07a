"""A document that comes back from the store: whole, or not at all."""

import pytest

from crdt_models.documents.catalogue import kind_of
from crdt_models.edits import Edit, encode
from crdt_models.errors import StoreUnreadable
from crdt_models.replay import Replayed, replay
from crdt_models.update_log import StoredDocument
from crdt_models.wire import assemble, edit_struct

GOOD = edit_struct("1.1.d-a", encode(Edit("seat/p1", 1)))


def load(*updates: bytes, snapshot: bytes = b"") -> Replayed:
    kind = kind_of("floor")
    assert kind is not None
    stored = StoredDocument("floor", 1, snapshot, updates, {"d-a": 2}, {1: "d"}, {"2.2.d-a": ["1.1.d-a"]})
    return replay(kind, stored, 5)


def test_snapshot_and_updates_make_the_document() -> None:
    more = edit_struct("3.2.d-a", encode(Edit("setup", {"kind": "floor"})))
    replayed = load(assemble([(1, 1, [more])], {}), b"", snapshot=assemble([(1, 0, [GOOD])], {}))
    assert replayed.facts.edits.keys() == {"1.1.d-a", "3.2.d-a"}
    assert replayed.greatest_ms == 3
    known = replayed.known
    assert (known.clocks, known.bound, known.vector) == ({1: 2}, {1: "d"}, {"d-a": 2})
    assert (known.refused, known.founded) == ({"2.2.d-a": ("1.1.d-a",)}, True)
    assert known.places == {"1.1.d-a": [(1, 0)], "3.2.d-a": [(1, 1)]}


@pytest.mark.parametrize(
    "update",
    [
        b"\xff\xff",
        assemble([(1, 3, [GOOD])], {}),  # a hole
        assemble([(1, 0, [edit_struct("seat/p1", "[]")])], {}),
        assemble([(1, 0, [edit_struct("1.1.d-a", "[]")])], {}),
    ],
    ids=["damaged", "hole", "no stamp", "no edit"],
)
def test_anything_else_stops_and_says_so(update: bytes) -> None:
    with pytest.raises(StoreUnreadable, match="floor"):
        load(update)
