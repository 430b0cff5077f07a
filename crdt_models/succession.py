"""How a room goes over to its document's next epoch: what that begins with, and the row that says so.

The leaf makes it from what it has; the core takes it from the first row of the new epoch. Either way the room
goes on with what a restart would load. Pure; nothing of the old epoch is changed but that it is pruned.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pycrdt import Doc, Map

from . import epochs, wire
from .documents.catalogue import DocumentKind
from .errors import Foul, StoreUnreadable
from .gate import RELAY
from .known import Known
from .pruning import Pruner
from .replay import Replayed, replay
from .turn import Writer
from .update_log import LogRow, StoredDocument

__all__ = ["Succession", "begin", "follow"]


@dataclass(frozen=True, slots=True)
class Succession:
    """What a room becomes once `row` is in the log."""

    row: LogRow
    replayed: Replayed
    writer: Writer


def begin(
    row: LogRow,
    kind: DocumentKind,
    doc: Doc[Any],
    known: Known,
    pruner: Pruner,
    *,
    writer: Writer,
    now: int,
    forget: Callable[[str], bool],
) -> Succession:
    """At the leaf. `row` names the document and its new epoch, `writer` a client id that was never used.

    Everything that can be pruned is, first: `known` is changed by that.
    """
    pruner.prune()
    edits: Map[str] = doc.get("f", type=Map)
    with doc.transaction():
        texts = {stamp: edits[stamp] for stamp in known.edits}
    update = epochs.copy(
        texts, known.edits, client_id=writer.client_id, now=now, forget=forget, settled=pruner.settled
    )
    bound = {writer.client_id: ""} if update != wire.EMPTY else {}
    row = replace(row, update=update if bound else b"", bound=bound)
    return Succession(row, _replay(row, kind, known, known.vector, writer), writer)


def follow(row: LogRow, kind: DocumentKind, known: Known, *, writer: Writer) -> Succession | None:
    """At the core, by a row of the leaf; None: the new epoch's beginning is not in it. Raises Foul."""
    read = wire.read_update(row.update or wire.EMPTY, bytes_max=RELAY.bytes, structs_max=RELAY.structs)
    setup = any('"setup"' in s.text for section in read.sections for s in section.structs)
    if not setup or any(section.clock for section in read.sections):
        return None
    vector = {r: max(row.vector.get(r, 0), known.vector.get(r, 0)) for r in {*row.vector, *known.vector}}
    try:
        replayed = _replay(row, kind, known, vector, writer)
    except StoreUnreadable as error:
        raise Foul(str(error)) from error
    if not replayed.known.founded:
        return None
    decided = {replica: vector[replica] for replica in row.vector}  # never back
    row = replace(row, vector=decided, leaf_vector=row.vector, origin="leaf")
    return Succession(row, replayed, writer)


def _replay(
    row: LogRow, kind: DocumentKind, known: Known, vector: Mapping[str, int], writer: Writer
) -> Replayed:
    former = {*known.former, *known.bound, *known.clocks} - row.bound.keys()
    stored = StoredDocument(
        document=row.document,
        epoch=row.epoch,
        snapshot=b"",
        updates=[row.update],
        vector=dict(vector),
        bound=dict(row.bound),
        refused={**known.refused, **row.refused},
        former=frozenset(former),
        handed=sorted(known.handed),
    )
    return replay(kind, stored, writer.client_id)
