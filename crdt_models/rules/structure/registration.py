"""Whether entries are sold, until when, and what closed it: by level, by time on the clock, by a person.

All ends are clock time, so they follow a pause. A level ends with the breaks after it: entries are sold until
the next level starts.
Twin: `web/src/lib/twins/structure/registration.ts`; both read `tests/vectors/registration.json`.
"""

from dataclasses import dataclass
from typing import Literal

from ...documents.cage import TournamentMoney
from ...documents.structure import LateRegistration
from ...documents.tournament import Clock, Registration, TournamentSetup
from ...documents.typed import one
from ...facts import FactReader
from .clock import ClockReading, Plan, last_row, levels_begun, plan_of, played_ms, read_clock, until_end_ms

__all__ = ["Late", "late_registration", "late_until", "level_end_ms"]

ClosedBy = Literal["level", "time", "person", "money", "plan"]


@dataclass(frozen=True)
class Late:
    """`level_ms`, `time_ms`: clock time left to that end, None where there is none ahead.

    `by`: what closed it; `over`: open although its time is over, as a person said.
    """

    state: Literal["open", "closed"]
    by: ClosedBy | None
    over: bool
    until_level: int
    until_minutes: int | None
    level_ms: int | None
    time_ms: int | None


def late_until(tournament: FactReader) -> LateRegistration:
    """Until when entries are sold, as it stands now; without a `setup` never."""
    late, setup = one(tournament, "late", LateRegistration), one(tournament, "setup", TournamentSetup)
    return late or LateRegistration(until_level=setup.late_until_level if setup else 0)


def late_registration(tournament: FactReader, money: TournamentMoney | None, now: int) -> Late:
    """How registration stands at leaf time `now`. `money`: the event in `cage`, where it is known."""
    plan = plan_of(tournament)
    reading = read_clock(one(tournament, "clock", Clock), plan, now)
    until, said = late_until(tournament), one(tournament, "registration", Registration)
    level_ms, time_ms = level_end_ms(reading, plan, until.until_level), _time_ms(reading, plan, until)
    by: ClosedBy | None = _closed_by(reading, plan, until, time_ms)
    over = said is not None and said.state == "open" and said.reason is not None and by in ("level", "time")
    if over:
        by = None
    if money is not None and money.state != "selling":
        by = "money"
    elif said is not None and said.state == "closed":
        by = "person"
    return Late(
        "closed" if by else "open", by, over and by is None, until.until_level, until.until_minutes,
        None if by or over else level_ms, None if by or over else time_ms,
    )  # fmt: skip


def level_end_ms(reading: ClockReading, plan: Plan, number: int) -> int | None:
    """Clock time until level `number`, as players count, is over with its breaks.

    None: it is over, or the plan ends with it.
    """
    row = last_row(plan, number)
    return None if row is None else until_end_ms(reading, plan, row)


def _time_ms(reading: ClockReading, plan: Plan, until: LateRegistration) -> int | None:
    if until.until_minutes is None:
        return None
    left = until.until_minutes * 60_000 - played_ms(reading, plan)
    return left if left > 0 else None


def _closed_by(
    reading: ClockReading, plan: Plan, until: LateRegistration, time_ms: int | None
) -> ClosedBy | None:
    if reading.state == "ended":
        return "plan"
    if reading.state == "pending" and reading.level == 1:
        return None
    if until.until_minutes is not None and time_ms is None:
        return "time"
    return "level" if levels_begun(plan, reading.level) > until.until_level else None
