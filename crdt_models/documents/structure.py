"""`tournament/<id>`, what is agreed before the first hand: terms of entries, bounties, days, chips, rules.

An event that has none of these facts plays by their defaults, so that whoever knows nothing of them goes on.
Money that depends on any of it is adopted into the ledger; nothing here is an amount.
"""

import re
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field

from .fact import Chips, Count, Fact, FactKind, Id, Line

__all__ = [
    "CUES_PLAIN", "FACTS", "TERMS", "Bounty", "Carried", "Cues", "Days", "EventChips", "Flight", "HouseRules",
    "LateRegistration", "Terms", "TermsKind",
]  # fmt: skip

TermsKind = Literal["re_entry", "rebuy", "add_on", "dealer_add_on", "early_bird"]
TERMS: Final = re.compile("re_entry|rebuy|add_on|dealer_add_on|early_bird")
BasisPoints = Annotated[int, Field(ge=0, le=10_000)]
Cue = Literal["level", "break", "back", "registration", "five", "minute", "seconds"]
CUES_PLAIN: Final[tuple[Cue, ...]] = ("level", "break", "back", "registration", "five", "minute")
Often = Annotated[int, Field(ge=0, le=99)]


def _rising(values: list[int]) -> list[int]:
    if any(low >= high for low, high in zip(values, values[1:], strict=False)):
        raise ValueError("denominations rise, and each is named once")
    return values


Denominations = Annotated[
    list[Annotated[int, Field(ge=1, le=10**9)]],
    Field(min_length=1, max_length=12),
    AfterValidator(_rising),
]


class LateRegistration(Fact):
    """`late`: until when entries are sold, instead of what `setup` says; whichever end comes first.

    `until_level` is a number that players know; `until_minutes` are minutes of the clock since its start,
    breaks included, so a paused clock puts the end off.
    """

    until_level: Count
    until_minutes: Annotated[int, Field(ge=1, le=6_000)] | None = None


class Terms(Fact):
    """`terms/<kind>`: chips that are given again, or more of them, and to whom and until when.

    `until_level`: to the end of that level; none: as long as registration is open; 0: before the start.
    `after_level`: in the break after that level only. `stack_max`: to who has at most that many chips.
    Levels are numbers that players know.
    """

    chips: Chips
    until_level: Count | None = None
    after_level: Count | None = None
    stack_max: Chips | None = None
    per_player: Often | None = None
    per_flight: Often | None = None  # re-entries of one player into one flight
    double: bool = False  # two at once, as a double rebuy


class Bounty(Fact):
    """`bounty`: what a head is. Of a progressive one `cash_points` are paid, the rest grows another head.

    `begins`: from when heads are played for; a mystery bounty is drawn from there on.
    """

    mode: Literal["none", "fixed", "progressive", "mystery"]
    cash_points: BasisPoints = 5_000
    begins: Literal["start", "registration_closed", "money"] = "start"


class Flight(Fact):
    """`flight`: one of several that lead to event `of`. It ends after a level, or at a part of its field."""

    of: Id
    name: Line
    until_level: Count | None = None
    until_left_points: Annotated[int, Field(ge=1, le=10_000)] | None = None


class Days(Fact):
    """`days`: this event is played on from flights. Stacks of one player are never added up.

    `first`: who is through may not play another flight. `best`: the largest counts, the others leave play.
    """

    carry: Literal["first", "best"] = "best"


class Carried(Fact):
    """`carried/<player>`: the one stack that this player brings from `entry` of a flight."""

    flight: Id
    entry: Id
    chips: Chips


class EventChips(Fact):
    """`chips`: the denominations on the tables, rising."""

    values: Denominations


class Cues(Fact):
    """`cues`: what the clock announces by itself, by words and sound; none of it is ever written.

    In `config` it is what an event begins with.

    `level`, `break`, `back` from one, `registration` closed; `five`, `minute`: so much is left of a level or
    break; `seconds`: a tick for each of its last ten.
    """

    on: Annotated[list[Cue], Field(max_length=7)] = list(CUES_PLAIN)


class HouseRules(Fact):
    """`house`: what rooms do differently. `race`: how odd chips of a table are rounded at a colour-up."""

    hand_minutes: Annotated[int, Field(ge=1, le=3)] = 2  # off the clock for each hand, hand for hand
    race: Literal["half_up", "up"] = "half_up"
    big_blind_first: bool = True  # a short big blind posts the blind before the ante


FACTS = {
    "late": FactKind(LateRegistration),
    "terms/": FactKind(Terms, ids=TERMS),
    "bounty": FactKind(Bounty),
    "flight": FactKind(Flight),
    "days": FactKind(Days),
    "carried/": FactKind(Carried),
    "chips": FactKind(EventChips),
    "house": FactKind(HouseRules),
    "cues": FactKind(Cues),
}
