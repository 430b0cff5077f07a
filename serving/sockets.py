"""The sync protocol's door for Starlette: one WebSocket, one document (`docs/reference/interfaces.md`, Sync).

A refusal at the door accepts, then closes with its code, because a browser sees no other; only a wrong
`Origin` is turned away by HTTP. A client more than 256 KiB behind is sent nothing more until it took its
queue, then one diff from where it was; one that does not take it in 30 s is cut off (4408).
"""

import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Final, Protocol

import anyio
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from crdt_models import epochs
from crdt_models.documents.catalogue import kind_of, may_read, may_write
from crdt_models.errors import CloseCode, Foul, RoomClosed, StoreNotReady, StoreUnreadable
from crdt_models.session import Session

from .first_step import Rest, first_step
from .places import Place, Places
from .tokens import SignIn

__all__ = ["FRAME_BYTES_MAX", "SUBPROTOCOL", "Door", "sync_route"]

SUBPROTOCOL: Final = "felt.sync.1"
FRAME_BYTES_MAX: Final = 4 * 1024 * 1024
QUEUE_BYTES_MAX: Final = 256 * 1024  # more waits to be sent: paused, it gets one diff later
QUEUE_BYTES_CUT: Final = 16 * 1024 * 1024  # answers it asked for and does not take: cut off
PAUSED_S_MAX: Final = 30.0
CLOSING_S_MAX: Final = 5.0
SESSIONS_PER_DEVICE: Final = 512  # tabs × documents, and whoever measures from one device
SESSIONS_MAX: Final = 5_000  # of all: 50 tablets, 2,000 phones
_TOKEN: Final = "felt.token."
_LOST: Final = (WebSocketDisconnect, OSError, RuntimeError)  # what sending to nobody raises
_log = logging.getLogger(__name__)


class Door(Protocol):
    """What the sockets ask the server they are part of."""

    def origin_allowed(self, origin: str | None) -> bool:
        """Whether a page of this origin may connect; None: no browser."""

    async def rooms(self, venue: str) -> Places | None:
        """The venue's rooms, or None: no such venue here. Raises RoomClosed, OSError: not now."""

    async def sign_in(self, connection: HTTPConnection, token: str | None) -> SignIn | None:
        """Who connects, by the subprotocol's token, else cookie or Authorization. None: not signed in."""

    def speaks_for(self, sign_in: SignIn, person: str) -> bool:
        """Whether edits of this connection may name `person` (a player: only himself; staff: the staff)."""


Over = Callable[[SignIn], Awaitable[None]]


def sync_route(door: Door, over: Over | None = None) -> WebSocketRoute:
    """`/sync/{venue}/{document}[@{epoch}]`. `over` returns when a sign-in was ended before its time."""

    async def sync(socket: WebSocket) -> None:
        if not door.origin_allowed(socket.headers.get("origin")):
            await socket.send_denial_response(Response(status_code=403))
            return
        offered = socket.scope.get("subprotocols", [])
        entered = await _enter(door, socket, offered)
        await socket.accept(subprotocol=SUBPROTOCOL if SUBPROTOCOL in offered else None)
        if isinstance(entered, CloseCode):
            await socket.close(entered)
            return
        await _Connection(socket, *entered).serve(over)

    return WebSocketRoute("/sync/{venue}/{document:path}", sync, name="sync")


_Entered = tuple[Places, Place, Session, SignIn]


async def _enter(door: Door, socket: WebSocket, offered: list[str]) -> _Entered | CloseCode:
    """The room to join and as whom, or why not."""
    token = next((kind[len(_TOKEN) :] for kind in offered if kind.startswith(_TOKEN)), None)
    sign_in = await door.sign_in(socket, token)
    if sign_in is None or sign_in.expires_s <= time.time():
        return CloseCode.SIGNED_OUT
    venue, place = socket.path_params["venue"], epochs.split(socket.path_params["document"])
    if b"%" in socket.scope.get("raw_path", b"") or place is None or kind_of(place[0]) is None:
        return CloseCode.NO_DOCUMENT
    document, epoch = place
    if venue != sign_in.venue:
        return CloseCode.NO_DOCUMENT
    if not may_read(document, sign_in.role, sign_in.subject):
        return CloseCode.FORBIDDEN
    try:
        rooms = await door.rooms(venue)
        if rooms is None:
            return CloseCode.NO_DOCUMENT
        sessions = rooms.sessions
        if sessions.get(sign_in.device, 0) >= SESSIONS_PER_DEVICE or sum(sessions.values()) >= SESSIONS_MAX:
            return CloseCode.TOO_MANY
        room = await rooms.enter(document)
    except (StoreUnreadable, StoreNotReady, RoomClosed, OSError):
        _log.exception("%s can't be opened", document)
        return CloseCode.NOT_READY
    if epoch not in (None, room.epoch):
        return CloseCode.OTHER_EPOCH
    session = Session(
        device=sign_in.device,
        person=sign_in.person,
        role=sign_in.role,
        may_write=may_write(document, sign_in.role, sign_in.subject),
        speaks_for=lambda person: door.speaks_for(sign_in, person),
        felt=SUBPROTOCOL in offered,
    )
    return rooms, room, session, sign_in


class _Connection:
    """One accepted socket: a peer of its room, with a queue of bounded bytes that one task empties.

    While that task rests, a frame is written by who pushes it, as far as the transport takes it at once.
    """

    def __init__(
        self, socket: WebSocket, rooms: Places, room: Place, session: Session, sign_in: SignIn
    ) -> None:
        self.session = session
        self._socket = socket
        self._rooms = rooms
        self._room = room
        self._sign_in = sign_in
        self._queue: deque[bytes] = deque()
        self._queue_bytes = 0  # of the frame under way too
        self._under_way: Rest | None = None  # a frame that the transport did not take at once
        self._resting = False  # all is sent, and the writer waits for `_filled`
        self._filled = anyio.Event()
        self._paused = False
        self._code: CloseCode | None = None
        self._sending = anyio.CancelScope()

    def push(self, frame: bytes) -> None:
        if self._code is not None:
            return
        if self._resting:
            self._write(frame)
            return
        self._queue.append(frame)
        self._queue_bytes += len(frame)
        if self._queue_bytes > QUEUE_BYTES_CUT:
            self._queue.clear()
            self.shut(CloseCode.TOO_SLOW)
        elif self._queue_bytes > QUEUE_BYTES_MAX and len(self._queue) > 1 and not self._paused:
            self._paused = True
            self._sending.deadline = anyio.current_time() + PAUSED_S_MAX
            self._room.pause(self)

    def shut(self, code: CloseCode) -> None:
        if self._code is None:
            self._code = code
            self._sending.deadline = anyio.current_time() + CLOSING_S_MAX
            self._wake()

    def _write(self, frame: bytes) -> None:
        """All of it at once, or the writer goes on with it."""
        try:
            self._under_way = first_step(self._socket.send_bytes(frame))
        except _LOST as error:
            _log.debug("connection lost while sending: %r", error)
            self._code = CloseCode.NOT_READY  # nobody is left to read it
            self._wake()
        else:
            if self._under_way is not None:
                self._queue_bytes = len(frame)
                self._wake()

    def _wake(self) -> None:
        self._resting = False
        self._filled.set()

    async def serve(self, over: Over | None) -> None:
        """Until either side ends it, or the sign-in does."""
        sessions, device = self._rooms.sessions, self.session.device
        sessions[device] = sessions.get(device, 0) + 1
        try:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self._send_all, tasks.cancel_scope)
                if over is not None:
                    tasks.start_soon(self._shut_when, over)
                with anyio.move_on_after(self._sign_in.expires_s - time.time()) as valid:
                    if await self._receive_all():
                        tasks.cancel_scope.cancel()
                if valid.cancelled_caught:
                    self.shut(CloseCode.SIGNED_OUT)
        finally:
            self._room.leave(self)
            sessions[device] -= 1
            if not sessions[device]:
                del sessions[device]

    async def _shut_when(self, over: Over) -> None:
        await over(self._sign_in)
        self._room.leave(self)
        self.shut(CloseCode.SIGNED_OUT)

    async def _receive_all(self) -> bool:
        """Whether the other side is gone; False: we shut it, what is queued may still go out."""
        self._room.join(self, term=self._rooms.term(), now=self._rooms.now())
        if self._room.closed:  # while we were at the door
            self.shut(CloseCode.NOT_READY)
        while self._code is None:
            event = await self._socket.receive()
            if event["type"] != "websocket.receive":
                return True
            try:
                self._room.receive(self, _frame(event.get("bytes")))
            except Foul as foul:
                self._room.leave(self)
                self.shut(foul.code)
            except RoomClosed:
                self.shut(CloseCode.NOT_READY)
            await self._room.writable()
        return False

    async def _send_all(self, connection: anyio.CancelScope) -> None:
        """Empties the queue; then a paused client catches up, and one that was shut is closed."""
        try:
            with self._sending:
                while self._code is None or self._queue or self._under_way:
                    await self._send_queue()
                    if self._paused:
                        self._paused = False
                        self._sending.deadline = (
                            float("inf") if self._code is None else self._sending.deadline
                        )
                        self._room.resume(self)
            if self._sending.cancelled_caught and self._code is None:
                self._code = CloseCode.TOO_SLOW
            with anyio.move_on_after(CLOSING_S_MAX, shield=True):
                await self._socket.close(self._code or CloseCode.NOT_READY)
        except _LOST as error:
            _log.debug("connection lost while sending: %r", error)
        connection.cancel()

    async def _send_queue(self) -> None:
        if self._under_way is not None:
            await self._under_way
            self._under_way = None
            self._queue_bytes = sum(map(len, self._queue))
        while self._queue:
            frame = self._queue.popleft()
            await self._socket.send_bytes(frame)
            self._queue_bytes -= len(frame)
        if self._code is None and not self._paused:
            self._filled, self._resting = anyio.Event(), True
            await self._filled.wait()


def _frame(data: bytes | None) -> bytes:
    if data is None:
        raise Foul("text, where only bytes are spoken")
    if len(data) > FRAME_BYTES_MAX:
        raise Foul("frame too large", CloseCode.TOO_LARGE)
    return data
