"""Leagues at the core: the public page of a season, and the API that tablets away from the leaf ask."""

from collections.abc import Mapping

import pytest

from tests.core_server.fix_core import RunningCore, Tablet

pytestmark = [pytest.mark.anyio, pytest.mark.servers]
EVENT = {
    "kind": "tournament", "name": "First", "starts_ms": 0, "seats_per_table": 9, "starting_stack": 100,
    "late_until_level": 1,
}  # fmt: skip


async def write(core: RunningCore, document: str, facts: Mapping[str, object]) -> None:
    async with Tablet(core, core.east, document, "tab1", "manager") as tablet:
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
