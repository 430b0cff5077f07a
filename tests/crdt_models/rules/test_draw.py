"""Draws that a stranger recomputes: the vectors, the laws, and what a tampered one is found to be."""

import json
from collections import Counter
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crdt_models.documents.seating import POOL_MAX, Draw, Series
from crdt_models.rules.seating.chart import Chart, TableSeats, seat_chart
from crdt_models.rules.seating.draw import (
    PoolTable,
    check_draw,
    commitment_of,
    deal,
    derive,
    parse_pool,
    pool_text,
    stream,
)
from crdt_models.rules.seating.draw_pool import Lot, lots, shorten
from crdt_models.rules.seating.draw_series import own_draw, series_changes
from tests.crdt_models.rules.test_constraints import room
from tests.crdt_models.rules.written import reading

VECTORS: Final[dict[str, Any]] = json.loads(
    (Path(__file__).parents[2] / "vectors" / "draw.json").read_text(encoding="utf-8")
)
SEED: Final = VECTORS["stream"]["seed"]


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["why"])
def test_seats_follow_from_seed_number_pool_and_players(case: dict[str, Any]) -> None:
    """[RU86]"""
    seats = derive(case["seed"], case["event"], case["ident"], case["kind"], case["pool"], case["players"])
    assert seats == case["seats"]


def test_the_stream_and_the_commitments_are_as_written() -> None:
    random = stream(SEED, VECTORS["stream"]["message"])
    assert [random(below) for below in VECTORS["stream"]["below"]] == VECTORS["stream"]["numbers"]
    assert [[seed, commitment_of(seed)] for seed, _ in VECTORS["commitments"]] == VECTORS["commitments"]


@pytest.mark.parametrize("case", VECTORS["rooms"], ids=lambda case: case["why"])
def test_the_pool_of_a_room(case: dict[str, Any]) -> None:
    """[RU87]"""
    tournament, config = room(case)
    (lot,) = lots(seat_chart(tournament, config), case["kind"], [case["player"]], ())
    assert pool_text(shorten(lot, ()).pool) == case["pool"]


pools = st.lists(
    st.builds(
        PoolTable,
        rank=st.integers(0, 1),
        label=st.integers(1, 99).map(str),
        players=st.integers(0, 12),
        free=st.sets(st.integers(1, 12)).map(lambda seats: tuple(sorted(seats))),
    ),
    max_size=12,
    unique_by=lambda table: table.label,
)


@given(pools, st.integers(1, 30))
def test_any_pool_is_read_back_and_dealt_without_a_double(pool: list[PoolTable], count: int) -> None:
    assert parse_pool(pool_text(pool)) == pool
    players = [f"p{n}" for n in range(count)]
    seats = deal(pool, players, stream(SEED, "x"))
    assert len(set(seats)) == len(seats) == min(count, sum(len(table.free) for table in pool))


@given(pools, st.integers(1, 12))
def test_a_shortened_pool_deals_the_same_chances(pool: list[PoolTable], count: int) -> None:
    """What is left out could not have been drawn: whatever the cards, the seats are the same."""
    lot = Lot(tuple(f"p{n}" for n in range(count)), tuple(pool))
    order = sorted((table for table in pool if table.free), key=lambda table: (table.rank, table.players))
    for card in (lambda _: 0, lambda below: below - 1, lambda below: below // 2):
        assert deal(shorten(lot, ()).pool, lot.players, card) == deal(order, lot.players, card)


@given(st.text(alphabet="0123456789/;,-a", max_size=40))
def test_what_is_no_pool_is_told_so(text: str) -> None:
    tables = parse_pool(text)
    assert tables is None or pool_text(tables) == text


def test_every_seat_of_the_shortest_tables_is_as_likely() -> None:
    pool = "0/1/4/1-3;0/2/4/7,9;0/3/5/1-9"
    drawn = Counter(derive(SEED, "e", f"1.{n}", "seat", pool, ["p"])[0] for n in range(1, 5001))  # type: ignore[index]
    assert drawn.keys() == {"1.1", "1.2", "1.3", "2.7", "2.9"}
    assert all(900 < count < 1100 for count in drawn.values())


def test_a_tampered_draw_does_not_match() -> None:
    """[RU88]"""
    pool, players = "0/1/0/1-9;0/2/0/1-9", ["ana", "bea"]
    seats = derive(SEED, "e1", "1.7", "break", pool, players)
    assert seats is not None
    draw = Draw(kind="break", players=players, pool=pool, seats=seats, ask="a", at_ms=0)
    sealed = Series(commitment=commitment_of(SEED), at_ms=0)
    open_one = sealed.model_copy(update={"seed": SEED, "revealed_ms": 9})
    assert check_draw("e1", "1.7", draw, sealed) == "sealed"
    assert check_draw("e1", "1.7", draw, open_one) == "matches"
    for change in ({"seats": seats[::-1]}, {"players": players[::-1]}, {"pool": "0/1/0/1-9;0/2/0/1-8"}):
        assert check_draw("e1", "1.7", draw.model_copy(update=change), open_one) == "other_seats"
    assert check_draw("e1", "1.8", draw, open_one) == "other_seats"
    assert check_draw("e2", "1.7", draw, open_one) == "other_seats"
    assert check_draw("e1", "1.7", draw.model_copy(update={"pool": "x"}), open_one) == "unreadable"
    other = open_one.model_copy(update={"seed": "0" * 64})
    assert check_draw("e1", "1.7", draw, other) == "other_seed"


def test_a_player_is_told_how_the_seat_came() -> None:
    """[RU89] Drawn by the leaf, on a tablet alone, or chosen by a person."""
    draw = {
        "kind": "seat", "players": ["ana"], "pool": "0/1/0/1-9", "seats": ["1.4"], "ask": "x", "at_ms": 5,
    }  # fmt: skip
    facts: dict[str, Any] = {
        "series/1": {"commitment": "0" * 64, "at_ms": 1},
        "draw/1.9": draw,
        "draw/1.10": draw | {"at_ms": 9},
        "seat/ana": {"table": "t1", "seat": 4},
        "seat/bea": {"table": "t1", "seat": 5},
    }
    told = own_draw(reading("tournament/t", facts), "ana", "1.4")
    assert told is not None
    assert (told["by"], told["id"]) == ("leaf", "1.10")
    assert own_draw(reading("tournament/t", facts), "ana", "1.5") is None
    assert own_draw(reading("tournament/t", facts), "bea", "1.5") is None
    facts["handdraw/ana"] = {"table": "t1", "seat": 4, "at_ms": 20}
    assert own_draw(reading("tournament/t", facts), "ana", "1.4") == {"by": "tablet"}


def test_a_series_of_another_box_stays_sealed_and_ours_begins() -> None:
    def begin(facts: dict[str, Any], now: int) -> dict[str, Any]:
        return dict(series_changes(reading("tournament/t", facts), lambda number: f"{number:064x}", now))

    first = begin({}, 7)
    assert first == {
        "series/1": Series(commitment=commitment_of(f"{1:064x}"), at_ms=7).model_dump(),
    }
    assert begin(first, 8) == {}
    ahead = {"registration": {"state": "closed", "at_ms": 900}}  # a tablet whose clock is ahead
    closed = begin(first | ahead, 20)
    assert closed.keys() == {"series/1", "series/2"}
    assert closed["series/1"]["seed"] == f"{1:064x}"
    assert begin(ahead | closed, 21) == {}
    other = {"series/4": {"commitment": "f" * 64, "at_ms": 3}}
    assert begin(other, 9).keys() == {"series/5"}
    over = {"clock": {"level": 1, "state": "ended", "anchor_ms": 0, "remaining_ms": 0}}
    assert begin(first | over, 30).keys() == {"series/1"}
    assert begin(over, 30) == {}


def test_a_room_of_many_is_drawn_in_several_lots() -> None:
    """And a pool that would be too long to write down leaves the last tables out."""
    tables = {f"{n}{'x' * 30}": TableSeats(f"{n}{'x' * 30}", 1, 9, chairs=9) for n in range(100, 212)}
    made = lots(Chart(tables), "seat", [f"p{n}" for n in range(95)], ())
    assert [len(lot.players) for lot in made] == [40, 40, 15]
    short = shorten(made[0], ())
    assert len(pool_text(short.pool)) <= POOL_MAX
    assert len(deal(short.pool, short.players, lambda _: 0)) == 40
