"""Seat charts and the draw."""

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest

from crdt_models.documents.config import Furniture
from crdt_models.rules.fingerprint import fingerprint
from crdt_models.rules.seating.chart import Chair, alternates, has_seats, open_seats, seat_chart, seat_fault
from crdt_models.rules.seating.draw_pool import draw_seat
from tests.crdt_models.rules.written import reading

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "vectors" / "chart.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["id"][:3])
def test_charts_as_worked_by_hand(case: dict[str, Any]) -> None:  # [RU20]
    tournament = reading("tournament/t", {"setup": VECTORS["setup"], **case["tournament"]}, case["at_ms"])
    chart = seat_chart(tournament, reading("config", VECTORS["config"]))
    made = {
        ident: {
            "seats": table.seats,
            "players": {str(seat): player for seat, player in table.players.items()},
            "free": table.free(),
        }
        for ident, table in chart.tables.items()
    }
    assert made == case["tables"]
    doubles = [[d.chair.table, d.chair.seat, d.player, list(d.others)] for d in chart.doubles]
    assert doubles == case["doubles"]
    assert list(chart.strays) == case["strays"]


@pytest.mark.parametrize("case", VECTORS["faults"], ids=lambda case: str(case["fault"]))
def test_what_is_wrong_with_a_seat(case: dict[str, Any]) -> None:  # [RU21]
    tournament = reading("tournament/t", {"setup": VECTORS["setup"], **VECTORS["faults_in"]})
    chart = seat_chart(tournament, reading("config", VECTORS["config"]))
    assert seat_fault(chart, Chair(*case["seat"]), case["player"]) == case["fault"]


def test_a_draw_fills_tables_evenly_until_the_room_is_full() -> None:  # [RU22]
    facts = {
        "setup": VECTORS["setup"],
        "table/t1": {"open": True, "order": 1},
        "table/t2": {"open": True, "order": 2},
    }
    config, random = reading("config", VECTORS["config"]), Random(5).randrange
    for n in range(13):
        chart = seat_chart(reading("tournament/t", facts), config)
        counts = [len(table.players) for table in chart.tables.values()]
        chair = draw_seat(chart, random)
        assert chair in open_seats(chart)
        assert chair is not None
        assert abs(counts[0] - counts[1]) <= 1
        facts[f"seat/p{n}"] = {"table": chair.table, "seat": chair.seat}
    assert draw_seat(seat_chart(reading("tournament/t", facts), config), random) is None


@pytest.mark.parametrize(("text", "made"), VECTORS["fingerprints"])
def test_fingerprints_are_the_same_everywhere(text: str, made: str) -> None:
    assert fingerprint(text) == made


def test_alternates_wait_in_the_order_they_came() -> None:
    """[RU87] Late entries, alternates and re-entries draw from the same pool; who sits waits no more."""
    facts: dict[str, Any] = {
        "alternate/cyd": {"since_ms": 7}, "alternate/ana": {"since_ms": 9}, "alternate/bea": {"since_ms": 7},
        "alternate/dan": {"since_ms": 1}, "seat/dan": {"table": "t1", "seat": 1},
    }  # fmt: skip
    assert alternates(reading("tournament/t", facts)) == ["bea", "cyd", "ana"]


def test_a_table_without_seats_is_told_apart() -> None:
    """[RU21]"""
    assert has_seats(Furniture(number=1, seats=2))
    assert has_seats(Furniture(number=1, seats=2, out_of_use=[1, 12]))
    assert not has_seats(Furniture(number=1, seats=2, out_of_use=[2, 1]))
    assert not has_seats(None)
