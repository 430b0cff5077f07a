"""What can go wrong with money, and what is merely said no to.

    LedgerError
     ├── EntryInvalid      an entry that may not exist: unbalanced, unknown account, not canonical
     ├── ChainBroken       an entry does not follow the one before it (number, term, time, venue, hash)
     ├── CommandInvalid    a command that is no command; `code` is malformed, unknown_field or invalid
     ├── KeyReused         the same idempotency key came with other content
     ├── RequestMalformed  a message of the append protocol that is none
     ├── LedgerLocked      another process has this ledger open
     ├── LedgerUnreadable  the file is not a ledger of this venue, or does not verify
     ├── LedgerStopped     the file changed under us: nothing more is written until a person has looked
     ├── TermNeeded        the last term is another box's: nothing is taken until a person opens the next
     └── DiskFull          the disk took nothing of this batch; the ledger is as it was before

A `Refusal` is no exception: a rule said no. It is stored and stays the answer to that command for ever.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = [
    "ChainBroken",
    "CommandInvalid",
    "DiskFull",
    "EntryInvalid",
    "KeyReused",
    "LedgerError",
    "LedgerLocked",
    "LedgerStopped",
    "LedgerUnreadable",
    "Refusal",
    "RequestMalformed",
    "TermNeeded",
]


class LedgerError(Exception):
    """Base of everything this package raises."""


class EntryInvalid(LedgerError):
    """The entry breaks its own shape: from our rules a bug, from a file or a wire tampering."""


class ChainBroken(LedgerError):
    """The entry at `seq` can't stand where it stands. `code` is one of `gap term time venue hash jump`."""

    def __init__(self, seq: int, code: str, why: str) -> None:
        super().__init__(f"entry {seq}: {why}")
        self.seq = seq
        self.code = code
        self.why = why


class CommandInvalid(LedgerError):
    """Not an outcome: nothing is stored. `details` names fields."""

    def __init__(self, code: str, message: str, details: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.details = dict(details or {})


class KeyReused(LedgerError):
    """This device used this key before, for something else. Nothing is stored."""


class RequestMalformed(LedgerError):
    """The bytes are no request or answer of the append protocol, or above its bounds."""


class LedgerLocked(LedgerError):
    """`ledger.lock` is held: one process at a time writes a ledger."""


class LedgerUnreadable(LedgerError):
    """The file does not read back as a verified ledger of this venue."""


class LedgerStopped(LedgerError):
    """The head on disk is not the head in memory: somebody else wrote, or the file was replaced."""


class TermNeeded(LedgerError):
    """This box has another key than the last term's: it was restored, promoted or copied."""


class DiskFull(LedgerError):
    """No room on the disk: the batch was rolled back whole, no outcome was stored, ask again later."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A rule said no. `code` is stable, `message` a sentence for a cashier, `details` JSON-able."""

    code: str
    message: str
    details: Mapping[str, Any] = field(default_factory=dict)
