"""`requests`: all open requests of phones and dealers, numbered by arrival; the leaf alone writes it."""

from typing import Annotated, Literal

from pydantic import Field

from .chips import Stacks
from .fact import Fact, FactKind, Id, LeafMs, Setup

__all__ = ["FACTS", "OpenRequest"]


class OpenRequest(Fact):
    """`request/<id>`: open until the floor answers it (then null). `number` counts from 1 for ever."""

    number: Annotated[int, Field(ge=1)]
    player: Id | None = None
    table: Id | None = None
    kind: Literal[
        "join_list", "leave_list", "seat_change", "call_floor", "register", "seat_open", "count",
        "stack", "stacks", "bust",
    ]  # fmt: skip
    list: Id | None = None
    tournament: Id | None = None
    at_ms: LeafMs
    until_ms: LeafMs
    via: Literal["leaf", "core"] = "leaf"
    stacks: Stacks = []  # as a dealer or the player counted
    at: Id | None = None  # the table a dealer asked for
    out: Id | None = None  # who went out, as a dealer says


FACTS = {
    "setup": FactKind(Setup, conflict=False),
    "request/": FactKind(OpenRequest, conflict=False, leaf_only=True),
}
