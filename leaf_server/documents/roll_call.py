"""Who has come since a restore, and what they brought that this box had forgotten: what a manager looks at
before closing the window for handing in. Kept for the current term, over restarts.
"""

import logging
from collections.abc import Callable
from typing import Final, NamedTuple

import anyio

from crdt_models.errors import StoreNotReady
from leaf_server.box.database import Database
from leaf_server.documents.terms import Terms

__all__ = ["PAIRS_MAX", "Came", "RollCall"]

PACE_S: Final = 1.0  # between two writes: a client that answers again and again costs the others no commits
PAIRS_MAX: Final = 20_000  # devices × documents; of what comes beyond it nothing is noted
_LOG = logging.getLogger("felt.roll_call")


class Came(NamedTuple):
    """A device: when it was last heard, and in each document it opened how many edits it brought."""

    at_ms: int  # Unix
    edits: dict[str, int]


class RollCall:
    """`load` before rooms are opened, `run` in the server's task group. `now_ms` is Unix milliseconds."""

    def __init__(self, database: Database, terms: Terms, now_ms: Callable[[], int]) -> None:
        self._database = database
        self._terms = terms
        self._now_ms = now_ms
        self._came: dict[tuple[str, str], tuple[int, int]] = {}  # device, document → when, edits
        self._unwritten: set[tuple[str, str]] = set()
        self._more = anyio.Event()

    async def load(self) -> None:
        sql, term = "SELECT device, document, at_ms, edits FROM came WHERE term = ?", self._terms.number
        rows = await self._database.read(lambda db: db.execute(sql, (term,)).fetchall())
        self._came = {(device, document): (at_ms, edits) for device, document, at_ms, edits in rows}

    def came(self, document: str, device: str, edits: int) -> None:
        """It has opened the document, or handed in edits nobody had."""
        key = device, document
        if key not in self._came and len(self._came) >= PAIRS_MAX:
            return
        self._came[key] = (self._now_ms(), self._came.get(key, (0, 0))[1] + edits)
        self._unwritten.add(key)
        self._more.set()

    def all(self) -> dict[str, Came]:
        """By device."""
        told: dict[str, Came] = {}
        for (device, document), (at_ms, edits) in self._came.items():
            before = told.get(device, Came(0, {}))
            before.edits[document] = edits
            told[device] = Came(max(before.at_ms, at_ms), before.edits)
        return told

    async def run(self) -> None:
        """Writes down what came; until cancelled, then the rest of it."""
        try:
            while True:
                await self._more.wait()
                self._more = anyio.Event()
                await self._write_down()
                await anyio.sleep(PACE_S)
        finally:
            with anyio.CancelScope(shield=True):
                await self._write_down()

    async def _write_down(self) -> None:
        """A disk that is full for a while only delays it."""
        keys, self._unwritten = self._unwritten, set()
        rows = [(self._terms.number, *key, *self._came[key]) for key in keys]
        try:
            await self._database.write(
                lambda db: db.executemany("INSERT OR REPLACE INTO came VALUES (?, ?, ?, ?, ?)", rows)
            )
        except StoreNotReady as error:
            _LOG.error("who came was not written down: %s", error)
            self._unwritten |= keys
            self._more.set()
