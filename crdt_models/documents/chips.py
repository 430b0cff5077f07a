"""Facts of chips: stacks as counted, chips that came into play or left it, tables checked, bags."""

from typing import Annotated, Literal

from pydantic import Field

from .fact import Chips, Count, Fact, FactKind, Id, LeafMs, Line

__all__ = ["FACTS", "Bag", "Checked", "Counted", "InPlay", "Stack", "Stacks", "Wanted"]

Difference = Annotated[int, Field(ge=-(10**12), le=10**12)]


class Stack(Fact):
    """`stack/<player>`: chips counted in leaf time `at_ms`; `bought`: those that the life had bought."""

    chips: Chips
    at_ms: LeafMs
    bought: Chips | None = None  # by then, as rebuys and add-ons; null: nobody said


class Counted(Fact):
    """One stack of a count that somebody handed in."""

    player: Id
    chips: Chips


Stacks = Annotated[list[Counted], Field(max_length=12)]
"""Of one table at most."""


class InPlay(Fact):
    """`inplay/<id>`: chips that came into play (or left it: negative) other than by an entry or a bust."""

    why: Literal["early_bird", "raced", "forfeited", "correction"]
    chips: Difference
    at_ms: LeafMs
    table: Id | None = None
    player: Id | None = None
    note: Line | None = None


class Checked(Fact):
    """`checked/<table>`: all stacks of the table were counted; what they came to and what was expected."""

    counted: Chips
    expected: Chips
    at_ms: LeafMs
    reason: Line | None = None  # why they differ, as a person explained it


class Wanted(Fact):
    """`wanted/<id>`: the floor asks the cage to sell this; `had`: how often it was sold before.

    A rebuy or add-on is for the life `entry`, whose chips are behind until it is paid.
    """

    player: Id
    kind: Literal["buy_in", "re_entry", "rebuy", "add_on", "dealer_add_on"]
    entry: Id | None = None
    had: Count
    at_ms: LeafMs


class Bag(Fact):
    """`bag/<player>`: the stack as it was bagged; `signed` by the player; `second`: the second count."""

    chips: Chips
    at_ms: LeafMs
    signed: bool = False
    second: Chips | None = None


FACTS = {
    "stack/": FactKind(Stack, conflict=False),
    "inplay/": FactKind(InPlay),
    "checked/": FactKind(Checked, conflict=False),
    "bag/": FactKind(Bag),
    "wanted/": FactKind(Wanted, conflict=False),
}
