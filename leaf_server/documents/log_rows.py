"""Rows of the leaf's update log as `doc_store.sql` has them: written, read back, checked by their hash.

What a row tells is one line of JSON, and behind it its history, which most who read a row need not look at.
"""

import hashlib
import json
import zlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final

from pydantic_core import to_json

from crdt_models.errors import StoreUnreadable
from crdt_models.update_log import Change, LogRow

__all__ = ["COLUMNS", "changed", "emptied", "row_of", "silenced", "to_columns", "without_history"]

COLUMNS: Final = "n, document, epoch, body, told, hash, origin, edits"
_LONG: Final = 64 * 1024  # characters; a longer history is packed: it says each value twice
_AT_ONCE: Final = 16  # changes
_PACKED: Final = b"\x78"  # what zlib begins with, and no JSON
_TOLD: Final = ("vector", "bound", "refused", "leaf_vector", "handed")


def to_columns(row: LogRow) -> tuple[object, ...]:
    """All columns but the number. Client ids become texts, as JSON has it."""
    told = to_json({name: said for name in _TOLD if (said := getattr(row, name))})
    if row.history:
        told += b"\n" + _history(row.history)
    seal = _hash(row.document, row.epoch, row.update, told, row.origin)
    return (row.document, row.epoch, row.update, told, seal, row.origin, len(row.history))


def _history(changes: Sequence[Change]) -> bytes:
    if sum(len(change.before or "") + len(change.after or "") for change in changes) <= _LONG:
        return to_json(changes)
    packer, parts = zlib.compressobj(1), list[bytes]()
    for first in range(0, len(changes), _AT_ONCE):  # as a whole it is many times as long
        some = to_json(changes[first : first + _AT_ONCE])[1:-1]
        parts += (packer.compress(b"," if first else b"["), packer.compress(some))
    return b"".join([*parts, packer.compress(b"]"), packer.flush()])


def row_of(columns: Sequence[Any]) -> LogRow:
    """Raises StoreUnreadable."""
    row, history = _read(columns)
    if not row.history and history:
        changes = json.loads(_unpacked(history))
        row = replace(row, history=tuple(Change(*change) for change in changes))
    return row


def without_history(columns: Sequence[Any]) -> LogRow:
    """As `row_of`, in a tenth of the time; the last column still says how many changes there are."""
    return _read(columns)[0]


def _read(columns: Sequence[Any]) -> tuple[LogRow, bytes]:
    """All but the history, and that as it is stored."""
    n, document, epoch, body, told, said, origin, _ = columns
    if _hash(document, epoch, body, told, origin) != said:
        raise StoreUnreadable(f"row {n} of the update log does not match its hash")
    head, _, history = _unpacked(told).partition(b"\n")  # the whole was packed once, with the history in it
    read = json.loads(head)
    row = LogRow(
        document,
        epoch,
        body,
        bound={int(client): device for client, device in read.pop("bound", {}).items()},
        history=tuple(Change(*change) for change in read.pop("history", ())),
        origin=origin,
        **read,
    )
    return row, history


def _unpacked(text: bytes) -> bytes:
    return zlib.decompress(text) if text.startswith(_PACKED) else text


def changed(row: LogRow, first_id: int) -> list[tuple[object, ...]]:
    """The rows of `change` that it tells."""
    return [(id_, row.document, *change) for id_, change in enumerate(row.history, first_id)]


def emptied(columns: Sequence[Any]) -> tuple[bytes, bytes]:
    """Body and hash of a row whose update nobody needs any more."""
    _, document, epoch, _, told, _, origin, _ = columns
    return b"", _hash(document, epoch, b"", told, origin)


def silenced(columns: Sequence[Any], about: Callable[[str], bool]) -> tuple[bytes, bytes]:
    """`told` and hash of a row whose changes lose their values where they are about certain facts.

    Raises StoreUnreadable.
    """
    row = row_of(columns)
    history = [one._replace(before=None, after=None) if about(one.name) else one for one in row.history]
    _, _, _, told, seal, _, _ = to_columns(replace(row, history=history))
    return bytes(told), bytes(seal)  # type: ignore[call-overload]


def _hash(document: str, epoch: int, body: bytes, told: bytes, origin: str) -> bytes:
    seal = hashlib.sha256(b"%s@%d %s " % (document.encode(), epoch, origin.encode()))
    seal.update(body)
    seal.update(told)
    return seal.digest()[:16]
