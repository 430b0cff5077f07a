"""A leaf that was restored from a backup: a new term, a window for handing in, and its end."""

from pathlib import Path

import anyio
import pytest
from anyio.lowlevel import checkpoint
from typer.testing import CliRunner

from crdt_models.facts import Json
from felt.backup import make_backup, restore_backup
from felt.tools import app
from leaf_server.documents.terms import MARK
from tests.leaf_server.fix_leaf import Leaf, found, leaf, running
from tests.leaf_server.fix_tablet import tablet

pytestmark = pytest.mark.anyio
__all__ = ["leaf"]
SEAT: Json = {"table": "t1", "seat": 1}


async def told(leaf: Leaf, headers: dict[str, str]) -> dict[str, object]:
    answer = await leaf.http.get("/api/v1/documents/hand-in", headers=headers)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_a_restored_leaf_gets_its_evening_back_from_a_tablet(tmp_path: Path) -> None:
    """[DO55] [DO56]"""
    old, new = tmp_path / "old", tmp_path / "new"
    founded = await found(old)
    async with running(old, founded) as first:
        await first.enrol()
        devices, token = first.devices, (await first.token("ben"))["authorization"][7:]
        held = {"token": token, "device": devices["floor"]["device"], "person": "ben"}
        async with tablet(first, "floor", **held) as one:
            await one.write("setup", {"kind": "floor"})
            await one.write("seat/p1", SEAT)
            await one.is_accepted()
            make_backup(old, tmp_path / "backup")
            await one.write("seat/p1", None)
            await one.write("seat/p2", SEAT)
            await one.is_accepted()
        manager = await first.token("ana")
        assert await told(first, manager) == {
            "term": 1, "opened_ms": 0, "why": "founded", "open": False, "core_asked": True,
        }  # fmt: skip
        closing = await first.http.post("/api/v1/documents/hand-in/close", headers=manager)
        assert closing.status_code == 409
        assert closing.json()["error"]["code"] == "no_window"
    restore_backup(tmp_path / "backup", new)
    assert (new / MARK).exists()
    async with running(new, founded) as second:
        second.devices.update(devices)
        assert not (new / MARK).exists()
        headers = await second.token("ben")
        now = await told(second, headers)
        assert (now["term"], now["open"]) == (2, True)
        held["token"] = headers["authorization"][7:]
        one.replica.start_over(91_000)
        async with tablet(second, "floor", **held, replica=one.replica) as again:
            assert again.replica.epoch == 10_001
            await again.sees("seat/p2", SEAT)
            await again.until(lambda replica: not replica.past.offer)
        facts = (await second.http.get("/api/v1/documents/floor/facts", headers=headers)).json()["facts"]
        assert facts.keys() == {"setup", "seat/p2"}
        brought = {"Cage": None, "Floor 1": [{"document": "floor", "edits": 2}]}  # p1 is gone, p2 is new
        assert await roll_call(second) == brought
        assert (
            await second.http.get("/api/v1/documents/hand-in/devices", headers=headers)
        ).status_code == 403
        denied = await second.http.post("/api/v1/documents/hand-in/close", headers=headers)
        assert denied.status_code == 403
        manager = await second.token("ana")
        closed = await second.http.post("/api/v1/documents/hand-in/close", headers=manager)
        assert closed.status_code == 204
        assert (await told(second, headers))["open"] is False
    async with running(new, founded) as third:
        third.devices.update(devices)
        now = await told(third, await third.token("ben"))
        assert (now["term"], now["open"]) == (2, False)
        assert await roll_call(third) == brought


async def roll_call(leaf: Leaf) -> dict[str, object]:
    """Who came, by name, and what each brought."""
    manager = await leaf.token("ana")
    answer = await leaf.http.get("/api/v1/documents/hand-in/devices", headers=manager)
    assert answer.status_code == 200, answer.text
    return {one["name"]: one["brought"] if one["came_ms"] else None for one in answer.json()}


async def test_the_window_is_closed_at_the_box_beside_the_running_leaf(tmp_path: Path) -> None:
    """[DO56]"""
    old, new = tmp_path / "old", tmp_path / "new"
    founded = await found(old)
    async with running(old, founded) as first:
        await first.enrol()
        devices = first.devices
    make_backup(old, tmp_path / "backup")
    restore_backup(tmp_path / "backup", new)
    async with running(new, founded) as second:
        second.devices.update(devices)
        headers = await second.token("ben")
        command = ["docs", "close-hand-in", "--data", str(new)]
        ended = await anyio.to_thread.run_sync(lambda: CliRunner().invoke(app, command))
        assert ended.exit_code == 0, ended.output
        with anyio.fail_after(60):
            while (await told(second, headers))["open"]:  # the leaf looks every two seconds
                await checkpoint()
        again = await anyio.to_thread.run_sync(lambda: CliRunner().invoke(app, command))
        assert again.exit_code != 0
