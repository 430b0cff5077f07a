"""What a server keeps of a document, and the store it asks to keep it: one contract, two stores.

`leaf_server.doc_store` keeps it in SQLite, `core_server.doc_store` in PostgreSQL (one venue each instance);
`tests/contracts/doc_store.py` holds both to this text. A store never interprets an update.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

__all__ = ["Change", "DocStore", "LogRow", "NumberedChange", "NumberedRow", "StoredDocument"]


class Change(NamedTuple):
    """One accepted edit, as history tells it: which fact, from what, to what, by whom, when, which way."""

    stamp: str
    name: str
    before: str | None  # JSON text of the value that counted before
    after: str | None  # JSON text
    replica: str
    person: str
    at_ms: int  # leaf time of acceptance
    via: str  # "device", "core" (came by the core), "leaf" (the leaf itself wrote it)
    claimed: bool  # True: the person was changed by name, without the leaf


@dataclass(frozen=True, slots=True)
class NumberedChange:
    """A change with the store's own number for it; numbers rise with time, and pages are cut by them."""

    n: int
    change: Change


@dataclass(frozen=True, slots=True)
class LogRow:
    """What one batch did to one document; written whole or not at all, before anything is shown."""

    document: str
    epoch: int
    update: bytes  # Yjs v1, as applied (cut and tombstoned), never the raw bytes; may be empty
    vector: Mapping[str, int] = field(
        default_factory=dict
    )  # replica → last decided counter; the greater stays
    bound: Mapping[int, str] = field(default_factory=dict)  # client id → device, "" a server's; new ones
    refused: Mapping[str, Sequence[str]] = field(default_factory=dict)  # refused stamp → what it named
    history: Sequence[Change] = ()
    leaf_vector: Mapping[str, int] = field(default_factory=dict)  # at the core: what the leaf has decided
    origin: str = "device"  # where it came from: "device", "core", "leaf"; keeps it from going back there


@dataclass(frozen=True, slots=True)
class NumberedRow:
    """A row with the number the venue gave it: 1, 2, 3 … over all documents, no gaps."""

    n: int
    row: LogRow


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """All a room needs to start again. `updates` are to be applied after `snapshot`, in order."""

    document: str
    epoch: int
    snapshot: bytes  # b"" where there is none yet
    updates: Sequence[bytes]
    vector: Mapping[str, int]
    bound: Mapping[int, str]
    refused: Mapping[str, Sequence[str]]
    leaf_vector: Mapping[str, int] = field(default_factory=dict)  # empty at the leaf


class DocStore(Protocol):
    """Durable when the call returns. Raises StoreUnreadable; OSError and the like when the disk says no."""

    async def load(self, document: str) -> StoredDocument | None:
        """None: this document has no accepted edit yet."""

    async def append(self, rows: Sequence[LogRow]) -> int:
        """All rows in one commit, numbered in order; answers the greatest n."""

    async def save_snapshot(self, document: str, epoch: int, state: bytes) -> None:
        """Replaces the snapshot; `state` covers all appended so far, so `load` gives only updates after it.

        `since` goes on answering the rows it covers: the other server may still ask for them.
        """

    async def names(self, prefix: str = "") -> Sequence[str]:
        """Names of the stored documents that start with `prefix`, sorted."""

    async def count(self, prefix: str) -> int:
        """How many documents have a name that starts with `prefix`."""

    async def sizes(self) -> Sequence[tuple[str, int, int, int]]:
        """Of each stored document: name, epoch, bytes that `load` would read, edits accepted so far."""

    async def since(self, n: int, bytes_max: int) -> Sequence[NumberedRow]:
        """Rows after `n` in order, at least one if there is one, together at most about `bytes_max`."""

    async def last(self) -> int:
        """The greatest n given so far; 0 at the start."""

    async def history(
        self, document: str, name: str | None, before_n: int | None, limit: int
    ) -> Sequence[NumberedChange]:
        """Changes of a document (of one fact) numbered below `before_n`, newest first."""

    async def cursor(self, key: str) -> int:
        """A follower's own position, 0 at the start."""

    async def set_cursor(self, key: str, n: int) -> None:
        """Durable when it returns."""
