"""Rows of the update log on their way between leaf and core: packed, read back with bounds, chosen.

pack = "felt.rows.1" · count · row…          row = JSON of all but the update · update, each after its length
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from .errors import CloseCode, Foul
from .update_log import Change, LogRow, NumberedRow
from .wire import put, take_bytes, var_uint

__all__ = ["BYTES_MAX", "ROWS_MAX", "mark", "outgoing", "pack", "unpack"]

BYTES_MAX: Final = 64 * 1024 * 1024  # a whole document with its vectors is far below
ROWS_MAX: Final = 100_000
_MAGIC: Final = b"felt.rows.1"
_CLOCK_MAX: Final = 2**53 - 1


class _Change(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    stamp: str = Field(max_length=64)
    name: str = Field(max_length=128)
    before: str | None
    after: str | None
    replica: str = Field(max_length=64)
    person: str = Field(max_length=64)
    at_ms: int = Field(ge=0, le=_CLOCK_MAX)
    via: str = Field(max_length=16)
    claimed: bool
    act: str = Field(default="", max_length=64)


class _Head(BaseModel):
    """All of a row but the update. JSON has no integer keys: `bound` is a list of pairs."""

    model_config = ConfigDict(extra="forbid", strict=True)

    n: int = Field(ge=0, le=_CLOCK_MAX)
    term: int = Field(default=1, ge=1, le=_CLOCK_MAX)
    document: str = Field(max_length=64)
    epoch: int = Field(ge=0, le=_CLOCK_MAX)
    origin: Literal["device", "core", "leaf"]
    vector: dict[str, int] = {}
    bound: list[tuple[int, str]] = []
    refused: dict[str, list[str]] = {}
    history: list[_Change] = []


def pack(rows: Sequence[NumberedRow]) -> bytes:
    """The rows in one piece, for a message between servers. `leaf_vector` is the core's own: left out."""
    out = bytearray(_MAGIC)
    put(out, len(rows))
    for numbered in rows:
        row = numbered.row
        head = {
            "n": numbered.n,
            "term": numbered.term,
            "document": row.document,
            "epoch": row.epoch,
            "origin": row.origin,
            "vector": dict(row.vector),
            "bound": list(row.bound.items()),
            "refused": {stamp: list(named) for stamp, named in row.refused.items()},
            "history": [change._asdict() for change in row.history],
        }
        for part in (json.dumps(head, ensure_ascii=False, separators=(",", ":")).encode(), row.update):
            put(out, len(part))
            out += part
    return bytes(out)


def unpack(data: bytes) -> list[NumberedRow]:
    """Reads what `pack` wrote. Raises Foul for anything else, and for more than it bounds."""
    if len(data) > BYTES_MAX:
        raise Foul("more rows than one message may hold", CloseCode.TOO_LARGE)
    if not data.startswith(_MAGIC):
        raise Foul("not rows")
    rows: list[NumberedRow] = []
    try:
        count, i = var_uint(data, len(_MAGIC))
        if count > ROWS_MAX:
            raise Foul("more rows than one message may hold", CloseCode.TOO_LARGE)
        for _ in range(count):
            head, i = take_bytes(data, i)
            update, i = take_bytes(data, i)
            rows.append(_row(_Head.model_validate_json(head), update))
    except (IndexError, ValidationError, RecursionError):
        raise Foul("not rows") from None
    if i != len(data):
        raise Foul("more than rows")
    return rows


def mark(numbered: NumberedRow) -> int:
    """Tells a row, as it was sent, from another of the same number: 1 … 2^48."""
    row = numbered.row
    name = f"{numbered.n} {row.document} {row.epoch} ".encode()
    return int.from_bytes(sha256(name + row.update).digest()[:6]) + 1


def outgoing(rows: Sequence[NumberedRow], to: Literal["leaf", "core"]) -> list[NumberedRow]:
    """What the other server gets of these rows, under the same numbers.

    The leaf needs nothing back that came from it. The core needs of its own what the leaf decided, and how.
    """
    if to == "core":
        return [replace(n, row=replace(n.row, history=())) if n.row.origin == "core" else n for n in rows]
    return [
        replace(n, row=LogRow(n.row.document, n.row.epoch, b"", origin="leaf"))
        if n.row.origin == "leaf"
        else n
        for n in rows
    ]


def _row(head: _Head, update: bytes) -> NumberedRow:
    history: list[Any] = [Change(**change.model_dump()) for change in head.history]
    row = LogRow(
        document=head.document,
        epoch=head.epoch,
        update=update,
        vector=head.vector,
        bound=dict(head.bound),
        refused=head.refused,
        history=history,
        origin=head.origin,
    )
    return NumberedRow(head.n, row, head.term)
