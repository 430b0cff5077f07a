"""Tables of leagues over documents in memory: what is remembered, when it is read anew, what bounds it."""

from collections import Counter
from collections.abc import Mapping

import pytest

from crdt_models.facts import FactReader, Json
from serving.league_tables import EVENTS_MAX, RESULTS_MAX, SCORES_MAX, LeagueTables
from tests.crdt_models.rules.written import reading

pytestmark = pytest.mark.anyio
MONDAY_MS = 1_767_567_600_000  # 2026-01-05 00:00 in Vienna, 23:00 of Sunday in UTC


def event(order: str, starts_ms: int = 0) -> Mapping[str, Json]:
    return {
        "setup": {"kind": "tournament", "name": "E", "starts_ms": starts_ms, "seats_per_table": 9,
                  "starting_stack": 100, "late_until_level": 1},
        **{f"entry/{player}1": {"player": player, "number": 1} for player in order},
        **{f"bust/{player}1": {"player": player, "at_ms": n, "hand": f"h{n}"}
           for n, player in enumerate(reversed(order[1:]))},
    }  # fmt: skip


class House:
    """Documents that can be changed, and how often each event was read."""

    def __init__(self, **documents: Mapping[str, Json]) -> None:
        self.documents = {
            name.replace("__", "/"): reading(name.replace("__", "/"), facts)
            for name, facts in documents.items()
        }
        self.read: Counter[str] = Counter()
        self.tables = LeagueTables(self._facts, MONDAY_MS)

    async def _facts(self, document: str) -> FactReader:
        self.read[document] += 1
        return self.documents.get(document) or reading(document, {})


def season(**more: Json) -> Mapping[str, Json]:
    return {"season/s": {"name": "S", "formula": "one_a_player", **more}}


async def test_an_event_is_read_once_until_it_or_its_money_changes() -> None:  # [RU119]
    house = House(
        leagues=season(tournaments=["a", "b"]), tournament__a=event("xy"), tournament__b=event("yx")
    )
    for _ in range(3):
        table = await house.tables.table("s")
    assert table is not None
    assert [row.player for row in table.rows] == ["x", "y"]
    assert (house.read["tournament/a"], house.read["tournament/b"]) == (1, 1)
    house.documents["tournament/b"] = reading("tournament/b", event("xy"))
    house.tables.changed({"tournament/b", "roster"})
    table = await house.tables.table("s")
    assert table is not None
    assert [row.millionths for row in table.rows] == [4_000_000, 2_000_000]
    money: Json = {"entries": 9, "players": 2, "pool_cents": 1, "amounts": [1], "provisional": False}
    house.documents["cage"] = reading("cage", {"tournament/a": money})
    table = await house.tables.table("s")  # it is being sold again
    assert table is not None
    assert table.waiting == ("a",)
    assert (house.read["tournament/a"], house.read["tournament/b"]) == (2, 2)


async def test_an_event_is_read_anew_when_one_of_its_flights_changes() -> None:  # [RU119]
    money: Json = {"entries": 4, "players": 4, "pool_cents": 1, "amounts": [], "provisional": False,
                   "state": "confirmed", "flights": ["f"]}  # fmt: skip
    house = House(
        leagues=season(tournaments=["a"]),
        tournament__a=event("xy"),
        tournament__f=event("xyuv"),
        cage={"tournament/a": money},
    )
    for _ in range(2):
        table = await house.tables.table("s")
    assert table is not None
    assert [(row.player, row.rank) for row in table.rows] == [("x", 1), ("y", 2), ("u", 3), ("v", 4)]
    assert (house.read["tournament/a"], house.read["tournament/f"]) == (1, 1)
    house.documents["tournament/f"] = reading("tournament/f", event("xyvu"))
    house.tables.changed({"tournament/f"})
    table = await house.tables.table("s")
    assert table is not None
    assert [row.player for row in table.rows] == ["x", "y", "v", "u"]


async def test_a_deal_that_comes_later_is_read() -> None:  # [RU116]
    money: Json = {
        "entries": 2, "players": 2, "pool_cents": 10, "amounts": [6, 4], "provisional": False,
        "state": "confirmed",
    }  # fmt: skip
    prizes: dict[str, Json] = {
        f"prize/a.{place}.{player}": {
            "tournament": "a",
            "player": player,
            "place": place,
            "amount_cents": cents,
        }
        for place, player, cents in ((1, "x", 6), (2, "y", 4))
    }
    cage: dict[str, Json] = {"tournament/a": money, **prizes}
    capped: Json = {"name": "S", "tournaments": ["a"], "deal_place_cap": 2}
    house = House(leagues={"season/s": capped}, tournament__a=event("xy"), cage=cage)
    alone = await house.tables.table("s")
    deal: Json = {"place": 2, "players": ["x", "y"], "amounts": [6, 4]}
    house.documents["cage"] = reading("cage", {**cage, "deal/a": deal})
    dealt = await house.tables.table("s")
    assert alone is not None
    assert dealt is not None
    assert alone.rows[0].millionths > alone.rows[1].millionths
    assert [row.millionths for row in dealt.rows] == [alone.rows[1].millionths] * 2


async def test_weeks_are_those_of_the_venue() -> None:  # [RU115]
    venue: Json = {"name": "V", "currency": "EUR", "time_zone": "Europe/Vienna"}
    house = House(config={"venue": venue}, leagues=season(tournaments=["a"]), tournament__a=event("xy"))
    table = await house.tables.table("s")
    assert table is not None
    assert (table.results[0].week, table.results[0].month, table.results[0].year) == (
        "2026-W02",
        "2026-01",
        "2026",
    )
    house = House(leagues=season(tournaments=["a"]), tournament__a=event("xy"))
    table = await house.tables.table("s")
    assert table is not None
    assert table.results[0].week == "2026-W01"


async def test_of_many_events_the_newest_count() -> None:
    counts: dict[str, Json] = {f"counts/s.e{n:04}": {"counts": True} for n in range(EVENTS_MAX + 1)}
    house = House(
        leagues={**season(), **counts}, tournament__e0000=event("xy"), tournament__e0400=event("yx")
    )
    table = await house.tables.table("s")
    assert table is not None
    assert [result.event for result in table.results] == ["e0400"]


async def test_what_is_remembered_is_bounded() -> None:
    seasons: dict[str, Json] = {f"season/{s}": {"name": "S"} for s in "abcdef"}
    counts: dict[str, Json] = {f"counts/{s}.{s}{n:04}": {} for s in "abcdef" for n in range(EVENTS_MAX)}
    house = House(leagues={**seasons, **counts})
    for ident in "abcdef":
        await house.tables.table(ident)
    assert len(house.tables._known) == RESULTS_MAX
    house = House(leagues=season(tournaments=["a"]), tournament__a=event("xy"))
    for n in range(SCORES_MAX + 1):
        await house.tables.table("s", f"{n}")
    assert len(house.tables._known["a"].scores) == SCORES_MAX
