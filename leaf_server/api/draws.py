"""`/api/v1/tournaments/{tournament}/draws` and `/seats`: the leaf draws, seats who paid, tells all draws."""

from typing import Annotated, Any, Final, Literal

from pydantic import Field, StringConstraints

from crdt_models.documents.catalogue import FLOOR
from crdt_models.documents.fact import Line
from crdt_models.rules.seating.draw_series import proof_of
from leaf_server.api.answers import ID
from leaf_server.documents.draws import Draws, NoEvent, NoRoom, Sold, TooManyDraws, WithFloor
from leaf_server.money.cage import Cage
from ledger.journal import Journal
from serving.operations import ANYONE, Call, Operation
from serving.problems import Body, Problem
from serving.rooms import Rooms

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


_REFUSED: Final = (NoEvent, NoRoom, TooManyDraws, WithFloor)


class AskSeat(Body):
    """`entry`: a life that the cage sold into this event or flight."""

    entry: Id


def draw_operations(draws: Draws, rooms: Rooms, cage: Cage) -> list[Operation]:
    """Three operations."""

    async def make(call: Call) -> dict[str, Any]:
        asked = call.of(AskDraw)
        try:
            drawn = await draws.draw(
                call.path("tournament"), asked.ask, asked.kind, asked.players, asked.tables, asked.seats,
                asked.reason,
            )  # fmt: skip
        except _REFUSED as error:
            raise _problem(error) from None
        return {"draws": [{"id": ident, **draw.model_dump()} for ident, draw in drawn]}

    async def seat(call: Call) -> dict[str, Any]:
        tournament, entry = call.path("tournament"), call.of(AskSeat).entry
        sold = await cage.look(lambda journal: _sold(journal, tournament, entry))
        if sold is None:
            raise Problem(404, "not_sold", "This entry is not sold here, or was given back.")
        try:
            placed = await draws.seat(sold, call.sign_in.person)
        except _REFUSED as error:
            raise _problem(error) from None
        return {"player": sold.player, "table": placed.table, "seat": placed.seat, "draw": placed.draw}

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
            "POST", "/api/v1/tournaments/{tournament}/seats", "Draw a seat for a life just sold",
            seat, FLOOR | {"cashier"}, AskSeat,
            problems={404: "not_sold", 409: "no_room", 429: "too_many", 503: "not_ready"},
        ),
        Operation(
            "GET", path, "All draws of an event with what they follow from", told, ANYONE,
            problems={404: "no_event", 503: "not_ready"},
        ),
    ]  # fmt: skip


def _problem(error: Exception) -> Problem:
    match error:
        case NoEvent():
            return Problem(404, "no_event", "There is no such event.")
        case NoRoom():
            return Problem(409, "no_room", "There are not enough open seats. Nothing was drawn.")
        case WithFloor():
            return Problem(409, "with_floor", "The floor has this player in play, and gives the seat.")
        case _:
            return Problem(429, "too_many", "This event has had too many draws.")


def _sold(journal: Journal, tournament: str, entry: str) -> Sold | None:
    """On the journal's thread: the life as the ledger has it; None: not sold there, given back, or out."""
    state = journal.book.state
    of = state.event_of(tournament)
    event = state.tournaments.get(of or tournament)
    found = event.entries.get(entry) if event else None
    if found is None or found.out_seq or found.flight != (tournament if of else ""):
        return None
    return Sold(tournament, entry, found.player, found.parts[0].kind)
