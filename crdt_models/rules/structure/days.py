"""Flights that lead to one event: whether a flight is over, and which one stack a player carries on.

Stacks are never added up. Twin: `web/src/lib/twins/structure/days.ts`; both read `tests/vectors/days.json`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from ...documents.cage import TournamentMoney
from ...documents.chips import Bag as Bagged
from ...documents.structure import Days, Flight
from ...documents.tournament import Clock, Entry, TournamentSetup
from ...documents.typed import many, one
from ...facts import FactReader
from ..elimination.standings import standings
from .clock import ClockReading, Plan, levels_begun, plan_of, read_clock
from .registration import late_registration

__all__ = [
    "Bag", "Carrying", "Elsewhere", "bags_of", "carrying", "elsewhere", "flight_ended", "flight_over",
    "may_play_flight", "other_flights",
]  # fmt: skip


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


@dataclass(frozen=True)
class Elsewhere:
    """A player in the other flights of the same event: `lives` there; `playing`: one is in play, not bagged.

    `through`: a bag of theirs is carried on, and bars them from another flight.
    """

    lives: int = 0
    playing: bool = False
    through: bool = False


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


def other_flights(
    ident: str, events: Mapping[str, FactReader]
) -> tuple[Literal["first", "best"], list[tuple[str, FactReader]]]:
    """What the event that flight `ident` leads to carries on, and its other flights as they are played.

    Of `events` by id; none, where `ident` is no flight.
    """
    own = one(events[ident], "flight", Flight)
    if own is None:
        return "best", []
    days = one(events[own.of], "days", Days) if own.of in events else None
    found = []
    for other, facts in events.items():
        flight, setup = one(facts, "flight", Flight), one(facts, "setup", TournamentSetup)
        if other != ident and flight is not None and flight.of == own.of:
            found.append((setup.starts_ms if setup else 0, other, facts))
    found.sort(key=lambda row: row[:2])
    return days.carry if days else "best", [(other, facts) for _, other, facts in found]


def elsewhere(
    player: str, carry: Literal["first", "best"], others: Iterable[tuple[str, FactReader]]
) -> Elsewhere:
    """How a player stands in the `others`."""
    flights = list(others)
    bags = bags_of(flights)
    bagged = {bag.flight for bag in bags if bag.player == player}
    lives = sum(
        entry.player == player for _, facts in flights for entry in many(facts, "entry/", Entry).values()
    )
    playing = any(player in standings(facts).left for flight, facts in flights if flight not in bagged)
    return Elsewhere(lives, playing, not may_play_flight(player, bags, carry))


def flight_ended(tournament: FactReader, money: TournamentMoney | None, now: int) -> bool:
    """Whether this event is a flight that is over. While entries are sold no part of its field counts."""
    flight = one(tournament, "flight", Flight)
    if flight is None:
        return False
    plan, standing = plan_of(tournament), standings(tournament)
    selling = late_registration(tournament, money, now).state == "open"
    reading = read_clock(one(tournament, "clock", Clock), plan, now)
    return flight_over(flight, reading, plan, len(standing.left), 0 if selling else standing.lives)


def flight_over(flight: Flight, reading: ClockReading, plan: Plan, left: int, entries: int) -> bool:
    """Whether a flight is at its end: its last level is played, or few enough of its entries are left."""
    if flight.until_level is not None:
        ended = reading.state == "ended" or levels_begun(plan, reading.level) > flight.until_level
        on_break = 1 <= reading.level <= len(plan) and plan[reading.level - 1].kind == "break"
        if ended or (on_break and levels_begun(plan, reading.level) == flight.until_level):
            return True
    points = flight.until_left_points
    return points is not None and entries > 0 and left * 10_000 <= entries * points
