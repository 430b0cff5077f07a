"""Ladders, colour-ups, flights, registration, what the clock brings: the vectors that both languages read."""

import json
from pathlib import Path
from random import Random
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crdt_models.documents.cage import TournamentMoney
from crdt_models.documents.config import LevelRow
from crdt_models.documents.structure import Flight, Terms
from crdt_models.documents.tournament import Level
from crdt_models.rules.structure.chip_race import colour_up, deal, race, raced_chips
from crdt_models.rules.structure.clock import ClockReading
from crdt_models.rules.structure.days import Bag, bags_of, carrying, elsewhere, flight_over, may_play_flight
from crdt_models.rules.structure.ladder import Row, colour_ups_due, faults, locked, new_faults
from crdt_models.rules.structure.moments import moments
from crdt_models.rules.structure.places import all_places
from crdt_models.rules.structure.registration import Late, late_registration
from crdt_models.rules.structure.suggestion import Wanted, end_row, retime, suggest
from crdt_models.rules.structure.terms import Person, may_buy, not_now
from ledger.prizes.payouts import are_ranks
from tests.crdt_models.rules.written import reading

VECTORS: Final = Path(__file__).parents[2] / "vectors"


def vectors(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))
    return found


def rows(written: list[dict[str, Any]]) -> list[Row]:
    return [
        Row(
            LevelRow(minutes=1, **{name: value for name, value in row.items() if name != "lasts"}),
            row["lasts"],
        )
        for row in written
    ]


def cases(name: str, part: str) -> Any:
    return pytest.mark.parametrize("case", vectors(name)[part], ids=lambda case: case["id"][:3])


@cases("ladder", "faults")
def test_a_ladder_names_the_row_and_the_rule(case: dict[str, Any]) -> None:  # [RU72]
    assert [vars(fault) for fault in faults(rows(case["rows"]), case["chips"])] == case["expect"]


@cases("ladder", "due")
def test_a_chip_that_nothing_needs_any_more_is_due(case: dict[str, Any]) -> None:  # [RU72]
    assert [list(due) for due in colour_ups_due(rows(case["rows"]), case["chips"])] == case["expect"]


@cases("ladder", "new")
def test_an_edit_answers_for_what_it_brings_in(case: dict[str, Any]) -> None:  # [RU73]
    found = new_faults(rows(case["before"]), rows(case["after"]))
    assert [vars(fault) for fault in found] == case["expect"]


@cases("ladder", "locked")
def test_what_was_played_is_locked(case: dict[str, Any]) -> None:  # [RU73]
    assert locked(case["row"], ClockReading(**case["reading"])) == case["expect"]


@cases("chip_race", "raced")
def test_odd_chips_are_rounded_as_published(case: dict[str, Any]) -> None:  # [RU74]
    assert raced_chips(case["odd"], case["low"], case["high"], case["rounding"]) == case["expect"]


@cases("chip_race", "tables")
def test_a_race_at_a_table(case: dict[str, Any]) -> None:  # [RU74]
    chips = {int(seat): count for seat, count in case["chips"].items()}
    table = colour_up(chips, case["low"], case["high"], case["rounding"])
    assert [[row.seat, row.gets, row.odd] for row in table.seats] == case["seats"]
    assert table.raced == case["raced"]
    raced = race(table, {int(seat): cards for seat, cards in case["cards"].items()}, case["last"])
    assert [list(raced.winners), list(raced.saved), raced.difference] == [
        case["winners"], case["saved"], case["difference"],
    ]  # fmt: skip


tables = st.dictionaries(st.integers(1, 10), st.integers(0, 400), max_size=10)
values = st.sampled_from([(25, 100), (100, 500), (100, 1000), (5, 25), (20, 50), (500, 1000)])
DECK: Final = [rank + suit for rank in "23456789TJQKA" for suit in "cdhs"]


@given(tables, values, st.sampled_from(["half_up", "up"]), st.permutations(DECK), st.sets(st.integers(1, 10)))
def test_a_race_takes_the_chips_out_and_says_what_it_cost(
    chips: dict[int, int], pair: tuple[int, int], rounding: Any, deck: list[str], poor: set[int]
) -> None:  # [RU74]
    low, high = pair
    table = colour_up(chips, low, high, rounding)
    cards = deal(table, deck * 10)
    assert sum(len(hand) for hand in cards.values()) == sum(row.odd for row in table.seats)
    raced = race(table, cards, sorted(poor))
    assert len(set(raced.winners)) == len(raced.winners) <= table.raced
    left = {
        row.seat: row.gets + (row.seat in raced.winners) + (row.seat in raced.saved) for row in table.seats
    }
    assert all(left[seat] > 0 for seat, count in chips.items() if count and seat in poor)
    before = sum(chips.values()) * low
    assert sum(left.values()) * high == before + raced.difference
    if not raced.saved and high % low == 0:
        assert abs(raced.difference) < high


@cases("days", "carrying")
def test_one_stack_is_carried_on_and_none_is_added_up(case: dict[str, Any]) -> None:  # [RU77]
    found = carrying([Bag(**bag) for bag in case["bags"]], case["carry"])
    assert [bag.entry for bag in found.kept] == case["kept"]
    assert [bag.entry for bag in found.forfeited] == case["forfeited"]


@cases("days", "bags")
def test_bags_are_of_lives_and_the_second_count_counts(case: dict[str, Any]) -> None:  # [RU77]
    flights = [(flight, reading(f"tournament/{flight}", facts)) for flight, facts in case["flights"]]
    assert [vars(bag) for bag in bags_of(flights)] == case["expect"]


@cases("days", "places")
def test_places_go_on_over_all_flights(case: dict[str, Any]) -> None:  # [RU160]
    flights = [(flight, reading(f"tournament/{flight}", facts)) for flight, facts in case["flights"]]
    found = all_places(reading("tournament/day", case["day"]), flights)
    assert [[one.player, one.place, one.place_to] for one in found] == case["expect"]


@given(st.integers(0, 2**32), st.integers(1, 4))
def test_places_over_all_flights_are_everybody_once(seed: int, count: int) -> None:  # [RU160]
    """Each place from the first to the last is held by one who is out, or open to one who is through."""
    random = Random(seed)
    flights, everybody, ahead = [], set(), set()
    for n in range(count):
        facts: dict[str, Any] = {}
        for number, player in enumerate(random.sample("abcdefghijkl", random.randint(2, 9)), start=1):
            facts[f"entry/{player}{n}"] = {"player": player, "number": number}
            everybody.add(player)
            if random.random() < 0.7:
                hand = random.randint(1, 5)
                facts[f"bust/{player}{n}"] = {"player": player, "at_ms": hand, "hand": f"h{hand}"}
            else:
                ahead.add(player)
                facts |= {f"bag/{player}": {"chips": 5, "at_ms": 9}} if random.random() < 0.7 else {}
        flights.append((f"f{n}", reading(f"tournament/f{n}", facts)))
    found = all_places(reading("tournament/day", {}), flights)
    assert {one.player for one in found} == everybody - ahead
    held = sorted(one.place for one in found)
    assert are_ranks([place - len(ahead) for place in held])
    assert max((one.place_to for one in found), default=len(ahead)) == len(everybody)


@cases("days", "may_play")
def test_who_is_through_plays_no_other_flight_where_the_first_counts(case: dict[str, Any]) -> None:  # [RU77]
    bags = [Bag(**bag) for bag in case["bags"]]
    assert may_play_flight(case["player"], bags, case["carry"]) == case["expect"]


@cases("days", "over")
def test_a_flight_ends_after_its_level_or_at_its_part_of_the_field(case: dict[str, Any]) -> None:  # [RU77]
    plan = [Level(**row) for row in vectors("days")["plans"]["short"]]
    now = ClockReading(**case["reading"])
    assert flight_over(Flight(**case["flight"]), now, plan, case["left"], case["entries"]) == case["expect"]


@cases("registration", "cases")
def test_registration_is_open_until_its_level_or_time(case: dict[str, Any]) -> None:  # [RU75]
    money = TournamentMoney(**case["money"]) if case["money"] else None
    found = late_registration(reading("tournament/t", case["facts"]), money, case["now"])
    assert vars(found) == case["expect"]


@cases("moments", "cases")
def test_what_the_clock_brings_moves_with_it(case: dict[str, Any]) -> None:  # [RU76]
    plan = [Level(**row) for row in case.get("plan", vectors("moments")["plans"]["short"])]
    found = moments(ClockReading(**case["reading"]), plan, Late(**case["late"]), case["now"])
    assert [vars(moment) for moment in found] == case["expect"]


@cases("terms", "rules")
def test_the_term_in_the_way_is_named(case: dict[str, Any]) -> None:  # [RU78]
    found = not_now(
        case["asked"], Person(**case["person"]), case["entries_max"],
        Terms(**case["terms"]) if case["terms"] else None, case["selling"],
        ClockReading(**case["reading"]), [Level(**row) for row in vectors("terms")["plan"]["rows"]],
    )  # fmt: skip
    assert (vars(found) if found else None) == case["expect"]


@cases("terms", "events")
def test_floor_and_cage_ask_the_same_of_an_event(case: dict[str, Any]) -> None:  # [RU78]
    tournament, cage = reading("tournament/t", case["facts"]), reading("cage", case["cage"])
    found = may_buy(tournament, cage, "t", case["player"], case["asked"], case["now"])
    assert (vars(found) if found else None) == case["expect"]


@cases("terms", "flights")
def test_another_flight_may_stand_in_the_way(case: dict[str, Any]) -> None:  # [RU130]
    tournament = reading("tournament/t", case["facts"])
    others = [(flight, reading(f"tournament/{flight}", facts)) for flight, facts in case["others"]]
    there = elsewhere(case["player"], case["carry"], others)
    found = may_buy(tournament, reading("cage", {}), "t", case["player"], case["asked"], case["now"], there)
    assert (vars(found) if found else None) == case["expect"]


@cases("suggestion", "suggest")
def test_a_suggested_structure_is_the_recorded_one(case: dict[str, Any]) -> None:  # [RU79]
    found = suggest(Wanted(**case["wanted"]))
    assert [
        [row.kind, row.small, row.big, row.ante, row.minutes, list(row.colour_up)] for row in found
    ] == case["expect"]


@cases("suggestion", "end_row")
def test_an_event_ends_near_twenty_big_blinds(case: dict[str, Any]) -> None:  # [RU79]
    assert end_row(long_plan(), case["chips"], case["ending"]) == case["expect"]


@cases("suggestion", "retime")
def test_minutes_that_end_it_near_a_time(case: dict[str, Any]) -> None:  # [RU79]
    found = retime(ClockReading(**case["reading"]), long_plan(), case["last"], case["left"])
    shown = found and {
        "minutes": [list(row) for row in found.minutes],
        "end_row": found.end_row,
        "ends_ms": found.ends_ms,
    }
    assert shown == case["expect"]


def long_plan() -> list[Level]:
    return [Level(**row) for row in vectors("suggestion")["plans"]["long"]]


wanted = st.builds(
    Wanted,
    entries=st.integers(1, 3_000),
    stack=st.integers(1, 200_000),
    chips=st.sampled_from([[25, 100, 500, 1000, 5000], [5, 25, 100], [100, 500, 1000], [1], [20, 50], []]),
    level_minutes=st.integers(1, 90),
    total_minutes=st.integers(1, 2_000),
    opening=st.integers(1, 400),
    break_every=st.integers(0, 6),
)


@given(wanted)
def test_any_suggestion_is_a_ladder_without_fault_that_ends_it(asked: Wanted) -> None:  # [RU79]
    found = suggest(asked)
    assert faults([Row(row, row.minutes) for row in found], asked.chips) == []
    assert found[-1].big * asked.ending >= asked.entries * asked.stack


rung = st.builds(
    LevelRow, kind=st.sampled_from(["play", "break"]), minutes=st.just(1), small=st.integers(0, 9),
    big=st.integers(0, 9), ante=st.integers(0, 9), colour_up=st.lists(st.integers(1, 9), max_size=3),
)  # fmt: skip
ladders = st.lists(st.builds(Row, rung, st.integers(-1, 2)), max_size=9)


@given(ladders, ladders, st.lists(st.integers(-1, 9), max_size=4))
def test_any_ladder_is_answered(before: list[Row], after: list[Row], chips: list[int]) -> None:  # [RU72]
    assert len(new_faults(before, after, chips)) <= len(faults(after, chips))
    assert new_faults(after, after, chips) == [] or not after
    colour_ups_due(after, chips)
