"""The sync port: a port for the sync protocol alone, served by picows beside the ASGI port.

What differs from ASGI is only how bytes travel: entrance, conversations and rooms are the same.
"""

import logging
import socket
from functools import partial
from typing import Final

import anyio
from anyio import TASK_STATUS_IGNORED, CancelScope, Event
from anyio.abc import TaskGroup, TaskStatus
from picows import (
    WSListener,
    WSUpgradeRequest,
    WSUpgradeResponse,
    WSUpgradeResponseWithListener,
    ws_create_server,
)
from starlette.requests import HTTPConnection

from .connection import FRAME_BYTES_HARD
from .conversations import start
from .entrance import Caller, Entrance
from .http_server import BACKLOG
from .picows_connection import PicowsConnection
from .places import Place

__all__ = ["SyncPort"]

HANDSHAKE_S_MAX: Final = 5.0
END_S_MAX: Final = 1.0
_READ_BUFFER_BYTES: Final = 2048  # at first, of each connection; it grows with what is read at once
_UNREAD_BYTES_MAX: Final = 128 * 1024  # in the kernel, which doubles it: so much may be read at once
_log = logging.getLogger(__name__)
_quiet = logging.LoggerAdapter(logging.getLogger("felt.picows"), {})  # a plain one has a child a socket
_quiet.logger.setLevel(logging.ERROR)  # it tells of all that come and go
_quiet.logger.addFilter(lambda record: not str(record.msg).startswith("WS parser error"))  # theirs, not ours


class SyncPort:
    """Serves one listening socket."""

    def __init__(self, entrance: Entrance) -> None:
        self._entrance = entrance
        self._held: dict[Place, set[PicowsConnection]] = {}  # not read until their room takes more
        self._tasks: TaskGroup

    async def run(
        self, listener: socket.socket, stop: Event, *, task_status: TaskStatus[None] = TASK_STATUS_IGNORED
    ) -> None:
        """Serves until `stop` is set, then waits a little for `Entrance.empty`. Takes the socket over."""
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _UNREAD_BYTES_MAX)
        server = await ws_create_server(
            self._accept,
            sock=listener,
            backlog=BACKLOG,
            websocket_handshake_timeout=HANDSHAKE_S_MAX,
            logger_name=_quiet,
            max_frame_size=FRAME_BYTES_HARD,
            enable_auto_pong=False,  # pings count as what is said
            read_buffer_init_size=_READ_BUFFER_BYTES,
            use_aiofastnet=False,  # comes with picows, wins nothing
        )
        async with anyio.create_task_group() as self._tasks:
            task_status.started()
            try:
                await stop.wait()
            finally:
                server.close()
                with CancelScope(shield=True):
                    await self._end()
            self._tasks.cancel_scope.cancel()

    def enter(self, connection: PicowsConnection, caller: Caller) -> None:
        self._entrance.start_soon(connection, partial(self._enter, connection, caller))

    def hold(self, connection: PicowsConnection, room: Place) -> None:
        connection.transport.underlying_transport.pause_reading()
        if room not in self._held:
            self._held[room] = set()
            self._tasks.start_soon(self._release, room)
        self._held[room].add(connection)

    async def _enter(self, connection: PicowsConnection, caller: Caller) -> None:
        await start(connection, caller)
        connection.begin()

    async def _release(self, room: Place) -> None:
        try:
            await room.writable()
        except Exception:  # whatever broke there is told to its peers by the room itself
            _log.exception("a room of sync broke")
        for connection in self._held.pop(room):
            connection.read_on()

    async def _end(self) -> None:
        ours = [each for each in self._entrance.connections if isinstance(each, PicowsConnection)]
        with anyio.move_on_after(END_S_MAX):
            for connection in ours:
                await connection.transport.wait_disconnected()
        for connection in ours:
            connection.transport.disconnect(False)

    def _accept(self, request: WSUpgradeRequest) -> WSListener | WSUpgradeResponseWithListener | None:
        try:
            return self._answer(request)
        except Exception:  # picows would tell the caller what broke
            _log.exception("a connection was not let in")
            return _refusal(500)

    def _answer(self, request: WSUpgradeRequest) -> WSUpgradeResponseWithListener:
        if not request.path.startswith(b"/sync/"):
            return _refusal(404)
        asked = _as_starlette(request)
        status = self._entrance.turned_away(asked)
        if status is not None:
            return _refusal(status)
        if "upgrade" in request.headers.get("connection", "").lower().replace(" ", "").split(","):
            request.headers["Connection"] = "upgrade"  # picows takes no list, Firefox sends keep-alive too
        kind, called = self._entrance.admit(asked, request.path)
        chosen = {"Sec-WebSocket-Protocol": kind} if kind is not None else None
        response = WSUpgradeResponse.create_101_response(chosen)
        return WSUpgradeResponseWithListener(response, PicowsConnection(self, self._entrance, called))


def _refusal(status: int) -> WSUpgradeResponseWithListener:
    return WSUpgradeResponseWithListener(WSUpgradeResponse.create_error_response(status), None)


def _as_starlette(request: WSUpgradeRequest) -> HTTPConnection:
    """As Starlette sees one, so that both ports ask the same questions."""
    headers = [
        (name.lower().encode(), value.encode("ascii", "surrogateescape"))
        for name, value in request.headers.items()
    ]
    return HTTPConnection({"type": "websocket", "headers": headers})
