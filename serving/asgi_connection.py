"""The sync protocol on the ASGI port, beside everything else (`docs/reference/interfaces.md`, Sync).

A client more than 256 KiB behind is sent nothing more until it took its queue, then one diff from where it
was; one that does not take it in 30 s is cut off (4408).
"""

import logging
from collections import deque
from typing import Final

import anyio
from starlette.responses import Response
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from crdt_models.errors import CloseCode

from .connection import (
    ALLOWANCE,
    CLOSING_S_MAX,
    PAUSED_S_MAX,
    QUEUE_BYTES_CUT,
    QUEUE_BYTES_MAX,
    Connection,
    Conversation,
)
from .conversations import start
from .entrance import Caller, Entrance
from .first_step import Rest, first_step
from .tokens import SignIn

__all__ = ["sync_route"]

_LOST: Final = (WebSocketDisconnect, OSError, RuntimeError)  # what sending to nobody raises
_log = logging.getLogger(__name__)


def sync_route(entrance: Entrance) -> WebSocketRoute:
    """`/sync/{venue}/{document}[@{epoch}]`."""

    async def sync(socket: WebSocket) -> None:
        status = entrance.turned_away(socket)
        if status is not None:
            await socket.send_denial_response(Response(status_code=status))
            return
        kind, caller = entrance.admit(socket, socket.scope["raw_path"])
        await socket.accept(subprotocol=kind)
        if isinstance(caller, CloseCode):
            await socket.close(caller)
        else:
            await AsgiConnection(socket, entrance, caller.sign_in).serve(caller)

    return WebSocketRoute("/sync/{place:path}", sync, name="sync")


class AsgiConnection(Connection):
    """One accepted socket, with a queue of bounded bytes that one task empties.

    While that task rests, a frame is written by who pushes it, as far as the transport takes it at once.
    """

    def __init__(self, socket: WebSocket, entrance: Entrance, sign_in: SignIn) -> None:
        self.entrance = entrance
        self.sign_in = sign_in
        self.conversation: Conversation | None = None
        self.code: CloseCode | None = None
        self.allowance = ALLOWANCE
        self._socket = socket
        self._queue: deque[bytes] = deque()
        self._queue_bytes = 0  # of the frame under way too
        self._under_way: Rest | None = None  # a frame that the transport did not take at once
        self._resting = False  # all is sent, and the writer waits for `_filled`
        self._filled = anyio.Event()
        self._paused = False
        self._sending = anyio.CancelScope()

    def push(self, frame: bytes) -> None:
        if self.code is not None:
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
            if self.conversation is not None:
                self.conversation.pause()

    def close(self, code: CloseCode) -> None:
        self._sending.deadline = anyio.current_time() + CLOSING_S_MAX
        self._wake()

    def attend(self, now_s: float) -> None:
        self.allowance = ALLOWANCE

    def _write(self, frame: bytes) -> None:
        """All of it at once, or the writer goes on with it."""
        try:
            self._under_way = first_step(self._socket.send_bytes(frame))
        except _LOST as error:
            _log.debug("connection lost while sending: %r", error)
            self.shut(CloseCode.NOT_READY)  # nobody is left to read it
        else:
            if self._under_way is not None:
                self._queue_bytes = len(frame)
                self._wake()

    def _wake(self) -> None:
        self._resting = False
        self._filled.set()

    async def serve(self, caller: Caller) -> None:
        """Until either side ends it, or the sign-in does."""
        self.entrance.connections.add(self)
        try:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self._send_all, tasks.cancel_scope)
                await start(self, caller)
                if await self._receive_all():
                    tasks.cancel_scope.cancel()
        finally:
            self.leave()
            self.entrance.connections.discard(self)

    async def _receive_all(self) -> bool:
        """Whether the other side is gone; False: we shut it, what is queued may still go out."""
        while self.code is None:
            event = await self._socket.receive()
            if event["type"] != "websocket.receive":
                return True
            data = event.get("bytes")
            if data is None:
                self.shut(CloseCode.MALFORMED)
                return False
            crowded = self.hear(data)
            if crowded is not None:
                await crowded.writable()
        return False

    async def _send_all(self, connection: anyio.CancelScope) -> None:
        """Empties the queue; then a paused client catches up, and one that was shut is closed."""
        try:
            with self._sending:
                while self.code is None or self._queue or self._under_way:
                    await self._send_queue()
                    if self._paused:
                        self._paused = False
                        if self.code is None:
                            self._sending.deadline = float("inf")
                        if self.conversation is not None:
                            self.conversation.resume()
            if self._sending.cancelled_caught and self.code is None:
                self.code = CloseCode.TOO_SLOW
                self.leave()
            with anyio.move_on_after(CLOSING_S_MAX, shield=True):
                await self._socket.close(self.code or CloseCode.NOT_READY)
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
        if self.code is None and not self._paused:
            self._filled, self._resting = anyio.Event(), True
            await self._filled.wait()
