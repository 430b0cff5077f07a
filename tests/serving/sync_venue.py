"""A venue's sync on both ports, for tests: tokens are `role-device`, the store is in memory."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, Literal

import anyio
import websockets
from starlette.applications import Starlette
from starlette.requests import HTTPConnection
from websockets import Subprotocol
from websockets.asyncio.client import ClientConnection, connect

from crdt_models.facts import Json
from serving.asgi_connection import sync_route
from serving.entrance import Entrance
from serving.http_server import bind, run_http
from serving.rooms import Rooms
from serving.sync_port import SyncPort
from serving.tokens import SignIn, token_of
from tests.crdt_models.memory_store import MemoryStore

__all__ = ["SEAT", "Venue", "closed", "leaf_now", "open_venue"]

SEAT: Json = {"table": "t1", "seat": 1}
START_S = time.monotonic()


def leaf_now() -> int:
    return int((time.monotonic() - START_S) * 1000) + 100_000


class FrontDoor:
    """Tokens are `role-device`; `short-…` expires in a second, `old-…` has, `ended` ones were signed out."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms
        self._turned = anyio.Event()
        self._ended: set[str] = set()

    def origin_allowed(self, origin: str | None) -> bool:
        return origin in (None, "http://venue.example")

    async def rooms(self, venue: str) -> Rooms | None:
        return self._rooms if venue == "v" else None

    def sign_in(self, connection: HTTPConnection) -> SignIn | None:
        role, dash, device = (token_of(connection) or "").partition("-")
        lasts = {"short": 1.2, "old": -1}.get(role, 3_600)
        role = {"short": "floor", "old": "floor"}.get(role, role)
        return SignIn("v", "ana", role, device, "leaf", time.time() + lasts, device) if dash else None  # type: ignore[arg-type]

    def still_in(self, sign_in: SignIn) -> bool:
        return sign_in.expires_s > time.time() and sign_in.session not in self._ended

    async def turned(self) -> None:
        await self._turned.wait()

    def end(self, session: str) -> None:
        self._ended.add(session)
        self._turned.set()
        self._turned = anyio.Event()

    def speaks_for(self, sign_in: SignIn, person: str) -> bool:
        return person == "ana"


class Venue:
    def __init__(self, rooms: Rooms, store: MemoryStore, door: FrontDoor, port: int) -> None:
        self.rooms, self.store, self.door, self.port = rooms, store, door, port

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
async def open_venue(port: Literal["asgi", "picows"] = "asgi") -> AsyncIterator[Venue]:
    """A leaf with a floor; stopped at the end."""
    store, stop = MemoryStore(), anyio.Event()
    rooms = Rooms(
        venue="v", at="leaf", store=store, now=leaf_now, term=lambda: 1, client_id=lambda: 4_000_000_000
    )
    door = FrontDoor(rooms)
    entrance, listener = Entrance(door), bind("127.0.0.1", 0)
    venue = Venue(rooms, store, door, listener.getsockname()[1])
    async with anyio.create_task_group() as tasks:
        await tasks.start(rooms.run)
        await tasks.start(entrance.run)
        async with anyio.create_task_group() as doors:
            if port == "asgi":
                await doors.start(run_http, Starlette(routes=[sync_route(entrance)]), listener, stop)
            else:
                await doors.start(SyncPort(entrance).run, listener, stop)
            await rooms.write("floor", [("seat/p0", SEAT)])
            with anyio.fail_after(30):
                yield venue
            stop.set()
        tasks.cancel_scope.cancel()
