"""Entries that came back and have no place in the ledger, or none yet: one file, each once, only added to.

While a term is waited for, one till's entry may need another till's in front of it. Later they are proposals,
for a person to book again. What was told as kept is durable. A last line without its end was cut off by a
power cut, told to nobody, and is written over.
"""

import json
import os
from collections.abc import Iterable
from errno import ENOSPC
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
        return [json.loads(line) for line in self._whole().splitlines()]

    def with_heads(self) -> list[Kept]:
        """Those that might be put back."""
        found = [one for one in self.told() if one["head"] is not None]
        return [(canonical(one["entry"]), Head.from_json(one["head"])) for one in found]

    def add(self, device: str, entries: Iterable[tuple[bytes, str, Head | None]]) -> int:
        """Entry bytes, hash (hex) and head. Answers how many are new. Raises OSError: none was kept."""
        have = {(one["hash"], canonical(one["entry"])) for one in self.told()}
        lines = b""
        before = len(have)
        for body, hash_, head in entries:
            if (hash_, body) not in have and len(have) < ENTRIES_MAX:
                have.add((hash_, body))
                shown = head.as_json() if head is not None else None
                told = {"device": device, "entry": json.loads(body), "hash": hash_, "head": shown}
                lines += json.dumps(told).encode() + b"\n"
        if lines:
            self._append(lines)
        return len(have) - before

    def _append(self, lines: bytes) -> None:
        size = len(self._whole())
        file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.ftruncate(file, size)
            if os.pwrite(file, lines, size) < len(lines):
                raise OSError(ENOSPC, "the disk is full")
            os.fsync(file)
        except OSError:
            os.ftruncate(file, size)
            raise
        finally:
            os.close(file)

    def _whole(self) -> bytes:
        """Every line that has its end."""
        try:
            found = self._path.read_bytes()
        except FileNotFoundError:
            return b""
        return found[: found.rfind(b"\n") + 1]
