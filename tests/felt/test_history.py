"""`felt docs history` and `take-back` beside a running leaf: lines a person can read, filters, dry first."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import anyio.to_thread
import pytest

from felt.cli import run
from felt.failure import CommandFailed
from felt.times import leaf_ms
from leaf_server.identity.venue import VenueRecord
from tests.leaf_server.fix_leaf import Leaf, found, running
from tests.leaf_server.fix_tablet import tablet

pytestmark = pytest.mark.anyio
Output = pytest.CaptureFixture[str]


@pytest.fixture
async def leaf(tmp_path: Path) -> AsyncIterator[Leaf]:
    """With an evening of four acts by Ben on "Floor 1"."""
    async with running(tmp_path / "leaf", await found(tmp_path / "leaf")) as leaf:
        await leaf.enrol()
        token = (await leaf.token("ben"))["authorization"].removeprefix("Bearer ")
        device = leaf.devices["floor"]["device"]
        async with (
            tablet(leaf, "roster", token=token, device=device, person="ben") as roster,
            tablet(leaf, "floor", token=token, device=device, person="ben") as floor,
        ):
            await roster.act(("setup", {"kind": "roster"}), ("player/p1", {"name": "Ida F."}))
            await roster.is_accepted()
            await floor.act(("setup", {"kind": "floor"}), ("list/l1", {"name": "1/2"}))
            await floor.act(("waitlist/w1", {"list": "l1", "player": "p1"}))
            await floor.act(("waitlist/w2", {"list": "l1", "player": "p2"}))
            await floor.is_accepted()
            await floor.until(lambda replica: replica.facts.get("arrived/w2") is not None)
        yield leaf


async def felt(*arguments: str) -> int:
    return await anyio.to_thread.run_sync(run, list(arguments))


async def test_history_reads_as_sentences_and_as_json(leaf: Leaf, capsys: Output) -> None:
    """[DO65]"""
    data = ["--data", str(leaf.settings.data)]
    assert await felt("docs", "history", "floor", *data, "--via", "leaf", "--limit", "1") == 0
    assert capsys.readouterr().out.splitlines()[1].endswith("  the leaf gave number 2")
    assert await felt("docs", "history", "floor", *data, "--via", "device") == 0
    day, *lines = capsys.readouterr().out.splitlines()
    assert day[:3] in ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    assert [line.split("  ", 1)[1] for line in lines] == [
        "Ben (Floor 1) put player p2 on 1/2",
        "Ben (Floor 1) put Ida F. on 1/2",
        "Ben (Floor 1) made the list 1/2",
    ]
    for narrowed in (["--about", "ida f."], ["--name", "waitlist/w1"]):
        assert await felt("docs", "history", "floor", *data, *narrowed, "--person", "ben") == 0
        assert [line.split("  ", 1)[1] for line in capsys.readouterr().out.splitlines()[1:]] == [
            "Ben (Floor 1) put Ida F. on 1/2"
        ]
    assert await felt("docs", "history", *data, "--device", "Floor 1", "--since", "1h", "--json") == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["document"] for row in rows] == ["floor"] * 4 + ["roster"] * 2
    assert {row["device"] for row in rows} == {leaf.devices["floor"]["device"]}
    assert await felt("docs", "history", *data, "--device", "Cage") == 0
    assert capsys.readouterr().out == ""


async def test_taking_back_is_told_first_and_done_with_yes(leaf: Leaf, capsys: Output) -> None:
    """[DO67]"""
    manager = await leaf.token("ana")
    command = ["docs", "take-back", "--data", str(leaf.settings.data), "--url", leaf.url, "--since", "1h"]
    assert await felt(*command) == 2
    assert await felt(*command, "--via", "device", "--as", "Ben") == 2
    assert "--as: Ana" in capsys.readouterr().err
    assert await felt(*command, "--device", "Floor 1") == 0
    told = capsys.readouterr().out.splitlines()
    assert [line.split(": ", 1)[-1] for line in told] == [
        "removed the list 1/2",
        "took Ida F. off 1/2",
        "took player p2 off 1/2",
        "added player Ida F.: It is in use: change it in its own place.",
        "3 acts to take back (--yes does it), 1 stay",
    ]
    assert await felt(*command, "--device", "Floor 1", "--as", "ana", "--yes") == 0
    assert capsys.readouterr().out.splitlines()[-1] == "3 acts taken back, 1 stay"
    facts = (await leaf.http.get("/api/v1/documents/floor/facts", headers=manager)).json()["facts"]
    assert [name for name in facts if name.startswith(("waitlist/", "list/"))] == []
    rows = (await leaf.http.get("/api/v1/documents/floor/history?person=ana", headers=manager)).json()
    assert {row["via"] for row in rows["changes"]} == {"leaf"}
    assert await felt(*command, "--device", "Floor 1", "--url", "http://127.0.0.1:9") == 1


VENUE = VenueRecord("v", "Room", "EUR", "Europe/Vienna", start_ms=1_700_000_000_000)
NOW = datetime(2026, 11, 28, 20, 0, tzinfo=UTC)  # 21:00 in Vienna


@pytest.mark.parametrize(
    ("text", "unix_s"),
    [
        ("90m", 1_795_890_600),
        ("2h", 1_795_888_800),
        ("20:30", 1_795_894_200),
        ("21:30", 1_795_811_400),  # yesterday
        ("2026-11-28 20:30", 1_795_894_200),
        ("2026-11-28T19:30Z", 1_795_894_200),
        ("2020-01-01", 1_700_000_000),  # before the venue
    ],
)
async def test_times_are_read_in_the_venues_zone(text: str, unix_s: int) -> None:
    assert leaf_ms(text, VENUE, NOW) == unix_s * 1_000 - VENUE.start_ms


@pytest.mark.parametrize("text", ["", "soon", "25:00", "10:99", "2026-13-01", "999999d"])
async def test_what_is_no_time_is_said(text: str) -> None:
    with pytest.raises(CommandFailed):
        leaf_ms(text, VENUE, NOW)
