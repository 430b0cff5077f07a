"""A venue's rooms on one server: opened on demand, committed together, unloaded when idle."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Literal, Self

from anyio import TASK_STATUS_IGNORED
from anyio.abc import TaskStatus

from crdt_models.facts import FactReader, Json
from crdt_models.update_log import DocStore, LogRow, NumberedChange, NumberedRow

__all__ = ["Follower", "Listing", "Rooms", "Statistics"]


@dataclass(frozen=True, slots=True)
class Listing:
    """One stored document, for the list of documents."""

    document: str
    epoch: int
    bytes: int
    edits: int


@dataclass(frozen=True, slots=True)
class Statistics:
    """Numbers for `/metrics`."""

    rooms: int
    sessions: int
    edits_accepted: int
    edits_refused: int
    commits: int
    fenced: int


class Rooms:
    def __init__(
        self,
        *,
        venue: str,
        at: Literal["leaf", "core"],
        store: DocStore,
        now: Callable[[], int],
        term: Callable[[], int],
        client_id: Callable[[], int],
    ) -> None: ...

    async def run(self, *, task_status: TaskStatus[None] = TASK_STATUS_IGNORED) -> None:
        """Commits, beats, unloads; until cancelled."""

    async def facts(self, document: str) -> FactReader:
        """Live reading of what is durable; ask again after each wait (an idle room unloads)."""
        raise NotImplementedError

    async def write(self, document: str, changes: Sequence[tuple[str, Json]], *, person: str = "") -> None:
        """The server's own edits, one act, durable on return; makes the `setup` itself if the document is new.

        Raises EditInvalid (a bug of ours), RoomClosed (the commit failed: write again).
        """

    def follow(self) -> "Follower":
        """Names of documents as they change. `async with rooms.follow() as changes: async for names in changes`."""
        raise NotImplementedError

    async def take(self, rows: Sequence[NumberedRow]) -> frozenset[str]:
        """Rows of the other server; durable on return. Answers documents to ask the other's `state` of."""
        raise NotImplementedError

    async def state(self, document: str) -> LogRow | None:
        """The whole document as one row for the other server's `take` (as NumberedRow(0, row))."""
        raise NotImplementedError

    async def digests(self, documents: Iterable[str] | None = None) -> dict[str, tuple[int, str]]:
        """Document → (epoch, digest of its live stamps), for `sync.compare`; None: the open rooms'."""
        raise NotImplementedError

    async def documents(self) -> list[Listing]:
        raise NotImplementedError

    async def history(
        self, document: str, *, name: str | None = None, before: int | None = None, limit: int = 100
    ) -> Sequence[NumberedChange]:
        raise NotImplementedError

    def statistics(self) -> Statistics:
        raise NotImplementedError


class Follower:
    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> frozenset[str]:
        raise NotImplementedError
