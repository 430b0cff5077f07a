"""Rows of the update log on their way between leaf and core: packed, read back with bounds, chosen."""

from collections.abc import Sequence
from typing import Literal

from .update_log import NumberedRow

__all__ = ["outgoing", "pack", "unpack"]


def pack(rows: Sequence[NumberedRow]) -> bytes:
    """The rows in one piece, for a message between servers."""
    raise NotImplementedError


def unpack(data: bytes) -> list[NumberedRow]:
    """Reads `pack`. Raises Foul for anything else, and for more than it bounds."""
    raise NotImplementedError


def outgoing(rows: Sequence[NumberedRow], to: Literal["leaf", "core"]) -> list[NumberedRow]:
    """What the other server gets of these rows: same numbers; what came from it goes back without its bytes."""
    raise NotImplementedError
