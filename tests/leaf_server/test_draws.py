"""The leaf draws: a hash before, the seed after, every draw recomputed by whoever reads them."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest

from crdt_models.documents.seating import Draw, Series
from crdt_models.errors import EditInvalid
from crdt_models.facts import Json
from crdt_models.rules.seating.draw import check_draw
from felt.cli import run
from felt.demo.plain_http import NO_TLS
from leaf_server.api import draws as draws_api
from leaf_server.documents import draws
from tests.leaf_server.fix_leaf import Leaf, leaf
from tests.leaf_server.fix_tablet import Tablet, tablet

__all__ = ["leaf"]
pytestmark = pytest.mark.anyio
EVENT = "tournament/e1"
SETUP: Json = {
    "kind": "tournament", "name": "Friday 55", "starts_ms": 0, "seats_per_table": 8, "starting_stack": 20_000,
    "late_until_level": 9,
}  # fmt: skip


@pytest.fixture
async def floor(leaf: Leaf) -> AsyncIterator[tuple[Leaf, Tablet, dict[str, str]]]:
    """A tablet of the floor at a leaf with an event of two tables."""
    headers = await leaf.token("ben")
    token, device = headers["authorization"].removeprefix("Bearer "), leaf.devices["floor"]["device"]
    async with tablet(leaf, EVENT, token=token, device=device, person="ben") as held:
        tables: list[tuple[str, Json]] = [(f"table/t{n}", {"open": True, "order": n}) for n in (1, 2)]
        await held.act(("setup", SETUP), *tables)
        await held.is_accepted()
        yield leaf, held, headers


async def post(leaf: Leaf, headers: dict[str, str], **body: Any) -> httpx.Response:
    async with httpx.AsyncClient(base_url=leaf.url, headers=headers, verify=NO_TLS) as client:
        return await client.post("/api/v1/tournaments/e1/draws", json=body)


async def told(leaf: Leaf, headers: dict[str, str], event: str = "e1") -> dict[str, Any]:
    async with httpx.AsyncClient(base_url=leaf.url, headers=headers, verify=NO_TLS) as client:
        return dict((await client.get(f"/api/v1/tournaments/{event}/draws")).json())


def verdicts(proof: dict[str, Any]) -> set[str]:
    series = {number: Series.model_validate(one) for number, one in proof["series"].items()}
    return {
        check_draw(proof["event"], ident, Draw.model_validate(one), series[ident.partition(".")[0]])
        for ident, one in proof["draws"].items()
    }


async def test_a_hash_before_the_draw_and_the_seed_when_registration_closes(
    floor: tuple[Leaf, Tablet, dict[str, str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """[RU86] [RU89]"""
    leaf, held, headers = floor
    await held.until(lambda replica: replica.facts.get("series/1") is not None)
    before = held.replica.facts.get("series/1")
    assert isinstance(before, dict)
    assert before["seed"] is None

    first = await post(leaf, headers, ask="a1", kind="seat", players=["ana"])
    again = await post(leaf, headers, ask="a1", kind="seat", players=["ana"])
    assert first.json() == again.json()
    (draw,) = first.json()["draws"]
    assert draw["id"] == "1.1"
    await held.sees("draw/1.1", {name: value for name, value in draw.items() if name != "id"})
    assert verdicts(await told(leaf, headers)) == {"sealed"}

    begun_ms = before["at_ms"]
    assert isinstance(begun_ms, int)
    closed: Json = {"state": "closed", "at_ms": begun_ms + 1}
    await held.act(("registration", closed), ("seat/ana", {"table": "t1", "seat": 1}))
    await held.until(lambda replica: replica.facts.get("series/2") is not None)
    revealed = held.replica.facts.get("series/1")
    assert isinstance(revealed, dict)
    assert revealed["commitment"] == before["commitment"]
    assert (await post(leaf, headers, ask="a2", kind="break", tables=["t1"])).json()["draws"][0][
        "id"
    ] == "2.1"

    await held.write("clock", {"level": 1, "state": "ended", "anchor_ms": 0, "remaining_ms": 0})
    await held.until(lambda replica: (replica.facts.get("series/2") or {}).get("seed") is not None)  # type: ignore[union-attr]
    proof = await told(leaf, headers)
    assert verdicts(proof) == {"matches"}
    assert sorted(proof["series"]) == ["1", "2"]

    file = tmp_path / "draws.json"
    await anyio.Path(file).write_text(json.dumps(proof))
    assert run(["draws", "check", str(file), "--player", "ana"]) == 0
    assert "this matches" in capsys.readouterr().out
    seats = proof["draws"]["1.1"]["seats"]
    proof["draws"]["1.1"]["seats"] = ["1.8" if seats == ["1.7"] else "1.7"]
    await anyio.Path(file).write_text(json.dumps(proof))
    assert run(["draws", "check", str(file)]) == 1


async def test_what_can_not_be_drawn_is_refused_and_nothing_is_written(
    floor: tuple[Leaf, Tablet, dict[str, str]],
) -> None:
    leaf, held, headers = floor
    many = [f"p{n}" for n in range(25)]
    full = await post(leaf, headers, ask="a1", kind="seat", players=many)
    assert (full.status_code, full.json()["error"]["code"]) == (409, "no_room")
    nobody = await post(leaf, headers, ask="a2", kind="break", tables=["t9"])
    assert (nobody.status_code, nobody.json()["error"]["code"]) == (409, "no_room")
    async with httpx.AsyncClient(base_url=leaf.url, headers=headers, verify=NO_TLS) as client:
        body = {"ask": "a3", "kind": "seat", "players": ["ana"]}
        assert (await client.post("/api/v1/tournaments/zz/draws", json=body)).status_code == 404
    assert (await told(leaf, headers))["draws"] == {}


async def test_a_day_is_drawn_in_one_request_in_lots(floor: tuple[Leaf, Tablet, dict[str, str]]) -> None:
    """[RU88] More than one draw holds (40), and every seat once; a list without an end is refused."""
    leaf, held, headers = floor
    await held.act(*((f"table/t{n}", {"open": True, "order": n}) for n in range(3, 9)))
    await held.is_accepted()
    drawn = (await post(leaf, headers, ask="a1", kind="seat", players=[f"p{n}" for n in range(60)])).json()
    assert [len(draw["players"]) for draw in drawn["draws"]] == [40, 20]
    seats = [seat for draw in drawn["draws"] for seat in draw["seats"]]
    assert len(set(seats)) == 60
    assert verdicts(await told(leaf, headers)) == {"sealed"}
    endless = [f"p{n}" for n in range(draws_api.ASKED_MAX + 1)]
    refused = await post(leaf, headers, ask="a2", kind="seat", players=endless)
    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "invalid")


async def test_nobody_but_the_leaf_writes_a_draw(floor: tuple[Leaf, Tablet, dict[str, str]]) -> None:
    _, held, _ = floor
    forged: Json = {
        "kind": "seat", "players": ["ana"], "pool": "0/1/0/1", "seats": ["1.1"], "ask": "x", "at_ms": 0
    }  # fmt: skip
    with pytest.raises(EditInvalid, match="leaf_only"):
        await held.write("draw/1.9", forged)


async def test_an_event_has_only_so_many_draws(
    floor: tuple[Leaf, Tablet, dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    leaf, _, headers = floor
    monkeypatch.setattr(draws, "DRAWS_MAX", 1)
    assert (await post(leaf, headers, ask="a1", kind="seat", players=["ana"])).status_code == 200
    again = await post(leaf, headers, ask="a2", kind="seat", players=["bea"])
    assert (again.status_code, again.json()["error"]["code"]) == (429, "too_many")
    assert (await post(leaf, headers, ask="a1", kind="seat", players=["ana"])).status_code == 200
