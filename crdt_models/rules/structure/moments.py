"""What the clock will bring, soonest first: all of it moves with a pause, a jump, a minute more.

Twin: `web/src/lib/twins/structure/moments.ts`; both read `tests/vectors/moments.json`.
"""

from dataclasses import dataclass
from typing import Literal

from .clock import ClockReading, Plan, until_end_ms
from .registration import Late

__all__ = ["Moment", "moments"]

What = Literal["level", "break", "back", "registration", "end"]


@dataclass(frozen=True)
class Moment:
    """`what` comes after `after_ms` of clock time; `at_ms` is leaf time, None while the clock stands."""

    what: What
    after_ms: int
    at_ms: int | None
    row: int  # that begins then; 0 where none does


def moments(reading: ClockReading, plan: Plan, late: Late, now: int) -> list[Moment]:
    """At most one of a kind: the next level, break, return from one, end of registration, end of the plan."""
    ahead: dict[What, tuple[int, int]] = {}
    ends = [end for end in (late.level_ms, late.time_ms) if end is not None]
    if ends:
        ahead["registration"] = min(ends), 0
    for row in range(reading.level, len(plan) + 1):
        after = until_end_ms(reading, plan, row)
        if after is not None:
            ahead.setdefault(_what(plan, row), (after, row + 1 if row < len(plan) else 0))
    runs = reading.state == "running"
    found = [Moment(what, after, now + after if runs else None, row) for what, (after, row) in ahead.items()]
    return sorted(found, key=lambda moment: (moment.after_ms, moment.what))


def _what(plan: Plan, row: int) -> What:
    """What begins when this row ends."""
    if row == len(plan):
        return "end"
    if plan[row].kind == "break":
        return "break"
    return "back" if row and plan[row - 1].kind == "break" else "level"
