"""Leagues at the core: the public page of a season, and the API that tablets away from the leaf ask."""

from collections.abc import Mapping

import pytest

from core_server import joint_seasons
from tests.core_server.fix_core import Leaf, RunningCore, Tablet

pytestmark = [pytest.mark.anyio, pytest.mark.servers]
EVENT = {
    "kind": "tournament", "name": "First", "starts_ms": 0, "seats_per_table": 9, "starting_stack": 100,
    "late_until_level": 1,
}  # fmt: skip


async def write(
    core: RunningCore, document: str, facts: Mapping[str, object], leaf: Leaf | None = None
) -> None:
    async with Tablet(core, leaf or core.east, document, "tab1", "manager") as tablet:
        for name, value in facts.items():
            await tablet.write(name, value)
        await tablet.until_accepted()


async def test_a_season_has_a_public_page(core: RunningCore) -> None:  # [RU118]
    await write(core, "tournament/t1", {
        "setup": EVENT,
        **{f"entry/{player}1": {"player": player, "number": 1} for player in "abc"},
        "bust/c1": {"player": "c", "at_ms": 0, "hand": "h0"},
        "bust/b1": {"player": "b", "at_ms": 1, "hand": "h1"},
    })  # fmt: skip
    await write(core, "roster", {
        "setup": {"kind": "roster"}, "player/a": {"name": "<b>Ana"}, "player/b": {"name": "Bo"},
    })  # fmt: skip
    await write(core, "leagues", {
        "setup": {"kind": "leagues"}, "season/s": {"name": "Winter", "tournaments": ["t1"]},
        "formula/bad": {"name": "Bad", "text": "?"},
        "season/u": {"name": "Unread", "tournaments": ["t1"], "formula": "bad"},
    })  # fmt: skip
    async with core.client() as client:
        page = await client.get("/venues/east/leagues/s")
        assert page.status_code == 200
        for shown in ("Winter", "&lt;b&gt;Ana", "17.32", "Bo", "12.25", "Player C", "10 * sqrt(n) / sqrt(k)"):
            assert shown in page.text
        assert "<b>" not in page.text
        assert "being set up" in (await client.get("/venues/east/leagues/u")).text
        assert 'href="east/leagues/s"' in (await client.get("/venues/east")).text
        for missing in ("/venues/east/leagues/x", "/venues/north/leagues/s"):
            assert (await client.get(missing)).status_code == 404
    async with core.client(core.east.token("floor")) as client:
        rows = (await client.get("/api/v1/leagues/s")).json()["rows"]
        assert [(row["rank"], row["name"]) for row in rows] == [(1, "<b>Ana"), (2, "Bo"), (3, "Player C")]


def played(winner: str, loser: str, name: str) -> Mapping[str, object]:
    return {
        "setup": {**EVENT, "name": name},
        **{f"entry/{player}1": {"player": player, "number": 1} for player in (winner, loser)},
        f"bust/{loser}1": {"player": loser, "at_ms": 0, "hand": "h0"},
    }


async def two_rooms(core: RunningCore) -> None:
    """Ana (number 7) won at east; at west, where she is `x`, she lost to Will."""
    await write(core, "tournament/t1", played("a", "b", "East one"))
    await write(core, "roster", {
        "setup": {"kind": "roster"}, "player/a": {"name": "Ana", "club_number": 7},
        "player/b": {"name": "Bo", "club_number": 8},
    })  # fmt: skip
    await write(core, "leagues", {
        "setup": {"kind": "leagues"}, "guest/s.west": {"invited": True},
        "season/s": {"name": "Five rooms", "tournaments": ["t1"], "formula": "one_a_player"},
    })  # fmt: skip
    await write(core, "tournament/t1", played("w", "x", "West one"), core.west)
    await write(core, "roster", {
        "setup": {"kind": "roster"}, "player/w": {"name": "Will"},
        "player/x": {"name": "Ana B.", "club_number": 7},
    }, core.west)  # fmt: skip


async def joint(core: RunningCore, leaf: Leaf) -> dict[str, object] | int:
    async with core.client(leaf.token("floor")) as client:
        answer = await client.get("/api/v1/seasons/east/s")
    if answer.status_code != 200:
        return answer.status_code
    told: dict[str, object] = answer.json()
    told["points"] = [(row["name"], row["points_millionths"] / 1e6) for row in answer.json()["rows"]]
    told["states"] = {room["venue"]: room["state"] for room in answer.json()["rooms"]}
    return told


async def test_a_season_over_two_rooms_is_made_where_both_say_so(
    core: RunningCore, monkeypatch: pytest.MonkeyPatch
) -> None:  # [RU153] [RU154]
    monkeypatch.setattr(joint_seasons, "FRESH_S", 0)
    await two_rooms(core)
    told = await joint(core, core.east)
    assert isinstance(told, dict)
    assert (told["states"], told["points"]) == (
        {"east": "home", "west": "invited"}, [("Ana", 2.0), ("Bo", 1.0)],
    )  # fmt: skip
    async with core.client() as client:
        assert "Will" not in (await client.get("/venues/east/leagues/s")).text
        assert (await client.get("/venues/west/leagues/s")).status_code == 404
        assert (await client.get("/api/v1/seasons/east/s")).status_code == 401

    await write(core, "leagues", {
        "setup": {"kind": "leagues"}, "joins/s": {"home": "east", "name": "Five rooms"},
        "counts/s.t1": {"counts": True},
    }, core.west)  # fmt: skip
    told = await joint(core, core.west)
    assert isinstance(told, dict)
    assert told["states"] == {"east": "home", "west": "in"}
    assert told["points"] == [("Ana", 3.0), ("Will", 2.0), ("Bo", 1.0)]
    async with core.client() as client:
        page = (await client.get("/venues/east/leagues/s")).text
        for shown in ("Five rooms", "Rooms:", "Ana", "3.00", "Will", "2 events played"):
            assert shown in page
        led = await client.get("/venues/west/leagues/s")
        assert (led.status_code, str(led.next_request.url if led.next_request else "")) == (
            303, f"{core.url}/venues/east/leagues/s",
        )  # fmt: skip
        assert 'href="east/leagues/s"' in (await client.get("/venues/west")).text

    async with Tablet(core, core.west, "tournament/t1", "tab1", "manager") as tablet:
        await tablet.until_shows("bust/x1", {"player": "x", "at_ms": 0, "hand": "h0"})
        for name, bust in (("bust/x1", None), ("bust/w1", {"player": "w", "at_ms": 1, "hand": "h1"})):
            await tablet.write(name, bust)
        await tablet.until_accepted()
    told = await joint(core, core.east)
    assert isinstance(told, dict)
    assert told["points"] == [("Ana", 4.0), ("Bo", 1.0), ("Will", 1.0)]  # a correction there is one here
    async with Tablet(core, core.east, "leagues", "tab1", "manager") as tablet:
        await tablet.until_shows("guest/s.west", {"invited": True})
        await tablet.write("guest/s.west", {"invited": False})
        await tablet.until_accepted()
    assert await joint(core, core.west) == 404  # no guest, no season over several rooms


async def test_a_table_over_rooms_is_told_again_for_a_while_and_not_kept_for_ever(
    core: RunningCore, monkeypatch: pytest.MonkeyPatch
) -> None:
    await two_rooms(core)
    first = await joint(core, core.east)
    async with Tablet(core, core.east, "tournament/t1", "tab1", "manager") as tablet:
        await tablet.until_shows("bust/b1", {"player": "b", "at_ms": 0, "hand": "h0"})
        await tablet.write("bust/b1", None)
        await tablet.until_accepted()
    assert await joint(core, core.east) == first  # up to FRESH_S behind, however often it is asked for
    monkeypatch.setattr(joint_seasons, "SEASONS_MAX", 1)
    await write(core, "leagues", {"season/u": {"name": "U"}, "guest/u.west": {"invited": True}})
    async with core.client(core.east.token("floor")) as client:
        assert (await client.get("/api/v1/seasons/east/u")).json()["name"] == "U"
    told = await joint(core, core.east)  # the other one took its place
    assert isinstance(told, dict)
    assert told["points"] == []
