"""[RU119] What an event says to a league: once it is confirmed, as it stands now."""

from collections.abc import Mapping
from typing import Any

import pytest

from crdt_models.errors import FormulaInvalid
from crdt_models.facts import FactReader, Json
from crdt_models.rules.leagues.points import EventResult
from crdt_models.rules.leagues.results import (
    Spans,
    event_result,
    events_of,
    flights_of,
    formula_of,
    ranks_in,
    seasons,
)
from tests.crdt_models.rules.written import reading

SETUP: Json = {
    "kind": "tournament", "name": "Friday 55", "starts_ms": 5, "seats_per_table": 9, "starting_stack": 20_000,
    "late_until_level": 2,
}  # fmt: skip
PLAYED: Mapping[str, Json] = {
    "setup": SETUP,
    **{f"entry/{player}1": {"player": player, "number": 1} for player in "abcd"},
    "bust/d1": {"player": "d", "at_ms": 1, "hand": "h1", "by": ["a", "a", "b"]},
    "bust/c1": {"player": "c", "at_ms": 2, "hand": "h2", "by": ["a"]},
    "bust/b1": {"player": "b", "at_ms": 3, "hand": "h3", "by": ["a"]},
}
MONEY: Mapping[str, Json] = {
    "entries": 5, "players": 4, "rebuys": 1, "buy_in_cents": 2_000, "pool_cents": 10_000,
    "amounts": [6_000, 4_000], "provisional": False, "state": "confirmed",
}  # fmt: skip


def prize(player: str, place: int, cents: int) -> tuple[str, Json]:
    told: Json = {"tournament": "t", "player": player, "place": place, "amount_cents": cents}
    return f"prize/t.{place}.{player}", told


def read(
    tournament: Mapping[str, Json], money: Mapping[str, Json] | None, *prizes: tuple[str, Json]
) -> EventResult | None:
    cage = dict(prizes) if money is None else {"tournament/t": dict(money), **dict(prizes)}
    return event_result(
        "t", reading("tournament/t", tournament), reading("cage", cage), lambda ms: Spans("w", "m", f"y{ms}")
    )


def places(found: EventResult | None) -> dict[str, tuple[int, int, int, bool]]:
    assert found is not None
    return {row.player: (row.place, row.place_to, row.prize_cents, row.dealt) for row in found.placed}


def test_a_confirmed_event_counts_with_everybody_who_has_a_place() -> None:
    """[RU119]"""
    found = read(PLAYED, MONEY, prize("a", 1, 6_000), prize("b", 2, 4_000))
    assert found is not None
    assert (found.entries, found.players, found.paid, found.rebuys, found.buy_in_cents) == (5, 4, 2, 1, 2_000)
    assert (found.week, found.month, found.year, found.pool_cents) == ("w", "m", "y5", 10_000)
    assert {row.player: row.hits for row in found.placed} == {"a": 3, "b": 1, "c": 0, "d": 0}
    assert places(found) == {
        "a": (1, 1, 6_000, False), "b": (2, 2, 4_000, False), "c": (3, 3, 0, False), "d": (4, 4, 0, False),
    }  # fmt: skip


@pytest.mark.parametrize("state", ["selling", "closed"])
def test_it_does_not_count_before(state: str) -> None:
    """[RU119]"""
    assert read(PLAYED, {**MONEY, "state": state}) is None
    assert read({"setup": SETUP}, None) is None
    assert read({}, MONEY) is None


def test_a_correction_is_the_result() -> None:
    """[RU119] Paid places are the money's word."""
    corrected = places(read(PLAYED, MONEY, prize("b", 1, 6_000), prize("a", 2, 4_000)))
    assert corrected["b"][0] == 1
    assert corrected["a"][0] == 2


def test_a_shared_place_and_a_deal_are_told_apart() -> None:
    """[RU119] Who got what the places pay by themselves took part in no deal."""
    shared = read(PLAYED, MONEY, prize("a", 1, 5_000), prize("b", 1, 5_000))
    assert places(shared)["a"] == (1, 2, 5_000, False)
    dealt = places(read(PLAYED, MONEY, prize("a", 1, 5_500), prize("b", 2, 4_500)))
    assert (dealt["a"], dealt["b"]) == ((1, 1, 5_500, True), (2, 2, 4_500, True))


def test_the_agreed_deal_says_who_dealt() -> None:
    """[RU116] Whatever it gave: the winner of a deal with nothing set aside may get what first place pays."""
    deal: Json = {"place": 2, "players": ["a", "b"], "amounts": [6_000, 4_000]}
    facts: Mapping[str, Json] = {"tournament/t": dict(MONEY), "deal/t": deal}
    prizes = dict([prize("a", 1, 6_000), prize("b", 2, 4_000)])
    spans = Spans("w", "m", "y")

    def placed(cage: Mapping[str, Json]) -> dict[str, tuple[int, int, int, bool]]:
        return places(
            event_result("t", reading("tournament/t", PLAYED), reading("cage", cage), lambda _: spans)
        )

    found = placed({**facts, **prizes})
    assert [found[player][3] for player in "abcd"] == [True, True, False, False]
    two = placed({**facts, "deal/t": {**deal, "players": ["b", "c"]}, **prizes})
    assert [two[player][3] for player in "abcd"] == [False, True, False, False]


def test_who_went_out_in_a_flight_has_a_place_over_all_flights() -> None:
    """[RU119] [RU160] Those knocked out and the min-cash won there count, too."""

    def flight(order: str, out: str) -> FactReader:
        facts: dict[str, Json] = {"setup": SETUP}
        facts |= {f"entry/{player}1": {"player": player, "number": 1} for player in order}
        for n, player in enumerate(out):
            facts[f"bust/{player}1"] = {"player": player, "at_ms": n, "hand": f"h{n}", "by": ["a"]}
        return reading("tournament/f", facts)

    day: dict[str, Json] = {"setup": SETUP}
    for player in "abp":
        day[f"entry/{player}9"] = {"player": player, "number": 1}
    day["bust/p9"] = {"player": "p", "at_ms": 8, "hand": "h8", "by": ["a"]}
    day["bust/b9"] = {"player": "b", "at_ms": 9, "hand": "h9", "by": ["a"]}
    money: Json = {**MONEY, "entries": 10, "players": 9, "flights": ["f1", "f2"]}
    told: Json = {"tournament": "f1", "player": "c", "place": 3, "amount_cents": 500}
    cage = {"tournament/t": money, "prize/f1.3.c": told, **dict([prize("a", 1, 6_000), prize("b", 2, 4_000)])}
    flights = [("f1", flight("abcdef", "fedc")), ("f2", flight("pqf", "fq"))]
    spans = Spans("w", "m", "y")
    assert flights_of("t", reading("cage", cage)) == ["f1", "f2"]
    found = event_result("t", reading("tournament/t", day), reading("cage", cage), lambda _: spans, flights)
    # c was 3rd of 6; d and q had the same part of theirs left, 4 of 6 and 2 of 3; f was last in both
    assert places(found) == {
        "a": (1, 1, 6_000, False), "b": (2, 2, 4_000, False), "p": (3, 3, 0, False), "c": (4, 4, 500, False),
        "d": (5, 6, 0, False), "q": (5, 6, 0, False), "e": (7, 7, 0, False), "f": (8, 8, 0, False),
    }  # fmt: skip
    assert found is not None
    assert {row.player: row.hits for row in found.placed}["a"] == 8


def test_a_free_event_counts_once_a_single_player_is_left() -> None:
    """[RU119]"""
    assert places(read(PLAYED, None))["a"] == (1, 1, 0, False)
    going_on = {name: fact for name, fact in PLAYED.items() if name != "bust/b1"}
    assert read(going_on, None) is None


def leagues(**facts: Json) -> Any:
    return reading("leagues", {name.replace("__", "/"): fact for name, fact in facts.items()})


def test_events_are_listed_in_the_season_or_said_to_count() -> None:
    """[RU118]"""
    facts = reading("leagues", {
        "season/s": {"name": "S", "tournaments": ["t1", "t2"]},
        "counts/s.t2": {"counts": False}, "counts/s.t3": {"counts": True}, "counts/x.t4": {"counts": True},
        "eligible/s.p1": {"eligible": False, "reason": "staff"}, "eligible/x.p2": {"eligible": False},
    })  # fmt: skip
    found = seasons(facts)["s"]
    assert events_of(facts, "s", found) == ["t1", "t3"]
    ranks = ranks_in(facts, "s", found)
    assert not ranks("p1")
    assert ranks("p2")
    listed = ranks_in(facts, "s", found.model_copy(update={"eligible": "listed"}))
    assert not listed("p2")


def test_a_house_formula_comes_before_a_published_one_of_that_id() -> None:
    """[RU118]"""
    own = leagues(season__s={"name": "S", "formula": "mine"}, formula__mine={"name": "M", "text": "k * 2"})
    assert formula_of(own, seasons(own)["s"])({"k": 3}) == 6
    published = leagues(season__s={"name": "S", "formula": "school"})
    assert formula_of(published, seasons(published)["s"])({"n": 100, "k": 1}) == 100
    for gone in (
        leagues(season__s={"name": "S", "formula": "gone"}),
        leagues(season__s={"name": "S", "formula": "x"}, formula__x={"name": "X", "text": "1 +"}),
    ):
        with pytest.raises(FormulaInvalid):
            formula_of(gone, seasons(gone)["s"])
