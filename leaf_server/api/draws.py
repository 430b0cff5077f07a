"""`/api/v1/tournaments/{tournament}/draws`: the leaf draws seats, and tells all draws to be checked."""

from typing import Annotated, Any, Final, Literal

from pydantic import Field, StringConstraints

from crdt_models.documents.catalogue import FLOOR
from crdt_models.documents.fact import Line
from crdt_models.rules.seating.draw_series import proof_of
from serving.operations import ANYONE, Call, Operation
from serving.problems import Body, Problem
from serving.rooms import Rooms

from ..draws import Draws, NoEvent, NoRoom, TooManyDraws
from .answers import ID

__all__ = ["ASKED_MAX", "draw_operations"]

ASKED_MAX: Final = 1_000
"""Players one request may name; they are drawn in lots."""

Id = Annotated[str, StringConstraints(pattern=ID)]


class AskDraw(Body):
    """`tables`: for `break` the table that ends, then those it ends into (none: all); for `redraw` those that
    stay. `ask` is the asker's own id of it: asked again, it answers the same."""

    ask: Id
    kind: Literal["seat", "break", "redraw"]
    players: Annotated[list[Id], Field(max_length=ASKED_MAX)] = []
    tables: Annotated[list[Id], Field(max_length=120)] = []
    seats: Annotated[int, Field(ge=2, le=12)] | None = None
    reason: Line | None = None


def draw_operations(draws: Draws, rooms: Rooms) -> list[Operation]:
    """Two operations."""

    async def make(call: Call) -> dict[str, Any]:
        asked = call.of(AskDraw)
        try:
            drawn = await draws.draw(
                call.path("tournament"), asked.ask, asked.kind, asked.players, asked.tables, asked.seats,
                asked.reason,
            )  # fmt: skip
        except NoEvent:
            raise Problem(404, "no_event", "There is no such event.") from None
        except NoRoom:
            raise Problem(409, "no_room", "There are not enough open seats. Nothing was drawn.") from None
        except TooManyDraws:
            raise Problem(429, "too_many", "This event has had too many draws.") from None
        return {"draws": [{"id": ident, **draw.model_dump()} for ident, draw in drawn]}

    async def told(call: Call) -> dict[str, Any]:
        tournament = call.path("tournament")
        facts = await rooms.facts(f"tournament/{tournament}")
        if facts.get("setup") is None:
            raise Problem(404, "no_event", "There is no such event.")
        return proof_of(tournament, facts)

    path = "/api/v1/tournaments/{tournament}/draws"
    return [
        Operation(
            "POST", path, "Draw seats that a player can check", make, FLOOR | {"cashier"}, AskDraw,
            problems={404: "no_event", 409: "no_room", 429: "too_many", 503: "not_ready"},
        ),
        Operation(
            "GET", path, "All draws of an event with what they follow from", told, ANYONE,
            problems={404: "no_event", 503: "not_ready"},
        ),
    ]  # fmt: skip
