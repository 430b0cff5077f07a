"""Tills at one ledger that ask until they are answered, whatever happens to it.

They ask in batches, ask again what they know and what they do not, and use a key for something else.
"""

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from ledger.commands import Asked, read_command
from ledger.errors import KeyReused
from ledger.journal import Journal, Outcome
from tests.faults.disk import Disk
from tests.ledger.till import PRICES, PROFILE, RULES, SIGNER, VENUE, body

__all__ = ["Tills", "open_journal"]

PLAYERS: Final = ("ann", "bob", "cid", "dan")
FIRST: Final[tuple[dict[str, Any], ...]] = (
    {"kind": "adopt_profile", "profile": PROFILE},
    {"kind": "adopt_tournament", "tournament": "t", "rules": {**RULES, "entries_per_player": 9}},
    {"kind": "vault_in", "amount": 1_000_000},
    {"kind": "open_drawer", "drawer": "d", "amount": 100_000},
)


def open_journal(path: Path, disk: Disk) -> Journal:
    return Journal.open(path, venue=VENUE, currency="EUR", signer=SIGNER, at_ms=1_000_000, vfs=disk.name)


class Tills:
    """What they asked and heard, and the entries as they were answered, or found after a start."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.bodies: list[bytes] = []
        self.answers: dict[tuple[str, str], tuple[Asked, Outcome]] = {}
        self.open: list[Asked] = []  # asked, not answered yet
        self._asked = 0

    def find(self, journal: Journal) -> None:
        """At a start: all they knew is there, and perhaps a batch that was never answered."""
        found = [body for _, body, _ in journal.stored_after(0, 1 << 30)]
        assert found[: len(self.bodies)] == self.bodies
        self.bodies = found

    def ask(self, journal: Journal) -> list[tuple[Asked, Outcome]]:
        """One batch, or a quiet moment; answers what was answered. Raises what the journal raises."""
        if self.chance.random() < 0.1:
            journal.rest()
            return []
        batch = self._batch()
        outcomes = zip(batch, journal.commit(batch), strict=True)
        heard = [(asked, outcome) for asked, outcome in outcomes if not isinstance(outcome, KeyReused)]
        for asked, outcome in heard:
            assert self.answers.setdefault((asked.device, asked.key), (asked, outcome))[1] == outcome
        self.bodies += [body for _, body, _ in journal.stored_after(len(self.bodies), 1 << 30)]
        self.open = [asked for asked in self.open if (asked.device, asked.key) not in self.answers]
        return heard

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
