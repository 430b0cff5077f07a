"""Felt's sync engine as a leaf runs it: gate, rights, and the update log in SQLite; nothing else of a leaf.

felt_app.py PORT DATA-FOLDER. A connection signs in as the device its bearer names (`Bearer bench7`).
"""

import itertools
import pathlib
import re
import secrets
import sys
import time

import anyio
import uvloop
from hypercorn.asyncio import serve
from hypercorn.config import Config
from starlette.applications import Starlette
from starlette.requests import HTTPConnection

from leaf_server.database import Database
from leaf_server.doc_store import LeafDocStore
from serving.rooms import Rooms
from serving.sockets import sync_route
from serving.tokens import SignIn

VENUE = "bench"
AGE_MS = 10**9  # how old the venue is, so that no stamp of the driver is ahead


class BenchDoor:
    """Lets in every device that says its name; everybody is the floor."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms
        self._sessions = itertools.count(1)

    def origin_allowed(self, origin: str | None) -> bool:
        return origin is None

    async def rooms(self, venue: str) -> Rooms | None:
        return self._rooms if venue == VENUE else None

    async def sign_in(self, connection: HTTPConnection, token: str | None) -> SignIn | None:
        named = re.fullmatch(r"Bearer (bench[0-9]{1,6})", connection.headers.get("authorization", ""))
        if named is None:
            return None
        expires_s = int(time.time()) + 3600
        return SignIn(VENUE, "p1", "floor", named[1], "leaf", expires_s, f"s{next(self._sessions)}")

    def speaks_for(self, sign_in: SignIn, person: str) -> bool:
        return person == sign_in.person


async def main(port: int, data: pathlib.Path) -> None:
    started = time.monotonic_ns() // 10**6
    database = Database(data / "leaf.db")
    await database.open()
    rooms = Rooms(
        venue=VENUE,
        at="leaf",
        store=LeafDocStore(database),
        now=lambda: AGE_MS + time.monotonic_ns() // 10**6 - started,
        term=lambda: 1,
        client_id=lambda: secrets.randbits(32),
    )
    app = Starlette(routes=[sync_route(BenchDoor(rooms))])
    config = Config()
    config.bind = [f"127.0.0.1:{port}"]
    config.accesslog = None
    config.websocket_max_message_size = 8 * 2**20
    async with anyio.create_task_group() as tasks:
        await tasks.start(rooms.run)
        tasks.start_soon(serve, app, config)


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]), pathlib.Path(sys.argv[2])))
