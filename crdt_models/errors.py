"""What can go wrong with documents.

    DocumentError
     ├── Foul            a peer's bytes are no update this document takes: the session is closed with `code`
     ├── EditInvalid     *our* code tried to write an edit that the gate would refuse: a bug, fails loudly
     ├── FormulaInvalid  a league's formula can't be read: nobody's bug, told to who writes it
     ├── StoreUnreadable the update log or a snapshot does not read back: stop, never an empty document
     ├── StoreNotReady   the disk is full, fails or is held: nothing was done, try the same call again
     └── RoomClosed      the room was closed under a caller (a failed commit, an exception): load it again

A `Refused` edit is no exception: it is a value, told to its author (`gate.Refused`).
Close codes are those of `docs/reference/interfaces.md`.
"""

from enum import IntEnum
from typing import Literal

__all__ = [
    "CloseCode", "DocumentError", "EditInvalid", "FormulaCode", "FormulaInvalid", "Foul", "RoomClosed",
    "StoreNotReady", "StoreTrouble", "StoreUnreadable",
]  # fmt: skip

StoreTrouble = Literal["slow", "full", "failing"]
"""Why nothing becomes durable at this server now: the disk takes long, is full, or answers with errors."""

FormulaCode = Literal[
    "arguments", "number", "rows", "too_deep", "too_long", "too_much", "unexpected", "unfinished",
    "unknown_name",
]  # fmt: skip
"""What is wrong with a formula's text."""


class CloseCode(IntEnum):
    """WebSocket close codes of the sync protocol; the same numbers in `web/src/lib/sync/sync.ts`."""

    MALFORMED = 4400
    SIGNED_OUT = 4401
    FORBIDDEN = 4403
    NO_DOCUMENT = 4404
    TOO_SLOW = 4408
    OTHER_EPOCH = 4409
    TOO_LARGE = 4413
    FENCED = 4422
    TOO_MANY = 4429
    NOT_READY = 4503


class DocumentError(Exception):
    """Base of everything this package raises."""


class Foul(DocumentError):
    """A peer's bytes are not what a replica of ours writes. `code` closes the connection."""

    def __init__(self, why: str, code: CloseCode = CloseCode.MALFORMED) -> None:
        super().__init__(why)
        self.why = why
        self.code = code


class EditInvalid(DocumentError):
    """Raised to our own writers: the edit breaks a bound or a model, and was not written."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class FormulaInvalid(DocumentError):
    """A formula can't be read from `column` on (from 1); the message says why, in words for a person."""

    def __init__(self, code: FormulaCode, column: int, message: str) -> None:
        super().__init__(message)
        self.code: FormulaCode = code
        self.column = column


class StoreUnreadable(DocumentError):
    """A stored update or snapshot does not match its hash or does not decode."""


class StoreNotReady(DocumentError):
    """Nothing of the call was done, for certain; the same call may be tried again, now or in an hour."""

    def __init__(self, trouble: StoreTrouble, why: str) -> None:
        super().__init__(why)
        self.trouble: StoreTrouble = trouble


class RoomClosed(DocumentError):
    """The room lost its batch (commit failed) and closed; its sessions got 4503 and will come back."""
