"""`…/take-back`: takes acts of the history back, in the name of who asks, by new edits of this server.

Of a document by their stamps, or all that a question to the history finds (all that came by the core since
then; all of a tablet that was stolen). Asked dry, it says what it would do and what can't go, and why.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from crdt_models.documents.catalogue import CATALOGUE, MANAGERS, STAFF, kind_of, may_write
from crdt_models.edits import ACT_EDITS_MAX
from crdt_models.errors import EditInvalid
from crdt_models.facts import Index
from crdt_models.stamps import order
from crdt_models.take_back import CHANGED, Plan, Stays, Told, plan
from crdt_models.update_log import Change, HistoryQuery

from .documents import DOCUMENT_PROBLEMS, RoomsOf, room_of
from .operations import Answer, Call, Operation
from .problems import Body, Problem
from .rooms import Rooms

__all__ = ["take_back_operations", "venue_take_back_operations"]

STAMPS_MAX: Final = 64
CHANGES_MAX: Final = 2_000  # of one request, a fifth of a second; beyond it a person narrows the time
_PAGE: Final = 1_000
_NEAR: Final = 10_000  # numbers of the history between edits of one act: they came in one frame
_MS_MAX: Final = 2**53 - 1
_Stamp = Annotated[str, Field(max_length=64)]
_Ms = Annotated[int, Field(ge=0, le=_MS_MAX)]
_Text = Annotated[str, Field(min_length=1, max_length=64)]


class TakeBack(Body):
    """`all_the_same`: also over what was changed since. `dry_run`: say what would be done, write nothing."""

    stamps: Annotated[list[_Stamp], Field(min_length=1, max_length=STAMPS_MAX)]
    all_the_same: bool = False
    dry_run: bool = False


class TakeBackAll(Body):
    """All that was accepted at `since` (leaf time in ms) or later this way, on this device, by this one."""

    since: _Ms
    until: _Ms | None = None  # exclusive
    via: Literal["core", "device", "handed_in"] | None = None
    device: _Text | None = None
    person: _Text | None = None
    dry_run: bool = False


class EditTold(Answer):
    """A fact, what it says now and what it says afterwards."""

    name: str
    now: Any
    afterwards: Any


class TakenTold(Answer):
    """`stamp`: the first of the act that is taken back."""

    stamp: str
    person: str
    edits: list[EditTold]


class StaysTold(Answer):
    """An act that is not taken back: its `name` has `fact` in the way, as `person` left that at `at_ms`."""

    stamp: str
    code: str
    message: str
    name: str
    before: Any
    after: Any
    fact: str
    person: str
    at_ms: int | None


class DocumentTaken(Answer):
    document: str
    taken: list[TakenTold]
    stays: list[StaysTold]


class TakenBack(Answer):
    written: bool
    documents: list[DocumentTaken]


@dataclass(frozen=True, slots=True)
class _Planned:
    document: str
    plan: Plan
    told: DocumentTaken


def take_back_operations(rooms_of: RoomsOf) -> list[Operation]:
    """For who may write the document."""

    async def of_document(call: Call) -> TakenBack:
        body, sign_in, document = call.of(TakeBack), call.sign_in, call.path("document")
        rooms = await rooms_of(sign_in)
        await room_of(call, rooms)
        if not may_write(document, sign_in.role, sign_in.subject):
            raise Problem(403, "forbidden", "Your role may not write this.", {"role": sign_in.role})
        acts = await _acts_of(rooms, document, body.stamps)
        planned = await _plan(rooms, document, acts, all_the_same=body.all_the_same)
        if planned.told.stays and not body.dry_run:
            details = {"stays": [one.model_dump() for one in planned.told.stays]}
            raise Problem(409, "not_taken_back", planned.told.stays[0].message, details)
        return await _carry_out(rooms, [planned], sign_in.person, dry=body.dry_run)

    return [
        Operation(
            "POST", "/api/v1/documents/{document:path}/take-back", "Take acts back, whole or none",
            of_document, STAFF, TakeBack, TakenBack, elsewhere=True,
            problems={**DOCUMENT_PROBLEMS, 409: "not_taken_back", 410: "no_change"},
        )
    ]  # fmt: skip


def venue_take_back_operations(rooms_of: RoomsOf) -> list[Operation]:
    """For managers at the leaf, in a sign-in that it opened itself."""

    async def of_venue(call: Call) -> TakenBack:
        body = call.of(TakeBackAll)
        if body.via is None and body.device is None and body.person is None:
            raise Problem(
                422,
                "invalid",
                "Say which: via, device or person.",
                {"fields": {"via": "say which: via, device or person"}},
            )
        rooms = await rooms_of(call.sign_in)
        found = await _found(rooms, body)
        planned = [await _plan(rooms, document, acts) for document, acts in sorted(found.items())]
        return await _carry_out(rooms, planned, call.sign_in.person, dry=body.dry_run)

    return [
        Operation(
            "POST", "/api/v1/take-back", "Take back all that came one way since then",
            of_venue, MANAGERS, TakeBackAll, TakenBack, problems={409: "too_much"},
        )
    ]  # fmt: skip


async def _carry_out(rooms: Rooms, planned: Sequence[_Planned], person: str, *, dry: bool) -> TakenBack:
    if not dry:
        for one in planned:
            try:
                await rooms.take_back(one.document, one.plan, person)
            except EditInvalid as error:  # what it said then is no fact of today
                raise Problem(409, "not_taken_back", f"It can't be written again: {error}") from error
    return TakenBack(written=not dry, documents=[one.told for one in planned])


async def _plan(
    rooms: Rooms, document: str, acts: Sequence[Sequence[Change]], *, all_the_same: bool = False
) -> _Planned:
    kind, facts = kind_of(document), (await rooms.enter(document)).facts
    assert kind is not None
    erased = [act for act in acts if not any(map(_says_something, act))]
    told = [[_told(change) for change in act if _says_something(change)] for act in acts if act not in erased]
    made = plan(kind.name, facts, told, all_the_same=all_the_same)
    people = {change.stamp: change.person for act in acts for change in act}
    taken = [
        TakenTold(
            stamp=one.stamp,
            person=people[one.stamp],
            edits=[
                EditTold(name=edit.name, now=facts.get(edit.name), afterwards=edit.value)
                for edit in one.edits
            ],
        )
        for one in made.taken
    ]
    said = {(act[0].stamp, one.name): one for act in told for one in act}
    stays = [*made.stays, *(Stays(act[0].stamp, "erased", act[0].name, "") for act in erased)]
    kept = [_stays(facts, one, said.get((one.stamp, one.name))) for one in stays]
    return _Planned(document, made, DocumentTaken(document=document, taken=taken, stays=kept))


async def _acts_of(rooms: Rooms, document: str, stamps: Iterable[str]) -> list[list[Change]]:
    """The whole acts that these edits are part of. Problem 410: history does not know one."""
    wanted = list(dict.fromkeys(stamps))
    found = (await rooms.history(HistoryQuery([document], stamps=wanted), limit=len(wanted))).changes
    missing = sorted({*wanted} - {one.change.stamp for one in found})
    if missing:
        raise Problem(410, "no_change", "History does not know that change.", {"stamps": missing})
    acts: dict[tuple[str, str], list[Change]] = {}
    for one in found:
        key = _key(one.change)
        if not one.change.act:
            acts[key] = [one.change]
        if key not in acts:
            asked = HistoryQuery([document], act=one.change.act, device=order(one.change.stamp).device)
            near = await rooms.history(asked, before=one.n + _NEAR, limit=ACT_EDITS_MAX)
            acts[key] = [other.change for other in near.changes if _key(other.change) == key]
    return [_in_order(act) for act in acts.values()]


async def _found(rooms: Rooms, body: TakeBackAll) -> dict[str, list[list[Change]]]:
    """Document → acts. Problem 409: more than one request takes back."""
    kinds = [kind for kind in CATALOGUE.values() if kind.writers]
    query = HistoryQuery(
        [f"{kind.name}/" if kind.many else kind.name for kind in kinds],
        since_ms=body.since,
        until_ms=body.until,
        via=body.via or "",
        device=body.device or "",
        person=body.person or "",
    )
    found: dict[str, dict[tuple[str, str], list[Change]]] = {}
    count, before = 0, None
    while True:
        page = await rooms.history(query, before=before, limit=_PAGE)
        count += len(page.changes)
        if count > CHANGES_MAX:
            why = f"More than {CHANGES_MAX} changes since then: take a later time first."
            raise Problem(409, "too_much", why, {"max": CHANGES_MAX})
        for one in page.changes:
            found.setdefault(one.document, {}).setdefault(_key(one.change), []).append(one.change)
        if page.next is None:
            break
        before = page.next
    return {document: [_in_order(act) for act in acts.values()] for document, acts in found.items()}


def _key(change: Change) -> tuple[str, str]:
    return (change.replica, change.act or change.stamp)


def _in_order(act: Sequence[Change]) -> list[Change]:
    return sorted(act, key=lambda change: order(change.stamp))


def _says_something(change: Change) -> bool:
    """What was erased says nothing any more; nor does null over null."""
    return change.before is not None or change.after is not None


def _told(change: Change) -> Told:
    before, after = (None if text is None else json.loads(text) for text in (change.before, change.after))
    return Told(change.stamp, change.name, before, after)


def _stays(facts: Index, stays: Stays, said: Told | None) -> StaysTold:
    """`said`: the edit that is concerned; None: it was erased."""
    stamp = facts.stamp(stays.fact) if stays.fact else ""
    return StaysTold(
        **stays._asdict(),
        before=None if said is None else said.before,
        after=None if said is None else said.after,
        message=_MESSAGES[stays.code],
        person=facts.edits[stamp].person if stamp else "",
        at_ms=order(stamp).ms if stamp else None,
    )


_MESSAGES: Final = {
    CHANGED: "This was changed since.",
    "erased": "What it said was erased.",
    "founding": "A document's beginning stays.",
    "leaf_only": "Only the leaf writes this.",
    "seat_taken": "Somebody else sits there now.",
    "table_closed": "That table is not open.",
    "busted": "The player is out: take that back first.",
    "seated": "The player sits: take that back first.",
    "re_entered": "The player re-entered: take that back first.",
    "occupied": "Somebody sits at that table.",
    "later_level": "A later level depends on it.",
    "called": "The player was called: take that back first.",
    "in_use": "It is in use: change it in its own place.",
}
