"""The directory: which venues are enrolled, by id and by NATS account, and the public keys of their boxes.

Kept whole in memory (a venue is about a kilobyte), read again when somebody enrols: `enrol` notifies every
core process, and whoever lost its connection reads everything anew.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import anyio
from anyio.abc import TaskStatus

from ledger.heads import key_id_of

from .db import Connection, Database, DatabaseDown, kept_connection

__all__ = ["OtherVenue", "Venue", "Venues", "store"]

log = logging.getLogger(__name__)

CHANNEL: Final = "felt_venues"
RETRY_S: Final = 1.0


class OtherVenue(Exception):
    """The venue is enrolled with another account, currency or start: these never change."""


@dataclass(frozen=True, slots=True)
class Venue:
    """One enrolled venue. Keys are raw Ed25519 public keys, by key id."""

    id: str
    account: str  # of its NATS account
    name: str
    currency: str
    time_zone: str
    start_ms: int  # Unix milliseconds at which its leaf time is 0
    leaf_urls: tuple[str, ...] = ()  # public HTTP addresses of its leaf, and its sync port's
    users_since: int = 0  # Unix seconds; NATS credentials issued up to then are dead
    token_keys: Mapping[str, bytes] = field(default_factory=dict)
    ledger_keys: Mapping[str, bytes] = field(default_factory=dict)
    revoked_sessions: frozenset[str] = frozenset()


class Venues:
    """The directory of this process. `run` keeps it fresh; reading it is free."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._by_id: Mapping[str, Venue] = {}
        self._by_account: Mapping[str, Venue] = {}
        self.leaf_urls: frozenset[str] = frozenset()  # of all venues
        self.changed: Callable[[], None] = _nobody  # told after each reading

    def get(self, venue: str) -> Venue | None:
        """The venue of this id."""
        return self._by_id.get(venue)

    def of_account(self, account: str) -> Venue | None:
        """The venue whose NATS account this is."""
        return self._by_account.get(account)

    def all(self) -> Iterable[Venue]:
        """Every venue that is enrolled and not revoked."""
        return self._by_id.values()

    async def read(self) -> None:
        """Reads the whole directory. Raises DatabaseDown."""
        async with self._database.directory() as connection:
            rows = await (
                await connection.execute(
                    "SELECT venue_id, account, name, currency, time_zone, start_ms, leaf_urls, users_since "
                    "FROM venues "
                    "WHERE revoked_at IS NULL"
                )
            ).fetchall()
        found: dict[str, Venue] = {}
        for *known, leaf_urls, users_since in rows:
            async with self._database.venue(known[0]) as connection:
                own = await _keys(connection), await _revoked(connection)
            found[known[0]] = _venue(known, tuple(leaf_urls), users_since, *own)
        self._by_id = found
        self._by_account = {venue.account: venue for venue in found.values()}
        self.leaf_urls = frozenset(url for venue in found.values() for url in venue.leaf_urls)
        self.changed()

    async def run(self, *, task_status: TaskStatus[None] = anyio.TASK_STATUS_IGNORED) -> None:
        """Reads the directory, then again at each enrolment, until cancelled. Started once it was read."""
        while True:
            try:
                async with kept_connection(self._database) as connection:
                    await connection.execute("LISTEN felt_venues")
                    await self.read()
                    task_status.started()
                    task_status = anyio.TASK_STATUS_IGNORED
                    async for _ in connection.notifies():
                        await self.read()
            except DatabaseDown as error:
                log.warning("the directory of venues waits for the database: %s", error)
            await anyio.sleep(RETRY_S)


async def store(database: Database, venue: Venue) -> None:
    """Enrols a venue, or adds keys of another box to it. Raises OtherVenue, DatabaseDown."""
    async with database.venue(venue.id) as connection:
        await connection.execute(
            "INSERT INTO venues "
            "(venue_id, account, name, currency, time_zone, start_ms, leaf_urls, users_since) VALUES "
            "(%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (venue_id) DO UPDATE SET "
            "name = excluded.name, time_zone = excluded.time_zone, leaf_urls = excluded.leaf_urls, "
            "users_since = greatest(venues.users_since, excluded.users_since)",
            (
                venue.id,
                venue.account,
                venue.name,
                venue.currency,
                venue.time_zone,
                venue.start_ms,
                list(venue.leaf_urls),
                venue.users_since,
            ),
        )
        kept = await (
            await connection.execute(
                "SELECT account, currency, start_ms FROM venues WHERE venue_id = %s AND revoked_at IS NULL",
                (venue.id,),
            )
        ).fetchone()
        if kept != (venue.account, venue.currency, venue.start_ms):
            raise OtherVenue(f"venue {venue.id} is enrolled with another account, currency or start")
        for purpose, keys in (("token", venue.token_keys), ("ledger", venue.ledger_keys)):
            for key in keys.values():
                await connection.execute(
                    "INSERT INTO leaf_keys (venue_id, purpose, key_id, public_key) VALUES (%s, %s, %s, %s) "
                    "ON CONFLICT DO NOTHING",
                    (venue.id, purpose, key_id_of(key), key),
                )
        await connection.execute("SELECT pg_notify(%s, '')", (CHANNEL,))


def _nobody() -> None:
    """Nobody wants to know."""


def _venue(
    known: Sequence[Any],
    leaf_urls: tuple[str, ...],
    users_since: int,
    keys: Mapping[str, Mapping[str, bytes]],
    revoked: frozenset[str],
) -> Venue:
    venue, account, name, currency, time_zone, start_ms = known
    told = venue, account, name, currency, time_zone, start_ms, leaf_urls, users_since
    return Venue(*told, keys["token"], keys["ledger"], revoked)


async def _revoked(connection: Connection) -> frozenset[str]:
    rows = await connection.execute("SELECT session FROM revoked_sessions")
    return frozenset(session for (session,) in await rows.fetchall())


async def _keys(connection: Connection) -> dict[str, dict[str, bytes]]:
    keys: dict[str, dict[str, bytes]] = {"token": {}, "ledger": {}}
    rows = await connection.execute(
        "SELECT purpose, key_id, public_key FROM leaf_keys WHERE revoked_at IS NULL"
    )
    for purpose, key_id, public_key in await rows.fetchall():
        keys[purpose][key_id] = bytes(public_key)
    return keys
