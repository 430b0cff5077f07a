"""A new term of this box: the tail that core and tills still hold comes first, then a person opens it.

Entries come back byte for byte, checked by their chain and by the head that the old box signed. What does not
fit behind our last entry, or comes when the term is open already, is kept as a proposal for a person to book.
"""

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from leaf_server.money.cage import Cage
from leaf_server.money.kept_entries import Kept, KeptEntries
from leaf_server.money.standing import look_at
from ledger.canonical import canonical
from ledger.chain import Link, entry_hash
from ledger.commands import command_again, read_command
from ledger.errors import ChainBroken, CommandInvalid, EntryInvalid
from ledger.heads import Head
from ledger.journal import Journal
from serving.problems import Problem

__all__ = ["ENTRIES_MAX", "HEADS_MAX", "NewTerm"]

ENTRIES_MAX: Final = 150
"""Of one hand-in; a till with more comes again. The body of any request is bounded too."""
HEADS_MAX: Final = 20
_LOG = logging.getLogger("felt.new_term")


class NewTerm:
    """`certificate` vouches for this box's key; None: there is none."""

    def __init__(
        self, cage: Cage, data: Path, certificate: Mapping[str, Any] | None, now_ms: Callable[[], int]
    ) -> None:
        self._cage = cage
        self._kept = KeptEntries(data)
        self._certificate = certificate
        self._now_ms = now_ms

    def told(self) -> dict[str, Any]:
        """As `GET /api/v1/ledger/term` answers."""
        now, cage = self._cage.standing.now, self._cage
        if cage.checked_percent is not None:
            why = f"The books are being checked, {cage.checked_percent} %."
            return {"state": "checking", "why": why, "percent": cage.checked_percent}
        return {
            "state": now.name,
            "why": now.why,
            "term": cage.term,
            "seq": cage.seq,
            "highest_seq": max(now.highest_seq, cage.seq),
            "lost": max(0, now.highest_seq - cage.seq) if now.name == "new_term" else 0,
            "core": {"asked": now.core_seq is not None, "seq": now.core_seq, "trouble": now.core_trouble},
            "contradictions": list(now.contradictions),
            "tills": [{"device": device, "seq": seq} for device, seq in sorted(now.tills.items())],
            "may_open": now.name == "new_term" and now.was_asked and not now.core_trouble,
        }

    async def hand_in(self, device: str, heads: Sequence[Head], kept: Sequence[Kept]) -> dict[str, Any]:
        """What a till kept. Answers how many came back, were known, or wait for another or a person."""
        return await self._cage.look(lambda journal: self._take(journal, device, heads, kept))

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

    async def proposals(self) -> list[dict[str, Any]]:
        """Entries of a branch that was left behind and not dealt with yet, as they came.

        `{device, entry, hash, proved, command}`. `proved`: the entry in front of it is known, so that its
        signed hash is of these very bytes. `command` books it again; null: a person does it by hand.
        """
        return await self._cage.look(self._proposals)

    def _open(self, journal: Journal, person: str, why: str) -> Link:
        now = self._cage.standing.now
        link = journal.open_term(
            at_ms=self._now_ms(), person=person, why=why[:1_000], vouched=self._certificate,
            term=now.highest_term + 1, highest_seq=now.highest_seq,
        )  # fmt: skip
        self._cage.standing.open()  # before anybody hears of the entry
        return link

    def _take(
        self, journal: Journal, device: str, heads: Sequence[Head], kept: Sequence[Kept]
    ) -> dict[str, int]:
        """On the journal's thread: all at once, so that no two tills' hand-ins mix."""
        standing = self._cage.standing
        known = sum(_is_here(journal, one) for one in kept)
        restored = self._put_back(journal, kept) if standing.now.name == "new_term" else 0
        for head in [*heads, *(head for _, head in kept)]:
            standing.heard(journal, head, device)
        left = [one for one in kept if not _is_here(journal, one) and _may_be_genuine(journal, one)]
        try:
            waiting = self._kept.add(device, [(body, head.hash, head) for body, head in left])
        except OSError as error:
            _LOG.error("what a till kept could not be written down: %s", error)
            raise Problem(503, "not_ready", "The disk is full; hand it in again.") from error
        return {"restored": restored, "known": known, "proposed": waiting}

    def _put_back(self, journal: Journal, kept: Sequence[Kept]) -> int:
        """What follows our end, of these and of those that came before."""
        before = journal.tip.seq
        for body, head in sorted([*self._kept.with_heads(), *kept], key=lambda one: one[1].seq):
            if head.seq <= journal.tip.seq:
                continue
            try:
                journal.restore_tail([body], head)
            except (ChainBroken, EntryInvalid) as error:
                _LOG.info("an entry that a till kept does not fit (yet): %s", error)
        return journal.tip.seq - before

    def _proposals(self, journal: Journal) -> list[dict[str, Any]]:
        told, dealt_with = self._kept.told(), journal.book.state.dealt_with
        hashes = {one["hash"] for one in told}
        shown = []
        for one in told:
            body, seq = canonical(one["entry"]), one["entry"]["seq"]
            link = journal.link(seq)
            if one["hash"] in dealt_with or (link is not None and link.body == body):
                continue
            ours = journal.link(seq - 1)
            before = {bytes.fromhex(hash_) for hash_ in hashes} | ({ours.hash} if ours else set())
            proved = any(entry_hash(hash_, body).hex() == one["hash"] for hash_ in before)
            shown.append(
                {"device": one["device"], "entry": one["entry"], "hash": one["hash"], "proved": proved,
                 "command": _again(one["entry"], one["hash"])}
            )  # fmt: skip
        return shown


def _again(entry: Mapping[str, Any], hash_: str) -> dict[str, Any] | None:
    """Only what reads as a command of today."""
    found = command_again(entry["kind"], entry["data"], hash_)
    try:
        return found if found is not None and read_command(json.dumps(found).encode()) else None
    except CommandInvalid:
        return None


def _is_here(journal: Journal, one: Kept) -> bool:
    link = journal.link(one[1].seq)
    return link is not None and link.body == one[0]


def _may_be_genuine(journal: Journal, one: Kept) -> bool:
    """Whether a box of ours signed that number, and nothing we know says that it signed other bytes."""
    body, head = one
    ours = journal.link(head.seq - 1)
    if ours is not None and ours.entry.seq == head.seq - 1 and look_at(journal, head) != "left_behind":
        return entry_hash(ours.hash, body).hex() == head.hash
    return look_at(journal, head) not in ("extends", "unproved")
