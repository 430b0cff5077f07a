"""A new term of this box: the tail that core and tills still hold comes first, then a person opens it.

Entries come back byte for byte, checked by their chain and by the head that the old box signed. What does not
fit behind our last entry, or comes when the term is open already, is kept as a proposal for a person to book.
"""

import json
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from ledger.chain import Link, entry_hash
from ledger.errors import ChainBroken, EntryInvalid
from ledger.heads import Head
from ledger.journal import Journal
from serving.problems import Problem

from .cage import Cage
from .standing import look_at

__all__ = ["ENTRIES_MAX", "HEADS_MAX", "Kept", "NewTerm", "propose"]

ENTRIES_MAX: Final = 150
"""Of one hand-in; a till with more comes again. The body of any request is bounded too."""
HEADS_MAX: Final = 20
PROPOSALS_MAX: Final = 10_000
_FILE: Final = "ledger-proposals.jsonl"
_LOG = logging.getLogger("felt.new_term")
Kept = tuple[bytes, Head]
"""An entry's bytes, and the head signed at that very entry."""


class NewTerm:
    """`certificate` vouches for this box's key; None: there is none."""

    def __init__(
        self, cage: Cage, data: Path, certificate: Mapping[str, Any] | None, now_ms: Callable[[], int]
    ) -> None:
        self._cage = cage
        self._data = data
        self._certificate = certificate
        self._now_ms = now_ms

    def told(self) -> dict[str, Any]:
        """As `GET /api/v1/ledger/term` answers."""
        now, cage = self._cage.standing.now, self._cage
        return {
            "state": now.name,
            "why": now.why,
            "term": cage.term,
            "seq": cage.seq,
            "highest_seq": max(now.highest_seq, cage.seq),
            "lost": max(0, now.highest_seq - cage.seq) if now.name == "new_term" else 0,
            "core": {"asked": now.core_seq is not None, "seq": now.core_seq, "trouble": now.core_trouble},
            "tills": [{"device": device, "seq": seq} for device, seq in sorted(now.tills.items())],
            "may_open": now.name == "new_term" and now.was_asked and not now.core_trouble,
        }

    async def hand_in(self, device: str, heads: Sequence[Head], kept: Sequence[Kept]) -> dict[str, Any]:
        """What a till kept. Answers how many entries came back, were known, or wait as proposals."""
        fresh = sorted(kept, key=lambda one: one[1].seq)
        restored, left, known = await self._cage.look(lambda journal: self._take(journal, fresh))
        await self._cage.look(
            lambda journal: self._hear(journal, device, [*heads, *(one[1] for one in kept)])
        )
        proposed = propose(self._data, device, ((body, head.hash) for body, head in left))
        return {"restored": restored, "known": known, "proposed": proposed}

    async def open(self, person: str, why: str, override: str) -> Link:
        """Opens the term. Raises Problem: none is needed, nobody was asked, the core has another branch."""
        now = self._cage.standing.now
        if now.name != "new_term":
            raise Problem(409, "no_term_needed", "This box may not open a term, or needs none.")
        if not override and not now.was_asked:
            why_not = "Neither the core nor a till was asked yet what they hold of this ledger."
            raise Problem(409, "nobody_asked", why_not, self.told())
        if not override and now.core_trouble:
            raise Problem(409, "fork", now.core_trouble, self.told())
        said = f"{now.why} {why}".strip() + (f" (nobody was asked: {override})" if override else "")
        link = await self._cage.look(lambda journal: self._open(journal, person or now.by, said))
        _LOG.warning("%s opened term %d at entry %d: %s", person, link.entry.term, link.entry.seq, said)
        return link

    def proposals(self) -> list[dict[str, Any]]:
        """Entries of a branch that was left behind, oldest first: `{device, entry, hash}`."""
        return _proposals(self._data)

    def _open(self, journal: Journal, person: str, why: str) -> Link:
        now = self._cage.standing.now
        link = journal.open_term(
            at_ms=self._now_ms(), person=person, why=why[:1_000], vouched=self._certificate,
            term=now.highest_term + 1, highest_seq=now.highest_seq,
        )  # fmt: skip
        self._cage.standing.open()  # before anybody hears of the entry
        return link

    def _take(self, journal: Journal, kept: Sequence[Kept]) -> tuple[int, list[Kept], int]:
        """Puts back what follows our end; answers how many, what is left over, and how many we have."""
        known: list[Kept] = []
        behind: list[Kept] = []
        for body, head in kept:
            link = journal.link(head.seq)
            (known if link is not None and link.body == body else behind).append((body, head))
        if self._cage.standing.now.name != "new_term":
            return 0, behind, len(known)
        restored = 0
        while restored < len(behind):
            body, head = behind[restored]
            try:
                journal.restore_tail([body], head)
            except (ChainBroken, EntryInvalid) as error:
                _LOG.warning("an entry that a till kept does not fit: %s", error)
                break
            restored += 1
        left = [one for one in behind[restored:] if _is_genuine(journal, kept, one)]
        return restored, left, len(known)

    def _hear(self, journal: Journal, device: str, heads: Sequence[Head]) -> None:
        for head in heads:
            self._cage.standing.heard(journal, head, device)


def _is_genuine(journal: Journal, kept: Sequence[Kept], one: Kept) -> bool:
    """Whether a box of ours signed for this very entry: its hash over the one before gives the head's."""
    body, head = one
    ours = journal.link(head.seq - 1)
    before = {bytes.fromhex(other.hash) for _, other in kept if other.seq == head.seq - 1}
    before |= {ours.hash} if ours is not None else set()
    chained = any(entry_hash(hash_, body).hex() == head.hash for hash_ in before)
    return chained and look_at(journal, head) not in ("extends", "unproved")


def propose(data: Path, device: str, left: Iterable[tuple[bytes, str]]) -> int:
    """Keeps entries (bytes, hash) for a person to book, each once. Answers how many are new."""
    found = _proposals(data)
    have = {one["hash"] for one in found}
    with (data / _FILE).open("a", encoding="utf-8") as file:
        for body, hash_ in left:
            if hash_ not in have and len(have) < PROPOSALS_MAX:
                have.add(hash_)
                file.write(json.dumps({"device": device, "entry": json.loads(body), "hash": hash_}) + "\n")
    return len(have) - len(found)


def _proposals(data: Path) -> list[dict[str, Any]]:
    try:
        lines = (data / _FILE).read_text("utf-8").splitlines()
    except FileNotFoundError:
        return []
    return [json.loads(line) for line in lines]
