"""`DELETE /api/v1/players/{player}`: a person's name goes, for ever."""

import re
from collections.abc import Callable

from crdt_models.documents.catalogue import MANAGERS
from leaf_server.erasure import Erasure
from serving.operations import Call, Operation
from serving.problems import Problem

from .answers import ID

__all__ = ["erasure_operations"]


def erasure_operations(erasure: Erasure, *, now_ms: Callable[[], int]) -> list[Operation]:
    """`now_ms` is Unix milliseconds."""

    async def erase(call: Call) -> None:
        player = call.path("player")
        if not re.fullmatch(ID, player):
            raise Problem(422, "invalid", "This is no player's id.", {"fields": {"player": "not an id"}})
        await erasure.ask([player], call.sign_in.person, now_ms())

    return [
        Operation(
            "DELETE", "/api/v1/players/{player}", "Erase a player's name everywhere, for ever", erase,
            MANAGERS, status=204,
        )
    ]  # fmt: skip
