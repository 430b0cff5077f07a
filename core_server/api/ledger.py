"""The ledger as the core holds it: entries byte for byte, the leaf's last signed head, keys, balances."""

import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from starlette.responses import Response, StreamingResponse

from crdt_models.documents.catalogue import MANAGERS
from ledger.bookkeeping import Exporter
from ledger.commands import TILLS
from ledger.errors import EntryInvalid
from ledger.export import entry_line, head_line
from ledger.heads import Head, to_base64url
from serving.ledger_export import EXPORT_QUERY, exporter_of, file_headers
from serving.operations import ANYONE, Call, Operation
from serving.problems import Problem

from ..books import Books
from ..forks import Fork, forks_of
from ..ledger_mirror import LedgerMirror
from ..venues import Venue, Venues
from .sign_ins import Look
from .venue import no_venue

__all__ = ["ledger_operations"]

Handler = Callable[[Call], Awaitable[Any]]

LIMIT_MAX: Final = 500
EXPORT_PAGE: Final = 1_000
HEADS_MAX: Final = 20
log = logging.getLogger(__name__)


class _AnyCommand(BaseModel):
    """Whatever it says, it is not read."""

    model_config = ConfigDict(extra="allow")


class Heads(BaseModel):
    """As answers to commands had them."""

    model_config = ConfigDict(extra="forbid")

    heads: Annotated[list[dict[str, Any]], Field(max_length=HEADS_MAX)]


class Seen(BaseModel):
    """Who acknowledges, by name: it stays beside what they have seen."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]


def _told(fork: Fork) -> dict[str, Any]:
    return {
        "seq": fork.seq,
        "held_hash": fork.first.held_hash.hex(),
        "received_ms": fork.since_ms,
        "cleared_ms": fork.cleared_ms or None,
        "seen_ms": fork.first.seen_ms or None,
        "seen_by": fork.first.seen_by,
        "witnesses": [
            {"seq": one.seq, "received_ms": one.received_ms, "request": json.loads(one.request)}
            for one in fork.witnesses
        ],
    }


def ledger_operations(venues: Venues, mirror: LedgerMirror, books: Books, look: Look) -> list[Operation]:
    """`look`: the sign-in a request brings, or None. A venue that is not enrolled is 404 `no_venue`."""

    def own(call: Call) -> Venue:
        found = venues.get(call.sign_in.venue)
        if found is None:
            raise no_venue()
        return found

    def named(call: Call) -> Venue:
        """For what is public: the venue of the query, else of the sign-in."""
        sign_in = look(call.request)
        venue = call.request.query_params.get("venue") or (sign_in.venue if sign_in else "")
        found = venues.get(venue)
        if found is None:
            raise no_venue()
        return found

    async def entries(call: Call) -> Response:
        venue, limit = own(call), call.whole("limit", 100, 1, LIMIT_MAX)
        page = await mirror.entries(venue.id, call.whole("after", 0, 0, 2**53), limit)
        lines = b",".join(entry_line(entry.body, entry.hash).rstrip() for entry in page)
        head = head_line(await _head(venue)).rstrip()  # {"head":…}
        return Response(b'{"entries":[' + lines + b"]," + head[1:], media_type="application/json")

    async def head(call: Call) -> dict[str, Any]:
        return (await _head(named(call))).as_json()

    async def keys(call: Call) -> dict[str, Any]:
        venue = named(call)
        since = {term.key_id: term.term for term in reversed(await mirror.terms_of(venue.id))}
        return {
            "keys": [
                {"key_id": key_id, "public_key": to_base64url(key), "term_from": since.get(key_id, 1)}
                for key_id, key in sorted(venue.ledger_keys.items())
            ]
        }

    async def forks(call: Call) -> dict[str, Any]:
        venue = own(call)
        state, aside = await mirror.state(venue.id), await mirror.quarantine(venue.id)
        return {"stopped": state.stopped, "forks": [_told(fork) for fork in forks_of(aside)]}

    async def seen(call: Call) -> None:
        await mirror.seen(own(call).id, call.of(Seen).name)

    async def heads(call: Call) -> dict[str, Any]:
        venue = own(call)
        try:
            shown = [Head.from_json(head) for head in call.of(Heads).heads]
        except EntryInvalid as error:
            raise Problem(422, "invalid", str(error), {"fields": {"heads": str(error)}}) from None
        verdicts = [await mirror.judge(venue.id, head) for head in shown]
        if {"rewritten", "other_branch"} & set(verdicts):
            log.critical("RING: a till's signed head contradicts the mirrored ledger of venue %s", venue.id)
        return {"verdicts": verdicts}

    async def balances(call: Call) -> dict[str, Any]:
        book = await books.of(own(call).id)
        return {
            "balances": book.balances(),
            "liability_cents": book.liability_cents(),
            "cash_cents": book.cash_cents(),
            "banked_cents": book.state.banked_cents,
            "seq": book.tip.seq,
        }

    async def export(call: Call) -> Response:
        venue = own(call)
        exporter, last = exporter_of(call), await _head(venue)
        parts, headers = _parts(venue.id, last, exporter), file_headers(venue.id, exporter)
        return StreamingResponse(parts, media_type=exporter.media_type, headers=headers)

    async def command(call: Call) -> None:
        """Whoever signed in where: money is moved by the box that holds the ledger, and by no one else."""
        raise Problem(403, "other_leaf", "Money moves at the venue's own box; the core only keeps a copy.")

    async def _parts(venue: str, last: Head, exporter: Exporter) -> AsyncIterator[bytes]:
        after = 0
        yield exporter.start()
        while page := await mirror.entries(venue, after, EXPORT_PAGE):
            told = [entry for entry in page if entry.seq <= last.seq]
            yield b"".join(exporter.entry(entry.body, entry.hash) for entry in told)
            after = page[-1].seq
            if len(told) < len(page) or after == last.seq:
                break
        yield exporter.end(last)

    async def _head(venue: Venue) -> Head:
        state = await mirror.state(venue.id)
        if state.head is None:
            raise Problem(404, "no_head", "The leaf has sent no entries yet.")
        return Head.from_json(state.head)

    def public(path: str, summary: str, handler: Handler) -> Operation:
        return Operation("GET", path, summary, handler, None, problems=missing, query=which)

    def for_managers(path: str, summary: str, handler: Handler, query: Mapping[str, str]) -> Operation:
        return Operation(
            "GET", path, summary, handler, MANAGERS, elsewhere=True, problems=missing, query=query
        )

    missing = {404: "no_venue, no_head"}
    which = {"venue": "which venue, where nobody is signed in"}
    paged = {"after": "entries above this number", "limit": f"1 to {LIMIT_MAX}, 100 if not given"}
    return [
        Operation(
            "POST", "/api/v1/ledger/commands", "Always refused here", command, ANYONE,
            body=_AnyCommand, elsewhere=True,
        ),
        for_managers("/api/v1/ledger/entries", "Entries in order", entries, paged),
        public("/api/v1/ledger/head", "The leaf's newest signed head here", head),
        public("/api/v1/ledger/keys", "The keys that heads are signed with", keys),
        Operation(
            "POST", "/api/v1/ledger/heads", "Hold heads that a till kept against what is here", heads,
            TILLS, body=Heads, elsewhere=True, problems=missing,
        ),
        for_managers("/api/v1/ledger/forks", "Where the box's ledger and what is held part", forks, {}),
        Operation(
            "POST", "/api/v1/ledger/forks/seen", "A manager knows of what stands; it clears nothing", seen,
            MANAGERS, body=Seen, elsewhere=True, problems=missing,
        ),
        for_managers("/api/v1/ledger/balances", "What every account holds", balances, {}),
        for_managers("/api/v1/ledger/export", "All entries, the signed head last", export, EXPORT_QUERY),
    ]  # fmt: skip
