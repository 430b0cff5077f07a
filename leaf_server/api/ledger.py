"""The ledger over HTTP: commands with their outcome for ever, entries, heads, export, money of an event.

Entries go out as their canonical text, spliced into the answer, so what a client reads is what was hashed.
"""

import json
from collections.abc import AsyncIterator, Mapping
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec
from starlette.responses import JSONResponse, Response, StreamingResponse

from leaf_server.money.cage import Cage
from leaf_server.money.projector import money_shown
from leaf_server.money.wall_clock import calendar_of
from ledger.accounts import CASH, number_of
from ledger.bookkeeping import Exporter
from ledger.commands import MANAGERS, TILLS, AnyCommand
from ledger.errors import EntryInvalid
from ledger.export import entry_line, read_head
from ledger.heads import Head
from ledger.journal import Journal, Outcome, Posted
from ledger.profiles import PROFILES
from ledger.receipts import receipt
from ledger.settlement import left_open
from ledger.terms import Term
from serving.ledger_export import EXPORT_QUERY, exporter_of, file_headers
from serving.operations import Call, Operation
from serving.problems import Problem, problem_response

__all__ = ["operations"]

ENTRIES_MAX: Final = 500
SLICE: Final = 500
_STAFF: Final = TILLS | {"floor", "dealer"}
_NO_STORE: Final = {"cache-control": "no-store"}
_HEAD: Final[Mapping[str, Any]] = {
    "type": "object",
    "required": ["venue", "term", "seq", "hash", "at_ms", "key", "signature"],
}

_VENUE: Final = {"venue": "this leaf's venue; another one has no ledger here"}
_COMMAND_PROBLEMS: Final = {
    400: "malformed, key_missing",
    403: "forbidden, other_leaf",
    409: "a refusal",
    422: "unknown_field, invalid, key_reused",
    429: "too_many",
    503: "not_ready",
}


def operations(cage: Cage, zone: ZoneInfo) -> list[Operation]:
    """All paths of the ledger that a leaf serves. `zone`: the venue's."""
    api = _Api(cage, zone)
    ledger = "/api/v1/ledger"
    return [
        Operation(
            "POST", f"{ledger}/commands", "Ask for a movement of money; the same answer for ever.",
            api.command, TILLS, body=AnyCommand, reads_itself=True, status=201, problems=_COMMAND_PROBLEMS,
            headers={
                "Idempotency-Key": "this intent's own name",
                "Ledger-Head": "the last head the till has seen, as JSON; not needed",
            },
        ),
        Operation(
            "GET", ledger + "/commands/{key}", "The stored outcome of this device's key.", api.outcome, TILLS,
            problems={404: "no_outcome"},
        ),
        Operation(
            "GET", f"{ledger}/entries", "Entries in order.", api.entries, TILLS,
            query={"after": "entries behind this number", "limit": f"at most so many, 1 to {ENTRIES_MAX}"},
        ),
        Operation("GET", f"{ledger}/head", "The signed head.", api.head, None, answer=_HEAD, query=_VENUE),
        Operation(
            "GET", f"{ledger}/keys", "Public keys that signed heads, by term.", api.keys, None, query=_VENUE
        ),
        Operation(
            "GET", f"{ledger}/export", "All of it; as JSON lines the head is last.", api.export, MANAGERS,
            query=EXPORT_QUERY, problems={422: "invalid"},
        ),
        Operation(
            "GET", f"{ledger}/balances", "Every account now; a cashier is not told what to count blind.",
            api.balances, TILLS,
        ),
        Operation(
            "GET", ledger + "/tournaments/{tournament}", "The money of one event.", api.tournament, _STAFF,
            problems={404: "unknown_tournament"},
        ),
        Operation("GET", f"{ledger}/tournaments", "Events with adopted rules.", api.tournaments, _STAFF),
        Operation(
            "GET", f"{ledger}/profiles", "House profiles to start from, and the venue's calendar for them.",
            api.profiles, MANAGERS,
        ),
    ]  # fmt: skip


class _Api:
    def __init__(self, cage: Cage, zone: ZoneInfo) -> None:
        self._cage = cage
        self._zone = zone

    async def command(self, call: Call) -> Response:
        outcome = await self._cage.command(call.sign_in, _key(call), call.raw, _seen(call))
        if isinstance(outcome, Posted):
            return self._posted(outcome, 201)
        no = outcome.refusal
        return problem_response(Problem(409, no.code, no.message, no.details))

    async def outcome(self, call: Call) -> Response:
        device, key = call.sign_in.device, call.path("key")
        found: Outcome | None = await self._cage.look(lambda journal: journal.outcome(device, key))
        if found is None:
            raise Problem(404, "no_outcome", "This device's key has no outcome here.")
        if isinstance(found, Posted):
            return self._posted(found, 200)
        no = found.refusal
        error = {"code": no.code, "message": no.message, "details": dict(no.details)}
        return JSONResponse({"outcome": "refused", "at_ms": found.at_ms, "error": error}, 200, _NO_STORE)

    async def entries(self, call: Call) -> Response:
        after = call.whole("after", 0, 0, 2**53)
        limit = call.whole("limit", 100, 1, ENTRIES_MAX)
        rows, head = await self._cage.look(
            lambda journal: (journal.stored_after(after, limit), journal.head())
        )
        lines = b",".join(entry_line(body, hash_).rstrip() for _, body, hash_ in rows)
        text = b'{"entries":[%b],"head":%b}' % (lines, json.dumps(head.as_json()).encode())
        return Response(text, media_type="application/json", headers=_NO_STORE)

    async def head(self, call: Call) -> dict[str, Any]:
        self._own_venue(call)
        return (await self._cage.look(lambda journal: journal.head())).as_json()

    async def keys(self, call: Call) -> dict[str, Any]:
        self._own_venue(call)
        terms: list[Term] = await self._cage.look(lambda journal: list(journal.book.state.terms))
        return {
            "keys": [
                {"key_id": term.key_id, "public_key": term.public_key, "term_from": term.term}
                for term in terms
            ]
        }

    async def export(self, call: Call) -> Response:
        exporter = exporter_of(call)
        head = await self._cage.look(lambda journal: journal.head())
        headers = file_headers(self._cage.venue, exporter)
        return StreamingResponse(self._parts(head, exporter), media_type=exporter.media_type, headers=headers)

    async def balances(self, call: Call) -> dict[str, Any]:
        found = await self._cage.look(_balances)
        return found if call.sign_in.role in MANAGERS else _without_cash(found)

    async def tournament(self, call: Call) -> dict[str, Any]:
        name = call.path("tournament")
        found = await self._cage.look(lambda journal: _tournament(journal, name))
        if found is None:
            raise Problem(404, "unknown_tournament", "The ledger knows no such event.")
        return found

    async def profiles(self, _: Call) -> dict[str, Any]:
        return {"profiles": PROFILES, "calendar": calendar_of(self._zone, self._cage.now_ms())}

    async def tournaments(self, _: Call) -> dict[str, Any]:
        return {"tournaments": await self._cage.look(_tournaments)}

    def _own_venue(self, call: Call) -> None:
        if call.request.query_params.get("venue", self._cage.venue) != self._cage.venue:
            raise Problem(404, "no_venue", "No such venue here.")

    def _posted(self, outcome: Posted, status: int) -> Response:
        """The entry as its own bytes, so that a repeat is the same bytes."""
        link = outcome.link
        head = self._cage.head_at(link)
        told = {
            "outcome": "posted",
            "entry": msgspec.Raw(link.body),
            "hash": link.hash.hex(),
            "head": head.as_json(),
            "receipt": receipt(link, head, self._cage.currency, copy=False),
        }
        return Response(msgspec.json.encode(told), status, _NO_STORE, media_type="application/json")

    async def _parts(self, head: Head, exporter: Exporter) -> AsyncIterator[bytes]:
        """Up to the head it began with; what is booked meanwhile belongs to the next export."""
        after = 0
        yield exporter.start()
        while after < head.seq:
            limit = min(SLICE, head.seq - after)
            rows = await self._cage.look(lambda journal, a=after, n=limit: journal.stored_after(a, n))  # type: ignore[misc]
            after = rows[-1][0]
            yield b"".join(exporter.entry(body, hash_) for seq, body, hash_ in rows if seq <= head.seq)
        yield exporter.end(head)


def _without_cash(found: dict[str, Any]) -> dict[str, Any]:
    """Who counts a drawer blind must not be told what should be in it."""
    balances = {name: cents for name, cents in found["balances"].items() if number_of(name) not in CASH}
    return {**found, "balances": balances, "cash_cents": None}


def _key(call: Call) -> str | None:
    """One name for one intent: under which of two it was booked nobody could tell. Raises Problem 422."""
    keys = call.request.headers.getlist("idempotency-key")
    if len(keys) > 1:
        why = "A command has one Idempotency-Key."
        raise Problem(422, "invalid", why, {"fields": {"Idempotency-Key": why}})
    return keys[0] if keys else None


def _seen(call: Call) -> Head | None:
    """Raises Problem 422 `invalid`."""
    text = call.request.headers.get("ledger-head")
    if not text:
        return None
    try:
        return read_head(text.encode())
    except EntryInvalid:
        why = "Ledger-Head is the head of an answer, as JSON."
        raise Problem(422, "invalid", why, {"fields": {"Ledger-Head": why}}) from None


def _balances(journal: Journal) -> dict[str, Any]:
    book = journal.book
    return {
        "balances": book.balances(),
        "liability_cents": book.liability_cents(),
        "cash_cents": book.cash_cents(),
        "banked_cents": book.state.banked_cents,
        "seq": book.tip.seq,
    }


def _tournament(journal: Journal, name: str) -> dict[str, Any] | None:
    """Of a flight: its own counts and prizes, with the rules of the event that it is booked to."""
    state = journal.book.state
    of, money = state.event_of(name), money_shown(state, name)
    if money is None:
        return None
    found = state.tournaments[of or name]
    due = found.flight(name).prizes if of else found.prizes
    prizes = sorted(due.values(), key=lambda prize: (prize.place, prize.player))
    profile = state.profile
    return {
        "tournament": name,
        "name": found.rules.name,
        **money,
        "rules": found.rules.model_dump(mode="json"),
        "profile": profile.model_dump(mode="json", exclude_none=True) if profile else None,
        "open": [item._asdict() for item in left_open(found)],
        "due_cents": sum(prize.due_cents for prize in prizes),
        "prizes": [
            {
                "place": prize.place,
                "player": prize.player,
                "entry": prize.entry,
                "amount_cents": prize.amount_cents,
                "paid_cents": prize.paid_cents,
                "due_cents": prize.due_cents,
                "seq": prize.seq,
            }
            for prize in prizes
        ],
        "seq": journal.tip.seq,
    }


def _tournaments(journal: Journal) -> list[dict[str, Any]]:
    return [
        {"tournament": name, "name": found.rules.name, "state": found.shown_state}
        for name, found in journal.book.state.tournaments.items()
    ]
