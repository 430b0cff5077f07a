"""`felt erase`: writes down, beside the running leaf, whose name is to go."""

import re
import time
from pathlib import Path

import anyio

from crdt_models.documents.fact import ID
from felt.failure import CommandFailed
from leaf_server.box.database import Database
from leaf_server.documents.erasure import ask_to_erase

__all__ = ["write_down_erasure"]


def write_down_erasure(data: Path, player: str) -> None:
    """Raises CommandFailed."""
    if not re.fullmatch(ID, player):
        raise CommandFailed(f"{player} is no player's id", exit_code=2)
    if not (data / "leaf.db").exists():
        raise CommandFailed(f"{data} holds no leaf: there is no leaf.db")
    anyio.run(_write_down, data / "leaf.db", player)


async def _write_down(path: Path, player: str) -> None:
    database = Database(path)
    await database.open()
    try:
        now_ms = time.time_ns() // 1_000_000
        await database.write(lambda db: ask_to_erase(db, [player], "somebody at the box", now_ms))
    finally:
        await database.close()
