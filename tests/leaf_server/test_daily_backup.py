"""The leaf backs itself up each gaming day, whole or not at all, and says how that stands."""

import os
from pathlib import Path
from typing import Any

import anyio
import pytest

from felt.backup import restore_backup
from leaf_server.box.daily_backup import KEPT, DailyBackup, Standing
from ledger.chain import Tip, follow_all
from ledger.journal_file import open_read_only, stored_after
from tests.leaf_server.fix_cage import new_cage
from tests.leaf_server.fix_leaf import Leaf, found, running
from tests.leaf_server.test_ledger_api import Till, open_house
from tests.ledger.till import sale

pytestmark = pytest.mark.anyio
DAY_MS = 86_400_000
EVENING = 20_000 * DAY_MS + 20 * 3_600_000


class Box:
    """A data folder, a stick, and a clock to be set. Its ledger is not open: days begin as if nobody said."""

    def __init__(self, folder: Path) -> None:
        self.data, self.stick = folder / "leaf", folder / "stick"
        self.stick.mkdir()
        self.now = EVENING
        self.backups = DailyBackup(
            self.data, self.stick, "v1", new_cage(folder).gaming_days, lambda: self.now
        )

    async def look(self) -> list[str]:
        await self.backups.look(self.stick)
        return sorted(os.listdir(self.stick))


@pytest.fixture
async def box(tmp_path: Path) -> Box:
    await found(tmp_path / "leaf")
    return Box(tmp_path)


async def test_one_each_gaming_day_and_the_newest_are_kept(box: Box) -> None:
    """[LE180] An evening is one day until six in the morning."""
    assert await box.look() == ["felt-v1-2024-10-04T200000Z"]
    box.now += 9 * 3_600_000
    assert len(await box.look()) == 1
    box.now += 2 * 3_600_000
    assert (await box.look())[-1] == "felt-v1-2024-10-05T070000Z"
    for _ in range(KEPT + 3):
        box.now += DAY_MS
        names = await box.look()
    assert len(names) == KEPT
    assert (box.backups.now.at_ms, box.backups.now.kept, box.backups.now.why) == (box.now, KEPT, "")


async def test_what_was_cut_off_is_none_and_goes(box: Box) -> None:
    """[LE180] No name, no manifest: no backup; and of another box nothing is touched."""
    (box.stick / ".felt-v1-2024-10-01T000000Z").mkdir()
    (box.stick / "felt-v1-2030-01-01T000000Z").mkdir()  # no manifest in it
    (box.stick / "felt-v2-2024-10-01T000000Z").mkdir()
    assert await box.look() == [
        "felt-v1-2024-10-04T200000Z", "felt-v1-2030-01-01T000000Z", "felt-v2-2024-10-01T000000Z"
    ]  # fmt: skip
    assert box.backups.now.kept == 1


async def test_a_stick_that_is_away_is_told_and_tried_again(box: Box) -> None:
    """[LE180] Nothing is written where the stick is not."""
    aside = box.stick.with_name("away")
    box.stick.rename(aside)
    await box.backups.look(box.stick)
    assert "is not there" in box.backups.now.why
    assert not box.stick.exists()
    aside.rename(box.stick)
    assert len(await box.look()) == 1
    assert box.backups.now == Standing(box.now, 1, "", same_disk=True)


async def test_what_can_not_be_copied_leaves_nothing_behind(box: Box) -> None:
    """[LE180] The last whole one stays, and how it stands says both."""
    await box.look()
    made = box.now
    ledger = box.data / "ledger.db"
    ledger.write_bytes(b"no database" * 1_000)
    box.now += DAY_MS
    assert await box.look() == ["felt-v1-2024-10-04T200000Z"]
    assert (box.backups.now.at_ms, box.backups.now.kept) == (made, 1)
    assert "can't be read" in box.backups.now.why
    ledger.unlink()
    assert len(await box.look()) == 2
    assert box.backups.now.why == ""


async def test_a_running_leaf_backs_up_and_comes_back_from_it(tmp_path: Path) -> None:
    """[LE180] Made while it runs; restored, it holds what was booked before."""
    data, stick = tmp_path / "leaf", tmp_path / "stick"
    stick.mkdir()
    founded = await found(data)
    async with running(data, founded) as leaf:
        await leaf.enrol()
        await open_house(leaf)
        till = Till(leaf.http, await leaf.token("cat", "cage"))
        booked = await till.post(**sale("buy_in", "ann", "a1", key="sale"))
        assert await stands(leaf, await leaf.token("ana")) == {
            "wanted": False,
            "at_ms": None,
            "kept": 0,
            "why": "",
            "same_disk": False,
        }
        devices = leaf.devices
    async with running(data, founded, backups=stick) as leaf:
        leaf.devices.update(devices)
        headers = await leaf.token("ana")
        with anyio.fail_after(30):
            while (told := await stands(leaf, headers))["at_ms"] is None:
                pass  # asks again
        assert (told["kept"], told["why"], told["same_disk"]) == (1, "", True)
        assert (await leaf.http.get("/api/v1/backups", headers=till.sign_in)).status_code == 403
    (copy,) = stick.iterdir()
    restore_backup(copy, tmp_path / "again", by="ana")
    walked = follow_all(Tip.start(founded.venue), bodies_of(tmp_path / "again" / "ledger.db"))
    assert booked["hash"] in {link.hash.hex() for link in walked}


async def stands(leaf: Leaf, headers: dict[str, str]) -> dict[str, Any]:
    return dict((await leaf.http.get("/api/v1/backups", headers=headers)).json())


def bodies_of(ledger: Path) -> list[bytes]:
    database, _ = open_read_only(ledger)
    try:
        return [body for _, body, _ in stored_after(database, 0, 1_000)]
    finally:
        database.close()
