"""What of an event is not settled: the unpaid list behind its accounts. Empty exactly when they are zero."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from .state import Tournament

__all__ = ["OpenItem", "left_open"]


class OpenItem(NamedTuple):
    """`cents` that account `number` of the event still holds for `player`; below zero: to be handed back."""

    number: Literal["2010", "2020", "2070"]
    what: Literal["pool", "prize", "bounty", "head", "envelopes"]
    player: str
    entry: str
    cents: int


def left_open(event: Tournament) -> Iterator[OpenItem]:
    """Per account the items are together what it holds."""
    if event.state != "confirmed" and event.pool_cents != event.gone_cents():
        yield OpenItem("2010", "pool", "", "", event.pool_cents - event.gone_cents())
    for prize in (*event.prizes.values(), *event.flight_prizes()):
        if prize.due_cents:
            yield OpenItem("2070", "prize", prize.player, prize.entry, prize.due_cents)
    for player, cents in event.bounties_due.items():
        if cents:
            yield OpenItem("2070", "bounty", player, "", cents)
    for entry in event.entries.values():
        if entry.head_cents:
            yield OpenItem("2020", "head", entry.player, entry.entry, entry.head_cents)
    if event.envelopes:
        yield OpenItem("2020", "envelopes", "", "", event.envelopes_cents())
