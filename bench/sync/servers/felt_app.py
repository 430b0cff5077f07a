"""Felt's sync engine as a leaf runs it: gate, rights, and the update log in SQLite; nothing else of a leaf.

felt_app.py PORT DATA-FOLDER [asgi]. Serves the sync port, or the ASGI port of the same engine. A connection
signs in as the device its bearer names (`Bearer bench7`).
"""

import itertools
import pathlib
import re
import secrets
import sys
import time

import anyio
import uvloop
from starlette.applications import Starlette
from starlette.requests import HTTPConnection

from crdt_models.rehearsal import rehearse
from leaf_server.box.database import Database
from leaf_server.documents.doc_store import LeafDocStore
from serving.asgi_connection import sync_route
from serving.entrance import Entrance
from serving.garbage import look_seldom
from serving.http_server import bind, run_http
from serving.rooms import Rooms
from serving.sync_port import SyncPort
from serving.tokens import SignIn

VENUE = "bench"
VENUE_FACT = {"name": "Bench", "currency": "EUR", "time_zone": "Europe/Vienna", "locale": "en"}
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

    def still_in(self, sign_in: SignIn) -> bool:
        return sign_in.expires_s > time.time()

    async def turned(self) -> None:
        await anyio.sleep_forever()

    def sign_in(self, connection: HTTPConnection) -> SignIn | None:
        named = re.fullmatch(r"Bearer (bench[0-9]{1,6})", connection.headers.get("authorization", ""))
        if named is None:
            return None
        expires_s = int(time.time()) + 3600
        return SignIn(VENUE, "p1", "floor", named[1], "leaf", expires_s, f"s{next(self._sessions)}")

    def speaks_for(self, sign_in: SignIn, person: str) -> bool:
        return person == sign_in.person


async def main(port: int, data: pathlib.Path, kind: str) -> None:
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
    entrance, listener, stop = Entrance(BenchDoor(rooms)), bind("127.0.0.1", port), anyio.Event()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(database.run)
        await tasks.start(rooms.run)
        await rooms.write("config", [("venue", VENUE_FACT)])  # as a leaf does at its first start
        await tasks.start(entrance.run)
        if kind == "asgi":
            await run_http(Starlette(routes=[sync_route(entrance)]), listener, stop)
        else:
            await SyncPort(entrance).run(listener, stop)


if __name__ == "__main__":
    rehearse()
    look_seldom()
    uvloop.run(main(int(sys.argv[1]), pathlib.Path(sys.argv[2]), (sys.argv[3:] or ["picows"])[0]))
