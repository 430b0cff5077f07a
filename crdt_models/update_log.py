"""What a server keeps of a document, and the store it asks to keep it: one contract, two stores.

`leaf_server.documents.doc_store` keeps it in SQLite, `core_server.doc_store` in PostgreSQL (one venue each
instance); `tests/contracts/doc_store.py` holds both to this text. A store never interprets an update.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple, Protocol

__all__ = [
    "HISTORY_WINDOW", "Change", "DocStore", "HistoryPage", "HistoryQuery", "LogRow", "NumberedChange",
    "NumberedRow", "StoredDocument",
]  # fmt: skip

HISTORY_WINDOW: Final = 20_000  # changes that one question to the history looks at


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
    act: str = ""  # edits of one replica with the same act stand together; "" for one on its own


@dataclass(frozen=True, slots=True)
class NumberedChange:
    """A change with the store's own number for it; numbers rise with time, and pages are cut by them."""

    n: int
    document: str
    change: Change


@dataclass(frozen=True, slots=True)
class HistoryQuery:
    """Which changes to tell; what is not given narrows nothing. Texts are compared as they are."""

    documents: Sequence[str]  # names; one that ends in "/" stands for all documents of that kind
    name: str = ""  # of this fact; one that ends in "/" stands for all facts of that prefix
    about: str = ""  # a player's, table's or other id that the fact's name or what it said holds
    person: str = ""
    device: str = ""
    via: str = ""
    since_ms: int = 0  # leaf time of acceptance, inclusive
    until_ms: int | None = None  # exclusive
    act: str | None = None
    stamps: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Newest first. A page may be short, or empty, though there is more: go on below `next`."""

    changes: Sequence[NumberedChange]
    next: int | None  # None: there is nothing older


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
    handed: Sequence[str] = ()  # stamps above the vector that came by hand-in; the leaf's own, not sent on


@dataclass(frozen=True, slots=True)
class NumberedRow:
    """A row with the number the venue gave it: 1, 2, 3 … over all documents, no gaps."""

    n: int
    row: LogRow
    term: int = 1  # of the leaf that gave it


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
    former: frozenset[int] = frozenset()  # client ids of earlier epochs
    handed: Sequence[str] = ()  # those at or below the vector may be left out


class DocStore(Protocol):
    """Durable when the call returns. Raises StoreUnreadable, StoreNotReady: then nothing of it was done.

    After any other exception it may be done or not: who needs to know loads again.
    """

    async def load(self, document: str) -> StoredDocument | None:
        """None: this document has no accepted edit yet."""

    async def append(self, rows: Sequence[LogRow]) -> int:
        """All rows in one commit, numbered in order; answers the greatest n.

        A row of a later epoch is a new beginning: `load` gives what came with it and after it, and besides
        the vectors and what was refused in all epochs. Rows of earlier epochs keep their numbers, but the
        leaf's need not keep their updates: the other server gets the new epoch whole.
        """

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

    async def history(self, query: HistoryQuery, before: int | None, limit: int) -> HistoryPage:
        """Changes numbered below `before`, newest first; looks at no more than `HISTORY_WINDOW`."""

    async def cursor(self, key: str) -> int:
        """A follower's own position, 0 at the start."""

    async def set_cursor(self, key: str, n: int) -> None:
        """Durable when it returns."""

    async def set_cursors(self, positions: Mapping[str, int]) -> None:
        """All or none of them, durable when it returns."""
