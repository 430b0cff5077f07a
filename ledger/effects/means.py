"""What paying with a ticket, or with money received and not settled, does to it."""

from collections.abc import Mapping
from typing import Any

from ..state import State

__all__ = ["spend"]


def spend(state: State, said: Mapping[str, Any], cents: int, seq: int) -> None:
    """`said` names a ticket or received money, or neither; a ticket is given back with `seq` 0."""
    if said.get("ticket"):
        ticket = state.tickets[said["ticket"]]
        ticket.state, ticket.by_seq = ("used", seq) if seq else ("open", 0)
    if said.get("received"):
        state.received[said["received"]].left_cents -= cents
