"""Terms of the documents: one unbroken run of one box's each. A restored backup opens the next (DESIGN 3.5).

`felt restore` leaves a mark in the data folder; the start that finds it opens a term and takes the mark away.
The number is one that no box can have given before: minutes since the venue began, at least one more than
the last. In a new term every document begins a new epoch when it is first opened, devices may hand in what
the box has forgotten until a manager closes the window, and the core is asked once for all it holds.
"""

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import anyio

from leaf_server.box.database import Database

__all__ = ["MARK", "NoWindow", "Term", "Terms", "close_window", "leave_mark"]

MARK: Final = "new-term.json"
LOOK_S: Final = 2.0  # the window may be closed by `felt docs close-hand-in`, beside the running leaf
_LOG = logging.getLogger("felt.terms")
_MINUTE_MS: Final = 60_000
_CURRENT: Final = (
    "SELECT number, opened_ms, why, after_n, hand_in, core_asked FROM term ORDER BY number DESC LIMIT 1"
)


@dataclass(frozen=True, slots=True)
class Term:
    """The current one. `after_n`: the rows of the update log up to there are of earlier terms."""

    number: int
    opened_ms: int
    why: str
    after_n: int
    hand_in: bool
    core_asked: bool


class NoWindow(Exception):
    """Nothing can be handed in, so there is nothing to close."""


def leave_mark(data: Path, why: str) -> None:
    """The next start of the leaf in `data` opens a term."""
    (data / MARK).write_text(json.dumps({"why": why}))


def close_window(db: Any, by: str, now_ms: int) -> None:
    """`by` is a person's id, or who else did it. Raises NoWindow."""
    db.execute("UPDATE term SET hand_in = 0, closed_by = ?, closed_ms = ? WHERE hand_in = 1", (by, now_ms))
    if not db.changes():
        raise NoWindow("no window for handing in is open")


class Terms:
    """`load` before anything else, `run` in the server's task group. Times are Unix milliseconds."""

    def __init__(self, database: Database, data: Path, *, start_ms: int, now_ms: Callable[[], int]) -> None:
        self._database = database
        self._mark = data / MARK
        self._start_ms = start_ms
        self._now_ms = now_ms
        self.current = Term(1, 0, "founded", 0, hand_in=False, core_asked=True)

    @property
    def number(self) -> int:
        return self.current.number

    @property
    def hand_in_open(self) -> bool:
        return self.current.hand_in

    async def load(self) -> None:
        """Opens a term if the mark says so. Raises OSError if the mark can't be taken away."""
        if self._mark.exists():
            await self._open(str(json.loads(self._mark.read_text())["why"]))
            self._mark.unlink()
        await self._look()

    async def _open(self, why: str) -> None:
        now_ms = self._now_ms()

        def work(db: Any) -> None:
            last = db.execute(_CURRENT).fetchone()[0]
            number = max(last + 1, (now_ms - self._start_ms) // _MINUTE_MS + 1)
            rows = db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'update_log'").fetchone()
            after_n = rows[0] if rows else 0
            db.execute(
                "INSERT INTO term (number, opened_ms, why, after_n, hand_in, core_asked) "
                "VALUES (?, ?, ?, ?, 1, 0)",
                (number, now_ms, why, after_n),
            )

        await self._database.write(work)
        _LOG.warning(
            "a new term begins: %s. Devices hand in what they know, until a manager closes that", why
        )

    async def close(self, by: str) -> None:
        """Nothing more is handed in. Raises NoWindow."""
        now_ms = self._now_ms()
        await self._database.write(lambda db: close_window(db, by, now_ms))
        await self._look()
        _LOG.warning("handing in was closed by %s", by)

    async def core_was_asked(self) -> None:
        """All that the core holds of earlier terms is here."""
        await self._database.write(lambda db: db.execute("UPDATE term SET core_asked = 1"))
        self.current = replace(self.current, core_asked=True)

    async def run(self) -> None:
        """Sees when the window was closed from outside; until cancelled."""
        while self.hand_in_open:
            await anyio.sleep(LOOK_S)
            await self._look()

    async def _look(self) -> None:
        found = await self._database.read(lambda db: db.execute(_CURRENT).fetchone())
        number, opened_ms, why, after_n, hand_in, core_asked = found
        self.current = Term(number, opened_ms, why, after_n, bool(hand_in), bool(core_asked))
