"""`/api/v1/documents…`: what documents there are, and what they say now."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from crdt_models.documents.catalogue import STAFF, kind_of, may_read
from crdt_models.facts import FactReader, Json
from crdt_models.room import Room

from .operations import ANYONE, Answer, Call, Operation
from .problems import Problem
from .rooms import Rooms
from .tokens import SignIn

__all__ = ["DOCUMENT_PROBLEMS", "RoomsOf", "document_operations", "room_of"]


class DocumentTold(Answer):
    document: str
    epoch: int
    bytes: int
    edits: int


class FactTold(Answer):
    value: Any
    stamp: str
    rivals: int


class FactsTold(Answer):
    document: str
    epoch: int
    facts: dict[str, FactTold]


RoomsOf = Callable[[SignIn], Awaitable[Rooms]]
DOCUMENT_PROBLEMS: Final = {403: "forbidden", 404: "no_document"}


def document_operations(rooms_of: RoomsOf) -> list[Operation]:
    """`rooms_of`: the rooms of the sign-in's venue; raises Problem where there are none."""

    async def documents(call: Call) -> list[dict[str, Any]]:
        found = await (await rooms_of(call.sign_in)).documents()
        return [
            {"document": one.document, "epoch": one.epoch, "bytes": one.bytes, "edits": one.edits}
            for one in found
            if may_read(one.document, call.sign_in.role, call.sign_in.subject)
        ]

    async def facts(call: Call) -> dict[str, Any]:
        document, room = call.path("document"), await room_of(call, await rooms_of(call.sign_in))
        return {"document": document, "epoch": room.epoch, "facts": _facts(document, room.facts)}

    return [
        Operation("GET", "/api/v1/documents", "Documents of the venue", documents, STAFF,
            answer={"type": "array", "items": DocumentTold.model_json_schema()}, elsewhere=True),
        Operation(
            "GET", "/api/v1/documents/{document:path}/facts", "What a document says now", facts, ANYONE,
            answer=FactsTold, elsewhere=True, problems=DOCUMENT_PROBLEMS,
        ),
    ]  # fmt: skip


async def room_of(call: Call, rooms: Rooms) -> Room:
    """The room of the document a call names, if it is there and may be read. Problems 403, 404."""
    document, sign_in = call.path("document"), call.sign_in
    if kind_of(document) is None:
        raise Problem(404, "no_document", "There is no such document.")
    if not may_read(document, sign_in.role, sign_in.subject):
        raise Problem(403, "forbidden", "Your role may not read this.", {"role": sign_in.role})
    room = await rooms.enter(document)
    if not room.founded:
        raise Problem(404, "no_document", "There is no such document.")
    return room


def _facts(document: str, reader: FactReader) -> dict[str, Any]:
    """Every fact that counts and is not null, with its stamp and how many live edits disagree about it."""
    kind = kind_of(document)
    assert kind is not None
    rivals = reader.rivals()
    told: dict[str, Any] = {}
    for name in kind.facts:
        found: dict[str, Json] = (
            {name + ident: value for ident, value in reader.group(name).items()}
            if name.endswith("/")
            else {name: reader.get(name)}
        )
        for one, value in found.items():
            if value is not None:
                told[one] = {"value": value, "stamp": reader.stamp(one), "rivals": rivals.get(one, 0)}
    return told
