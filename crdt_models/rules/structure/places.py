"""Places over all flights of one event: who came through is ahead of everybody who went out in a flight.

Flights differ in size, so who is out in one is ranked by the part of its entries that still played: the 20th
of 120 is behind the 30th of 220. That is also the order in which a flight pays, and equal parts tie. Who went
out of several flights is placed by the best. Twin: `web/src/lib/twins/structure/places.ts`; both read
`tests/vectors/days.json`.
"""

from collections.abc import Iterable
from fractions import Fraction
from itertools import groupby

from ...documents.structure import Carried
from ...documents.typed import many
from ...facts import FactReader
from ..elimination.standings import Finish, finishes, standings
from .days import bags_of

__all__ = ["all_places"]


def all_places(day: FactReader, flights: Iterable[tuple[str, FactReader]]) -> list[Finish]:
    """Everybody who has a place in the event, best first; who may still win it has none."""
    there, played = standings(day), list(flights)
    through = set(there.players) | set(many(day, "carried/", Carried))
    through |= {bag.player for bag in bags_of(played) if bag.chips > 0}
    best: dict[str, tuple[Fraction, Finish]] = {}
    for _, facts in played:
        standing = standings(facts)
        through |= standing.left
        for finish in standing.out:
            part = Fraction(finish.place, standing.lives)
            if finish.player not in best or part < best[finish.player][0]:
                best[finish.player] = (part, finish)
    before = len(through) - len(there.players)  # they have no seat yet, and may still finish anywhere above
    found = [_moved(finish, before) for finish in finishes(there) if before == 0 or finish.place > 1]
    out = sorted(
        ((part, finish) for player, (part, finish) in best.items() if player not in through),
        key=lambda row: (row[0], row[1].player),
    )
    place = len(through) + 1
    for _, group in groupby(out, key=lambda row: row[0]):
        tied = [finish for _, finish in group]
        found += [Finish(one.player, one.entry, place, place + len(tied) - 1, one.at_ms) for one in tied]
        place += len(tied)
    return found


def _moved(finish: Finish, before: int) -> Finish:
    return Finish(finish.player, finish.entry, finish.place + before, finish.place_to + before, finish.at_ms)
