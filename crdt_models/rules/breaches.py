"""What arrived written although every verb would have refused it: rows of To settle, for a person to end.

Two tablets apart each wrote what was right there, or a client asked no rule. Nothing of it is refused or
lost: it counts, and is a row until it is put right or a manager says why it may stay. What two rivals of one
fact say is a conflict and no breach; what floor and money say is a disagreement (`reconcile`), as is the bust
of a life that was never entered.
Twin: `web/src/lib/twins/breaches.ts`; both read `tests/vectors/breaches.json`.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal

from ..acts import taken_back
from ..documents.config import Furniture
from ..documents.structure import EventChips
from ..documents.tournament import FACTS, Bust, Button, Clock, Entry, Explained
from ..documents.typed import many, one
from ..facts import FactReader, Index
from ..stamps import order, parse
from .elimination.refusal import STILL_WRITTEN, finished
from .elimination.standings import standings
from .elimination.wanted import still_wanted
from .reconcile import ROWS_MAX
from .seating.button import is_button_valid
from .seating.chart import Chart, has_seats, seat_chart
from .structure.clock import plan_of, read_clock
from .structure.ladder import Row, faults, locked
from .structure.terms import SOLD_AS, may_buy

__all__ = ["Breach", "breaches"]

Kind = Literal[
    "ladder", "table_seatless", "button_invalid", "seat_taken", "seat_gone", "bust_misnamed", "nobody_left",
    "wanted_over", "after_end",
]  # fmt: skip
_Found = Iterator[tuple[Kind, str]]
_NOT_AFTER_END: Final = frozenset(
    name for name, kind in FACTS.items() if not kind.leaf_only and name not in STILL_WRITTEN
)


@dataclass(frozen=True)
class Breach:
    """One row: `fact` broke the rule, `since_ms` when it was written; `explained` is a person's reason.

    `ladder`: a level to come, or the one that is played, has a fault of the ladder. `table_seatless`: an open
    table where nobody can sit. `button_invalid`: a button or blind on a seat the table has not. `seat_taken`:
    somebody has that seat by the earlier stamp. `seat_gone`: no such seat or table, closed, or out of use.
    `bust_misnamed`: a life is over under another player's name. `nobody_left`: all are out, so nobody won.
    `wanted_over`: asked of the cage, and the event is over. `after_end`: written, or set to nothing, after
    the event was ended; what takes something back is no row, for no verb refuses that.
    """

    kind: Kind
    fact: str
    since_ms: int
    explained: str | None = None

    @property
    def ident(self) -> str:
        """The same for one breach for ever; under it a person explains (`explained/<ident>`)."""
        prefix, _, ident = self.fact.partition("/")
        return f"{self.kind}.{prefix}.{ident or '-'}"


def breaches(tournament: Index, ident: str, cage: FactReader, config: FactReader, now: int) -> list[Breach]:
    """All breaches of the event `ident`, oldest first, at most ROWS_MAX."""
    known = many(tournament, "explained/", Explained)
    found = [*_busts(tournament), *_wanted(tournament, ident, cage, now)]
    if finished(tournament):  # who sits where does not matter any more
        found += _after_end(tournament)
    else:
        chart = seat_chart(tournament, config)
        found += [*_ladder(tournament, now), *_tables(tournament, config, chart), *_seats(chart)]
    rows = [Breach(kind, fact, _since(tournament, fact)) for kind, fact in found]
    rows.sort(key=lambda row: (row.since_ms, row.kind, row.fact))
    return [_explained(row, known.get(row.ident)) for row in rows[:ROWS_MAX]]


def _ladder(tournament: FactReader, now: int) -> _Found:
    """One a row; what was played is history."""
    plan = plan_of(tournament)
    reading = read_clock(one(tournament, "clock", Clock), plan, now)
    chips = one(tournament, "chips", EventChips)
    wrong = faults([Row(level, level.duration_ms) for level in plan], chips.values if chips else ())
    for row in dict.fromkeys(fault.row for fault in wrong if fault.row):
        if locked(row, reading) in (None, "current"):
            yield "ladder", f"level/{row}"


def _tables(tournament: FactReader, config: FactReader, chart: Chart) -> _Found:
    furniture = many(config, "table/", Furniture)
    buttons = many(tournament, "button/", Button)
    for ident, table in chart.tables.items():
        if not table.open:
            continue
        if ident in furniture and not has_seats(furniture[ident]):
            yield "table_seatless", f"table/{ident}"
        if ident in buttons and not is_button_valid(buttons[ident], table):
            yield "button_invalid", f"button/{ident}"


def _seats(chart: Chart) -> _Found:
    unusable = [
        player
        for table in chart.open_tables
        for seat, player in table.players.items()
        if seat in table.out_of_use
    ]
    gone = dict.fromkeys([*chart.strays, *unusable])
    yield from (("seat_gone", f"seat/{player}") for player in gone)
    others = [player for double in chart.doubles for player in double.others if player not in gone]
    yield from (("seat_taken", f"seat/{player}") for player in others)


def _busts(tournament: FactReader) -> _Found:
    entries = many(tournament, "entry/", Entry)
    for life, bust in many(tournament, "bust/", Bust).items():
        if life in entries and entries[life].player != bust.player:
            yield "bust_misnamed", f"bust/{life}"
    standing = standings(tournament)
    if standing.out and not standing.left:
        yield "nobody_left", f"bust/{standing.out[0].entry}"


def _wanted(tournament: FactReader, ident: str, cage: FactReader, now: int) -> _Found:
    for waiting, want in still_wanted(tournament, ident, cage).items():
        why = may_buy(tournament, cage, ident, want.player, SOLD_AS[want.kind], now)
        if why is not None and why.code == "event_over":
            yield "wanted_over", f"wanted/{waiting}"


def _after_end(tournament: Index) -> _Found:
    end, left = order(tournament.stamp("clock")), standings(tournament).left
    for name in tournament.names():
        head, slash, _ = name.partition("/")
        stamp = tournament.stamp(name)
        if head + slash not in _NOT_AFTER_END or order(stamp) <= end:
            continue
        if taken_back(tournament.edits[stamp].act) is None and not _goes_with_the_result(
            tournament, name, left
        ):
            yield "after_end", name


def _goes_with_the_result(tournament: FactReader, name: str, left: Collection[str]) -> bool:
    """A bust is dropped so that somebody has won; who is out has no seat."""
    head, _, ident = name.partition("/")
    if tournament.get(name) is not None:
        return False
    return head == "bust" or (head == "seat" and ident not in left)


def _explained(row: Breach, known: Explained | None) -> Breach:
    """What was explained before the fact was written anew is not explained any more."""
    return row if known is None or known.since_ms < row.since_ms else replace(row, explained=known.reason)


def _since(tournament: FactReader, name: str) -> int:
    stamp = parse(tournament.stamp(name))
    return stamp.ms if stamp else 0
