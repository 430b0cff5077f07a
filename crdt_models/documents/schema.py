"""Which shapes of facts this build writes, and the oldest whose edits it still takes: one number for all.

A device says nothing of its own number: it compares it with the hello's. Older than `schema_min`, or newer
than `schema`: it reads only, and says so. What was written in a former shape, by whomever and however long
ago, is taken as it is and brought up to date when it is read (`fact.Former`).

    1  the first
    2  a level says who pays its ante: `ante_by`
    3  what the tournament floor needs: terms, days, chips of an event (`structure`), colour-ups of a level,
       draws, needs, alternates; hands, knockers, counts, bags (`elimination`, `chips`); stacks handed in;
       formulas, bounds, eligibility of a season
    4  seasons over several rooms: who is invited, who joins; dealer add-ons are asked of the cage,
       and counted beside the other money of an event
    5  what the clock of an event announces by itself: `cues`; the seat that a bust-out leaves;
       flights whose money is booked to their event; what a life had bought when its stack was counted;
       where tables stand in the room; what the clocks of new events announce;
       penalties, and who waits for another seat; whose prizes are held
"""

from typing import Final

__all__ = ["SCHEMA", "SCHEMA_MIN"]

SCHEMA: Final = 5
SCHEMA_MIN: Final = 3  # an older tablet that writes a level or an event anew would drop its colour-ups
