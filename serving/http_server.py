"""Hypercorn as both servers run it: on sockets bound beforehand, quiet, bounded, stopped by an event."""

import asyncio
import logging
import resource
import socket
from typing import Any, Final

from anyio import TASK_STATUS_IGNORED, CancelScope, Event
from anyio.abc import TaskStatus
from hypercorn.asyncio import serve
from hypercorn.config import Config
from hypercorn.protocol import ws_stream
from starlette.applications import Starlette
from wsproto.extensions import PerMessageDeflate

__all__ = ["BACKLOG", "allow_many_sockets", "bind", "run_http"]

_LOG = logging.getLogger("felt.http")
_GRACE_S: Final = 1.0  # for requests that are running when the server stops; sockets of tablets end after it
_MESSAGE_BYTES_MAX: Final = 8 << 20
_KEEP_ALIVE_S: Final = 20.0  # also for a request whose head never ends
BACKLOG: Final = 512
_SILENT_MS_MAX: Final = 30_000  # a peer that acknowledges nothing for so long is cut off by the kernel
_PROBE_S: Final = 10  # without a word from it, the kernel asks whether it is there


class _Uncompressed(PerMessageDeflate):
    """What Hypercorn offers each browser: zlib would cost 300 KiB a socket, and a bomb is a few bytes."""

    def accept(self, offer: str) -> None:
        """Never taken up."""


ws_stream.PerMessageDeflate = _Uncompressed  # type: ignore[attr-defined]  # it has no setting


def bind(host: str, port: int) -> socket.socket:
    """A listening socket; clients that knock before the server runs wait. OSError: the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):  # its connections take all of it over
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, _PROBE_S)
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, _PROBE_S)
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _SILENT_MS_MAX)
        listener.bind((host, port))
        listener.listen(BACKLOG)
        listener.setblocking(False)
    except OSError as error:
        listener.close()
        raise OSError(error.errno, f"port {port} of {host}: {error.strerror}") from error
    return listener


def allow_many_sockets() -> None:
    """Each screen, tablet and phone is a socket, and many systems start programs with room for 1,024."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


async def run_http(
    app: Starlette,
    listener: socket.socket,
    stop: Event,
    *,
    task_status: TaskStatus[None] = TASK_STATUS_IGNORED,
) -> None:
    """Serves until `stop` is set, then lets running requests end. Takes the socket over."""
    config = Config()
    config.bind = [f"fd://{listener.detach()}"]
    config.graceful_timeout = _GRACE_S
    config.accesslog = None
    config.errorlog = _LOG
    config.include_server_header = False
    config.websocket_max_message_size = _MESSAGE_BYTES_MAX
    config.keep_alive_timeout = _KEEP_ALIVE_S
    config.backlog = BACKLOG
    application: Any = app  # hypercorn's own ASGI types are narrower than Starlette's
    closing = Event()
    server = asyncio.create_task(serve(application, config, shutdown_trigger=closing.wait), name="hypercorn")
    server.add_done_callback(lambda _: stop.set())  # should it end by itself, so does what it is part of
    task_status.started()
    try:
        await stop.wait()
    finally:
        closing.set()
        with CancelScope(shield=True):
            await _end(server)


async def _end(server: "asyncio.Task[None]") -> None:
    """Waits for Hypercorn to close, then cuts it. Raises what it broke of.

    From Python 3.12 on, closing a server waits for its open sockets, however long they stay; and cancelled
    from outside, Hypercorn trips over itself. So it is asked first, and what a cut makes it say is not news.
    """
    await asyncio.wait({server}, timeout=2 * _GRACE_S)
    if server.done():
        server.result()
        return
    server.cancel()
    await asyncio.wait({server}, timeout=2 * _GRACE_S)
    if server.done() and not server.cancelled():
        _LOG.debug("cut with sockets open: %r", server.exception())
