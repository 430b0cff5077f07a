"""A person erased is nowhere: not in documents, history, log, file or backup, and does not come back."""

from pathlib import Path

import anyio
import pytest
from anyio.lowlevel import checkpoint
from typer.testing import CliRunner

from crdt_models.facts import Json
from felt.backup import make_backup, restore_backup
from felt.tools import app
from tests.leaf_server.fix_leaf import Leaf, found, leaf, running
from tests.leaf_server.fix_tablet import tablet

pytestmark = pytest.mark.anyio
__all__ = ["leaf"]
NAME = "Zebulon Quux"
OTHER = "Abigail Frump"


def holding(folder: Path, name: str) -> list[str]:
    """Files that hold the name, as it is or as JSON may write it."""
    return [
        str(path.relative_to(folder))
        for path in sorted(folder.rglob("*"))
        if path.is_file() and name.encode() in path.read_bytes()
    ]


async def until_gone(folder: Path, leaf: Leaf, headers: dict[str, str]) -> None:
    with anyio.fail_after(60):
        while True:
            facts = await leaf.http.get("/api/v1/documents/roster/facts", headers=headers)
            if "player/p1" not in facts.json()["facts"] and not holding(folder, NAME):
                return
            await checkpoint()


@pytest.mark.parametrize("way", ["api", "cli"])
async def test_a_search_finds_the_name_nowhere(
    tmp_path: Path, way: str, caplog: pytest.LogCaptureFixture
) -> None:
    """[DO58] [DO59]"""
    data, backups = tmp_path / "leaf", tmp_path / "backups"
    founded = await found(data)
    async with running(data, founded) as leaf:
        await leaf.enrol()
        ben, ana = await leaf.token("ben"), await leaf.token("ana")
        held = {"token": ben["authorization"][7:], "device": leaf.devices["floor"]["device"], "person": "ben"}
        away = {**held, "replica": None}
        async with tablet(leaf, "roster", **held) as one:
            await one.write("setup", {"kind": "roster"})
            await one.write("player/p1", {"name": "Z. Q."})
            await one.write("player/p1", {"name": NAME})
            await one.write("player/p2", {"name": OTHER})
            await one.is_accepted()
            one.replica.write([("player/p1", {"name": NAME + " jr"})], person="ben", now=one.now)
            make_backup(data, backups / "before")
            if way == "api":
                answer = await leaf.http.delete("/api/v1/players/p1", headers=ana)
                assert answer.status_code == 204
                assert (await leaf.http.delete("/api/v1/players/p1", headers=ben)).status_code == 403
            else:
                command = ["erase", "p1", "--data", str(data)]
                ended = await anyio.to_thread.run_sync(lambda: CliRunner().invoke(app, command))
                assert ended.exit_code == 0, ended.output
            await until_gone(data, leaf, ana)
            (erased,) = (await leaf.http.get("/api/v1/players/erased", headers=ana)).json()
            by = "ana" if way == "api" else "somebody at the box"
            assert (erased["player"], erased["by"], erased["core"]) == ("p1", by, None)
            assert (await leaf.http.get("/api/v1/players/erased", headers=ben)).status_code == 403
            with anyio.fail_after(20):
                while one.close_code is None:
                    await checkpoint()
            assert one.close_code == 4409
        one.replica.start_over(92_000)
        async with tablet(leaf, "roster", **{**away, "replica": one.replica}) as again:
            await again.is_accepted()  # it was refused, and is decided
            assert again.replica.facts.get("player/p1") is None
            await again.sees("player/p2", {"name": OTHER})
            assert NAME.encode() not in again.replica.saved.state
        told = (await leaf.http.get("/api/v1/documents/roster/history", headers=ana)).json()["changes"]
        of_them = [change for change in told if change["name"] == "player/p1"]
        assert len(of_them) == 2
        assert all(change["before"] is change["after"] is None for change in of_them)
        assert any(change["after"] == {"name": OTHER} for change in told)
    assert holding(data, NAME) == []
    assert holding(data, OTHER) == ["leaf.db"]
    assert holding(backups, NAME) == []
    assert NAME not in caplog.text
    restored: Json = None
    restore_backup(backups / "before", tmp_path / "again")
    async with running(tmp_path / "again", founded) as second:
        second.devices.update(leaf.devices)
        facts = await second.http.get("/api/v1/documents/roster/facts", headers=await second.token("ana"))
        restored = facts.status_code
    assert restored in (200, 404)
    assert holding(tmp_path / "again", NAME) == []


async def test_an_erasure_cut_short_goes_on_at_the_next_start(tmp_path: Path) -> None:
    """[DO58]"""
    data = tmp_path / "leaf"
    founded = await found(data)
    async with running(data, founded) as leaf:
        await leaf.enrol()
        ben = await leaf.token("ben")
        held = {"token": ben["authorization"][7:], "device": leaf.devices["floor"]["device"], "person": "ben"}
        async with tablet(leaf, "roster", **held) as one:
            await one.write("setup", {"kind": "roster"})
            await one.write("player/p1", {"name": NAME})
            await one.is_accepted()
        devices = leaf.devices
    assert holding(data, NAME) != []
    ended = await anyio.to_thread.run_sync(
        lambda: CliRunner().invoke(app, ["erase", "p1", "--data", str(data)])
    )
    assert ended.exit_code == 0, ended.output
    async with running(data, founded) as leaf:
        leaf.devices.update(devices)
        await until_gone(data, leaf, await leaf.token("ana"))
