"""A connection: one accepted socket, and the conversation over it (one document, or many on channels).

It bounds what it takes, and ends itself when what is said is foul, when it is too slow or says too much. Its
two kinds are in `asgi_connection` and `picows_connection`.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, Protocol

from crdt_models.errors import CloseCode, Foul, RoomClosed

from .entrance import Entered, Entrance
from .places import Place, Places
from .tokens import SignIn

__all__ = [
    "ALLOWANCE", "CLOSING_S_MAX", "COST", "FRAME_BYTES_HARD", "FRAME_BYTES_MAX", "PAUSED_S_MAX",
    "QUEUE_BYTES_CUT", "QUEUE_BYTES_MAX", "Connection", "Conversation", "Solo",
]  # fmt: skip

FRAME_BYTES_MAX: Final = 4 * 1024 * 1024
FRAME_BYTES_HARD: Final = 8 * 1024 * 1024  # the servers' own limit: beyond it they close with 1009 themselves
QUEUE_BYTES_MAX: Final = 256 * 1024  # more waits to be sent: paused, it gets one diff later
QUEUE_BYTES_CUT: Final = 16 * 1024 * 1024  # answers it asked for and does not take: cut off
PAUSED_S_MAX: Final = 30.0
CLOSING_S_MAX: Final = 5.0
ALLOWANCE: Final = 20_000  # of a second: an update costs 1, anything else more
COST: Final = 20  # of what is not an update: no inbox holds it back, and all others may be told of it
_UPDATE: Final = b"\x00\x02"


class Conversation(Protocol):
    """What is spoken over a connection."""

    @property
    def header(self) -> int:
        """Bytes of a frame before its message."""

    def receive(self, frame: bytes) -> Place | None:
        """A frame that came; answers a room whose inbox is full of it. Raises Foul, RoomClosed."""

    def pause(self) -> None:
        """Too much waits to be sent."""

    def resume(self) -> None:
        """All was sent."""

    def leave(self) -> None:
        """The connection is over; may be said again."""


class Connection:
    """What both kinds share; they keep the fields, each in its own slots."""

    if not TYPE_CHECKING:  # one kind derives from a class written in C too, so each has slots of its own
        __slots__ = ()

    push: Callable[[bytes], None]  # queues a frame; never raises
    entrance: Entrance
    sign_in: SignIn | None
    conversation: Conversation | None
    code: CloseCode | None  # once set, nothing more is said or heard
    deadline_s: float  # monotonic; then the connection is cut
    allowance: int

    def close(self, code: CloseCode) -> None:
        """Starts to close, after what is queued."""
        raise NotImplementedError

    def attend(self, now_s: float) -> None:
        """Once a second, monotonic: deadlines, and what it may say in the second to come."""
        raise NotImplementedError

    def hear(self, frame: bytes) -> Place | None:
        """A whole frame; answers a room that can't take more now."""
        conversation = self.conversation
        if self.code is not None or conversation is None:
            return None
        try:
            self.spend(1 if frame.startswith(_UPDATE, conversation.header) else COST)
            if len(frame) > FRAME_BYTES_MAX:
                raise Foul("frame too large", CloseCode.TOO_LARGE)
            return conversation.receive(frame)
        except Foul as foul:
            self.shut(foul.code)
        except RoomClosed:
            self.shut(CloseCode.NOT_READY)
        return None

    def spend(self, cost: int) -> None:
        """Raises Foul when it says more in a second than any client has to say."""
        self.allowance -= cost
        if self.allowance < 0:
            raise Foul("too many messages", CloseCode.TOO_MANY)

    def shut(self, code: CloseCode) -> None:
        """Leaves at once, closes in a while; only the first code counts."""
        if self.code is None:
            self.code = code
            self.leave()
            self.close(code)

    def leave(self) -> None:
        if self.conversation is not None:
            self.conversation.leave()


class Solo:
    """One document on a connection."""

    header = 0

    __slots__ = ("_connection", "_room", "_rooms", "push", "session")

    def __init__(self, connection: Connection, entered: Entered) -> None:
        self.push = connection.push
        self._connection = connection
        self._rooms: Places | None = entered.rooms  # None: it has left
        self._room, self.session = entered.room, entered.session

    def shut(self, code: CloseCode) -> None:
        self._connection.shut(code)

    def join(self) -> None:
        assert self._rooms is not None, "it joins once, before it leaves"
        self._room.join(self, term=self._rooms.term(), now=self._rooms.now())
        if self._room.closed:  # while it was at the door
            self.shut(CloseCode.NOT_READY)

    def receive(self, frame: bytes) -> Place | None:
        room = self._room  # a connection that left hears nothing
        room.receive(self, frame)
        return room if room.crowded else None

    def pause(self) -> None:
        if self._rooms is not None:
            self._room.pause(self)

    def resume(self) -> None:
        if self._rooms is not None:
            self._room.resume(self)

    def leave(self) -> None:
        rooms, self._rooms = self._rooms, None
        if rooms is not None:
            self._room.leave(self)
            self._connection.entrance.leave(Entered(rooms, self._room, self.session))
