"""`/api/v1/documents/hand-in`: devices hand in what a restored box forgot; which have, and ending it."""

from typing import Any

from crdt_models.documents.catalogue import MANAGERS, STAFF
from leaf_server.documents.roll_call import Came, RollCall
from leaf_server.documents.terms import NoWindow, Terms
from leaf_server.identity.office import Office
from serving.operations import Answer, Call, Operation
from serving.problems import Problem

__all__ = ["hand_in_operations"]


class HandInTold(Answer):
    """`why` the term was opened; `core_asked`: all the core holds of earlier terms is here."""

    term: int
    opened_ms: int
    why: str
    open: bool
    core_asked: bool


class Brought(Answer):
    """`edits` that the leaf had forgotten, 0 where it only opened the document."""

    document: str
    edits: int


class DeviceCame(Answer):
    """`came_ms` is null of one that has not come in this term. A phone's `name` is its player's id."""

    device: str
    kind: str
    name: str
    came_ms: int | None
    brought: list[Brought]


def hand_in_operations(terms: Terms, roll_call: RollCall, office: Office) -> list[Operation]:
    async def tell(_: Call) -> HandInTold:
        now = terms.current
        return HandInTold(
            term=now.number, opened_ms=now.opened_ms, why=now.why, open=now.hand_in, core_asked=now.core_asked
        )

    async def devices(_: Call) -> list[dict[str, Any]]:
        came = roll_call.all()
        return [
            _came(one.device, one.kind, one.player or one.name, came.get(one.device)).model_dump()
            for one in await office.devices()
            if one.kind != "display"  # writes nothing
        ]

    async def close(call: Call) -> None:
        try:
            await terms.close(call.sign_in.person)
        except NoWindow as error:
            raise Problem(409, "no_window", str(error)) from error

    return [
        Operation(
            "GET", "/api/v1/documents/hand-in", "The documents' term, and whether handing in is open", tell,
            STAFF, answer=HandInTold,
        ),
        Operation(
            "GET", "/api/v1/documents/hand-in/devices", "Who has come since a restore, and what they brought",
            devices, MANAGERS, answer={"type": "array", "items": DeviceCame.model_json_schema()},
        ),
        Operation(
            "POST", "/api/v1/documents/hand-in/close", "Nothing more is handed in", close, MANAGERS,
            status=204, problems={409: "no_window"},
        ),
    ]  # fmt: skip


def _came(device: str, kind: str, name: str, came: Came | None) -> DeviceCame:
    brought = [] if came is None else [Brought(document=d, edits=n) for d, n in sorted(came.edits.items())]
    at_ms = None if came is None else came.at_ms
    return DeviceCame(device=device, kind=kind, name=name, came_ms=at_ms, brought=brought)
