"""`leaf.db`: one SQLite file for documents, history and identity; one connection, one thread at a time.

Whoever owns tables hands in a function of the connection; it runs off the event loop, alone, in one
transaction, and is durable when `write` returns (WAL, `synchronous=FULL`). Cancelling waits for its end.
"""

import os
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, TypeVar

import anyio.to_thread
import apsw
from anyio import CapacityLimiter

from crdt_models.errors import StoreUnreadable

__all__ = ["Database"]

_SCHEMAS: Final = (("leaf_server", "doc_store.sql"), ("leaf_server.identity", "identity.sql"))
_VERSION: Final = 2
_T = TypeVar("_T")


class Database:
    """A lifetime: `open`, any number of `read` and `write`, `close`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: Any = None  # apsw ships no types
        self._turn = CapacityLimiter(1)

    async def open(self) -> None:
        """Opens or makes the file. Raises StoreUnreadable: not ours, from a newer Felt, or damaged."""
        await anyio.to_thread.run_sync(self._open, limiter=self._turn)

    async def close(self) -> None:
        await anyio.to_thread.run_sync(self._close, limiter=self._turn)

    async def write(self, work: Callable[[Any], _T]) -> _T:
        """Runs `work(connection)` in one transaction; what it raises undoes all of it."""
        return await self._run(work, "BEGIN IMMEDIATE")

    async def read(self, work: Callable[[Any], _T]) -> _T:
        """Runs `work(connection)` on one unchanging picture."""
        return await self._run(work, "BEGIN")

    async def _run(self, work: Callable[[Any], _T], begin: str) -> _T:
        def turn() -> _T:
            self._connection.execute(begin)
            try:
                answer = work(self._connection)
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
            return answer

        try:
            return await anyio.to_thread.run_sync(turn, limiter=self._turn)
        except (apsw.CorruptError, apsw.NotADBError) as error:
            raise StoreUnreadable(f"{self._path.name}: {error}") from error

    def _open(self) -> None:
        os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))  # names and PIN hashes are in it
        connection = apsw.Connection(str(self._path))
        try:
            connection.set_busy_timeout(5_000)
            connection.execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON")
            connection.execute("PRAGMA journal_size_limit=67108864; PRAGMA cache_size=-8000")
            version = int(str(connection.pragma("user_version")))
            if version > _VERSION:
                raise StoreUnreadable(f"{self._path.name} was written by a newer Felt (schema {version})")
            if 0 < version < _VERSION:
                raise StoreUnreadable(
                    f"{self._path.name} is of a time before any release: start a new folder"
                )
            if version < _VERSION:
                schema = "".join(files(package).joinpath(name).read_text() for package, name in _SCHEMAS)
                connection.execute(f"BEGIN IMMEDIATE;\n{schema}\nPRAGMA user_version={_VERSION};\nCOMMIT")
        except (apsw.CorruptError, apsw.NotADBError) as error:
            connection.close()
            raise StoreUnreadable(f"{self._path.name}: {error}") from error
        except BaseException:
            connection.close()
            raise
        self._connection = connection

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
