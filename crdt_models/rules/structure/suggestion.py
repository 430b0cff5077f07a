"""A structure for a field, its chips and the time there is; and the minutes that end one near a given time.

An event ends about when a big blind is a twentieth of all chips (Blind Valet, "How to determine at what blind
level a poker tournament will end"); until then big blinds grow by one factor, rounded to what the chips can
make. Both are estimates for a person to look at. Twin: `web/src/lib/twins/structure/suggestion.ts`; both read
`tests/vectors/suggestion.json`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ...documents.config import LevelRow
from .clock import ClockReading, Plan
from .ladder import Row, colour_ups_due

__all__ = ["Retiming", "Wanted", "end_row", "retime", "suggest"]

ENDING_BIG_BLINDS: Final = 20
BIG_MAX: Final = 10**10
PLAYS_MAX: Final = 60
SPARE_LEVELS: Final = 3  # an event that drags on still has a next level
STEPS: Final = (10, 12, 15, 16, 20, 24, 25, 30, 40, 50, 60, 80)
MINUTES: Final = range(3, 121)


@dataclass(frozen=True)
class Wanted:
    """What a structure is made for; all counts above 0. `opening`: big blinds in a starting stack."""

    entries: int
    stack: int
    chips: Sequence[int]
    level_minutes: int
    total_minutes: int
    opening: int = 100
    break_every: int = 4
    break_minutes: int = 15
    ending: int = ENDING_BIG_BLINDS


@dataclass(frozen=True)
class Retiming:
    """New minutes by row (1 the first), for rows to come that change; when it then ends, in clock time."""

    minutes: tuple[tuple[int, int], ...]
    end_row: int
    ends_ms: int


def suggest(wanted: Wanted) -> list[LevelRow]:
    """Levels and breaks, with the big blind as ante and colour-ups where the smallest chip is idle."""
    unit = min((chip for chip in wanted.chips if chip > 0), default=1)
    plays = _plays(wanted)
    first = max(2 * unit, wanted.stack // max(1, wanted.opening))
    last = min(max(2 * first, wanted.entries * wanted.stack // max(1, wanted.ending)), BIG_MAX)
    bigs = _ladder(first, last, plays, unit)
    rows: list[LevelRow] = []
    for n, big in enumerate(bigs, start=1):
        rows.append(
            LevelRow(
                kind="play", minutes=_minutes(wanted.level_minutes), small=_half(big, unit), big=big, ante=big
            )
        )
        if wanted.break_every > 0 and n % wanted.break_every == 0 and n < len(bigs):
            rows.append(LevelRow(kind="break", minutes=_minutes(wanted.break_minutes)))
    for row, idle in colour_ups_due([Row(row, row.minutes) for row in rows], wanted.chips):
        rows[row - 1] = rows[row - 1].model_copy(update={"colour_up": idle[:4]})
    return rows


def end_row(plan: Plan, chips: int, ending: int = ENDING_BIG_BLINDS) -> int | None:
    """The row by whose end an event with so many chips should be over; None: the plan is too short."""
    for row, level in enumerate(plan, start=1):
        if level.kind == "play" and level.big > 0 and level.big * ending >= chips:
            return row
    return None


def retime(reading: ClockReading, plan: Plan, last: int, left_ms: int) -> Retiming | None:
    """Whole minutes for the play rows after the current one, so that row `last` ends after `left_ms`.

    Breaks stay; no level gets under 3 or over 120 minutes, so it may end at another time. None: no row.
    """
    if last > len(plan) or reading.state == "ended":
        return None
    rows = [row for row in range(reading.level + 1, last + 1) if plan[row - 1].kind == "play"]
    if not rows:
        return None
    stays = reading.remaining_ms + sum(
        level.duration_ms for level in plan[reading.level : last] if level.kind == "break"
    )
    whole = max(0, (left_ms - stays + 30_000) // 60_000)
    each, more = divmod(whole, len(rows))
    clamp = [min(max(each + (n < more), MINUTES[0]), MINUTES[-1]) for n in range(len(rows))]
    changed = tuple(
        (row, minutes)
        for row, minutes in zip(rows, clamp, strict=True)
        if plan[row - 1].duration_ms != minutes * 60_000
    )
    return Retiming(changed, last, stays + 60_000 * sum(clamp))


def _plays(wanted: Wanted) -> int:
    """How many levels fit into the time, with a break after every few of them."""
    level, rest = _minutes(wanted.level_minutes), wanted.break_minutes if wanted.break_every > 0 else 0
    plays, minutes = 0, 0
    while plays < PLAYS_MAX and minutes < wanted.total_minutes:
        plays += 1
        minutes += level + (rest if wanted.break_every > 0 and plays % wanted.break_every == 0 else 0)
    return max(2, plays)


def _ladder(first: int, last: int, plays: int, unit: int) -> list[int]:
    """Big blinds from `first` to about `last` in `plays` levels, then some to spare; each above the last."""
    bigs: list[int] = []
    for n in range(plays + SPARE_LEVELS):
        aim = _power(first, last, n, plays - 1) if n < plays else 2 * bigs[-1]
        big = _rounded(aim, unit)
        if bigs and big <= bigs[-1]:
            big = _above(bigs[-1], unit)
        bigs.append(big)
    return bigs


def _power(first: int, last: int, n: int, steps: int) -> int:
    return int(first * (last / first) ** (n / max(1, steps)) + 0.5)


def _nice(unit: int, upto: int) -> list[int]:
    """Big blinds that people are used to, of which half can be paid, up to the first from `upto` on."""
    found: list[int] = []
    scale = 1
    while True:
        for step in STEPS:
            big = step * scale
            if big % (2 * unit) == 0 or (big % unit == 0 and big >= 10 * unit):
                found.append(big)
                if big >= upto:
                    return found
        scale *= 10


def _rounded(aim: int, unit: int) -> int:
    """The nearest by ratio; of two as near the smaller."""
    nice = _nice(unit, max(aim, 2 * unit))
    return min(nice[-2:], key=lambda big: (max(big / aim, aim / big), big))


def _above(big: int, unit: int) -> int:
    return next(other for other in _nice(unit, big + 1) if other > big)


def _half(big: int, unit: int) -> int:
    half = big // 2
    return half - half % unit if half >= unit else unit


def _minutes(minutes: int) -> int:
    return min(max(minutes, 1), 600)
