"""`DELETE /api/v1/players/{player}`: a person's name goes, for ever; `…/erased`: whose did, and how far."""

import re
from collections.abc import Callable
from typing import Any

from crdt_models.documents.catalogue import MANAGERS
from leaf_server.api.answers import ID
from leaf_server.documents.erasure import Erasure
from serving.operations import Answer, Call, Operation
from serving.problems import Problem

__all__ = ["erasure_operations"]


class ErasedTold(Answer):
    """`by` is a person's id, or who else did it. `core` is null where the leaf has none."""

    player: str
    asked_ms: int
    by: str
    leaf: bool
    core: bool | None


def erasure_operations(erasure: Erasure, *, now_ms: Callable[[], int], core: bool) -> list[Operation]:
    """`now_ms` is Unix milliseconds; `core`: this leaf has one."""

    async def erased(_: Call) -> list[dict[str, Any]]:
        return [
            ErasedTold(
                player=one.player, asked_ms=one.at_ms, by=one.by, leaf=one.done,
                core=one.at_core if core else None,
            ).model_dump()
            for one in await erasure.all()
        ]  # fmt: skip

    async def erase(call: Call) -> None:
        player = call.path("player")
        if not re.fullmatch(ID, player):
            raise Problem(422, "invalid", "This is no player's id.", {"fields": {"player": "not an id"}})
        await erasure.ask([player], call.sign_in.person, now_ms())

    return [
        Operation(
            "GET", "/api/v1/players/erased", "Whose names were erased, and where nothing of them is left",
            erased, MANAGERS, answer={"type": "array", "items": ErasedTold.model_json_schema()},
        ),
        Operation(
            "DELETE", "/api/v1/players/{player}", "Erase a player's name everywhere, for ever", erase,
            MANAGERS, status=204,
        ),
    ]  # fmt: skip
