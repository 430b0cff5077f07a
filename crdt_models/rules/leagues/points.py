"""A season's table: a pure function of results, made anew whenever one of them changes, stored nowhere.

Points are whole millionths, so that their sum depends on no order; pages show two decimals. Who is not
ranked (not eligible, or erased from the roster) keeps the places: nobody moves up for it.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from ...documents.leagues import Season, TieBreak
from .formula import Formula

__all__ = ["MILLION", "EventResult", "Placed", "Ranked", "Score", "event_scores", "season_table"]

MILLION: Final = 1_000_000
_NO_PLACE: Final = 10**9


@dataclass(frozen=True)
class Placed:
    """One player's result in one event; who ties holds the places `place` to `place_to`."""

    player: str
    place: int
    place_to: int
    hits: int = 0
    prize_cents: int = 0
    dealt: bool = False


@dataclass(frozen=True)
class EventResult:
    """What is known for good of one event. `week`, `month`, `year`: of its start, in the venue's calendar."""

    event: str
    name: str
    starts_ms: int
    week: str
    month: str
    year: str
    entries: int
    players: int
    paid: int
    rebuys: int
    buy_in_cents: int
    pool_cents: int
    placed: tuple[Placed, ...]


@dataclass(frozen=True)
class Score:
    """One result of a player in points, and whether it is among those that count."""

    event: str
    place: int
    place_to: int
    millionths: int
    counts: bool


@dataclass(frozen=True)
class Ranked:
    """A row of the table. `rank` to `rank_to` with those who can't be told apart; None: not ranked yet."""

    player: str
    rank: int | None
    rank_to: int | None
    millionths: int
    wins: int
    hits: int
    prize_cents: int
    scores: tuple[Score, ...]  # by start of the event


def event_scores(result: EventResult, season: Season, formula: Formula) -> dict[str, int]:
    """Player → millionths; nobody where the field was too small."""
    field = result.entries if season.field == "entries" else result.players
    if field < season.field_min:
        return {}
    of_event = {
        "n": field,
        "b": result.buy_in_cents / 100,
        "pool": result.pool_cents / 100,
        "entries": result.entries,
        "players": result.players,
        "paid": result.paid,
        "rebuys": result.rebuys,
    }
    return {
        row.player: _millionths(formula, {**of_event, **_of_player(row, season)}) for row in result.placed
    }


def season_table(
    season: Season, scored: Iterable[tuple[EventResult, Mapping[str, int]]], ranks: Callable[[str], bool]
) -> list[Ranked]:
    """Best first, then who is not ranked yet; players for whom `ranks` is false are left out.

    `scored`: the events with their `event_scores`, in any order.
    """
    rows: dict[str, list[tuple[EventResult, Placed, int]]] = {}
    for result, points in sorted(scored, key=lambda one: (one[0].starts_ms, one[0].event)):
        for placed in result.placed if points else ():
            if ranks(placed.player):
                rows.setdefault(placed.player, []).append((result, placed, points[placed.player]))
    table = [_row(player, season, own) for player, own in rows.items()]
    enough = [row for row in table if len(row.scores) >= season.events_min]
    fewer = [row for row in table if len(row.scores) < season.events_min]
    return [*_in_order(enough, season), *sorted(fewer, key=lambda row: (-row.millionths, row.player))]


def _of_player(row: Placed, season: Season) -> Mapping[str, float]:
    least = season.deal_place_cap if row.dealt else 0
    place = row.place if season.tie == "best" else (row.place + row.place_to) / 2
    return {"k": max(place, least), "place": max(row.place, least), "hits": row.hits}


def _millionths(formula: Formula, values: Mapping[str, float]) -> int:
    """Half away from zero."""
    points = formula(values)
    limit = 10**13  # ten million points: 900 such results still add up exactly in a browser
    whole = int(abs(points) * MILLION + 0.5)
    return min(whole, limit) * (-1 if points < 0 else 1)


def _row(player: str, season: Season, own: Sequence[tuple[EventResult, Placed, int]]) -> Ranked:
    counting = _counting(season, [(result, millionths) for result, _, millionths in own])
    scores = tuple(
        Score(result.event, placed.place, placed.place_to, millionths, result.event in counting)
        for result, placed, millionths in own
    )
    return Ranked(
        player, None, None,
        millionths=sum(score.millionths for score in scores if score.counts),
        wins=sum(placed.place == 1 for _, placed, _ in own),
        hits=sum(placed.hits for _, placed, _ in own),
        prize_cents=sum(placed.prize_cents for _, placed, _ in own),
        scores=scores,
    )  # fmt: skip


def _counting(season: Season, own: Sequence[tuple[EventResult, int]]) -> set[str]:
    """The best results first (of equal ones the earlier), each unless a span of it is full."""
    counting: set[str] = set()
    taken: Counter[str] = Counter()
    for result, _ in sorted(own, key=lambda one: -one[1]):
        caps = {
            "all": season.best, f"week {result.week}": season.best_week,
            f"month {result.month}": season.best_month, f"year {result.year}": season.best_year,
        }  # fmt: skip
        if all(not most or taken[span] < most for span, most in caps.items()):
            taken.update(caps.keys())
            counting.add(result.event)
    return counting


def _in_order(rows: Iterable[Ranked], season: Season) -> Iterable[Ranked]:
    def key(row: Ranked) -> tuple[Any, ...]:
        return (-row.millionths, *(_BREAKS[each](row) for each in season.tiebreaks))

    rank = 1
    for _, group in groupby(sorted(rows, key=lambda row: (key(row), row.player)), key=key):
        tied = list(group)
        for row in tied:
            yield Ranked(**{**vars(row), "rank": rank, "rank_to": rank + len(tied) - 1})
        rank += len(tied)


_BREAKS: Final[Mapping[TieBreak, Callable[[Ranked], Any]]] = {
    "wins": lambda row: -row.wins,
    "countback": lambda row: [*sorted(score.place for score in row.scores), _NO_PLACE],
    "fewer_events": lambda row: len(row.scores),
    "hits": lambda row: -row.hits,
    "prize": lambda row: -row.prize_cents,
}
"""Each smaller for who is placed better. `wins`: first places, shared ones too. `countback`: the best place,
then the next best, and so on; who has one more is placed better.
"""
