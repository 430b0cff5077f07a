"""Which venues this core process owns: rooms and ingest of a venue belong to one process at a time.

A venue's owner and its *fence* stand in `owners`; each owner raises the fence, and every writing transaction
checks it, so that a process which was stopped, or cut off, can't write any more once another has taken over.
A venue passes on when its owner is gone (its connection to PostgreSQL held an advisory lock, which is free
now) or stale: not seen for five seconds, by the database's clock, while the claimant was. A process is seen
while it reaches both the database and the hub (`reachable`), so a hub that is away for all moves nothing.
"""

import logging
import os
import secrets
import socket
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import anyio
import psycopg
from anyio.abc import TaskStatus

from .db import Connection, Database, DatabaseDown, kept_connection

__all__ = ["OwnedElsewhere", "Ownership", "check_fence"]

log = logging.getLogger(__name__)

BEAT_S: Final = 1.0
BELIEVED_S: Final = 0.2  # that a venue is another's, before we ask again
STALE_S: Final = 4.0  # a pause after which another may have taken what was ours: the database says 5


class OwnedElsewhere(Exception):
    """Another core process owns this venue now; nothing was written. `owner`: which, "" if we don't know."""

    def __init__(self, venue: str, owner: str = "") -> None:
        super().__init__(f"venue {venue} is owned by another process {owner}".rstrip())
        self.venue = venue
        self.owner = owner


Told = Callable[[str, int], Awaitable[None]]
"""Told a venue and its fence."""


class Ownership:
    """What this process owns. `run` holds the connection whose lock says that it lives."""

    def __init__(
        self, database: Database, reachable: Callable[[], bool] = lambda: True, sync_url: str | None = None
    ) -> None:
        """`sync_url`: where clients find this process's sync."""
        self._database = database
        self._reachable = reachable
        self._sync_url = sync_url
        self.process = secrets.token_hex(8)
        self._fences: dict[str, int] = {}
        self._elsewhere: dict[str, tuple[str, float]] = {}  # venue → whose it was, believed until
        self._up = False
        self._claiming = anyio.Lock()
        self.claimed: Told = _nobody  # a venue is ours from now on; before `fence` answers
        self.lost: Told = _nobody  # it is another's now: whatever we hold of it is old

    @property
    def is_up(self) -> bool:
        """Whether the database answers and holds our lock."""
        return self._up

    def owned(self) -> Sequence[str]:
        """The venues that are ours."""
        return list(self._fences)

    def holds(self, venue: str, fence: int) -> bool:
        """Whether the venue is ours under this very fence, as far as we know."""
        return self._fences.get(venue) == fence

    async def fence(self, venue: str) -> int:
        """This process's fence for the venue, which it owns from now on.

        Raises OwnedElsewhere while another process holds it, DatabaseDown.
        """
        if (fence := self._fences.get(venue)) is not None:
            return fence
        self._believe(venue)
        async with self._claiming:
            if (fence := self._fences.get(venue)) is None:
                self._believe(venue)  # hundreds may ask at once
                fence = await self._claim(venue)
                await self.claimed(venue, fence)
                self._fences[venue] = fence
            return fence

    async def sync_urls(self) -> Sequence[str]:
        """Where clients find the sync of the processes that are there now. Raises DatabaseDown."""
        async with self._database.directory() as transaction:
            found = await transaction.execute(
                "SELECT DISTINCT sync_url FROM core_processes WHERE process_is_fresh(process) "
                "AND sync_url IS NOT NULL ORDER BY sync_url"
            )
            return [str(url) for (url,) in await found.fetchall()]

    async def superseded(self, venue: str, fence: int) -> None:
        """The venue has a newer fence than `fence`: if that one was ours, it is lost."""
        if self._fences.get(venue, fence + 1) <= fence:
            del self._fences[venue]
            log.warning("venue %s went to another process", venue)
            await self.lost(venue, fence)

    async def run(self, *, task_status: TaskStatus[None] = anyio.TASK_STATUS_IGNORED) -> None:
        """Holds the lock until cancelled. After a lost connection it looks what is still ours."""
        while True:
            try:
                async with kept_connection(self._database) as connection:
                    await self._register(connection)
                    await self._look()
                    self._up = True
                    task_status.started()
                    task_status = anyio.TASK_STATUS_IGNORED
                    await self._beat(connection)
            except (DatabaseDown, psycopg.OperationalError) as error:
                log.warning("the lock of this process is lost with the database: %s", error)
            finally:
                self._up = False
            await anyio.sleep(0.2)

    async def _register(self, connection: Connection) -> None:
        lock = secrets.randbits(63)
        await connection.execute("SET synchronous_commit TO off")  # beats need not outlive a power cut
        await connection.execute("SELECT pg_advisory_lock(%s)", (lock,))
        await connection.execute(
            "DELETE FROM core_processes WHERE seen_at < clock_timestamp() - interval '1 day'"
        )
        await connection.execute(
            "INSERT INTO core_processes (process, place, lock, sync_url) VALUES (%s, %s, %s, %s) "
            "ON CONFLICT (process) DO UPDATE SET lock = excluded.lock",
            (self.process, f"{socket.gethostname()}:{os.getpid()}", lock, self._sync_url),
        )

    async def _beat(self, connection: Connection) -> None:
        """Is seen each second. After a pause, ours or the database's, it looks what is still ours."""
        while True:
            await anyio.sleep(BEAT_S)
            if not self._reachable():
                await self._look()  # nobody can tell us, and others may find us stale
                continue
            found = await connection.execute(
                "UPDATE core_processes SET seen_at = clock_timestamp() FROM "
                "(SELECT seen_at AS before FROM core_processes WHERE process = %s) AS old "
                "WHERE process = %s RETURNING extract(epoch FROM seen_at - before)",
                (self.process, self.process),
            )
            row = await found.fetchone()
            if row is None:
                raise DatabaseDown("this process is not known to the database any more")
            if row[0] > STALE_S:
                await self._look()

    async def _look(self) -> None:
        """Drops what another has claimed. Raises DatabaseDown."""
        for venue, fence in list(self._fences.items()):
            async with self._database.venue(venue) as transaction:
                found = await transaction.execute("SELECT fence FROM owners WHERE venue_id = this_venue()")
                row = await found.fetchone()
            if row is None or row[0] != fence:
                await self.superseded(venue, fence)

    def _believe(self, venue: str) -> None:
        """Raises OwnedElsewhere where it was so a moment ago."""
        owner, until_s = self._elsewhere.get(venue, ("", 0.0))
        if anyio.current_time() < until_s:
            raise OwnedElsewhere(venue, owner)

    async def _claim(self, venue: str) -> int:
        if not self._up:
            raise DatabaseDown("no connection to hold this process's lock")
        async with self._database.venue(venue) as transaction:
            taken = await transaction.execute(
                "INSERT INTO owners (venue_id, fence, owner) VALUES (%s, 1, %s) ON CONFLICT (venue_id) "
                "DO UPDATE SET fence = owners.fence + 1, owner = excluded.owner, since = now() "
                "WHERE may_succeed(excluded.owner, owners.owner) RETURNING fence",
                (venue, self.process),
            )
            new = await taken.fetchone()
            if new is None:
                held = await transaction.execute("SELECT owner FROM owners WHERE venue_id = this_venue()")
                row = await held.fetchone()
                owner = str(row[0]) if row else ""
                self._elsewhere[venue] = owner, anyio.current_time() + BELIEVED_S
                raise OwnedElsewhere(venue, owner)
        self._elsewhere.pop(venue, None)
        log.info("owns venue %s, fence %d", venue, new[0])
        return int(new[0])


async def check_fence(transaction: Connection, venue: str, fence: int) -> None:
    """First thing in every writing transaction of a venue; holds the owner's row until its end.

    Raises OwnedElsewhere.
    """
    found = await transaction.execute(
        "SELECT 1 FROM owners WHERE venue_id = this_venue() AND fence = %s FOR SHARE", (fence,)
    )
    if await found.fetchone() is None:
        raise OwnedElsewhere(venue)


async def _nobody(venue: str, fence: int) -> None:
    """Nobody wants to know."""
