"""The core's end of the ledger's way: answers `ledger` requests of the venues' leaves.

Whose request it is stands in its subject, where the NATS server put the venue's account key; nothing in the
payload is believed. Batches are taken in order or answered with why not. A fork stops the venue's ingest
and rings (logged as critical, counted, shown with the venue) until a person has cleared it. While the
database is away there is no answer, and the leaf asks again. A venue of another process: OwnedElsewhere.
"""

import logging
from collections import Counter

from ledger.errors import RequestMalformed
from ledger.heads import verify_head
from ledger.replication import (
    BATCH_ENTRIES_MAX,
    Append,
    AskHead,
    AskTail,
    Rejected,
    accepted,
    opens_term,
    read_request,
    rejected,
    tail,
    term_fault,
    vouched_key,
)
from serving.nats_link import Incoming

from .db import DatabaseDown, ValueRefused
from .ledger_mirror import LedgerMirror
from .nats_accounts import account_of
from .ownership import OwnedElsewhere, Ownership
from .venues import Venue, Venues

__all__ = ["Ingest"]

log = logging.getLogger(__name__)


class Ingest:
    """Takes what leaves append. `counts`: outcomes by code (`taken`, `gap`, `fork` …), for `/metrics`."""

    def __init__(self, venues: Venues, ownership: Ownership, mirror: LedgerMirror) -> None:
        self._venues = venues
        self._ownership = ownership
        self._mirror = mirror
        self.counts: Counter[str] = Counter()
        self._vouched: dict[tuple[str, str], bytes] = {}  # (venue, key id) → key, by certificates

    async def answer(self, incoming: Incoming) -> bytes | None:
        """One request, one answer; None while we can't know (the leaf asks again). Raises OwnedElsewhere."""
        venue = self._venues.of_account(account_of(incoming.subject))
        if venue is None:
            return self._no(Rejected("unknown_venue", "This account is of no enrolled venue."))
        try:
            request = read_request(incoming.payload)
        except RequestMalformed as error:
            return self._no(Rejected("malformed", str(error)))
        try:
            if isinstance(request, AskHead):
                state = await self._mirror.state(venue.id)
                return accepted(state.tip, state.head)
            if isinstance(request, AskTail):
                return await self._tail(venue, request)
            return await self._append(venue, request, incoming.payload)
        except ValueRefused as error:
            return self._no(Rejected("malformed", str(error)[:200]))
        except DatabaseDown as error:
            log.warning("venue %s: no answer to the leaf now: %s", venue.id, error)
            self.counts["unanswered"] += 1
            return None

    async def _append(self, venue: Venue, append: Append, payload: bytes) -> bytes:
        if not await self._signed(venue, append):
            return self._no(Rejected("hash", "The head is not signed by an enrolled key of this venue."))
        if opens_term(append):
            fault = term_fault(await self._mirror.terms_of(venue.id), append, venue.ledger_keys)
            if fault:
                return self._no(Rejected("term", fault))
        fence = await self._ownership.fence(venue.id)
        try:
            verdict = await self._mirror.append(venue.id, fence, append, payload)
        except OwnedElsewhere:
            await self._ownership.superseded(venue.id, fence)
            raise
        if isinstance(verdict, Rejected):
            if verdict.code == "fork":
                log.critical("RING: the ledger of venue %s is stopped: %s", venue.id, verdict.message)
            return self._no(verdict)
        self.counts["taken"] += len(verdict.links)
        return accepted(verdict.tip)

    async def _tail(self, venue: Venue, asked: AskTail) -> bytes:
        """What a restored box has lost, byte for byte."""
        state = await self._mirror.state(venue.id)
        page = await self._mirror.entries(venue.id, asked.after - 1, BATCH_ENTRIES_MAX)
        if asked.after > state.tip.seq:
            return tail([], state.tip, state.head)
        if asked.after and (not page or (page[0].seq, page[0].hash.hex()) != (asked.after, asked.hash)):
            return self._no(
                Rejected("fork", "This number is held with another content.", {"seq": asked.after})
            )
        self.counts["tails"] += 1
        return tail([entry.body for entry in page[bool(asked.after) :]], state.tip, state.head)

    async def _signed(self, venue: Venue, append: Append) -> bool:
        """By a key that was enrolled, or of a term whose box the venue has vouched for."""
        head = append.head
        key = venue.ledger_keys.get(head.key) or self._vouched.get((venue.id, head.key))
        if key is None:
            key = vouched_key(await self._mirror.terms_of(venue.id), append, venue.ledger_keys)
            if key is not None and verify_head(head, key):
                self._vouched[venue.id, head.key] = key
        return key is not None and verify_head(head, key)

    def _no(self, verdict: Rejected) -> bytes:
        self.counts[verdict.code] += 1
        return rejected(verdict)
