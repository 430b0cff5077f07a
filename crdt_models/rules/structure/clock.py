"""The tournament clock: one fact says where it was anchored, the rest follows from it and the levels.

A level that has run out is followed by the next by itself, so the fact is written only when a person acts.
After the last level the clock reads `ended`. Twin: `web/src/lib/twins/structure/clock.ts`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ...documents.tournament import Clock, Level
from ...documents.typed import many
from ...facts import FactReader

__all__ = [
    "ClockReading", "Plan", "hand_done", "last_row", "level_number", "levels_begun", "next_break_ms",
    "next_level", "pause_clock", "plan_of", "played_ms", "previous_level", "read_clock", "restart_level",
    "retimed", "set_clock", "start_clock", "until_end_ms",
]  # fmt: skip

Plan = Sequence[Level]
"""Level 1 first. A number that has no level fact stands as one of no length: the clock passes over it."""

_HOLE = Level(kind="play", duration_ms=0, ante_by="big_blind")


@dataclass(frozen=True)
class ClockReading:
    """What the clock says at one instant; `remaining_ms` of `level`."""

    level: int
    state: Literal["pending", "running", "paused", "ended"]
    remaining_ms: int


def plan_of(tournament: FactReader) -> Plan:
    """The levels of a tournament, from the first to the last."""
    levels = {int(number): level for number, level in many(tournament, "level/", Level).items()}
    return [levels.get(number, _HOLE) for number in range(1, max(levels, default=0) + 1)]


def read_clock(clock: Clock | None, plan: Plan, now: int) -> ClockReading:
    """The clock at leaf time `now`. None: it has not been set; level 1 is pending in full."""
    if clock is None:
        return ClockReading(1, "pending", _duration(plan, 1))
    if clock.state != "running":
        return ClockReading(clock.level, clock.state, clock.remaining_ms)
    level, remaining = clock.level, clock.remaining_ms - max(0, now - clock.anchor_ms)
    while remaining <= 0 and level < len(plan):
        level += 1
        remaining += _duration(plan, level)
    return ClockReading(level, "running", remaining) if remaining > 0 else ClockReading(level, "ended", 0)


def level_number(plan: Plan, level: int) -> int | None:
    """The number players know a level by: breaks have none and do not count."""
    if not 1 <= level <= len(plan) or plan[level - 1].kind == "break":
        return None
    return sum(row.kind == "play" for row in plan[:level])


def levels_begun(plan: Plan, level: int) -> int:
    """How many levels that players count have begun in row `level`, that one included."""
    return sum(row.kind == "play" for row in plan[: max(0, level)])


def last_row(plan: Plan, number: int) -> int | None:
    """The last row of level `number` as players count, its breaks with it. None: the plan ends before."""
    begun = 0
    for row, level in enumerate(plan):
        begun += level.kind == "play"
        if begun > number:
            return row
    return None


def played_ms(reading: ClockReading, plan: Plan) -> int:
    """How long the clock ran since it started, breaks included, by where it stands: below 0 never."""
    before = sum(row.duration_ms for row in plan[: reading.level - 1])
    return max(0, before + _duration(plan, reading.level) - reading.remaining_ms)


def until_end_ms(reading: ClockReading, plan: Plan, row: int) -> int | None:
    """Clock time until row `row` ends; None: it is over."""
    if reading.state == "ended" or row < reading.level:
        return None
    return reading.remaining_ms + sum(level.duration_ms for level in plan[reading.level : row])


def next_break_ms(clock: Clock | None, plan: Plan, now: int) -> int | None:
    """Leaf time at which the next break starts; None where none follows or the clock does not run."""
    reading = read_clock(clock, plan, now)
    if reading.state != "running":
        return None
    starts_ms = now + reading.remaining_ms
    for row in plan[reading.level :]:
        if row.kind == "break":
            return starts_ms
        starts_ms += row.duration_ms
    return None


def start_clock(clock: Clock | None, plan: Plan, now: int) -> Clock | None:
    """The clock running from where it stands; None: it runs already, or has ended."""
    reading = read_clock(clock, plan, now)
    if reading.state in ("running", "ended") or not plan:
        return None
    return _anchored(reading.level, "running", now, reading.remaining_ms)


def pause_clock(clock: Clock | None, plan: Plan, now: int) -> Clock | None:
    """The clock stopped where it stands; None: it does not run."""
    reading = read_clock(clock, plan, now)
    return (
        _anchored(reading.level, "paused", now, reading.remaining_ms) if reading.state == "running" else None
    )


def next_level(clock: Clock | None, plan: Plan, now: int) -> Clock | None:
    """The full next level, running or not as now; after the last: ended. None: it has ended."""
    reading = read_clock(clock, plan, now)
    if reading.state == "ended":
        return None
    if reading.level >= len(plan):
        return _anchored(reading.level, "ended", now, 0)
    return _anchored(reading.level + 1, reading.state, now, _duration(plan, reading.level + 1))


def previous_level(clock: Clock | None, plan: Plan, now: int) -> Clock | None:
    """The full level before; a clock that had ended is paused there. None: there is none before."""
    reading = read_clock(clock, plan, now)
    if reading.level <= 1:
        return None
    state = "paused" if reading.state == "ended" else reading.state
    level = min(reading.level - 1, max(1, len(plan)))
    return _anchored(level, state, now, _duration(plan, level))


def restart_level(clock: Clock | None, plan: Plan, now: int) -> Clock | None:
    """The level that stands, in full, running or not as now. None: it stands in full, or has ended."""
    reading = read_clock(clock, plan, now)
    full = _duration(plan, reading.level)
    if reading.state == "ended" or reading.remaining_ms == full:
        return None
    return _anchored(reading.level, reading.state, now, full)


def hand_done(clock: Clock | None, plan: Plan, now: int, minutes: int) -> Clock | None:
    """A hand of hand-for-hand: its fixed time off a stopped clock, over into the next level where it must.

    None: the clock runs or is over, and time goes by itself.
    """
    reading = read_clock(clock, plan, now)
    if reading.state != "paused":
        return None
    level, remaining = reading.level, reading.remaining_ms - minutes * 60_000
    while remaining <= 0 and level < len(plan):
        level += 1
        remaining += _duration(plan, level)
    return _anchored(level, "paused" if remaining > 0 else "ended", now, max(0, remaining))


def retimed(clock: Clock | None, plan: Plan, now: int, duration_ms: int) -> Clock | None:
    """What the clock has to say once the level that stands lasts `duration_ms`: what was played stays played.

    None: it follows by itself, because the clock was anchored in an earlier level or not at all.
    """
    reading = read_clock(clock, plan, now)
    if clock is None or clock.level != reading.level or reading.state == "ended":
        return None
    more = duration_ms - _duration(plan, reading.level)
    remaining = max(0, clock.remaining_ms + more)
    return clock.model_copy(update={"remaining_ms": remaining}) if more else None


def set_clock(clock: Clock | None, plan: Plan, now: int, level: int, remaining_ms: int) -> Clock | None:
    """The clock at another level and time, running or not as now. None: there is no such level or time."""
    if not 1 <= level <= len(plan) or not 0 < remaining_ms <= 36_000_000:
        return None
    state = read_clock(clock, plan, now).state
    return _anchored(level, "paused" if state == "ended" else state, now, remaining_ms)


def _anchored(
    level: int, state: Literal["pending", "running", "paused", "ended"], now: int, ms: int
) -> Clock:
    return Clock(level=level, state=state, anchor_ms=max(0, now), remaining_ms=ms)


def _duration(plan: Plan, level: int) -> int:
    return plan[level - 1].duration_ms if 1 <= level <= len(plan) else 0
