"""A box whose disk fills amid a shift: each sale is answered, none is half there, money goes on by itself."""

import json
import os
import random
import resource
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import anyio
import pytest

from tests.attacks.box import Box, Till
from tests.faults.hands import LONG
from tests.ledger.till import body

pytestmark = [pytest.mark.anyio, pytest.mark.servers]
SHIFTS: Final = 30 if LONG else 2
SALES: Final = 15  # while it is full
FREE: Final = (0, 4_096, 8_192, 16_384, 40_000, 100_000, 300_000)  # bytes left on it


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small file system of its own, where this machine lets us mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder)]
    mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    yield folder
    if mounted:
        subprocess.run(["umount", str(folder)], check=True)


@contextmanager
def full(box: Box, leave: int) -> Iterator[None]:
    """No more than so much fits: by a file that takes the rest, or by a quota of the running process."""
    disk, filler = box.data.parent, box.data.parent / "filler"
    if os.path.ismount(disk):
        room = os.statvfs(disk)
        filler.write_bytes(bytes(max(0, room.f_bavail * room.f_frsize - leave)))
        yield
        filler.unlink()
        return
    assert box.process is not None
    assert box.process.pid is not None
    _, hard = resource.prlimit(box.process.pid, resource.RLIMIT_FSIZE, (leave, resource.RLIM_INFINITY))
    yield
    resource.prlimit(box.process.pid, resource.RLIMIT_FSIZE, (hard, hard))


class Shift:
    """What was asked and what was answered; a refusal for want of room is no answer."""

    def __init__(self, till: Till, chance: random.Random) -> None:
        self.asked: dict[str, bytes] = {}
        self.answers: dict[str, set[tuple[int, bytes]]] = {}
        self.turned_away = 0
        self._till, self._chance = till, chance

    async def sell(self) -> None:
        """One more, from two tabs, beside one that was asked before."""
        key = f"k{len(self.asked)}"
        said = {"player": f"p{len(self.asked) % 7}", "drawer": "d", "amount": 100 + len(self.asked)}
        self.asked[key] = body("cash_buy_in", **said)
        async with anyio.create_task_group() as tabs:
            for one in (key, key, self._chance.choice(list(self.asked))):
                tabs.start_soon(self.ask, one)

    async def ask(self, key: str) -> bool:
        answer = await self._till.send(key, self.asked[key])
        if answer.status_code == 503:
            error = answer.json()["error"]
            assert (error["code"], error["message"]) == ("not_ready", "The disk is full; nothing was booked.")
            self.turned_away += 1
            return False
        assert answer.status_code == 201, answer.text
        self.answers.setdefault(key, set()).add((answer.status_code, answer.content))
        return True

    async def until_answered(self, key: str) -> None:
        with anyio.fail_after(300):
            while True:
                if await self.ask(key):
                    return
                await anyio.sleep(0.02)


async def test_a_disk_that_fills_amid_a_shift_costs_no_sale_and_needs_no_hand(disk: Path) -> None:
    """[LE32] Killed in the middle of it too."""
    box = await Box.found(disk / "leaf")
    chance = random.Random(29)
    try:
        await box.start()
        async with box.client() as http:
            till = await box.till(http)
            await till.open_house()
            shift = Shift(till, chance)
            for turn in range(SHIFTS):
                with full(box, FREE[turn % len(FREE)]):
                    for _ in range(SALES):
                        await shift.sell()
                    if turn == 1:
                        box.kill()
                if turn == 1:
                    await box.start()
                await shift.until_answered(f"k{len(shift.asked) - 1}")
            for key in shift.asked:
                await shift.until_answered(key)
            await box.ready()
            assert {len(said) for said in shift.answers.values()} == {1}
            booked = Counter(one["entry"]["key"] for one in await till.entries())
            assert {key for key in booked if key.startswith("k")} == set(shift.asked)
            assert max(count for key, count in booked.items() if key) == 1
            seqs = [json.loads(one)["entry"]["seq"] for said in shift.answers.values() for _, one in said]
            assert len(set(seqs)) == len(seqs)
        assert shift.turned_away > SHIFTS
        await box.verifies()
    finally:
        box.kill()
