"""What is wrong with a ladder of levels, row by row, and who may still change which row.

Total: any rows of any numbers are answered. Twin: `web/src/lib/twins/structure/ladder.ts`; both read
`tests/vectors/ladder.json`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import gcd
from typing import Literal, Protocol

from .clock import ClockReading

__all__ = ["Fault", "Row", "Rung", "colour_ups_due", "faults", "locked", "new_faults"]

ROWS_MAX = 200
Rule = Literal[
    "no_levels", "too_many", "no_time", "no_blinds", "small_falls", "big_falls", "small_over_big",
    "break_has_blinds", "chips_cannot_make_it", "colour_up_outside_break", "no_such_chip", "no_chip_left",
]  # fmt: skip


class Rung(Protocol):
    """A row of a structure or an event: what `LevelRow` and `Level` have in common."""

    @property
    def kind(self) -> Literal["play", "break"]: ...
    @property
    def small(self) -> int: ...
    @property
    def big(self) -> int: ...
    @property
    def ante(self) -> int: ...
    @property
    def colour_up(self) -> Sequence[int]: ...


@dataclass(frozen=True)
class Row:
    """A row with how long it lasts, in whatever unit: only 0 is wrong."""

    rung: Rung
    lasts: int


@dataclass(frozen=True)
class Fault:
    """Row `row` (1 the first, 0 the whole) breaks `rule`: `value`, where `against` would be the limit."""

    row: int
    rule: Rule
    value: int = 0
    against: int = 0


def faults(rows: Sequence[Row], chips: Sequence[int] = ()) -> list[Fault]:
    """All faults, by row. `chips`: the denominations on the tables; none: they are not looked at.

    An amount can be made where the chips that are still in play pay it, giving change.
    """
    if not rows:
        return [Fault(0, "no_levels")]
    if len(rows) > ROWS_MAX:
        return [Fault(0, "too_many", len(rows), ROWS_MAX)]
    return [*_each(rows, set(chips))]


def new_faults(before: Sequence[Row], after: Sequence[Row], chips: Sequence[int] = ()) -> list[Fault]:
    """Faults that `after` has and `before` had not, wherever they stood: what an edit would bring in."""
    known = [(fault.rule, fault.value, fault.against) for fault in faults(before, chips)] if before else []
    found = []
    for fault in faults(after, chips):
        same = (fault.rule, fault.value, fault.against)
        if same in known:
            known.remove(same)
        else:
            found.append(fault)
    return found


def colour_ups_due(rows: Sequence[Row], chips: Sequence[int]) -> list[tuple[int, list[int]]]:
    """Breaks by row, with the denominations that no later level needs and that no break takes out yet.

    The last denomination stays.
    """
    due: list[tuple[int, list[int]]] = []
    left = sorted({chip for chip in chips if chip > 0})
    for at, row in enumerate(rows, start=1):
        if row.rung.kind != "break":
            continue
        left = [chip for chip in left if chip not in row.rung.colour_up]
        later = [amount for other in rows[at:] for amount in _amounts(other.rung)]
        idle = []
        while later and len(left) > 1 and all(amount % gcd(*left[1:]) == 0 for amount in later):
            idle.append(left.pop(0))
        if idle:
            due.append((at, idle))
    return due


def locked(row: int, reading: ClockReading) -> Literal["played", "current", "ended"] | None:
    """Why a row can't be changed as one likes; of the current one the minutes still can. None: it is free."""
    if reading.state == "ended":
        return "ended"
    if reading.state == "pending" and reading.level == 1:
        return None
    return "played" if row < reading.level else "current" if row == reading.level else None


def _each(rows: Sequence[Row], chips: set[int]) -> Iterator[Fault]:
    small, big, left = 0, 0, {chip for chip in chips if chip > 0}
    for at, row in enumerate(rows, start=1):
        rung = row.rung
        if row.lasts <= 0:
            yield Fault(at, "no_time")
        if rung.kind == "break":
            yield from _of_break(at, rung, left)
            left -= set(rung.colour_up) if chips else set()
            continue
        yield from _of_play(at, rung, small, big)
        if rung.colour_up:
            yield Fault(at, "colour_up_outside_break", rung.colour_up[0])
        yield from _not_made(at, rung, left) if left else ()
        small, big = rung.small, rung.big


def _of_play(at: int, rung: Rung, small: int, big: int) -> Iterator[Fault]:
    if rung.big <= 0 and rung.ante <= 0:
        yield Fault(at, "no_blinds")
    if rung.small > rung.big:
        yield Fault(at, "small_over_big", rung.small, rung.big)
    if rung.big < big:
        yield Fault(at, "big_falls", rung.big, big)
    elif rung.small < small:
        yield Fault(at, "small_falls", rung.small, small)


def _of_break(at: int, rung: Rung, left: set[int]) -> Iterator[Fault]:
    if rung.small or rung.big or rung.ante:
        yield Fault(at, "break_has_blinds", rung.big or rung.small or rung.ante)
    if left:
        strange = [chip for chip in rung.colour_up if chip not in left]
        yield from (Fault(at, "no_such_chip", chip) for chip in strange)
        if left <= set(rung.colour_up):
            yield Fault(at, "no_chip_left", max(left))


def _not_made(at: int, rung: Rung, left: set[int]) -> Iterator[Fault]:
    unit = gcd(*left)
    for amount in dict.fromkeys(_amounts(rung)):
        if amount % unit:
            yield Fault(at, "chips_cannot_make_it", amount, min(left))


def _amounts(rung: Rung) -> list[int]:
    return (
        [amount for amount in (rung.small, rung.big, rung.ante) if amount > 0] if rung.kind == "play" else []
    )
