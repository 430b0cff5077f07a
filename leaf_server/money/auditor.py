"""The auditor: has the whole ledger verified beside the leaf; one that does not hold takes no more money.

A long ledger starts from its checkpoint, so what came before that was verified earlier, not at this start. A
process of its own (`recheck`) verifies all of it soon after such a start, and again after every hundred
thousand entries, and leaves the next checkpoint. A short ledger is verified whole at each start and needs
none. Once a minute what events should hold by their entries is held against their accounts.
"""

import logging
import os
import sys
from pathlib import Path
from typing import Final

import anyio

from leaf_server.money.cage import Cage
from ledger.audit import accounts_apart
from ledger.journal import Journal
from serving.problems import Problem

__all__ = ["EVERY", "Auditor"]

EVERY: Final = 100_000  # entries between two rechecks, and the least to begin with
_WATCH_S: Final = 60.0
_AGAIN_S: Final = 3_600.0  # after one that could not be done
_FAULT: Final = 3  # of `recheck`; 1 is a crash
_LOG = logging.getLogger("felt.auditor")


class Auditor:
    """`run` in the server's task group. `checked_seq`: all up to it was verified beside us."""

    def __init__(self, cage: Cage, ledger: Path, every: int = EVERY) -> None:
        self._cage = cage
        self._ledger = ledger
        self._every = every
        self.checked_seq = 0
        self.apart: list[str] = []  # sentences; the books do not agree with themselves: a fault of ours

    async def watch(self) -> None:
        """Until cancelled: looks at the accounts of events as they are now."""
        seq = -1
        while True:
            try:
                if self._cage.seq != seq:
                    seq = self._cage.seq
                    self.look(await self._cage.look(_apart))
            except Problem:
                seq = -1  # it is not open yet, or stopped
            await anyio.sleep(_WATCH_S)

    def look(self, apart: list[str]) -> None:
        """What was found; told once."""
        for sentence in apart:
            if sentence not in self.apart:
                _LOG.critical("the books do not agree: %s", sentence)
        self.apart = apart

    async def run(self) -> None:
        """Until cancelled, or until the ledger was found not to hold."""
        while True:
            await self._cage.beyond(0)  # it is open
            if self.checked_seq or not self._cage.replayed_from:
                await self._cage.beyond(self.checked_seq + self._every - 1)
            try:
                fault = await self.recheck()
            except OSError as error:
                _LOG.error("the ledger could not be verified: %s", error)
                await anyio.sleep(_AGAIN_S)
                continue
            if fault:
                self._cage.stop(f"it does not verify: {fault}")
                return

    async def recheck(self) -> str:
        """What does not hold, or empty. Raises OSError where that could not be found out."""
        seq = self._cage.seq
        recheck = [sys.executable, "-P", "-m", "leaf_server.money.recheck"]
        env = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        began = [str(self._cage.replayed_from), self._cage.checkpoint] if self._cage.checkpoint else []
        command = [*recheck, str(self._ledger), self._cage.venue, *began]
        done = await anyio.run_process(command, check=False, env=env)
        if done.returncode not in (0, _FAULT):
            raise OSError(f"exit code {done.returncode}: {done.stderr[-500:].decode('utf-8', 'replace')}")
        if done.returncode == 0:
            self.checked_seq = seq
        return done.stdout.decode("utf-8", "replace")


def _apart(journal: Journal) -> list[str]:
    return accounts_apart(journal.book.state, all_events=False)
