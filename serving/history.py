"""`…/history`: who changed which fact, from what, to what, when, on which device and which way."""

import json
from typing import Any, Final

from crdt_models.acts import taken_back
from crdt_models.documents.catalogue import CATALOGUE, STAFF, kind_of, may_read
from crdt_models.stamps import order
from crdt_models.update_log import HistoryPage, HistoryQuery, NumberedChange

from .documents import DOCUMENT_PROBLEMS, RoomsOf, room_of
from .operations import Answer, Call, Operation
from .problems import Problem
from .tokens import SignIn

__all__ = ["history_operations"]


class ChangeTold(Answer):
    """`before` and `after` are values; `n` rises with time. `written_ms` is when the person did it, `at_ms`
    when this server took it: later where the tablet was off line. `takes_back`: first stamp of what that is.
    """

    n: int
    document: str
    stamp: str
    name: str
    before: Any
    after: Any
    replica: str
    device: str
    person: str
    written_ms: int
    at_ms: int
    via: str
    claimed: bool
    act: str
    takes_back: str | None


class HistoryTold(Answer):
    """`next`: go on with it as `before`, also where a page is short; null: there is nothing older."""

    changes: list[ChangeTold]
    next: int | None


_MONEY: Final = "cage"
_LIMIT_MAX: Final = 200
_MS_MAX: Final = 2**53
_QUERY: Final = {
    "name": "only of this fact; with a slash at its end, of all facts of that prefix",
    "about": "only what concerns this player, table, list or entry, by id",
    "person": "only by this person",
    "device": "only on this device",
    "via": "only this way: device, core, leaf, handed_in",
    "since": "leaf time in ms: accepted then or later",
    "until": "leaf time in ms: accepted before",
    "act": "only of this act",
    "before": "the `next` of the page before",
    "limit": f"1 to {_LIMIT_MAX}, 50 if not given",
}


def history_operations(rooms_of: RoomsOf) -> list[Operation]:
    """`rooms_of`: the rooms of the sign-in's venue; raises Problem where there are none."""

    async def of_document(call: Call) -> HistoryTold:
        rooms = await rooms_of(call.sign_in)
        await room_of(call, rooms)
        return _told(await rooms.history(_query(call, [call.path("document")]), **_page(call)))

    async def of_venue(call: Call) -> HistoryTold:
        rooms = await rooms_of(call.sign_in)
        documents = _documents(call.sign_in, call.request.query_params.get("document", ""))
        if call.request.query_params.get("money") and may_read(_MONEY, call.sign_in.role, ""):
            documents.append(_MONEY)
        return _told(await rooms.history(_query(call, documents), **_page(call)))

    return [
        Operation(
            "GET", "/api/v1/documents/{document:path}/history", "Edits of a document, newest first",
            of_document, STAFF, answer=HistoryTold, elsewhere=True, problems=DOCUMENT_PROBLEMS, query=_QUERY,
        ),
        Operation(
            "GET", "/api/v1/history", "Edits of all documents that people write, newest first", of_venue,
            STAFF, answer=HistoryTold, elsewhere=True, problems=DOCUMENT_PROBLEMS,
            query={
                **_QUERY,
                "document": "only of this one; with a slash at its end, of all of that kind",
                "money": "1: also of `cage`, which the leaf writes from the ledger",
            },
        ),
    ]  # fmt: skip


def _documents(sign_in: SignIn, asked: str) -> list[str]:
    """What may be read of what is asked for, as a query names it. Problems 403, 404."""
    kinds = [kind for kind in CATALOGUE.values() if kind.writers]
    readable = [
        f"{kind.name}/{sign_in.subject if kind.own and sign_in.role == 'dealer' else ''}"
        if kind.many
        else kind.name
        for kind in kinds
        if sign_in.role in kind.readers
    ]
    if not asked:
        return readable
    if kind_of(asked) is None and asked.removesuffix("/") not in CATALOGUE:
        raise Problem(404, "no_document", "There is no such document.")
    if asked not in readable and not may_read(asked, sign_in.role, sign_in.subject):
        raise Problem(403, "forbidden", "Your role may not read this.", {"role": sign_in.role})
    return [asked]


def _query(call: Call, documents: list[str]) -> HistoryQuery:
    texts = {
        name: call.request.query_params.get(name, "") for name in ("name", "about", "person", "device", "via")
    }
    until = call.whole("until", _MS_MAX, 0, _MS_MAX)
    return HistoryQuery(
        documents,
        since_ms=call.whole("since", 0, 0, _MS_MAX),
        until_ms=None if until == _MS_MAX else until,
        act=call.request.query_params.get("act"),
        **texts,
    )


def _page(call: Call) -> dict[str, Any]:
    before = call.whole("before", 0, 0, _MS_MAX) or None
    return {"before": before, "limit": call.whole("limit", 50, 1, _LIMIT_MAX)}


def _told(page: HistoryPage) -> HistoryTold:
    return HistoryTold(changes=[_change(one) for one in page.changes], next=page.next)


def _change(numbered: NumberedChange) -> ChangeTold:
    change, stamp = numbered.change, order(numbered.change.stamp)
    return ChangeTold(
        n=numbered.n,
        document=numbered.document,
        stamp=change.stamp,
        name=change.name,
        before=None if change.before is None else json.loads(change.before),
        after=None if change.after is None else json.loads(change.after),
        replica=change.replica,
        device=stamp.device,
        person=change.person,
        written_ms=stamp.ms,
        at_ms=change.at_ms,
        via=change.via,
        claimed=change.claimed,
        act=change.act,
        takes_back=taken_back(change.act),
    )
