"""One owner: a venue's rooms and its ingest belong to one core process at a time.

A process owns a venue while a connection of its own holds the venue's advisory lock. Taking it raises the
venue's *fence*; the fence stands in every row the owner writes, and every write first checks, in its own
transaction, that it is still the newest. So a process that lost its lock without noticing (a stopped machine,
a cut line) can't write any more once another has taken over. Several processes, and handing requests on to
the owner, come later; the locks and the fences are the same then.
"""

import logging
import os
import socket
from typing import Final

import anyio
import psycopg
from anyio.abc import TaskStatus

from .db import Connection, Database, DatabaseDown, kept_connection

__all__ = ["OwnedElsewhere", "Ownership", "check_fence"]

log = logging.getLogger(__name__)

CHECK_S: Final = 2.0
LOCK_SPACE: Final = 7


class OwnedElsewhere(Exception):
    """Another core process owns this venue now; nothing was written."""


class Ownership:
    """What this process owns. `run` holds the connection whose locks say so."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._owner = f"{socket.gethostname()}:{os.getpid()}"
        self._fences: dict[str, int] = {}
        self._connection: Connection | None = None
        self._claiming = anyio.Lock()

    @property
    def is_up(self) -> bool:
        """Whether the database answers and holds the locks."""
        return self._connection is not None

    async def fence(self, venue: str) -> int:
        """This process's fence for the venue, which it owns from now on.

        Raises OwnedElsewhere while another process holds it, DatabaseDown.
        """
        if (fence := self._fences.get(venue)) is not None:
            return fence
        async with self._claiming:
            if (fence := self._fences.get(venue)) is None:
                fence = self._fences[venue] = await self._claim(venue)
            return fence

    async def run(self, *, task_status: TaskStatus[None] = anyio.TASK_STATUS_IGNORED) -> None:
        """Holds the locks until cancelled. When the connection is lost every venue is claimed anew."""
        while True:
            try:
                async with kept_connection(self._database) as connection:
                    self._connection = connection
                    task_status.started()
                    task_status = anyio.TASK_STATUS_IGNORED
                    while True:
                        await anyio.sleep(CHECK_S)
                        async with self._claiming:
                            await connection.execute("SELECT 1")
            except DatabaseDown as error:
                log.warning("the locks of the venues are lost with the database: %s", error)
            finally:
                self._connection = None
                self._fences.clear()
            await anyio.sleep(0.2)

    async def _claim(self, venue: str) -> int:
        if (connection := self._connection) is None:
            raise DatabaseDown("no connection to hold the venue's lock")
        try:
            held = await connection.execute(
                "SELECT pg_try_advisory_lock(%s, hashtext(%s))", (LOCK_SPACE, venue)
            )
            row = await held.fetchone()
        except psycopg.OperationalError as error:
            raise DatabaseDown(str(error)) from error
        if row is None or not row[0]:
            raise OwnedElsewhere(venue)
        async with self._database.venue(venue) as transaction:
            taken = await transaction.execute(
                "INSERT INTO owners (venue_id, fence, owner) VALUES (%s, 1, %s) ON CONFLICT (venue_id) "
                "DO UPDATE SET fence = owners.fence + 1, owner = excluded.owner, since = now() "
                "RETURNING fence",
                (venue, self._owner),
            )
            new = await taken.fetchone()
        assert new is not None
        log.info("owns venue %s, fence %d", venue, new[0])
        return int(new[0])


async def check_fence(transaction: Connection, fence: int) -> None:
    """First thing in every writing transaction of a venue; holds the owner's row until its end.

    Raises OwnedElsewhere.
    """
    found = await transaction.execute(
        "SELECT 1 FROM owners WHERE venue_id = this_venue() AND fence = %s FOR SHARE", (fence,)
    )
    if await found.fetchone() is None:
        raise OwnedElsewhere(f"fence {fence} is not the newest")
