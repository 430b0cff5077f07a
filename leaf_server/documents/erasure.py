"""Erasing a person: the name goes from the roster, its history, its log and its file, and never comes back.

Whom to erase is written down first; what follows may be cut short at any point and is done again at the next
start. The roster begins a new epoch without that player, so tablets drop the old one; rows of earlier epochs
lose their updates, history rows their values, and the database is rewritten so that no freed page keeps a
byte. The list is kept for ever, here and at the core: facts about whoever is on it are refused (`erased`).
"""

import logging
from collections.abc import Callable, Iterable
from typing import Any, Final, NamedTuple

import anyio

from crdt_models.documents.roster import ROSTER, facts_about, is_about
from crdt_models.errors import DocumentError
from leaf_server.box.database import Database
from leaf_server.documents.log_rows import COLUMNS, silenced
from serving.rooms import Rooms

__all__ = ["Erased", "Erasure", "ask_to_erase"]

LOOK_S: Final = 2.0  # for what `felt erase` wrote down beside the running leaf
_LOG = logging.getLogger("felt.erasure")


def ask_to_erase(db: Any, players: Iterable[str], by: str, now_ms: int) -> None:
    """Writes down whom to erase; the running leaf does it, or the next start."""
    rows = [(player, now_ms, by) for player in players]
    db.executemany("INSERT INTO erased VALUES (?, ?, ?, 0) ON CONFLICT DO NOTHING", rows)


class Erased(NamedTuple):
    """`done`: nothing of the name is left here. `at_core`: the core was told so since, on the line of now."""

    player: str
    at_ms: int  # Unix
    by: str
    done: bool
    at_core: bool


class Erasure:
    """`load` before rooms are opened, `run` in the server's task group. Times are Unix milliseconds."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.players: frozenset[str] = frozenset()
        self.done: frozenset[str] = frozenset()  # of whom nothing is left here
        self.at_core: frozenset[str] = frozenset()  # of whom the core keeps nothing either
        self.when_done: Callable[[], None] = lambda: None

    def forgets(self, document: str, name: str) -> bool:
        """Whether a fact of this name is about somebody who was erased."""
        return document == ROSTER and is_about(name, self.players)

    async def load(self) -> None:
        rows = await self._database.read(lambda db: db.execute("SELECT player, done FROM erased").fetchall())
        self.players = frozenset(player for player, _ in rows)
        self.done = frozenset(player for player, done in rows if done)

    async def all(self) -> list[Erased]:
        """Everybody who was ever erased here, the latest first."""
        sql = "SELECT player, at_ms, by, done FROM erased ORDER BY at_ms DESC, player"
        rows = await self._database.read(lambda db: db.execute(sql).fetchall())
        return [
            Erased(player, at_ms, by, bool(done), bool(done) and player in self.at_core)
            for player, at_ms, by, done in rows
        ]

    async def ask(self, players: Iterable[str], by: str, now_ms: int) -> None:
        """From now on facts about them are refused; the rest follows."""
        await self._database.write(lambda db: ask_to_erase(db, players, by, now_ms))
        await self.load()

    async def run(self, rooms: Rooms) -> None:
        """Until cancelled."""
        while True:
            await self.load()
            if self.players != self.done:
                try:
                    await self.carry_out(rooms)
                except DocumentError as error:
                    _LOG.error("erasing is tried again: %s", error)
            await anyio.sleep(LOOK_S)

    async def carry_out(self, rooms: Rooms) -> None:
        """All that is waiting to be done. Raises what stores and rooms raise: do it again."""
        players = self.players
        if (await rooms.enter(ROSTER)).founded:
            await rooms.switch(ROSTER)
        await self._database.write(_forget)
        await self._database.rewrite()
        await self._database.write(
            lambda db: db.executemany("UPDATE erased SET done = 1 WHERE player = ?", [(p,) for p in players])
        )
        self.done = players
        self.when_done()
        _LOG.warning("%d erased players: nothing of them is left here", len(players))


def _forget(db: Any) -> None:
    """In history, and in rows of the log that the core may not have."""
    players = [player for (player,) in db.execute("SELECT player FROM erased")]
    names = [(ROSTER, name) for player in players for name in facts_about(player)]
    db.executemany("UPDATE change SET before = NULL, after = NULL WHERE document = ? AND name = ?", names)
    rows = db.execute(f"SELECT {COLUMNS} FROM update_log WHERE document = ?", (ROSTER,)).fetchall()
    about = frozenset(players)
    for columns in rows:
        told, seal = silenced(columns, lambda name: is_about(name, about))
        db.execute("UPDATE update_log SET told = ?, hash = ? WHERE n = ?", (told, seal, columns[0]))
