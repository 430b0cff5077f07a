"""Tickets: an entry of another event, paid already."""

from typing import Literal

from msgspec import Struct

__all__ = ["Ticket"]


class Ticket(Struct, gc=False):
    """Good once, for its owner's entry in `target`, at `value_cents`. `by_seq` is what ended it."""

    ticket: str
    owner: str
    target: str
    value_cents: int
    seq: int
    at_ms: int
    state: Literal["open", "used", "cashed", "expired"] = "open"
    by_seq: int = 0
    given: bool = False  # by the house, as a comp
