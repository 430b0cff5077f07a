"""PostgreSQL: the pool, the migrations, and the one place where a transaction becomes a venue's.

Every connection takes on the role `felt_app`, which owns nothing and obeys row level security. A transaction
sees the rows of the venue it was opened for, and none at all without one. The owner role of `DATABASE_URL`
is used for the migrations only.

    DatabaseError
     ├── DatabaseDown      no connection, or it was lost: what was under way may or may not be done
     │    └── DatabaseRefuses  its disk is full or fails, or it took too long: nothing of it was done
     ├── ValueRefused      a value that PostgreSQL can't hold (a NUL in a text, a number out of range)
     └── MigrationChanged  a migration that was applied here reads otherwise now
"""

import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import anyio
import psycopg
from psycopg import AsyncConnection
from psycopg.conninfo import make_conninfo
from psycopg_pool import AsyncConnectionPool, PoolClosed, PoolTimeout

from crdt_models.errors import StoreTrouble

__all__ = [
    "Connection",
    "Database",
    "DatabaseDown",
    "DatabaseError",
    "DatabaseRefuses",
    "MigrationChanged",
    "ValueRefused",
    "kept_connection",
    "migrate",
    "opened",
]

log = logging.getLogger(__name__)

Connection = AsyncConnection[tuple[Any, ...]]

MIGRATIONS: Final = Path(__file__).parent / "migrations"
MIGRATION_LOCK: Final = 0x46656C74  # "Felt": one process migrates, others wait
POOL_MAX: Final = 16  # further transactions wait, at most WAIT_S
WAIT_S: Final = 5.0
RECONNECT_S: Final = 2.0  # the pool gives up its own tries then; the next transaction starts new ones
CLOSE_S: Final = 3.0
TROUBLES: Final[Mapping[str, StoreTrouble]] = {
    "53100": "full",  # disk_full
    "53200": "failing",  # out_of_memory
    "58030": "failing",  # io_error
    "57014": "slow",  # query_canceled: a statement took longer than its time
    "55P03": "slow",  # lock_not_available
}
SESSION: Final = {
    "role": "felt_app",
    "search_path": "felt",
    "statement_timeout": "30s",
    "idle_in_transaction_session_timeout": "5s",  # of a process that was stopped: it holds its owner's row
    "tcp_keepalives_idle": "5s",  # a core whose machine is gone loses its locks soon
    "tcp_keepalives_interval": "2s",
    "tcp_keepalives_count": "3",
}


class DatabaseError(Exception):
    """Base of what goes wrong between us and PostgreSQL."""


class DatabaseDown(DatabaseError, ConnectionError):
    """No connection, or it was lost: what was under way may or may not be done."""


class DatabaseRefuses(DatabaseDown):
    """PostgreSQL said no for reasons of its machine, and rolled back: the same may be tried again."""

    def __init__(self, trouble: StoreTrouble, why: str) -> None:
        super().__init__(why)
        self.trouble: StoreTrouble = trouble


class ValueRefused(DatabaseError):
    """A value that PostgreSQL can't hold; nothing was written."""


class MigrationChanged(DatabaseError):
    """A migration that was applied here reads otherwise now. Migrations are never edited."""


class Database:
    """Transactions of one core process. Made by `opened`."""

    def __init__(self, pool: AsyncConnectionPool[Connection], url: str) -> None:
        self._pool = pool
        self.url = url  # of the application role, for connections that live longer than a transaction

    @asynccontextmanager
    async def venue(self, venue: str) -> AsyncIterator[Connection]:
        """A transaction that sees this venue alone; committed at the end, rolled back by an exception."""
        async with self._transaction() as connection:
            await connection.execute("SELECT set_config('app.venue_id', %s, true)", (venue,))
            yield connection

    @asynccontextmanager
    async def directory(self) -> AsyncIterator[Connection]:
        """A transaction of no venue: sees `venues`, and not one row of a tenant's table."""
        async with self._transaction() as connection:
            yield connection

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[Connection]:
        try:
            async with self._pool.connection() as connection, connection.transaction():
                yield connection
        except (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout, PoolClosed) as error:
            trouble = TROUBLES.get(getattr(error, "sqlstate", None) or "")
            why = str(error).strip()
            raise (DatabaseRefuses(trouble, why) if trouble else DatabaseDown(why)) from error
        except psycopg.DataError as error:
            raise ValueRefused(str(error).strip()) from error


@asynccontextmanager
async def opened(database_url: str) -> AsyncIterator[Database]:
    """The pool on this database. Raises DatabaseDown if it can't be reached now; later losses heal."""
    url = make_conninfo(
        database_url,
        options=" ".join(f"-c {name}={value}" for name, value in SESSION.items()),
        application_name="felt core",
        connect_timeout=3,
    )
    pool: AsyncConnectionPool[Connection] = AsyncConnectionPool(
        url,
        min_size=1,
        max_size=POOL_MAX,
        timeout=WAIT_S,
        check=AsyncConnectionPool.check_connection,
        reconnect_timeout=RECONNECT_S,
        open=False,
    )
    try:
        await pool.open(wait=True, timeout=WAIT_S)
    except PoolTimeout as error:
        await pool.close()
        raise DatabaseDown(str(error)) from error
    try:
        yield Database(pool, url)
    finally:
        with anyio.move_on_after(CLOSE_S, shield=True):
            await pool.close()


@asynccontextmanager
async def kept_connection(database: Database) -> AsyncIterator[Connection]:
    """A connection of its own, without transactions: for locks and notifications. Raises DatabaseDown."""
    try:
        connection = await AsyncConnection.connect(database.url, autocommit=True)
        try:
            yield connection
        finally:
            await connection.close()
    except psycopg.OperationalError as error:
        raise DatabaseDown(str(error).strip()) from error


async def migrate(database_url: str) -> None:
    """Applies what is new, in order, as the owner role. Raises DatabaseDown, MigrationChanged."""
    texts = {path.name: path.read_bytes() for path in sorted(MIGRATIONS.glob("*.sql"))}
    try:
        async with await AsyncConnection.connect(database_url, connect_timeout=5) as owner:
            await owner.execute("SELECT pg_advisory_xact_lock(%s)", (MIGRATION_LOCK,))
            await owner.execute("SET client_min_messages TO warning")
            await owner.execute("CREATE SCHEMA IF NOT EXISTS felt")
            await owner.execute("SET LOCAL search_path TO felt")
            await owner.execute(
                "CREATE TABLE IF NOT EXISTS migrations (name text PRIMARY KEY, hash text NOT NULL, "
                "applied_at timestamptz NOT NULL DEFAULT now())"
            )
            rows = await (await owner.execute("SELECT name, hash FROM migrations")).fetchall()
            known = {str(name): str(hash_) for name, hash_ in rows}
            for name, text in texts.items():
                await _apply(owner, name, text, known.get(name))
    except psycopg.OperationalError as error:
        raise DatabaseDown(str(error).strip()) from error


async def _apply(owner: Connection, name: str, text: bytes, applied: str | None) -> None:
    digest = sha256(text).hexdigest()
    if applied is None:
        await owner.execute(text)
        await owner.execute("INSERT INTO migrations (name, hash) VALUES (%s, %s)", (name, digest))
        log.info("applied %s", name)
    elif applied != digest:
        raise MigrationChanged(f"{name} was applied here with another content")
