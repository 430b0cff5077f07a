"""The mirror: PostgreSQL's copy of a venue's journal, byte for byte, contiguous from its first entry.

Whether a batch follows is decided by `ledger.replication`; this file holds what it is compared with still
while it decides, and stores the answer: one batch, one transaction. What is here is never overwritten.
"""

import json
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from ledger.canonical import canonical
from ledger.chain import OPEN_TERM, Link, Tip
from ledger.entry import read_entry
from ledger.heads import Head
from ledger.replication import Append, Rejected, Taken, taking
from ledger.terms import Term, term_of
from ledger.witness import Verdict, verdict

from .db import Connection, Database
from .ownership import check_fence

__all__ = ["Forked", "LedgerMirror", "MirrorState", "MirroredEntry", "Quarantined"]

AT_ONCE: Final = 100  # entries of a batch that PostgreSQL stores while we look at the next
QUARANTINE_MAX: Final = 20  # batches, and as many heads, kept of what stands; more say the same
LOWER_MAX: Final = 100  # in all, where each tells of a lower number than those before it


@dataclass(frozen=True, slots=True)
class MirroredEntry:
    """An entry as it is stored: canonical bytes and chain hash."""

    seq: int
    term: int
    body: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A batch that contradicts entry `seq` as it is held; times are Unix milliseconds, 0: not yet.

    `seen_by` is the name of the manager who said that they know of it.
    """

    seq: int
    held_hash: bytes
    request: bytes
    received_ms: int
    cleared_ms: int
    seen_ms: int = 0
    seen_by: str = ""


@dataclass(frozen=True, slots=True)
class Forked:
    """A venue whose ledger has two contents under number `seq`; `stopped`: why no more is taken of it."""

    venue: str
    name: str
    seq: int
    since_ms: int
    stopped: str


@dataclass(frozen=True, slots=True)
class MirrorState:
    """How far the mirror reaches. `head` as the leaf signed it there; `stopped` says why nothing is taken."""

    tip: Tip
    head: Mapping[str, Any] | None
    stopped: str | None


class _NotTaken(Exception):
    """Rolls back what was written of a batch."""

    def __init__(self, verdict: Rejected) -> None:
        super().__init__(verdict.message)
        self.verdict = verdict


class LedgerMirror:
    """The mirrors of all venues, in one database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.terms: dict[str, int] = {}  # venue → newest term seen by this process

    async def state(self, venue: str) -> MirrorState:
        """How far it reaches now. Raises DatabaseDown, as all here."""
        async with self._database.venue(venue) as transaction:
            state = await _state(transaction, venue)
        self.terms[venue] = max(state.tip.term, 1)
        return state

    async def append(self, venue: str, fence: int, append: Append, request: bytes) -> Taken | Rejected:
        """Takes a batch whose head's signature was checked. `request` is kept as evidence if it forks.

        Durable when it returns. Raises OwnedElsewhere, DatabaseDown (then it may be stored or not: a repeat
        is harmless).
        """
        try:
            async with self._database.venue(venue) as transaction:
                await check_fence(transaction, venue, fence)
                return await self._append(transaction, venue, fence, append, request)
        except _NotTaken as error:
            return error.verdict

    async def _append(
        self, transaction: Connection, venue: str, fence: int, append: Append, request: bytes
    ) -> Taken | Rejected:
        """Raises _NotTaken where a part was written before it was found that the whole does not hold."""
        state = await _locked(transaction, venue)
        if state.stopped is not None and append.term <= state.tip.term:
            return Rejected("fork", state.stopped, {"seq": state.tip.seq})
        repeats = append.first <= state.tip.seq
        held = await _hashes(transaction, append.first - 1, len(append.bodies) + 1) if repeats else {}
        async with transaction.pipeline():  # PostgreSQL stores what was looked at while we look at the rest
            verdict, written = await _write(
                transaction, venue, fence, taking(state.tip, append, held, AT_ONCE)
            )
            if isinstance(verdict, Taken) and (written or state.tip == verdict.tip == _tip_of(append.head)):
                await _move(transaction, verdict.tip, append.head)
        if isinstance(verdict, Taken):
            if verdict.tip.term > state.tip.term:
                await _clear(transaction, venue)  # a person opened a term on what is held here
            self.terms[venue] = max(verdict.tip.term, 1)
        elif written:
            raise _NotTaken(verdict)
        elif verdict.code == "fork":
            seq = int(verdict.details["seq"])
            await _quarantine(transaction, venue, seq, held.get(seq, b""), request)
        return verdict

    async def entries(self, venue: str, after: int, limit: int) -> Sequence[MirroredEntry]:
        """Entries numbered above `after`, in order, at most `limit`."""
        async with self._database.venue(venue) as transaction:
            found = await transaction.execute(
                "SELECT seq, term, body, hash FROM mirror_entries WHERE venue_id = %s AND seq > %s "
                "ORDER BY seq LIMIT %s",
                (venue, after, limit),
            )
            return [
                MirroredEntry(row[0], row[1], bytes(row[2]), bytes(row[3])) for row in await found.fetchall()
            ]

    async def judge(self, venue: str, head: Head) -> Verdict | Literal["not_here_yet"]:
        """What a head that a till kept says of what is held; the proof of a rewrite is put aside, once."""
        terms = await self.terms_of(venue)
        async with self._database.venue(venue) as transaction:
            state = await _state(transaction, venue)
            hash_ = (await _hashes(transaction, head.seq, 1)).get(head.seq)
            if head.seq > state.tip.seq:
                return "not_here_yet"
            found = verdict(terms, state.tip, hash_, head)
            if found in ("rewritten", "other_branch"):
                proof = canonical(head.as_json())
                await _put_aside(transaction, venue, head.seq, hash_ or b"", proof, is_head=True)
            return found

    async def quarantine(self, venue: str) -> Sequence[Quarantined]:
        """Batches that contradict what is held, newest first."""
        async with self._database.venue(venue) as transaction:
            found = await transaction.execute(
                "SELECT seq, held_hash, request, received_at, cleared_at, seen_at, seen_by "
                "FROM mirror_quarantine WHERE venue_id = %s ORDER BY id DESC",
                (venue,),
            )
            return [
                Quarantined(
                    seq, bytes(held), bytes(request), _ms(received), _ms(cleared), _ms(seen), by or ""
                )
                for seq, held, request, received, cleared, seen, by in await found.fetchall()
            ]

    async def seen(self, venue: str, by: str) -> None:
        """A manager knows of all that stands now; who said so first stays. It clears nothing."""
        async with self._database.venue(venue) as transaction:
            await transaction.execute(
                "UPDATE mirror_quarantine SET seen_at = now(), seen_by = %s "
                "WHERE venue_id = %s AND cleared_at IS NULL AND seen_at IS NULL",
                (by, venue),
            )

    async def forked(self, venues: Mapping[str, str]) -> Sequence[Forked]:
        """Those of these venues (id → name) whose ledger has two branches that nobody has cleared."""
        found = []
        for venue, name in venues.items():
            async with self._database.venue(venue) as transaction:
                rows = await transaction.execute(
                    "SELECT min(seq), min(received_at), "
                    "(SELECT stopped FROM mirror_tips WHERE venue_id = %s) "
                    "FROM mirror_quarantine WHERE venue_id = %s AND cleared_at IS NULL",
                    (venue, venue),
                )
                row = await rows.fetchone()
            if row is not None and row[0] is not None:
                found.append(Forked(venue, name, row[0], _ms(row[1]), row[2] or ""))
        return found

    async def terms_of(self, venue: str) -> Sequence[Term]:
        """The terms its entries opened, in order."""
        async with self._database.venue(venue) as transaction:
            found = await transaction.execute(
                "SELECT body FROM mirror_entries WHERE venue_id = %s AND kind = %s ORDER BY seq",
                (venue, OPEN_TERM),
            )
            return [term_of(read_entry(bytes(body))) for (body,) in await found.fetchall()]


async def _locked(transaction: Connection, venue: str) -> MirrorState:
    """Held until the transaction ends; a venue's first batch makes the row."""
    state = await _state(transaction, venue, lock=True)
    if state.tip.seq == 0:
        await transaction.execute(
            "INSERT INTO mirror_tips (venue_id, term, seq, hash, at_ms) VALUES (%s, %s, %s, %s, %s) "
            "ON CONFLICT DO NOTHING",
            _tip_row(Tip.start(venue)),
        )
        state = await _state(transaction, venue, lock=True)
    return state


async def _state(transaction: Connection, venue: str, *, lock: bool = False) -> MirrorState:
    found = await transaction.execute(
        "SELECT term, seq, hash, at_ms, head, stopped FROM mirror_tips WHERE venue_id = %s"
        + (" FOR UPDATE" if lock else ""),
        (venue,),
    )
    row = await found.fetchone()
    if row is None:
        return MirrorState(Tip.start(venue), None, None)
    term, seq, hash_, at_ms, head, stopped = row
    return MirrorState(Tip(venue, term, seq, bytes(hash_), at_ms), head, stopped)


async def _hashes(transaction: Connection, first: int, count: int) -> dict[int, bytes]:
    found = await transaction.execute(
        "SELECT seq, hash FROM mirror_entries WHERE venue_id = this_venue() AND seq >= %s "
        "ORDER BY seq LIMIT %s",
        (first, count),
    )
    return {seq: bytes(hash_) for seq, hash_ in await found.fetchall()}


async def _write(
    transaction: Connection, venue: str, fence: int, run: Generator[Sequence[Link], None, Taken | Rejected]
) -> tuple[Taken | Rejected, int]:
    """The verdict, and how many entries were written before it fell: they count only if it says so."""
    written = 0
    while True:
        try:
            links = next(run)
        except StopIteration as end:
            return end.value, written
        await _insert(transaction, venue, fence, links)
        written += len(links)


async def _insert(transaction: Connection, venue: str, fence: int, links: Sequence[Link]) -> None:
    """All in one statement, its arrays in binary: as text, bytes alone would be twice as many."""
    entries = [link.entry for link in links]
    await transaction.execute(
        "INSERT INTO mirror_entries (venue_id, seq, term, hash, at_ms, kind, body, fence) "
        "SELECT %s, seq, term, hash, at_ms, kind, body, %s FROM unnest("
        "%b::bigint[], %b::bigint[], %b::bytea[], %b::bigint[], %b::text[], %b::bytea[]"
        ") AS new (seq, term, hash, at_ms, kind, body)",
        (
            venue,
            fence,
            [entry.seq for entry in entries],
            [entry.term for entry in entries],
            [link.hash for link in links],
            [entry.at_ms for entry in entries],
            [entry.kind for entry in entries],
            [link.body for link in links],
        ),
    )


async def _move(transaction: Connection, tip: Tip, head: Head) -> None:
    await transaction.execute(
        "UPDATE mirror_tips SET term = %s, seq = %s, hash = %s, at_ms = %s, head = %s WHERE venue_id = %s",
        (tip.term, tip.seq, tip.hash, tip.at_ms, json.dumps(head.as_json()), tip.venue),
    )


async def _put_aside(
    transaction: Connection, venue: str, seq: int, held: bytes, proof: bytes, is_head: bool
) -> None:
    """Once, and within the bounds. What a person has cleared counts for none: the next fork is told too."""
    await transaction.execute(
        _PUT_ASIDE,
        {"venue": venue, "seq": seq, "held": held, "proof": proof, "is_head": is_head,
         "most": QUARANTINE_MAX, "most_lower": LOWER_MAX},
    )  # fmt: skip


async def _quarantine(transaction: Connection, venue: str, seq: int, held: bytes, request: bytes) -> None:
    await _put_aside(transaction, venue, seq, held, request, is_head=False)
    await transaction.execute(
        "UPDATE mirror_tips SET stopped = %s WHERE venue_id = %s",
        (f"fork at entry {seq}: the leaf sent another content than it had sent before", venue),
    )


async def _clear(transaction: Connection, venue: str) -> None:
    """What was put aside stays as it is, marked as cleared."""
    await transaction.execute("UPDATE mirror_tips SET stopped = NULL WHERE venue_id = %s", (venue,))
    await transaction.execute(
        "UPDATE mirror_quarantine SET cleared_at = now() WHERE venue_id = %s AND cleared_at IS NULL", (venue,)
    )


def _tip_row(tip: Tip) -> tuple[Any, ...]:
    return (tip.venue, tip.term, tip.seq, tip.hash, tip.at_ms)


def _ms(at: datetime | None) -> int:
    return int(at.timestamp() * 1_000) if at is not None else 0


def _tip_of(head: Head) -> Tip:
    return Tip(head.venue, head.term, head.seq, bytes.fromhex(head.hash), head.at_ms)


_PUT_ASIDE: Final = """
WITH standing AS (
    SELECT seq, request, substring(request FROM 1 FOR 9) = convert_to('{"at_ms":', 'UTF8') AS is_head
    FROM mirror_quarantine WHERE venue_id = %(venue)s AND cleared_at IS NULL
)
INSERT INTO mirror_quarantine (venue_id, seq, held_hash, request)
SELECT %(venue)s, %(seq)s, %(held)s, %(proof)s
WHERE NOT EXISTS (SELECT FROM mirror_quarantine WHERE venue_id = %(venue)s AND request = %(proof)s)
AND (
    (SELECT count(*) FROM standing WHERE is_head = %(is_head)s) < %(most)s
    OR (
        (SELECT count(*) FROM standing) < %(most_lower)s
        AND %(seq)s < (SELECT min(seq) FROM standing)
    )
)
"""
