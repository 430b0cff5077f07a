"""Leagues at a leaf over HTTP: made of what the documents say now."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from crdt_models.facts import Json
from tests.leaf_server.fix_leaf import Leaf, leaf
from tests.leaf_server.fix_tablet import Tablet, tablet

pytestmark = pytest.mark.anyio
__all__ = ["leaf"]
LEAGUES = "/api/v1/leagues"
NAMES = {"a": "Ana", "b": "Bo", "c": "Cy"}


@asynccontextmanager
async def opened(leaf: Leaf, document: str) -> AsyncIterator[Tablet]:
    token = (await leaf.token("ana"))["authorization"].removeprefix("Bearer ")
    device = leaf.devices["floor"]["device"]
    async with tablet(leaf, document, token=token, device=device, person="ana") as held:
        yield held
        await held.is_accepted()


async def write(leaf: Leaf, document: str, facts: dict[str, Json]) -> None:
    async with opened(leaf, document) as held:
        if "setup" not in facts:
            await held.until(lambda replica: replica.facts.get("setup") is not None)
        for name, value in facts.items():
            await held.write(name, value)


def played(order: str, name: str) -> dict[str, Json]:
    """A free event in which these came 1st, 2nd, 3rd …"""
    return {
        "setup": {"kind": "tournament", "name": name, "starts_ms": 0, "seats_per_table": 9,
                  "starting_stack": 100, "late_until_level": 1},
        **{f"entry/{player}1": {"player": player, "number": 1} for player in order},
        **{f"bust/{player}1": {"player": player, "at_ms": n, "hand": f"h{n}"}
           for n, player in enumerate(reversed(order[1:]))},
    }  # fmt: skip


async def winter(leaf: Leaf) -> None:
    """A season of two events, won by Ana and by Bo."""
    await write(leaf, "roster", {"setup": {"kind": "roster"}} | {
        f"player/{ident}": {"name": name} for ident, name in NAMES.items()
    })  # fmt: skip
    await write(leaf, "tournament/t1", played("abc", "First"))
    await write(leaf, "tournament/t2", played("ba", "Second"))
    await write(leaf, "leagues", {
        "setup": {"kind": "leagues"},
        "season/s": {"name": "Winter", "tournaments": ["t1"], "formula": "one_a_player"},
        "counts/s.t2": {"counts": True}, "counts/s.t9": {"counts": True},
    })  # fmt: skip


async def table(leaf: Leaf, **more: Any) -> dict[str, Any]:
    answer = await leaf.http.get(f"{LEAGUES}/s", headers=await leaf.token("ben"), **more)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def points(told: dict[str, Any]) -> list[tuple[int, str, float]]:
    return [(row["rank"], row["name"], row["points_millionths"] / 1e6) for row in told["rows"]]


async def test_a_season_is_told_as_its_results_make_it(leaf: Leaf) -> None:  # [RU115] [RU119]
    await winter(leaf)
    told = await table(leaf)
    assert points(told) == [(1, "Ana", 4.0), (1, "Bo", 4.0), (3, "Cy", 1.0)]
    assert (told["name"], told["ranked"], told["waiting"]) == ("Winter", 3, ["t9"])
    assert [(event["name"], event["entries"]) for event in told["events"]] == [("First", 3), ("Second", 2)]
    all_of_it = (await leaf.http.get(LEAGUES, headers=await leaf.token("ben"))).json()
    assert all_of_it["seasons"] == [{"season": "s", "name": "Winter", "formula": "one_a_player"}]
    assert "school" in {one["formula"] for one in all_of_it["formulas"]}


async def test_a_correction_on_the_floor_changes_the_table(leaf: Leaf) -> None:  # [RU119]
    await winter(leaf)
    await table(leaf)
    await write(leaf, "tournament/t2", {"bust/a1": None, "bust/b1": {"player": "b", "at_ms": 1, "hand": "x"}})
    assert points(await table(leaf)) == [(1, "Ana", 5.0), (2, "Bo", 3.0), (3, "Cy", 1.0)]
    await write(leaf, "tournament/t2", {"bust/b1": None})  # two are left again
    told = await table(leaf)
    assert points(told) == [(1, "Ana", 3.0), (2, "Bo", 2.0), (3, "Cy", 1.0)]
    assert told["waiting"] == ["t2", "t9"]


async def test_another_formula_can_be_tried_and_is_not_kept(leaf: Leaf) -> None:  # [RU110]
    await winter(leaf)
    manager = await leaf.token("ana")
    tried = await leaf.http.post(f"{LEAGUES}/s/trial", json={"text": "100 / k"}, headers=manager)
    assert points(tried.json())[2] == (3, "Cy", 33.333333)
    wrong = await leaf.http.post(f"{LEAGUES}/s/trial", json={"text": "100 / x"}, headers=manager)
    assert wrong.status_code == 422
    told = wrong.json()["error"]
    assert (told["code"], told["details"]) == ("formula_invalid", {"code": "unknown_name", "column": 7})
    assert (await table(leaf))["text"] == "n - k + 1"


async def test_a_formula_that_can_t_be_read_scores_nobody_and_says_why(leaf: Leaf) -> None:
    await winter(leaf)
    await write(leaf, "leagues", {
        "formula/mine": {"name": "Mine", "text": "n - "}, "season/s": {"name": "Winter", "formula": "mine"},
    })  # fmt: skip
    told = await table(leaf)
    assert (told["rows"], told["trouble"]["column"], told["text"]) == ([], 5, None)


async def test_who_is_erased_keeps_the_place_without_a_name(leaf: Leaf) -> None:  # [RU118]
    await winter(leaf)
    await write(leaf, "roster", {"player/a": None})
    assert {name for _, name, _ in points(await table(leaf))} == {"Bo", "Cy", "Player A"}


async def test_a_phone_is_told_its_own_rank(leaf: Leaf) -> None:
    await winter(leaf)
    code = (await leaf.http.post("/api/v1/players/c/claim", headers=await leaf.token("ben"))).json()["code"]
    phone = (await leaf.http.post("/api/v1/players/claim", json={"code": code})).json()
    bearer = {"authorization": f"Bearer {phone['token']}"}
    assert (await leaf.http.get(f"{LEAGUES}/mine", headers=bearer)).json()["seasons"] == [
        {
            "season": "s",
            "name": "Winter",
            "ranked": 3,
            "rank": 3,
            "rank_to": 3,
            "points_millionths": 1_000_000,
        }
    ]
    assert (await leaf.http.get(f"{LEAGUES}/s", headers=bearer)).status_code == 403


async def test_no_season_of_that_name(leaf: Leaf) -> None:
    answer = await leaf.http.get(f"{LEAGUES}/none", headers=await leaf.token("ben"))
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "no_season")
