"""`leaf.db`: one SQLite file for documents, history and identity; one connection, one thread at a time.

Whoever owns tables hands in a function of the connection; it runs off the event loop, alone, in one
transaction, and is durable when `write` returns (WAL, `synchronous=FULL`). Cancelling waits for its end.
What the WAL holds goes back into the file beside that, on a second connection, so no commit waits for it.
The WAL is laid out beforehand: a sync of a file that grows also waits for the file system's own journal.
"""

import errno
import logging
import os
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, TypeVar

import anyio
import anyio.to_thread
import apsw
from anyio import CapacityLimiter

from crdt_models.errors import StoreNotReady, StoreUnreadable
from leaf_server.box.worker import Worker

__all__ = ["Database"]

WAL_PAGES: Final = 1_000  # more are brought back into the file, beside the commits
WAL_PAGES_LATE: Final = 4_000  # more (16 MiB) are brought back by the commit that finds them
WAL_BYTES_KEPT: Final = 64 * 1024 * 1024  # a WAL that grew beyond it is cut when it starts again
AGAIN_S: Final = 1.0  # between two tries to empty a WAL that somebody reads
BUSY_MS: Final = 5_000
_CACHE: Final = -1_000  # KiB, of each connection; the machine caches the file too
_PRAGMAS: Final = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "wal_autocheckpoint=0",
    f"journal_size_limit={WAL_BYTES_KEPT}",
    f"cache_size={_CACHE}",
)
_PAGE_BYTES: Final = 4096 + 24  # in the WAL
_SCHEMAS: Final = (
    ("leaf_server.documents", "doc_store.sql"),
    ("leaf_server.documents", "roll_call.sql"),
    ("leaf_server.identity", "identity.sql"),
)
_VERSION: Final = 4  # what version 3 has not, are snapshots with packed graves: no table of its own
_OLDEST: Final = 2
_FROM_2: Final = ("leaf_server.documents", "roll_call.sql")  # what version 3 has more
_DAMAGE: Final = (apsw.CorruptError, apsw.NotADBError, UnicodeDecodeError)
_GONE: Final = ("no such table", "no such column")  # of a damaged schema; ours is tested
_NO_SPACE: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_T = TypeVar("_T")
_log = logging.getLogger(__name__)


class Database:
    """A lifetime: `open`, any number of `read` and `write`, `close`; `run` meanwhile where one writes much.

    Both raise StoreUnreadable, and StoreNotReady where the disk says no: then nothing of it was done.
    """

    def __init__(self, path: Path, *, vfs: str | None = None) -> None:
        self._path = path
        self._vfs = vfs  # SQLite's name of the file system to go through; None: the machine's own
        self._connection: Any = None  # apsw ships no types
        self._emptying: Any = None  # the connection that brings the WAL back
        self._worker: Worker | None = None
        self._emptying_turn = CapacityLimiter(1)
        self.damage = ""  # what `run` found wrong with the file, for a person
        self._wal_pages = 0  # as of the last commit
        self._late_at = WAL_PAGES_LATE
        self._kept_by = ""  # the error that keeps what is in the WAL from being brought back
        self._grown = anyio.Event()

    @property
    def wal_bytes(self) -> int:
        """How much the last commit found or left in the WAL."""
        return self._wal_pages * _PAGE_BYTES

    async def open(self) -> None:
        """Opens or makes the file. Raises StoreUnreadable: not ours, from a newer Felt, or damaged;
        StoreNotReady.
        """
        worker = Worker(self._path.name)
        try:
            await worker.run(self._open)
        except BaseException:
            worker.stop()
            raise
        self._worker = worker

    async def close(self) -> None:
        if self._worker is not None:
            worker, self._worker = self._worker, None
            try:
                async with self._emptying_turn:
                    await worker.run(self._close)
            finally:
                worker.stop()

    async def run(self) -> None:
        """Lays out the WAL and looks through the file, then keeps the WAL short; until cancelled."""
        await self._lay_out()
        await self.look_through()
        while True:
            await self._grown.wait()
            self._grown = anyio.Event()
            await anyio.to_thread.run_sync(self._empty, limiter=self._emptying_turn)
            await anyio.sleep(AGAIN_S)

    async def _lay_out(self) -> None:
        """Makes the WAL as long as it may become, so that commits write over it: less CPU for a small one,
        and none waits for what others write to the disk.

        SQLite puts pages of a transaction that outgrows its cache there before they are committed, and leaves
        the file as long when they are not.
        """
        try:
            await self.write(_outgrow)
        except _Enough:
            await self.write(lambda db: db.pragma("user_version", _VERSION))  # synced
        except (StoreNotReady, StoreUnreadable) as error:
            _log.warning("the WAL grows as it is written: %s", error)

    async def look_through(self) -> None:
        """Sets `damage` where pages and indexes don't hang together. Values are checked by who reads them."""
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._interrupt_at_end)
            await anyio.to_thread.run_sync(self._check, limiter=self._emptying_turn)
            tasks.cancel_scope.cancel()

    async def _interrupt_at_end(self) -> None:
        """Who ends us need not wait until a large file is looked through."""
        try:
            await anyio.sleep_forever()
        finally:
            self._emptying.interrupt()

    async def write(self, work: Callable[[Any], _T], *, alone: bool = False) -> _T:
        """Runs `work(connection)` in one transaction; what it raises undoes all of it.

        `alone`: it is one statement, which is a transaction by itself.
        """
        assert self._worker is not None
        answer = await self._worker.run(partial(self._turn, work, "" if alone else "BEGIN IMMEDIATE"))
        if self._wal_pages >= WAL_PAGES:
            self._grown.set()
        return answer

    async def rewrite(self) -> None:
        """Writes the whole file anew, so that nothing that was deleted is left in it or in the WAL.

        Takes as long as a copy; commits wait meanwhile. Raises as `write`.
        """

        def turn() -> None:
            try:
                self._connection.execute("VACUUM")
                self._connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
            except apsw.Error as error:
                raise self._meaning(error, self._connection) from error

        assert self._worker is not None
        async with self._emptying_turn:
            await self._worker.run(turn)

    async def read(self, work: Callable[[Any], _T]) -> _T:
        """Runs `work(connection)` on one unchanging picture."""
        assert self._worker is not None
        return await self._worker.run(partial(self._turn, work, "BEGIN"))

    def _turn(self, work: Callable[[Any], _T], begin: str) -> _T:
        connection = self._connection
        try:
            if not begin:
                return work(connection)
            connection.execute(begin)
            try:
                answer = work(connection)
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
        except (apsw.Error, UnicodeDecodeError) as error:
            raise self._meaning(error, connection) from error
        return answer

    def _open(self) -> None:
        connection = None
        try:
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))  # names and PIN hashes are in it
            connection = self._connect()
            version = int(str(connection.pragma("user_version")))
            if version > _VERSION:
                raise StoreUnreadable(f"{self._path.name} was written by a newer Felt (schema {version})")
            if 0 < version < _OLDEST:
                raise StoreUnreadable(
                    f"{self._path.name} is of a time before any release: start a new folder"
                )
            if version < _VERSION:
                parts = {0: _SCHEMAS, 2: [_FROM_2]}.get(version, [])
                schema = "".join(files(package).joinpath(name).read_text() for package, name in parts)
                connection.execute(f"BEGIN IMMEDIATE;\n{schema}\nPRAGMA user_version={_VERSION};\nCOMMIT")
            self._emptying = self._connect()
        except BaseException as error:
            if connection is not None:
                connection.close()
            if isinstance(error, apsw.Error):
                raise self._meaning(error, connection) from error
            raise
        connection.set_wal_hook(self._committed)
        self._connection = connection

    def _connect(self) -> Any:
        connection = apsw.Connection(str(self._path), vfs=self._vfs)
        try:
            connection.set_busy_timeout(BUSY_MS)
            for pragma in _PRAGMAS:  # of several in one text those after the first answer are not run
                connection.execute(f"PRAGMA {pragma}").fetchall()
        except BaseException:
            connection.close()
            raise
        return connection

    def _committed(self, connection: Any, schema: str, pages: int) -> int:
        """SQLite's word after each commit, still in its turn."""
        self._wal_pages = pages
        if pages < WAL_PAGES_LATE:
            self._late_at = WAL_PAGES_LATE
        elif pages >= self._late_at:  # nobody kept up with it, or somebody reads an old picture
            self._late_at = pages + WAL_PAGES
            self._bring_back(connection)
        return int(apsw.SQLITE_OK)

    def _check(self) -> None:
        try:
            (found,) = self._emptying.execute("PRAGMA integrity_check(1)").fetchone()
        except _DAMAGE as error:
            found = str(error)
        except apsw.Error as error:
            _log.warning("%s was not looked through: %s", self._path.name, error)
            return
        if found != "ok":
            self.damage = f"{self._path.name} is damaged: {found}"
            _log.critical("%s: restore a backup", self.damage)

    def _empty(self) -> None:
        if self._emptying is not None:
            self._bring_back(self._emptying)

    def _bring_back(self, connection: Any) -> None:
        """What no reader of an older picture holds. Never waits; what fails is tried again later."""
        why = ""
        try:
            connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
        except apsw.BusyError:
            return  # the other connection, or a backup, is at it
        except apsw.Error as error:
            why = str(error)
        if why and why != self._kept_by:
            _log.warning("%s: the WAL stays as it is for now: %s", self._path.name, why)
        self._kept_by = why

    def _meaning(self, error: Exception, connection: Any) -> Exception:
        """What an error of SQLite's means for who asked; one that only a bug can make stays as it is."""
        why = f"{self._path.name}: {error}"
        if isinstance(error, _DAMAGE) or (isinstance(error, apsw.SQLError) and str(error).startswith(_GONE)):
            return StoreUnreadable(why)
        if isinstance(error, apsw.BusyError | apsw.LockedError):
            return StoreNotReady("slow", why)
        if not isinstance(error, apsw.FullError | apsw.IOError | apsw.CantOpenError | apsw.ReadOnlyError):
            return error
        full = isinstance(error, apsw.FullError) or (connection and connection.system_errno in _NO_SPACE)
        return StoreNotReady("full" if full else "failing", why)

    def _close(self) -> None:
        with ExitStack() as closing:  # the other one too where one raises
            for connection in (self._connection, self._emptying):
                if connection is not None:
                    closing.callback(connection.close)
            self._emptying = self._connection = None


class _Enough(Exception):
    """Undoes the transaction that laid out the WAL."""


def _outgrow(db: Any) -> None:
    db.pragma("cache_size", 10)
    try:
        db.execute("CREATE TABLE wal_layout (body BLOB)")
        db.execute("INSERT INTO wal_layout VALUES (zeroblob(?))", (WAL_PAGES * _PAGE_BYTES,))
    finally:
        db.pragma("cache_size", _CACHE)
    raise _Enough
