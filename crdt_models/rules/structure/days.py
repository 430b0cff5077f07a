"""Flights that lead to one event: whether a flight is over, and which one stack a player carries on.

Stacks are never added up. Twin: `web/src/lib/twins/structure/days.ts`; both read `tests/vectors/days.json`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from ...documents.chips import Bag as Bagged
from ...documents.structure import Flight
from ...documents.typed import many
from ...facts import FactReader
from ..elimination.standings import standings
from .clock import ClockReading, Plan, levels_begun

__all__ = ["Bag", "Carrying", "bags_of", "carrying", "flight_over", "may_play_flight"]


@dataclass(frozen=True)
class Bag:
    """Chips that `player` had at the end of `flight`, the `order`th of the event, in the life `entry`."""

    order: int
    flight: str
    player: str
    entry: str
    chips: int


@dataclass(frozen=True)
class Carrying:
    """`kept`: one bag a player, players by id; `forfeited` bags leave play, in the order of flights."""

    kept: tuple[Bag, ...]
    forfeited: tuple[Bag, ...]


def bags_of(flights: Iterable[tuple[str, FactReader]]) -> list[Bag]:
    """What was bagged in these flights, the first one first; of two counts the second. No life, no bag."""
    found = []
    for order, (flight, facts) in enumerate(flights, start=1):
        lives = standings(facts).life_of
        for player, bag in many(facts, "bag/", Bagged).items():
            chips = bag.chips if bag.second is None else bag.second
            if player in lives:
                found.append(Bag(order, flight, player, lives[player], chips))
    return found


def carrying(bags: Iterable[Bag], carry: Literal["first", "best"]) -> Carrying:
    """What is carried on: the bag of the first flight that a player came through, or the largest.

    Of equal ones it is the earlier. A bag without chips is none.
    """
    kept: dict[str, Bag] = {}
    forfeited: list[Bag] = []
    for bag in sorted(bags, key=lambda bag: (bag.order, bag.flight, bag.entry)):
        if bag.chips <= 0:
            continue
        best = kept.setdefault(bag.player, bag)
        if best is bag:
            continue
        if carry == "best" and bag.chips > best.chips:
            kept[bag.player] = bag
            bag = best
        forfeited.append(bag)
    forfeited.sort(key=lambda bag: (bag.order, bag.flight, bag.player, bag.entry))
    return Carrying(tuple(kept[player] for player in sorted(kept)), tuple(forfeited))


def may_play_flight(player: str, bags: Iterable[Bag], carry: Literal["first", "best"]) -> bool:
    """Whether somebody may enter another flight: who is through may not where the first stack counts."""
    return carry == "best" or all(bag.player != player or bag.chips <= 0 for bag in bags)


def flight_over(flight: Flight, reading: ClockReading, plan: Plan, left: int, entries: int) -> bool:
    """Whether a flight is at its end: its last level is played, or few enough of its entries are left."""
    if flight.until_level is not None:
        ended = reading.state == "ended" or levels_begun(plan, reading.level) > flight.until_level
        on_break = 1 <= reading.level <= len(plan) and plan[reading.level - 1].kind == "break"
        if ended or (on_break and levels_begun(plan, reading.level) == flight.until_level):
            return True
    points = flight.until_left_points
    return points is not None and entries > 0 and left * 10_000 <= entries * points
