"""A document as it comes back from the store: the Yjs replica, its facts, and what the gate must know."""

from dataclasses import dataclass
from typing import Any

from pycrdt import Doc

from . import wire
from .documents.catalogue import DocumentKind
from .edits import Edit, decode
from .errors import Foul, StoreUnreadable
from .facts import Index
from .gate import RELAY
from .graves import Graves
from .known import Known
from .stamps import order
from .update_log import StoredDocument

__all__ = ["Replayed", "replay"]


@dataclass(frozen=True, slots=True)
class Replayed:
    """One document in memory."""

    doc: Doc[Any]
    known: Known
    facts: Index
    greatest_ms: int  # of all stamps present
    graves: Graves  # what is gone and not in the replica
    gone: int  # deleted edits in it
    weight: int  # bytes of the snapshot as an update


def replay(kind: DocumentKind, stored: StoredDocument | None, client_id: int) -> Replayed:
    """None: a document that does not exist yet. Raises StoreUnreadable, never answers half a document."""
    doc, known, facts = Doc[Any](client_id=client_id), Known(), Index(kind.fact)
    if stored is None:
        return Replayed(doc, known, facts, 0, Graves(), 0, 0)
    try:
        state, graves = Graves.unpack(stored.snapshot)
        for update in (state, *stored.updates):
            if update:
                doc.apply_update(update)
        read = wire.read_update(doc.get_update(), bytes_max=RELAY.bytes, structs_max=RELAY.structs)
        for section in read.sections:
            _section(section, known)
    except (ValueError, Foul) as error:
        raise StoreUnreadable(f"{stored.document}: {error}") from error
    known.vector.update(stored.vector)
    known.bound.update(stored.bound)
    known.former = stored.former
    known.handed.update(s for s in stored.handed if order(s).counter > stored.vector.get(order(s).replica, 0))
    structs = (struct for section in read.sections for struct in section.structs)
    gone = [struct.key for struct in structs if struct.kind == wire.DELETED]
    known.laid = known.handed.intersection(gone)
    known.refused.update({stamp: tuple(named) for stamp, named in stored.refused.items()})
    for stamp, edit in known.edits.items():
        facts.add(stamp, edit)
    greatest_ms = max((order(stamp).ms for stamp in known.edits), default=0)
    return Replayed(doc, known, facts, greatest_ms, graves, len(gone), len(state) + graves.weight)


def _section(section: wire.Section, known: Known) -> None:
    clock = section.clock
    for struct in section.structs:
        if struct.kind == wire.EDIT:
            edit = decode(order(struct.key), struct.text)
            if not isinstance(edit, Edit):
                raise Foul(f"{struct.key}: {edit.code}")
            known.add(struct.key, edit)
            known.places.setdefault(struct.key, []).append((section.client, clock))
            known.stamps[section.client, clock] = struct.key
        elif struct.kind == wire.SKIP:
            raise Foul(f"a hole at {section.client}:{clock}")
        clock += struct.length
    known.clocks[section.client] = clock
