"""Facts that the leaf writes into any document it judges: open conflicts, and what settles them."""

from typing import Annotated, Literal

from pydantic import Field

from .fact import FACT_NAME, Count, Fact, FactKind, Id, LeafMs, Line

__all__ = ["FACTS", "Arrived", "Conflict", "ConflictAnswer", "Settled"]


class ConflictAnswer(Fact):
    """One rival: its stamp, who wrote it where, and its value as JSON text (cut at 200 characters)."""

    stamp: Line
    person: str
    device: Line
    at_ms: LeafMs
    value: str
    offline: bool = False


class Conflict(Fact):
    """`conflict/<name of the fact>`: opened by the leaf, open until a settling write names these stamps.

    Written by the leaf alone; a person settles by `settled/<name>`.
    """

    answers: Annotated[list[ConflictAnswer], Field(min_length=2, max_length=12)]
    opened_ms: LeafMs


class Settled(Fact):
    """`settled/<name of the fact>`: a person looked; closes the conflict that holds exactly these stamps."""

    stamps: Annotated[list[Line], Field(min_length=2, max_length=12)]
    how: Literal["kept", "used", "neither"] = "kept"


class Arrived(Fact):
    """`arrived/<id>`: the order in which the leaf first saw a list entry; 1, 2, 3 … per document."""

    number: Count
    at_ms: LeafMs
    id: Id | None = None


FACTS = {
    "conflict/": FactKind(Conflict, conflict=False, leaf_only=True, ids=FACT_NAME),
    "settled/": FactKind(Settled, conflict=False, ids=FACT_NAME),
    "arrived/": FactKind(Arrived, policy="earliest", conflict=False, leaf_only=True),
}
