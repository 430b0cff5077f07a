"""A venue's sync door on a real hypercorn, for tests: tokens are `role-device`, the store is in memory."""

import socket as sockets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import anyio
import websockets
from hypercorn.asyncio import serve
from hypercorn.config import Config
from starlette.applications import Starlette
from starlette.requests import HTTPConnection
from websockets import Subprotocol
from websockets.asyncio.client import ClientConnection, connect

from crdt_models.facts import Json
from serving.rooms import Rooms
from serving.sockets import sync_route
from serving.tokens import SignIn
from tests.crdt_models.memory_store import MemoryStore

__all__ = ["SEAT", "Venue", "closed", "leaf_now", "open_venue"]

SEAT: Json = {"table": "t1", "seat": 1}
START_S = time.monotonic()


def leaf_now() -> int:
    return int((time.monotonic() - START_S) * 1000) + 100_000


class FrontDoor:
    """Tokens are `role-device`; `short-…` expires in a second, `old-…` has."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    def origin_allowed(self, origin: str | None) -> bool:
        return origin in (None, "http://venue.example")

    async def rooms(self, venue: str) -> Rooms | None:
        return self._rooms if venue == "v" else None

    async def sign_in(self, connection: HTTPConnection, token: str | None) -> SignIn | None:
        said = (
            token or connection.cookies.get("felt_session") or connection.headers.get("authorization", "")[7:]
        )
        role, dash, device = said.partition("-")
        lasts = {"short": 1.2, "old": -1}.get(role, 3_600)
        role = {"short": "floor", "old": "floor"}.get(role, role)
        return SignIn("v", "ana", role, device, "leaf", time.time() + lasts, "s") if dash else None  # type: ignore[arg-type]

    def speaks_for(self, sign_in: SignIn, person: str) -> bool:
        return person == "ana"


class Venue:
    def __init__(self, rooms: Rooms, store: MemoryStore, port: int) -> None:
        self.rooms, self.store, self.port = rooms, store, port

    @asynccontextmanager
    async def open(
        self,
        document: str = "floor",
        token: str = "floor-t1",
        *,
        felt: bool = True,
        venue: str = "v",
        **more: Any,
    ) -> AsyncIterator[ClientConnection]:
        offers = (["felt.sync.1"] if felt else []) + ([f"felt.token.{token}"] if token else [])
        kinds = [Subprotocol(offer) for offer in offers]
        uri = f"ws://127.0.0.1:{self.port}/sync/{venue}/{document}"
        async with connect(
            uri, subprotocols=kinds or None, compression=None, max_size=None, **more
        ) as socket:
            yield socket

    async def refused(self, **where: Any) -> int:
        """The code the door closes with."""
        async with self.open(**where) as socket:
            return await closed(socket)


async def closed(socket: ClientConnection) -> int:
    """Reads to the end; answers the close code."""
    with suppress(websockets.ConnectionClosed):
        while True:
            await socket.recv()
    assert socket.close_code is not None
    return socket.close_code


@asynccontextmanager
async def open_venue() -> AsyncIterator[Venue]:
    """A leaf with a floor; stopped at the end."""
    store, stop = MemoryStore(), anyio.Event()
    rooms = Rooms(
        venue="v", at="leaf", store=store, now=leaf_now, term=lambda: 1, client_id=lambda: 4_000_000_000
    )
    listening = sockets.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen()
    port = listening.getsockname()[1]
    config = Config()
    config.bind = [f"fd://{listening.detach()}"]  # the server's to close
    config.errorlog = None
    config.graceful_timeout = 0.5
    ended = anyio.Event()
    app = Starlette(routes=[sync_route(FrontDoor(rooms))])

    async def run() -> None:
        await serve(app, config, shutdown_trigger=stop.wait)  # type: ignore[arg-type]
        ended.set()

    async with anyio.create_task_group() as tasks:
        await tasks.start(rooms.run)
        tasks.start_soon(run)
        await rooms.write("floor", [("seat/p0", SEAT)])
        with anyio.fail_after(30):
            yield Venue(rooms, store, port)
        stop.set()
        await ended.wait()
        tasks.cancel_scope.cancel()
