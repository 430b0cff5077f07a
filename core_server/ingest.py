"""The core's end of the ledger's way: answers `ledger` requests of the venues' leaves.

Whose request it is stands in its subject, where the NATS server put the venue's account key; nothing in the
payload is believed. Batches are taken in order or answered with why not. A fork stops the venue's ingest
and rings (logged as critical, counted, shown with the venue) until a person has cleared it. While the
database is away there is no answer, and the leaf asks again. A venue of another process: OwnedElsewhere.
"""

import logging
from collections import Counter

from ledger.errors import RequestMalformed
from ledger.heads import Head, verify_head
from ledger.replication import Append, AskHead, Rejected, accepted, read_request, rejected
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
                return accepted((await self._mirror.state(venue.id)).tip)
            return await self._append(venue, request, incoming.payload)
        except ValueRefused as error:
            return self._no(Rejected("malformed", str(error)[:200]))
        except DatabaseDown as error:
            log.warning("venue %s: no answer to the leaf now: %s", venue.id, error)
            self.counts["unanswered"] += 1
            return None

    async def _append(self, venue: Venue, append: Append, payload: bytes) -> bytes:
        if not _signed(venue, append.head):
            return self._no(Rejected("hash", "The head is not signed by an enrolled key of this venue."))
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

    def _no(self, verdict: Rejected) -> bytes:
        self.counts[verdict.code] += 1
        return rejected(verdict)


def _signed(venue: Venue, head: Head) -> bool:
    key = venue.ledger_keys.get(head.key)
    return key is not None and verify_head(head, key)
