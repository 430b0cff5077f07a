"""Walks the way of a first client once, in memory, before anybody comes.

The code of a library is read from disk where it is first called. On a slow card that takes a tenth of a
second, and the first tablet of the evening need not wait for it.
"""

from .documents.catalogue import kind_of
from .server_replica import ServerReplica
from .turn import Turn, Writer
from .update_log import StoredDocument

__all__ = ["rehearse"]


def rehearse() -> None:
    """A document is founded, read back, and given away whole; nothing of it is kept."""
    kind = kind_of("floor")
    assert kind is not None

    def opened(stored: StoredDocument | None) -> ServerReplica:
        writer = Writer(1, "leaf-1")
        return ServerReplica(
            "floor", kind, stored, at="leaf", writer=writer, first_epoch=1, forget=lambda _name: False
        )

    replica = opened(None)
    turn = Turn(replica.document, replica.epoch, 0, replica.known, replica.facts, replica.pruner)
    turn.write([("setup", {"kind": kind.name})], replica.writer, person="", ms=1, via="leaf")
    row = turn.row(turn.update)
    assert row is not None, "an edit was written"
    replica.apply(turn, row)
    state = replica.update(replica.state_vector)
    opened(StoredDocument(row.document, row.epoch, state, (row.update,), row.vector, row.bound, row.refused))
