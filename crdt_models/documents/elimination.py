"""Facts of who goes out: bust-outs, who took the head, hand-for-hand."""

from typing import Annotated, Literal

from pydantic import Field

from .fact import Chips, Count, Fact, FactKind, Id, LeafMs
from .seating import SeatNumber

__all__ = ["FACTS", "Bust", "Dealt", "HandForHand", "Knocker"]


class Bust(Fact):
    """`bust/<entry>`: this life ended, at `seat` of `table`. Busts of one `hand` are one moment.

    `how`: `disqualified` and `no_show` take the stack (`stack_before`) out of play.
    """

    player: Id
    at_ms: LeafMs
    hand: Id
    stack_before: Chips | None = None
    by: Annotated[list[Id], Field(max_length=9)] = []  # players; `knocker/<entry>` says it better
    table: Id | None = None
    seat: SeatNumber | None = None
    how: Literal["bust", "disqualified", "no_show"] = "bust"


class Knocker(Fact):
    """`knocker/<entry>`: lives that share this one's head, earliest position first; none: nobody took it."""

    by: Annotated[list[Id], Field(max_length=9)]


class HandForHand(Fact):
    """`handforhand`: while it is not off, all busts are of the open `hand` of this `run`, at whatever table.

    `finishing`: "finish the hand, then hold" was announced; the hand under way everywhere is hand 0.
    """

    state: Literal["off", "finishing", "on"]
    run: Count
    hand: Count
    at_ms: LeafMs


class Dealt(Fact):
    """`dealt/<table>`: this table has finished that hand, and holds."""

    run: Count
    hand: Count


# Two tablets that bust one life agree; the same hand opened twice is one hand.
FACTS = {
    "bust/": FactKind(Bust, policy="earliest", same_by=()),
    "knocker/": FactKind(Knocker),
    "handforhand": FactKind(HandForHand, same_by=("state", "run", "hand")),
    "dealt/": FactKind(Dealt, conflict=False),
}
