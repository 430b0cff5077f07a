"""Many documents on one connection (`felt.mux.1`): each channel is a peer of its room.

What closes a document alone closes its channel; what concerns the sign-in or the bytes closes the connection.
All channels share one queue: when it is too long, all pause.
"""

from functools import partial
from typing import Final

from crdt_models.channels import CLOSED, LEFT, OPEN, closed_message, on_channel, read_channel, read_content
from crdt_models.errors import CloseCode, Foul, RoomClosed
from crdt_models.session import NoteKind

from .connection import FRAME_BYTES_MAX, Connection
from .entrance import Caller, Entered
from .places import Place

__all__ = ["Mux"]

_OF_THE_CONNECTION: Final = {CloseCode.MALFORMED, CloseCode.SIGNED_OUT, CloseCode.TOO_LARGE}
_BEAT: Final = bytes((NoteKind.BEAT,))


class Mux:
    """The channels of one connection."""

    __slots__ = ("_beat", "_caller", "_channels", "_connection", "_early_bytes", "_over", "paused")

    header = 1  # bytes before each message

    def __init__(self, connection: Connection, caller: Caller) -> None:
        self.paused = False
        self._connection = connection
        self._caller = caller
        self._channels: dict[int, Channel] = {}
        self._over: set[int] = set()  # closed by us: what the client had under way is dropped
        self._early_bytes = 0  # of all channels whose room is not open yet
        self._beat = b""  # the last one that was sent

    def receive(self, frame: bytes) -> Place | None:
        number, kind, message = read_channel(frame)
        channel = self._channels.get(number)
        if kind == OPEN:
            if channel is not None:
                raise Foul("the channel is open")
            self._open(number, message)
        elif channel is None:
            if number not in self._over:
                raise Foul("the channel is not open")
        elif kind == CLOSED:
            read_content(message)
            self.close(channel, LEFT)
        else:
            return channel.receive(message)
        return None

    def _open(self, number: int, message: bytes) -> None:
        place = read_content(message).get("document")
        if not isinstance(place, str):
            raise Foul("which document?")
        self._over.discard(number)
        channel = self._channels[number] = Channel(self, number)
        self._connection.entrance.start_soon(self._connection, partial(self._enter, channel, place))

    async def _enter(self, channel: "Channel", place: str) -> None:
        entered = await self._connection.entrance.enter(self._caller, place)
        if isinstance(entered, CloseCode):
            channel.shut(entered)
        elif self._channels.get(channel.number) is not channel:  # closed meanwhile
            self._connection.entrance.leave(entered)
        else:
            channel.begin(entered)

    def close(self, channel: "Channel", code: int) -> None:
        """Said to the other side, also as the answer to its own."""
        if self._channels.get(channel.number) is channel:
            del self._channels[channel.number]
            self._over.add(channel.number)
            self.abandon(channel)
            self.push(on_channel(channel.number, closed_message(code)))

    def abandon(self, channel: "Channel") -> None:
        """It is over."""
        entered = channel.end()
        if entered is not None:
            entered.room.leave(channel)
            self._connection.entrance.leave(entered)

    def shut(self, channel: "Channel", code: CloseCode) -> None:
        if code in _OF_THE_CONNECTION:
            self._connection.shut(code)
        else:
            self.close(channel, code)

    def push(self, frame: bytes) -> None:
        self._connection.push(frame)

    def keep(self, size: int) -> None:
        """Bytes kept until a room is open; negative: handed on. Raises Foul."""
        self._early_bytes += size
        if self._early_bytes > FRAME_BYTES_MAX:
            raise Foul("too much before it is open", CloseCode.TOO_LARGE)

    def push_beat(self, channel: int, beat: bytes) -> None:
        """All rooms tick at once: their beats are the same, and one will do."""
        if beat != self._beat:
            self._beat = beat
            self.push(on_channel(channel, beat))

    def pause(self) -> None:
        self.paused = True
        for channel in self._channels.values():
            channel.pause()

    def resume(self) -> None:
        self.paused = False
        for channel in list(self._channels.values()):
            if self.paused:  # one of them had that much to catch up with
                return
            channel.resume()

    def leave(self) -> None:
        channels, self._channels = self._channels, {}
        for channel in channels.values():
            self.abandon(channel)


class Channel:
    """One document of a connection: a peer of its room once that is open."""

    __slots__ = ("_early", "_entered", "_mux", "_prefix", "number", "session")

    def __init__(self, mux: Mux, number: int) -> None:
        self.number = number
        self._mux = mux
        self._prefix = bytes((number,))
        self._early: list[bytes] = []  # what came before the room was open
        self._entered: Entered | None = None

    def push(self, frame: bytes) -> None:
        if self._entered is None:
            return  # it ended while its room told all peers
        if frame.startswith(_BEAT):
            self._mux.push_beat(self.number, frame)
        else:
            self._mux.push(self._prefix + frame)

    def shut(self, code: CloseCode) -> None:
        self._mux.shut(self, code)

    def begin(self, entered: Entered) -> None:
        """Joins."""
        rooms, room, self.session = entered
        self._entered = entered
        room.join(self, term=rooms.term(), now=rooms.now())
        if room.closed:  # while it was at the door
            self.shut(CloseCode.NOT_READY)
        if self._mux.paused:
            self.pause()
        for message in self._take_early():
            if self._entered is not None:  # the one before may have ended it
                self.receive(message)

    def receive(self, message: bytes) -> Place | None:
        """Raises Foul where the connection is to be closed."""
        if self._entered is None:
            self._early.append(message)
            self._mux.keep(len(message))
            return None
        room = self._entered.room
        try:
            room.receive(self, message)
        except Foul as foul:
            self.shut(foul.code)
        except RoomClosed:
            self.shut(CloseCode.NOT_READY)
        return room if room.crowded else None

    def pause(self) -> None:
        if self._entered is not None:
            self._entered.room.pause(self)

    def resume(self) -> None:
        if self._entered is not None:
            self._entered.room.resume(self)

    def end(self) -> Entered | None:
        """What it had entered; from now on it is over."""
        entered, self._entered = self._entered, None
        self._take_early()
        return entered

    def _take_early(self) -> list[bytes]:
        early, self._early = self._early, []
        self._mux.keep(-sum(map(len, early)))
        return early
