"""`phone/<player>`: that player's requests and preferences; `answers/<player>`: what the floor answered;
`table/<table>`: a dealer's requests. All edited by one hand each, so rivals here are no conflict.
"""

from typing import Literal

from .chips import Stacks
from .fact import Chips, Fact, FactKind, Id, LeafMs, Line, Setup
from .floor import Answer

__all__ = ["ANSWERS", "PHONE", "TABLE", "PhoneRequest", "PhoneSetup", "Preferences", "TableRequest"]


class PhoneSetup(Fact):
    """`setup` of a phone: the claim is good until `until_ms`."""

    kind: Literal["phone"] = "phone"
    version: Literal[1] = 1
    until_ms: LeafMs


class PhoneRequest(Fact):
    """`request/<id>`: null = taken back. After `until_ms` the leaf answers that it expired, unlisted."""

    kind: Literal["join_list", "leave_list", "seat_change", "call_floor", "register", "stack"]
    list: Id | None = None
    tournament: Id | None = None
    until_ms: LeafMs
    chips: Chips | None = None  # of `stack`: what the player counted


class Preferences(Fact):
    """`preferences`."""

    language: Line = "en"
    vibrate: bool = True


class TableRequest(Fact):
    """`request/<id>` of a dealer's table tablet.

    `stacks`: all stacks of the table as counted; `bust`: `out` is out. The floor accepts or declines.
    """

    kind: Literal["seat_open", "call_floor", "count", "stacks", "bust"]
    text: str = ""
    until_ms: LeafMs
    at: Id | None = None  # the table the dealer sits at
    stacks: Stacks = []
    out: Id | None = None


PHONE = {
    "setup": FactKind(PhoneSetup, conflict=False),
    "request/": FactKind(PhoneRequest, conflict=False),
    "preferences": FactKind(Preferences, conflict=False),
}
TABLE = {"setup": FactKind(Setup, conflict=False), "request/": FactKind(TableRequest, conflict=False)}
ANSWERS = {
    "setup": FactKind(Setup, conflict=False),
    "answer/": FactKind(Answer, conflict=False, leaf_only=True),
}
