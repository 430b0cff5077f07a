"""The sync protocol on the sync port: one accepted socket of picows, without a task and with few bytes.

A room's frame goes from its list of peers straight to the socket. What the socket does not take waits in the
transport; above 256 KiB the connection pauses and gets one diff when it drained.

picows 2.3.1 hands uvloop a view of the buffer that holds the head of a large frame, and writes the next head
over it while that waits: so large frames go to the transport by our own hand.
"""

import struct
import time
from typing import Final, Protocol

from multidict import CIMultiDict
from picows import WSFrame, WSListener, WSMsgType, WSTransport

from crdt_models.errors import CloseCode, Foul

from .connection import (
    ALLOWANCE,
    CLOSING_S_MAX,
    COST,
    FRAME_BYTES_MAX,
    PAUSED_S_MAX,
    QUEUE_BYTES_CUT,
    QUEUE_BYTES_MAX,
    Connection,
    Conversation,
)
from .entrance import Caller, Entrance
from .places import Place
from .tokens import SignIn

__all__ = ["PicowsConnection", "Port"]

FRAME_BYTES_COPIED: Final = 1_000  # by picows, into a buffer of its own that it never makes smaller again
QUEUE_BYTES_LOW: Final = 32 * 1024  # drained: it may go on
LOOKS_PINGED: Final = 10  # each so many looks of the entrance without a sign of life: pinged
LOOKS_SILENT_MAX: Final = 30  # then cut off: a large frame on a weak line may take as long
_NEVER: Final = float("inf")
_NORMAL: Final = 1000
_NONE: Final[CIMultiDict[str]] = CIMultiDict()
_BINARY, _TEXT, _CONTINUATION = WSMsgType.BINARY, WSMsgType.TEXT, WSMsgType.CONTINUATION
_PING, _PONG, _CLOSE = WSMsgType.PING, WSMsgType.PONG, WSMsgType.CLOSE


class Port(Protocol):
    """What a connection asks the sync port."""

    def enter(self, connection: "PicowsConnection", caller: Caller) -> None:
        """Lets it into its room soon."""

    def hold(self, connection: "PicowsConnection", room: Place) -> None:
        """Does not read it until the room takes more."""


class PicowsConnection(WSListener, Connection):
    """picows calls `on_ws_…` and `…_writing`, in the loop's thread; none of them raises."""

    __slots__ = (
        "_called", "_early", "_parts", "_port", "_silent", "allowance", "code", "conversation",
        "deadline_s", "entrance", "sign_in", "transport",
    )  # fmt: skip

    def __init__(self, port: Port, entrance: Entrance, called: Caller | CloseCode) -> None:
        self.entrance = entrance
        self.sign_in: SignIn | None = None
        self.conversation: Conversation | None = None
        self.code: CloseCode | None = None
        self.deadline_s = _NEVER
        self.allowance = ALLOWANCE
        self._port = port
        self._called: Caller | CloseCode | None = called  # until it is connected
        self._early: tuple[bytes, ...] = ()  # frames that came before its room was open
        self._parts: bytearray | None = None  # of a message in fragments
        self._silent = 0  # looks of the entrance since anything came

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.transport = transport
        called, self._called = self._called, None
        transport.request.path = b""
        transport.request.headers = transport.response.headers = _NONE  # kilobytes, and a token among them
        transport.underlying_transport.set_write_buffer_limits(QUEUE_BYTES_MAX, QUEUE_BYTES_LOW)
        self.entrance.connections.add(self)
        if isinstance(called, CloseCode):
            self.shut(called)
        elif called is not None:
            self.sign_in = called.sign_in
            transport.underlying_transport.pause_reading()
            self._port.enter(self, called)

    def push(self, frame: bytes) -> None:
        transport = self.transport
        if len(frame) <= FRAME_BYTES_COPIED:
            transport.send(_BINARY, frame)
        elif not (transport.is_close_frame_sent or transport.is_disconnected):
            transport.underlying_transport.writelines((_head(len(frame)), frame))

    def begin(self) -> None:
        """The conversation has started, or never will."""
        early, self._early = self._early, ()
        self.read_on()
        for frame in early:
            self._take(frame)

    def read_on(self) -> None:
        self._silent = 0
        if not self.transport.is_disconnected:
            self.transport.underlying_transport.resume_reading()

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        kind = frame.msg_type
        self._silent = 0
        if kind is _CLOSE:
            self._hang_up(frame)
        elif self.code is not None or kind is _PONG:
            return  # picows goes on delivering to a connection that was told to close
        elif frame.rsv1 or frame.rsv2 or frame.rsv3 or kind is _TEXT:
            self.shut(CloseCode.MALFORMED)
        elif kind is _PING:
            self._answer(frame)
        elif frame.fin and kind is _BINARY and self._parts is None:
            self._take(frame.get_payload_as_bytes())
        else:
            self._join(frame)

    def _take(self, frame: bytes) -> None:
        if self.conversation is None:
            self._early += (frame,)  # little: we read no more meanwhile
            return
        room = self.hear(frame)
        if room is not None:
            self._port.hold(self, room)

    def _join(self, frame: WSFrame) -> None:
        """A message in fragments: picows hands them on one by one."""
        if (frame.msg_type is _CONTINUATION) != (self._parts is not None):
            self.shut(CloseCode.MALFORMED)
        elif self._afford():
            parts = self._parts = self._parts or bytearray()
            parts += frame.get_payload_as_bytes()
            if len(parts) > FRAME_BYTES_MAX:
                self.shut(CloseCode.TOO_LARGE)
            elif frame.fin:
                self._parts = None
                self._take(bytes(parts))

    def _answer(self, ping: WSFrame) -> None:
        if self._afford():
            self.transport.send_pong(ping.get_payload_as_bytes())

    def _afford(self) -> bool:
        try:
            self.spend(COST)
        except Foul as foul:
            self.shut(foul.code)
            return False
        return True

    def _hang_up(self, frame: WSFrame) -> None:
        """The other side closes, or answers our close."""
        self.end(CloseCode.NOT_READY, time.monotonic())
        self.transport.send_close(frame.get_close_code() or _NORMAL)
        self.transport.disconnect()

    def close(self, code: CloseCode) -> None:
        self._early = ()
        self._parts = None
        self.deadline_s = time.monotonic() + CLOSING_S_MAX
        self.transport.send_close(code)  # type: ignore[arg-type]  # picows' enum has the standard ones only
        self.read_on()  # to hear its answer, or its end

    def end(self, code: CloseCode, now_s: float) -> None:
        """Nothing more is said or heard; what is queued has a while."""
        if self.code is None:
            self.code = code
            self.deadline_s = now_s + CLOSING_S_MAX
            self.leave()

    def pause_writing(self) -> None:
        if self.code is None:
            self.deadline_s = time.monotonic() + PAUSED_S_MAX
            if self.conversation is not None:
                self.conversation.pause()

    def resume_writing(self) -> None:
        if self.code is None:
            self.deadline_s = _NEVER
            if self.conversation is not None:
                self.conversation.resume()

    def attend(self, now_s: float) -> None:
        self.allowance = ALLOWANCE
        self._silent += 1
        transport = self.transport
        if self._silent < LOOKS_PINGED and self.deadline_s == _NEVER and not transport.is_close_frame_sent:
            return  # nearly all, each second: heard of lately, and nothing waits to be sent
        if self.code is None and transport.is_close_frame_sent:  # by picows: what came was no WebSocket
            self.end(CloseCode.MALFORMED, now_s)
        silent = self._silent > LOOKS_SILENT_MAX and self._is_read()
        if silent or now_s > self.deadline_s or self._overflows():
            self.code = self.code or CloseCode.TOO_SLOW  # that full a socket can't be told
            self.leave()
            transport.disconnect(False)
        elif self._silent % LOOKS_PINGED == 0:
            transport.send_ping()

    def _overflows(self) -> bool:
        """It asks and asks, and takes no answer."""
        return self.transport.underlying_transport.get_write_buffer_size() > QUEUE_BYTES_CUT

    def _is_read(self) -> bool:
        """Else it is us who are silent; the kernel still tells whether it takes our pings."""
        return self.transport.underlying_transport.is_reading()

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        self.code = self.code or CloseCode.NOT_READY
        self.leave()
        self.entrance.connections.discard(self)


def _head(size: int) -> bytes:
    """Of a whole binary frame that a server sends."""
    if size < 1 << 16:
        return struct.pack("!BBH", 0x82, 126, size)
    return struct.pack("!BBQ", 0x82, 127, size)
