"""The core's end of the documents' way between leaf and core: answers what the leaf asks under `sync.<op>`.

Both sides number their rows; each says how far it holds the other's, and takes what comes after. Whose
request it is stands in the subject. What can't be read is answered with an error, never with silence; while
the database is away there is no answer, and the leaf asks again. A `mark` tells the last row that one
holds of the other from another under the same number: either may have been restored from a copy. `same`: the
core's row `have` has the mark that the leaf says. `schema`: the newest that the leaf takes; clients of the
core are told no newer one, also while the leaf is away.

    sync.have     {v, last, have, mark, schema, term, after} → {v, last, have, mark, same}
                  error `term` to a box that was replaced; `after`: rows up to there are of earlier terms
    sync.restart  {v, after}      → {v}                     the core holds the leaf's rows up to `after`
    sync.erase    {v, players}    → {v, players}            all that were ever erased, here or there
    sync.documents {v, after: name} → {v, names: [name, ..]}
    sync.push     packed rows     → {v, have, want: [documents whose whole state is needed]}
    sync.pull     {v, after}      → packed rows, about `PULL_BYTES` of them
    sync.compare  {v, documents: {name: [epoch, digest]}} → {v, differ: [name, ..]}
    sync.state    {v, document}   → the document packed as one row, numbered 0
"""

import json
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Final, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from crdt_models.documents.catalogue import DOCUMENT_NAME
from crdt_models.documents.schema import SCHEMA
from crdt_models.errors import DocumentError, Foul
from crdt_models.replication import mark, outgoing, pack, unpack
from crdt_models.update_log import NumberedRow
from serving.nats_link import Incoming

from .db import DatabaseDown, ValueRefused
from .doc_store import CoreDocStore
from .nats_accounts import account_of
from .venue_rooms import LEAF_SCHEMA, OpenVenue, VenueRooms
from .venues import Venues

__all__ = ["AntiEntropy"]

log = logging.getLogger(__name__)

LEAF_ROWS: Final = "leaf"
"""Cursor: the core holds the leaf's rows up to here."""
LEAF_MARK: Final = "leaf_mark"
"""Cursor of a kind: the mark of that row, 0 where none was taken."""
PULL_BYTES: Final = 400 << 10
COMPARED_MAX: Final = 10_000
NAMES_AT_ONCE: Final = 1_000

_Document = Annotated[str, Field(pattern=f"^{DOCUMENT_NAME}$")]
_Number = Annotated[int, Field(ge=0, lt=2**53)]


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
    v: Annotated[int, Field(ge=1, le=1)]


class _Have(_Message):
    last: _Number
    have: _Number
    mark: _Number = 0
    schema_: _Number = Field(default=SCHEMA, alias="schema")
    term: Annotated[int, Field(ge=1, lt=2**40)] = 1
    after: _Number = 0  # the leaf's rows up to there are of earlier terms


class _Restart(_Message):
    after: _Number


class _Documents(_Message):
    after: Annotated[str, Field(max_length=64)]


class _Erase(_Message):
    players: Annotated[list[Annotated[str, Field(min_length=1, max_length=36)]], Field(max_length=100_000)]


class _Pull(_Message):
    after: _Number


class _Compare(_Message):
    documents: Annotated[dict[_Document, tuple[_Number, str]], Field(max_length=COMPARED_MAX)]


class _State(_Message):
    document: _Document


_M = TypeVar("_M", bound=_Message)


class _Malformed(Exception):
    """The request is none of ours."""


class AntiEntropy:
    """`counts`: requests by op, and `malformed`, for `/metrics`."""

    def __init__(self, venues: Venues, rooms: VenueRooms) -> None:
        self._venues = venues
        self._rooms = rooms
        self.counts: Counter[str] = Counter()
        self._ops: dict[str, Callable[[OpenVenue, bytes], Awaitable[bytes]]] = {
            "have": _have,
            "restart": _restart,
            "documents": _documents,
            "erase": _erase,
            "push": _push,
            "pull": _pull,
            "compare": _compare,
            "state": _state,
        }

    async def answer(self, incoming: Incoming) -> bytes | None:
        """One request, one answer; None while we can't know. Raises OwnedElsewhere."""
        venue = self._venues.of_account(account_of(incoming.subject))
        if venue is None:
            return _error("unknown_venue", "This account is of no enrolled venue.")
        op = incoming.subject.split(".", 3)[3]
        handler = self._ops.get(op)
        if handler is None:
            return _error("malformed", "There is no such request.")
        self.counts[op] += 1
        try:
            opened = await self._rooms.get(venue.id)
            return None if opened is None else await handler(opened, incoming.payload)
        except (_Malformed, Foul, ValueRefused) as error:
            self.counts["malformed"] += 1
            return _error("malformed", str(error)[:200])
        except (DatabaseDown, DocumentError) as error:
            log.warning("venue %s: no answer to sync.%s now: %r", venue.id, op, error)
            return None


async def _have(opened: OpenVenue, payload: bytes) -> bytes:
    said, store = _read(_Have, payload), opened.store
    if said.schema_ != opened.schema.of_leaf:
        await store.set_cursor(LEAF_SCHEMA, said.schema_)
        opened.schema.of_leaf = said.schema_
    async with opened.taking:
        if said.term < opened.term.number:
            return _replaced(opened)
        if said.term > opened.term.number:  # what came after `after` is another box's
            await store.set_cursors({LEAF_ROWS: said.after, LEAF_MARK: 0})
            await opened.term.begin(said.term)
    last, have = await store.last(), await store.cursor(LEAF_ROWS)
    same = said.have == 0 or (said.have <= last and said.mark in (0, await _own_mark(store, said.have)))
    if same and said.have:
        await store.forget(said.have)
    return _answer(last=last, have=have, mark=await store.cursor(LEAF_MARK), same=same)


async def _own_mark(store: CoreDocStore, n: int) -> int:
    return mark(outgoing(await store.since(n - 1, 1), "leaf")[0])


async def _restart(opened: OpenVenue, payload: bytes) -> bytes:
    after = _read(_Restart, payload).after
    async with opened.taking:
        await opened.store.set_cursors({LEAF_ROWS: after, LEAF_MARK: 0})
    return _answer()


async def _erase(opened: OpenVenue, payload: bytes) -> bytes:
    players = await opened.erased.add(_read(_Erase, payload).players)
    return _answer(players=sorted(players))


async def _documents(opened: OpenVenue, payload: bytes) -> bytes:
    after = _read(_Documents, payload).after
    names = sorted(name for name in await opened.store.names() if name > after)
    return _answer(names=names[:NAMES_AT_ONCE])


async def _push(opened: OpenVenue, payload: bytes) -> bytes:
    rows = unpack(payload)
    async with opened.taking:
        if any(row.term < opened.term.number for row in rows):
            return _replaced(opened)
        return await _take(opened, rows)


async def _take(opened: OpenVenue, rows: Sequence[NumberedRow]) -> bytes:
    have = await opened.store.cursor(LEAF_ROWS)
    states = [row for row in rows if row.n == 0]
    fresh = [row for row in rows if row.n > have]
    if [row.n for row in fresh] != list(range(have + 1, have + 1 + len(fresh))):
        return _answer(have=have, want=[])  # a hole: the leaf goes on from what we have
    want = await opened.rooms.take([*states, *fresh]) if states or fresh else frozenset()
    if fresh:
        have = fresh[-1].n
        await opened.store.set_cursors({LEAF_ROWS: have, LEAF_MARK: mark(fresh[-1])})
    return _answer(have=have, want=sorted(want))


async def _pull(opened: OpenVenue, payload: bytes) -> bytes:
    after = _read(_Pull, payload).after
    opened.news.pulled(after)
    return pack(outgoing(await opened.store.since(after, PULL_BYTES), "leaf"))


async def _compare(opened: OpenVenue, payload: bytes) -> bytes:
    said = _read(_Compare, payload).documents
    ours = await opened.rooms.digests(said)
    return _answer(differ=sorted(name for name, digest in said.items() if ours.get(name) != digest))


async def _state(opened: OpenVenue, payload: bytes) -> bytes:
    row = await opened.rooms.state(_read(_State, payload).document)
    return pack([] if row is None else [NumberedRow(0, row)])


def _replaced(opened: OpenVenue) -> bytes:
    return _error("term", f"A box of term {opened.term.number} took this venue over.")


def _read(model: type[_M], payload: bytes) -> _M:
    try:
        return model.model_validate_json(payload)
    except ValidationError as error:
        raise _Malformed(f"{error.error_count()} things are not as they must be") from error


def _answer(**said: object) -> bytes:
    return json.dumps({"v": 1, **said}, separators=(",", ":")).encode()


def _error(code: str, message: str) -> bytes:
    return _answer(error={"code": code, "message": message, "details": {}})
