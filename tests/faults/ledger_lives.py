"""Lives of one ledger that end by power cuts, and tills that ask until they are answered.

In a life tills ask in batches, ask again what they know and what they do not, use a key for something else;
the WAL is brought back. Everything is written down with the moment of the disk at which it was answered.
"""

import random
import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import apsw

from ledger.commands import Asked, read_command
from ledger.errors import DiskFull, KeyReused, LedgerStopped
from ledger.journal import Journal, Outcome
from tests.faults.disk import Disk, Done, cuts
from tests.ledger.till import PRICES, PROFILE, RULES, SIGNER, VENUE, body

__all__ = ["LedgerLife", "LedgerRun", "open_journal"]

OPERATIONS: Final = 250  # of the disk, in a life that ends in good order
PLAYERS: Final = ("ann", "bob", "cid", "dan")
FIRST: Final[tuple[dict[str, Any], ...]] = (
    {"kind": "adopt_profile", "profile": PROFILE},
    {"kind": "adopt_tournament", "tournament": "t", "rules": {**RULES, "entries_per_player": 9}},
    {"kind": "vault_in", "amount": 1_000_000},
    {"kind": "open_drawer", "drawer": "d", "amount": 100_000},
)


class Cut(apsw.IOError):  # type: ignore[misc]
    """What SQLite gets once the power is gone: nothing is done any more."""


def open_journal(path: Path, disk: Disk) -> Journal:
    return Journal.open(path, venue=VENUE, currency="EUR", signer=SIGNER, at_ms=1_000_000, vfs=disk.name)


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
        self.bodies: list[bytes] = []  # of the entries, as they were answered or found after a cut
        self.answers: dict[tuple[str, str], tuple[Asked, Outcome]] = {}
        self.open: list[Asked] = []  # asked, not answered yet
        self._folder = folder
        self._asked = 0

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
                    self._step(journal, life)
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
        known = {key: outcome for key, (_, outcome) in self.answers.items()}
        self.lives.append(LedgerLife(before / "left", len(self.bodies), known))
        if len(self.lives) > 1:
            last = self.lives[-2]
            for _ in cuts(last.disk.done, self.chance, before / "left", last.began_with, last.moment):
                pass
            shutil.copytree(before / "left", self._path)
        else:
            self._path.mkdir(parents=True)
        return self.lives[-1]

    def _catch_up(self, journal: Journal, life: LedgerLife) -> None:
        """What the last cut left may hold a batch that was never answered."""
        found = [body for _, body, _ in journal.stored_after(0, 1 << 30)]
        assert found[: len(self.bodies)] == self.bodies
        self.bodies = found
        life.seq_before = len(found)
        life.ends.append(len(found))

    def _step(self, journal: Journal, life: LedgerLife) -> None:
        if self.chance.random() < 0.1:
            journal.rest()
            return
        batch = self._batch()
        before = len(self.bodies)
        for asked, outcome in zip(batch, journal.commit(batch), strict=True):
            if isinstance(outcome, KeyReused):
                continue  # a till's own mistake: no outcome
            self._hear(asked, outcome)
            life.answered.append((life.moment, asked, outcome))
        self.bodies += [body for _, body, _ in journal.stored_after(before, 1 << 30)]
        life.ends.append(len(self.bodies))
        self.open = [asked for asked in self.open if (asked.device, asked.key) not in self.answers]

    def _hear(self, asked: Asked, outcome: Outcome) -> None:
        known = self.answers.setdefault((asked.device, asked.key), (asked, outcome))
        assert known[1] == outcome

    def _batch(self) -> Sequence[Asked]:
        """What is still open, something new, something known, and sometimes a key with other content."""
        chance = self.chance
        while len(self.open) < chance.randint(1, 6):
            self.open.append(self._asking(self._some()))
        known = [asked for asked, _ in self.answers.values()]
        again = chance.sample(known, min(len(known), chance.randint(0, 3)))
        batch = [*self.open, *again]
        if known and chance.random() < 0.1:
            batch.append(self._asking({"kind": "vault_in", "amount": 999}, chance.choice(known)))
        chance.shuffle(batch)
        return batch if len(self.answers) >= len(FIRST) else self.open

    def _some(self) -> dict[str, Any]:
        if self._asked < len(FIRST):
            return FIRST[self._asked]
        chance = self.chance
        player, entry = chance.choice(PLAYERS), f"e{chance.randrange(30)}"
        kind = chance.choice(("buy_in", "re_entry", "rebuy", "add_on"))
        sold = {"tournament": "t", "player": player, "entry": entry, "drawer": "d", "method": "cash"}
        reason = "x" * chance.choice((1, 20, 120))
        return chance.choice(
            (
                {"kind": kind, **sold, "amount": PRICES[kind]},
                {"kind": kind, **sold, "amount": PRICES[kind], "intent": {"recorded_ms": 5}},
                {"kind": "unregister", "tournament": "t", "entry": entry, "drawer": "d", "reason": reason},
                {"kind": "cash_buy_in", "player": player, "drawer": "d", "amount": chance.randint(1, 9_000)},
                {"kind": "cash_out", "player": player, "drawer": "d", "amount": chance.randint(1, 9_000)},
                {"kind": "drop_to_vault", "drawer": "d", "amount": chance.randint(1, 30_000)},
                {"kind": "reverse", "seq": chance.randint(1, 60), "reason": reason},
            )
        )

    def _asking(self, fields: dict[str, Any], key_of: Asked | None = None) -> Asked:
        self._asked += key_of is None
        read = read_command(body(**fields))
        device = key_of.device if key_of else f"till{self._asked % 3}"
        key = key_of.key if key_of else f"k{self._asked}"
        return Asked(read, key, "mia", "manager", device, 1_000_000 + self._asked)
