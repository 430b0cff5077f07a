"""[RU115] to [RU118] A season's table follows from results alone, in whatever order they are told."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from crdt_models.documents.leagues import Season
from crdt_models.rules.leagues.formula import Formula, read_formula
from crdt_models.rules.leagues.points import MILLION, EventResult, Placed, Ranked, event_scores, season_table
from crdt_models.rules.leagues.published_formulas import PUBLISHED

BEATEN = read_formula("n - k + 1")
SCHOOL = read_formula(PUBLISHED["school"].text)


def result(event: str, *placed: Placed, **more: Any) -> EventResult:
    known: dict[str, Any] = {
        "event": event, "name": event, "starts_ms": int(event[1:]), "week": "2026-W01", "month": "2026-01",
        "year": "2026", "entries": len(placed), "players": len(placed), "paid": 1, "rebuys": 0,
        "buy_in_cents": 2_000, "pool_cents": 10_000, "placed": placed,
    }  # fmt: skip
    return EventResult(**(known | more))


def order(event: str, those: str, **more: Any) -> EventResult:
    """An event in which those came 1st, 2nd, 3rd …"""
    return result(event, *(Placed(player, n, n) for n, player in enumerate(those, 1)), **more)


def season(**more: Any) -> Season:
    return Season(name="Winter", **more)


def table(of: Season, *results: EventResult) -> list[Ranked]:
    return ranked(of, BEATEN, results)


def ranked(of: Season, formula: Formula, results: Iterable[EventResult], without: str = "") -> list[Ranked]:
    scored = [(event, event_scores(event, of, formula)) for event in results]
    return season_table(of, scored, lambda player: player != without)


def told(rows: list[Ranked]) -> list[tuple[int | None, str, float]]:
    return [(row.rank, row.player, row.millionths / MILLION) for row in rows]


def test_points_add_up_and_the_best_results_count() -> None:
    """[RU115]"""
    events = order("e1", "abc"), order("e2", "bca"), order("e3", "bac")
    assert told(table(season(), *events)) == [(1, "b", 8.0), (2, "a", 6.0), (3, "c", 4.0)]
    rows = table(season(best=2), *events)
    assert told(rows) == [(1, "b", 6.0), (2, "a", 5.0), (3, "c", 3.0)]
    assert [score.counts for score in rows[1].scores] == [True, False, True]


def test_a_week_a_month_and_a_year_are_full_one_by_one() -> None:
    """[RU115] Of a player's best results each counts unless one of its spans is full."""
    events = [
        order("e1", "abcd", week="w1"), order("e2", "bacd", week="w1"), order("e3", "cbad", week="w2"),
        order("e4", "abcd", week="w3", month="2026-02"),
    ]  # fmt: skip
    assert told(table(season(best_week=1), *events))[0] == (1, "a", 10.0)
    assert told(table(season(best_month=1), *events))[0] == (1, "a", 8.0)
    assert told(table(season(best_year=1), *events))[0] == (1, "a", 4.0)
    assert told(table(season(best_year=3, best_month=2, best_week=1), *events))[0] == (1, "a", 10.0)


def test_who_ties_is_placed_by_the_average_or_the_best_place() -> None:
    """[RU116]"""
    tied = result("e1", Placed("a", 1, 1), Placed("b", 2, 3), Placed("c", 2, 3), Placed("d", 4, 4))
    assert event_scores(tied, season(tie="average"), BEATEN)["b"] == 2_500_000
    assert event_scores(tied, season(tie="best"), BEATEN)["b"] == 3_000_000


def test_n_is_entries_or_players_and_a_small_field_scores_nobody() -> None:
    """[RU116]"""
    event = order("e1", "abc", entries=9, players=3)
    assert event_scores(event, season(field="entries"), BEATEN)["a"] == 9_000_000
    assert event_scores(event, season(field="players"), BEATEN)["a"] == 3_000_000
    assert event_scores(event, season(field="players", field_min=4), BEATEN) == {}
    assert table(season(field_min=10), event) == []


def test_who_shared_in_a_deal_is_placed_no_better_than_the_cap() -> None:
    """[RU116]"""
    event = result("e1", Placed("a", 1, 1, dealt=True), Placed("b", 2, 2, dealt=True), Placed("c", 3, 3))
    assert event_scores(event, season(deal_place_cap=2), BEATEN) == {
        "a": 2_000_000, "b": 2_000_000, "c": 1_000_000,
    }  # fmt: skip


def test_equal_points_are_told_apart_in_the_seasons_order_or_shared() -> None:
    """[RU117]"""
    events = order("e1", "ab"), order("e2", "ba")
    assert [(row.rank, row.rank_to) for row in table(season(), *events)] == [(1, 2), (1, 2)]
    knocked_out = replace(events[0], placed=(Placed("a", 1, 1), Placed("b", 2, 2, hits=1)))
    assert told(table(season(tiebreaks=["wins", "hits"]), knocked_out, events[1]))[0][:2] == (1, "b")
    paid = replace(events[0], placed=(Placed("a", 1, 1, prize_cents=5), Placed("b", 2, 2)))
    assert told(table(season(tiebreaks=["prize"]), paid, events[1]))[0][:2] == (1, "a")
    one_more = order("e3", "cb", entries=1)
    assert told(table(season(), *events, one_more))[0][1] == "b"


def test_countback_asks_for_the_best_place_then_the_next() -> None:
    """[RU117]"""
    flat = read_formula("10")
    events = order("e1", "abc"), order("e2", "bac"), order("e3", "cab")
    rows = ranked(season(tiebreaks=["countback"]), flat, events)
    assert [row.player for row in rows] == ["a", "b", "c"]


def test_who_is_not_eligible_keeps_the_place_and_nobody_moves_up() -> None:
    """[RU118]"""
    rows = ranked(season(), BEATEN, [order("e1", "abc")], without="a")
    assert told(rows) == [(1, "b", 2.0), (2, "c", 1.0)]


def test_who_played_too_few_events_is_not_ranked_yet() -> None:
    """[RU118]"""
    rows = table(season(events_min=2), order("e1", "abc"), order("e2", "bc"))
    assert told(rows) == [(1, "b", 4.0), (2, "c", 2.0), (None, "a", 3.0)]


SEASONS = st.builds(
    season, best=st.integers(0, 3), best_week=st.integers(0, 2), best_month=st.integers(0, 2),
    tie=st.sampled_from(["average", "best"]), events_min=st.integers(0, 2), field_min=st.integers(0, 5),
)  # fmt: skip


def events_of(random: Random) -> list[EventResult]:
    """Up to eight events with ties in them."""
    found = []
    for n in range(random.randint(0, 8)):
        players = random.sample("abcdefgh", random.randint(2, 8))
        placed, place = [], 1
        while players:
            tied = [players.pop() for _ in range(min(len(players), random.choice([1, 1, 1, 2])))]
            placed += [Placed(player, place, place + len(tied) - 1, random.randint(0, 2)) for player in tied]
            place += len(tied)
        spans = {"week": f"w{random.randint(1, 3)}", "month": f"m{random.randint(1, 2)}"}
        found.append(result(f"e{n}", *placed, **spans))
    return found


@given(st.integers(0, 2**32), SEASONS)
def test_the_table_is_the_same_for_the_same_results_and_every_cap_holds(seed: int, of: Season) -> None:
    """[RU115] [RU117]"""
    random = Random(seed)
    events = events_of(random)
    rows = ranked(of, SCHOOL, events)
    random.shuffle(events)
    assert ranked(of, SCHOOL, events) == rows
    weeks = {event.event: event.week for event in events}
    for row in rows:
        counted = [score for score in row.scores if score.counts]
        assert row.millionths == sum(score.millionths for score in counted)
        assert not of.best or len(counted) <= of.best
        taken: dict[str, int] = defaultdict(int)
        for score in counted:
            taken[weeks[score.event]] += 1
        assert not of.best_week or all(n <= of.best_week for n in taken.values())
    ranks = [row.rank for row in rows if row.rank is not None]
    assert ranks == sorted(ranks)
    for row in rows:
        assert row.rank is None or (row.rank_to or 0) - row.rank + 1 == ranks.count(row.rank)
    best = [row.millionths for row in rows if row.rank is not None]
    assert best == sorted(best, reverse=True)
