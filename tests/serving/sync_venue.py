"""A venue's sync on both ports, for tests: tokens are `role-device`, the store is in memory."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, Literal

import anyio
import pytest
import websockets
from starlette.applications import Starlette
from starlette.requests import HTTPConnection
from websockets import Subprotocol
from websockets.asyncio.client import ClientConnection, connect

from crdt_models.facts import Json
from crdt_models.replica import Replica
from crdt_models.wire import put
from serving.asgi_connection import AsgiConnection, sync_route
from serving.connection import Connection
from serving.entrance import Entrance
from serving.http_server import bind, run_http
from serving.picows_connection import PicowsConnection
from serving.rooms import Rooms
from serving.sync_port import SyncPort
from serving.tokens import SignIn, token_of
from tests.crdt_models.memory_store import MemoryStore

__all__ = [
    "SEAT", "Hand", "Rope", "Venue", "closed", "fill", "leaf_now", "noted_pauses", "open_venue",
    "presence_of", "waiting_bytes",
]  # fmt: skip

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
    def __init__(
        self, rooms: Rooms, store: MemoryStore, door: FrontDoor, entrance: Entrance, port: int
    ) -> None:
        self.rooms, self.store, self.door, self.entrance, self.port = rooms, store, door, entrance, port

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
async def open_venue(
    port: Literal["asgi", "picows"] = "asgi", *, backup: MemoryStore | None = None, hand_in: bool = False
) -> AsyncIterator[Venue]:
    """A leaf with a floor; stopped at the end. Of a `backup`: restored, in term 2, a window open or not."""
    store, stop = backup or MemoryStore(), anyio.Event()
    term, writer = (2, 3_900_000_000) if backup else (1, 4_000_000_000)
    rooms = Rooms(
        venue="v", at="leaf", store=store, now=leaf_now, term=lambda: term, client_id=lambda: writer,
        hand_in_open=lambda: hand_in,
    )  # fmt: skip
    door = FrontDoor(rooms)
    entrance, listener = Entrance(door), bind("127.0.0.1", 0)
    venue = Venue(rooms, store, door, entrance, listener.getsockname()[1])
    async with anyio.create_task_group() as tasks:
        await tasks.start(rooms.run)
        await tasks.start(entrance.run)
        async with anyio.create_task_group() as doors:
            doors.start_soon(entrance.empty, stop)
            if port == "asgi":
                await doors.start(run_http, Starlette(routes=[sync_route(entrance)]), listener, stop)
            else:
                await doors.start(SyncPort(entrance).run, listener, stop)
            if backup is None:
                await rooms.write("floor", [("seat/p0", SEAT)])
            with anyio.fail_after(60):
                yield venue
            stop.set()
        tasks.cancel_scope.cancel()


class Hand:
    """A replica at a real socket."""

    def __init__(
        self, socket: ClientConnection, device: str = "t1", client_id: int = 1, document: str = "floor"
    ) -> None:
        self.socket = socket
        self.replica = Replica(document, device=device, nonce="x", client_id=client_id)
        self.notes: list[Any] = []

    async def until(self, true: Callable[[], bool]) -> None:
        while not true():
            heard = self.replica.receive(await self.socket.recv())  # type: ignore[arg-type]
            self.notes += heard.notes
            for frame in heard.answers:
                await self.socket.send(frame)

    async def start(self) -> None:
        for frame in self.replica.connected():
            await self.socket.send(frame)
        await self.until(lambda: self.replica.facts.get("setup") is not None)

    async def write(self, name: str, value: Json) -> None:
        await self.socket.send(self.replica.write([(name, value)], person="ana", now=leaf_now()))


def presence_of(client: int) -> bytes:
    body = bytearray()
    put(body, 1, client, 5, 4)
    return bytes((1, len(body) + 4)) + bytes(body) + b"null"


async def fill(venue: Venue, acts: int) -> None:
    """About 256 KiB for each act."""
    for act in range(acts):
        text: Json = {"answer": "done", "text": "x" * 3_900}
        await venue.rooms.write("floor", [(f"answer/a{act}-{n}", text) for n in range(64)])


def noted_pauses(venue: Venue, room: Any, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    paused: list[Any] = []
    pause = room.pause

    def noted(peer: Any) -> None:
        paused.append(peer)
        pause(peer)

    monkeypatch.setattr(room, "pause", noted)
    return paused


class Rope:
    """A channel for pycrdt's own provider."""

    path = "floor"

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket

    def __aiter__(self) -> "Rope":
        return self

    async def __anext__(self) -> bytes:
        return await self.recv()

    async def send(self, message: bytes) -> None:
        await self._socket.send(message)

    async def recv(self) -> bytes:
        message = await self._socket.recv()
        assert isinstance(message, bytes)
        return message


def waiting_bytes(reader: Connection) -> int:
    if isinstance(reader, PicowsConnection):
        return reader.transport.underlying_transport.get_write_buffer_size()  # type: ignore[no-any-return, attr-defined]
    assert isinstance(reader, AsgiConnection)
    return reader._queue_bytes
