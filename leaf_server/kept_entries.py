"""Entries that came back and have no place in the ledger, or none yet: one file, each once, only added to.

While a term is waited for, one till's entry may need another till's in front of it. Later they are proposals,
for a person to book again.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from ledger.canonical import canonical
from ledger.heads import Head

__all__ = ["ENTRIES_MAX", "Kept", "KeptEntries"]

ENTRIES_MAX: Final = 10_000
_FILE: Final = "ledger-proposals.jsonl"
Kept = tuple[bytes, Head]
"""An entry's bytes, and the head signed at that very entry."""


class KeptEntries:
    """The file in the data folder `data`."""

    def __init__(self, data: Path) -> None:
        self._path = data / _FILE

    def told(self) -> list[dict[str, Any]]:
        """`{device, entry, hash, head}` as they came; `head` is null for what was set aside."""
        try:
            lines = self._path.read_text("utf-8").splitlines()
        except FileNotFoundError:
            return []
        return [json.loads(line) for line in lines]

    def with_heads(self) -> list[Kept]:
        """Those that might be put back."""
        found = [one for one in self.told() if one["head"] is not None]
        return [(canonical(one["entry"]), Head.from_json(one["head"])) for one in found]

    def add(self, device: str, entries: Iterable[tuple[bytes, str, Head | None]]) -> int:
        """Entry bytes, hash (hex) and head. Answers how many are new."""
        have = {(one["hash"], canonical(one["entry"])) for one in self.told()}
        before = len(have)
        with self._path.open("a", encoding="utf-8") as file:
            for body, hash_, head in entries:
                if (hash_, body) not in have and len(have) < ENTRIES_MAX:
                    have.add((hash_, body))
                    shown = head.as_json() if head is not None else None
                    told = {"device": device, "entry": json.loads(body), "hash": hash_, "head": shown}
                    file.write(json.dumps(told) + "\n")
        return len(have) - before
