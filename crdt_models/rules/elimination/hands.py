"""Hand-for-hand: all tables play one hand at a time, and busts of it are one moment, at whatever table.

First "finish the hand, then hold" is said: the hand under way everywhere is hand 0 of this run. Then hands
are played one by one; whoever ends one opens the next. What follows is worked out from what there is, never
drawn: two tablets that do the same at once have done it once. Twin: `web/src/lib/twins/elimination/hands.ts`.
"""

from collections.abc import Iterable

from ...documents.elimination import Dealt, HandForHand
from ...documents.typed import many, one
from ...facts import FactReader

__all__ = ["announced", "hand_done", "hands_ended", "hands_started", "open_hand", "still_dealing"]


def open_hand(tournament: FactReader) -> str | None:
    """The id of the hand that busts now belong to; None: tables play each for itself."""
    mode = one(tournament, "handforhand", HandForHand)
    return None if mode is None or mode.state == "off" else f"hfh-{mode.run}-{mode.hand}"


def still_dealing(tournament: FactReader, tables: Iterable[str]) -> list[str]:
    """Which of these tables have not finished the open hand, in order; none where no hand is open."""
    mode = one(tournament, "handforhand", HandForHand)
    if mode is None or mode.state == "off":
        return []
    done = many(tournament, "dealt/", Dealt)
    return [table for table in tables if done.get(table) != Dealt(run=mode.run, hand=mode.hand)]


def announced(tournament: FactReader, now: int) -> HandForHand | None:
    """ "Finish the hand, then hold"; None: it was said already."""
    mode = one(tournament, "handforhand", HandForHand)
    if mode is not None and mode.state != "off":
        return None
    return HandForHand(state="finishing", run=mode.run + 1 if mode else 1, hand=0, at_ms=now)


def hands_started(tournament: FactReader, now: int) -> HandForHand | None:
    """Hand 1 is dealt everywhere, after an announcement or without one; None: it goes on already."""
    mode = one(tournament, "handforhand", HandForHand)
    if mode is None or mode.state == "off":
        return HandForHand(state="on", run=mode.run + 1 if mode else 1, hand=1, at_ms=now)
    return HandForHand(state="on", run=mode.run, hand=1, at_ms=now) if mode.state == "finishing" else None


def hand_done(tournament: FactReader, now: int) -> HandForHand | None:
    """The next hand; None: not hand for hand."""
    mode = one(tournament, "handforhand", HandForHand)
    if mode is None or mode.state != "on":
        return None
    return HandForHand(state="on", run=mode.run, hand=mode.hand + 1, at_ms=now)


def hands_ended(tournament: FactReader, now: int) -> HandForHand | None:
    """Tables play each for itself again; None: they do."""
    mode = one(tournament, "handforhand", HandForHand)
    if mode is None or mode.state == "off":
        return None
    return HandForHand(state="off", run=mode.run, hand=mode.hand, at_ms=now)
