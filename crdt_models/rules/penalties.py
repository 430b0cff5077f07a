"""Which penalties are still being served (TDA 71).

Hands are over when they were missed, minutes when their time is over; either when a person ends it. A warning
is over at once. Twin: `web/src/lib/twins/penalties.ts`.
"""

from dataclasses import dataclass

from ..documents.conduct import Penalty, Served
from ..documents.typed import many
from ..facts import FactReader

__all__ = ["Serving", "serving"]

_MINUTE_MS = 60_000


@dataclass(frozen=True)
class Serving:
    """What is left of a penalty: hands to miss, or leaf time at which its minutes end (None: no minutes)."""

    penalty: str
    player: str
    hands_left: int
    until_ms: int | None


def serving(tournament: FactReader, now: int) -> list[Serving]:
    """The penalties that are not over, the oldest first."""
    served = many(tournament, "served/", Served)
    given = sorted(many(tournament, "penalty/", Penalty).items(), key=lambda item: (item[1].at_ms, item[0]))
    rows: list[Serving] = []
    for ident, penalty in given:
        done = served.get(ident)
        if done is not None and done.ended:
            continue
        hands_left = max(0, penalty.hands - (done.hands if done else 0))
        until_ms = penalty.at_ms + penalty.minutes * _MINUTE_MS if penalty.minutes else None
        if hands_left or (until_ms is not None and until_ms > now):
            rows.append(Serving(ident, penalty.player, hands_left, until_ms))
    return rows
