"""[RU153] [RU154] Seasons over several rooms: who is in, who is one person, whatever the order of rooms."""

import random
from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from crdt_models.documents.leagues import Season
from crdt_models.facts import Json
from crdt_models.rules.leagues.formula import read_formula
from crdt_models.rules.leagues.joint import (
    GUESTS_MAX,
    Part,
    guests_of,
    has_joined,
    joined_events,
    joint_table,
    people,
)
from crdt_models.rules.leagues.points import EventResult, Placed
from tests.crdt_models.rules.written import reading

ONE_A_PLAYER = read_formula("n - k + 1")


def result(event: str, order: str, starts_ms: int = 0) -> EventResult:
    placed = tuple(Placed(player, place, place) for place, player in enumerate(order, start=1))
    return EventResult(event, event, starts_ms, "w", "m", "y", len(order), len(order), 0, 0, 0, 0, placed)


def part(venue: str, numbers: Mapping[str, int | None], *results: EventResult, **eligible: bool) -> Part:
    roster: dict[str, Json] = {
        f"player/{player}": {"name": f"{player} of {venue}", **({"club_number": n} if n else {})}
        for player, n in numbers.items()
    }
    said: dict[str, Json] = {f"eligible/s.{player}": {"eligible": yes} for player, yes in eligible.items()}
    return Part(venue, reading("leagues", said), reading("roster", roster), results)


def rows(season: Season, *parts: Part) -> list[tuple[str, int | None, float]]:
    table, _ = joint_table("s", season, ONE_A_PLAYER, parts)
    return [(row.player, row.rank, row.millionths / 1e6) for row in table]


def test_a_room_is_in_where_both_say_so() -> None:  # [RU153]
    home = reading("leagues", {
        "season/s": {"name": "S"}, "guest/s.west": {"invited": True}, "guest/s.north": {"invited": False},
        "guest/t.south": {"invited": True},
    })  # fmt: skip
    assert guests_of(home, "s") == ["west"]
    west = reading("leagues", {
        "joins/s": {"home": "east", "name": "S"}, "joins/u": {"home": "east", "name": "U", "joins": False},
        "counts/s.b": {}, "counts/s.a": {"counts": True}, "counts/s.c": {"counts": False}, "counts/t.d": {},
    })  # fmt: skip
    assert has_joined(west, "s", "east")
    assert not has_joined(west, "s", "north")  # another room's season of that id
    assert not has_joined(west, "u", "east")
    assert not has_joined(west, "x", "east")
    assert joined_events(west, "s") == ["a", "b"]


def test_so_many_rooms_are_read() -> None:
    said: dict[str, Json] = {f"guest/s.v{n:03}": {"invited": True} for n in range(GUESTS_MAX + 5)}
    assert guests_of(reading("leagues", said), "s") == [f"v{n:03}" for n in range(GUESTS_MAX)]


def test_people_are_one_by_their_club_number() -> None:  # [RU154]
    east = part("east", {"a": 7, "b": 8, "c": None}, result("t1", "abc"))
    west = part("west", {"x": 7, "y": None}, result("t1", "yx"))
    assert rows(Season(name="S"), east, west) == [
        ("#7", 1, 4.0), ("west.y", 2, 2.0), ("#8", 3, 2.0), ("east.c", 4, 1.0),
    ]  # fmt: skip
    _, names = people([east, west])
    assert (names["#7"], names["west.y"]) == ("a of east", "y of west")
    _, names = people([west, east])
    assert names["#7"] == "x of west"  # the first room says it


def test_a_number_that_two_have_is_nobodys() -> None:  # [RU154]
    east = part("east", {"a": 7, "b": 7}, result("t1", "ab"))
    west = part("west", {"x": 7}, result("t2", "x"))
    person, _ = people([east, west])
    assert (person["east", "a"], person["east", "b"], person["west", "x"]) == ("east.a", "east.b", "#7")


def test_who_was_erased_is_a_person_of_the_room_without_a_name() -> None:
    east, west = part("east", {}, result("t1", "a")), part("west", {"a": 3}, result("t1", "a"))
    _, names = people([east, west])
    assert names["east.a"] == "Player A"
    assert len(rows(Season(name="S"), east, west)) == 2


def test_who_is_left_out_by_one_room_is_not_ranked() -> None:  # [RU154]
    east = part("east", {"a": 7, "b": 8}, result("t1", "ab"), a=True)
    west = part("west", {"x": 7, "y": 9}, result("t1", "xy"), x=False, y=True)
    assert [row[0] for row in rows(Season(name="S"), east, west)] == ["#8", "#9"]
    assert [row[0] for row in rows(Season(name="S", eligible="listed"), east, west)] == ["#9"]


@given(
    st.lists(
        st.tuples(st.sampled_from(["east", "west", "north"]), st.permutations("abcdef"), st.integers(1, 6)),
        max_size=8,
    ),
    st.lists(st.integers(0, 4), min_size=18, max_size=18),
    st.integers(0, 3),
    st.randoms(use_true_random=False),
)
def test_the_table_does_not_depend_on_the_order_of_rooms_or_results(
    events: list[tuple[str, list[str], int]], numbers: list[int], best: int, chance: random.Random
) -> None:  # [RU153] [RU154]
    parts = []
    for at, venue in enumerate(("east", "west", "north")):
        own = {player: numbers[6 * at + n] or None for n, player in enumerate("abcdef")}
        results = [
            result(f"t{n}", "".join(order[:size]), n)
            for n, (where, order, size) in enumerate(events)
            if where == venue
        ]
        parts.append(part(venue, own, *results))
    season = Season(name="S", best=best, tiebreaks=["wins", "countback"])
    table = rows(season, *parts)
    shuffled = chance.sample(parts, 3)
    assert rows(season, *shuffled) == table
    points = sum(score.millionths for row in joint_table("s", season, ONE_A_PLAYER, parts)[0]
                 for score in row.scores)  # fmt: skip
    assert points == sum(size * (size + 1) // 2 * 1_000_000 for _, _, size in events)  # nobody is lost
