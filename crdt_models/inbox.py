"""What waits for a room's next turn: frames of peers, rows of the other server, the server's own edits."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import anyio

from .audience import Peer
from .edits import Json
from .gate import Limits
from .stamps import Stamp
from .take_back import Taking
from .update_log import LogRow

__all__ = ["Frame", "HandIn", "Inbox", "Item", "Own", "Rows", "Waiter"]

BYTES_MAX: Final = 512 * 1024  # more waits for the log: its writers are not read meanwhile
TURN_BYTES_MAX: Final = 256 * 1024  # judged at once, in twenty times the memory; the rest waits for the next


@dataclass(slots=True, eq=False)
class Waiter:
    """Somebody who waits until something is durable."""

    event: anyio.Event = field(default_factory=anyio.Event)
    failure: Exception | None = None
    hole: bool = False  # rows: something before them is missing here

    def settle(self, failure: Exception | None = None) -> None:
        self.failure = self.failure or failure
        self.event.set()

    async def wait(self) -> None:
        """Raises what it came to nothing by: RoomClosed, EditInvalid, Foul."""
        await self.event.wait()
        if self.failure is not None:
            raise self.failure


class Frame(NamedTuple):
    """An update that a peer sent."""

    peer: Peer
    update: bytes
    limits: Limits


@dataclass(frozen=True, slots=True)
class Rows:
    """A row of the other server."""

    row: LogRow
    waiter: Waiter
    whole: bool = False  # the document as a whole, and all that the leaf decided of it


@dataclass(frozen=True, slots=True)
class HandIn:
    """Edits of any writer that a device handed in after a restore."""

    peer: Peer
    edits: Sequence[tuple[Stamp, str]]
    vector: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Own:
    """Edits of this server, one act. `undoing`: what it takes back, with these very changes."""

    changes: Sequence[tuple[str, Json]]
    person: str
    waiter: Waiter = field(default_factory=Waiter)
    undoing: Taking | None = None


Item = Frame | Rows | Own | HandIn


class Inbox:
    """In order of arrival. What is too much is not refused: its writers wait for `writable`."""

    def __init__(self) -> None:
        self._items: deque[Item] = deque()
        self._bytes = 0
        self._writable = anyio.Event()
        self.crowded = False  # whether writers wait

    def __len__(self) -> int:
        return len(self._items)

    @property
    def ample(self) -> bool:
        """A whole turn waits: more would not go into it."""
        return self._bytes >= TURN_BYTES_MAX

    async def writable(self) -> None:
        """Returns when there is room again; mostly there is, and then at once."""
        if self.crowded:
            await self._writable.wait()

    def put(self, item: Item) -> None:
        self._items.append(item)
        self._bytes += _size(item)
        if self._bytes > BYTES_MAX and not self.crowded:
            self.crowded, self._writable = True, anyio.Event()

    def next_turn(self, epoch: int) -> list[Item]:
        """A beginning of what waits: of one origin (rows of the other server apart), and of bounded size.

        A row of an epoch later than `epoch` comes alone.
        """
        items: list[Item] = []
        size = 0
        while self._items and size < TURN_BYTES_MAX:
            if items and (
                isinstance(self._items[0], Rows) != isinstance(items[0], Rows)
                or _is_later(self._items[0], epoch)
                or _is_later(items[0], epoch)
            ):
                break
            item = self._items.popleft()
            size += _size(item)
            items.append(item)
        self._bytes -= size
        if self.crowded and self._bytes <= BYTES_MAX:
            self._release()
        return items

    def _release(self) -> None:
        self.crowded = False
        self._writable.set()

    def abandon(self, failure: Exception) -> None:
        """Nothing of it will be judged."""
        for item in self._items:
            if isinstance(item, Own | Rows):
                item.waiter.settle(failure)
        self._items.clear()
        self._bytes = 0
        self._release()


def _is_later(item: Item, epoch: int) -> bool:
    return isinstance(item, Rows) and item.row.epoch > epoch


def _size(item: Item) -> int:
    if isinstance(item, Frame):
        return len(item.update)
    if isinstance(item, HandIn):
        return sum(len(text) for _, text in item.edits)
    return len(item.row.update) if isinstance(item, Rows) else 0
