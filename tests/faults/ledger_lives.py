"""Lives of one ledger that end by power cuts, and the tills that live through them all.

Everything is written down with the moment of the disk at which it was answered.
"""

import random
import shutil
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import apsw

from ledger.commands import Asked
from ledger.errors import DiskFull, LedgerStopped
from ledger.journal import Journal, Outcome
from tests.faults.disk import Disk, Done, cuts
from tests.faults.tills import Tills, open_journal

__all__ = ["LedgerLife", "LedgerRun"]

OPERATIONS: Final = 250  # of the disk, in a life that ends in good order


class Cut(apsw.IOError):  # type: ignore[misc]
    """What SQLite gets once the power is gone: nothing is done any more."""


@dataclass
class LedgerLife:
    """One life of the box: what its disk did, what was there before, and what was answered at which moment.

    `ends`: after which entries a commit ended that was answered.
    """

    began_with: Path
    seq_before: int
    answered_before: dict[tuple[str, str], Outcome]
    disk: Disk = field(default_factory=Disk)
    answered: list[tuple[int, Asked, Outcome]] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)

    @property
    def moment(self) -> int:
        return len(self.disk.done)

    def power_ends_at(self, moment: int) -> None:
        def gone(_: Done) -> None:
            if self.moment >= moment:
                raise Cut("the power is gone")

        self.disk.before = gone


class LedgerRun:
    """Lives of one ledger, and tills that live through them all."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.chance = random.Random(seed)
        self.lives: list[LedgerLife] = []
        self.tills = Tills(self.chance)
        self._folder = folder

    def live(self, cut_at: int | None, operations: int = OPERATIONS) -> None:
        """A life from start to cut; without one for so many operations."""
        life = self._begin()
        if cut_at is not None:
            life.power_ends_at(cut_at)
        with suppress(DiskFull, LedgerStopped, Cut):
            journal = open_journal(self._path / "ledger.db", life.disk)
            try:
                self._catch_up(journal, life)
                while cut_at is not None or life.moment < operations:
                    heard = self.tills.ask(journal)
                    life.answered += [(life.moment, asked, outcome) for asked, outcome in heard]
                    life.ends.append(len(self.tills.bodies))
            finally:
                with suppress(Cut):
                    journal.close()
        life.disk.unregister()

    @property
    def _path(self) -> Path:
        return self._folder / f"life{len(self.lives)}"

    def _begin(self) -> LedgerLife:
        """The folder as the last cut left it."""
        before = self._path
        known = {key: outcome for key, (_, outcome) in self.tills.answers.items()}
        self.lives.append(LedgerLife(before / "left", len(self.tills.bodies), known))
        if len(self.lives) > 1:
            last = self.lives[-2]
            for _ in cuts(last.disk.done, self.chance, before / "left", last.began_with, last.moment):
                pass
            shutil.copytree(before / "left", self._path)
        else:
            self._path.mkdir(parents=True)
        return self.lives[-1]

    def _catch_up(self, journal: Journal, life: LedgerLife) -> None:
        self.tills.find(journal)
        life.seq_before = len(self.tills.bodies)
        life.ends.append(life.seq_before)
