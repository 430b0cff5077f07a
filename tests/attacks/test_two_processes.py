"""Two processes at one venue's folder, whatever the first one's end; and boxes whose clock is years off."""

import sys
from pathlib import Path
from typing import Final

import anyio
import pytest
from anyio import to_thread

from leaf_server import app
from tests.attacks.box import Box
from tests.leaf_server.fix_leaf import Leaf, found, running
from tests.leaf_server.test_ledger_api import LEDGER, Till
from tests.ports import free_ports

pytestmark = [pytest.mark.anyio, pytest.mark.servers]
BEAN_CHECK: Final = Path(sys.executable).with_name("bean-check")
YEAR_MS: Final = 366 * 86_400_000


async def test_a_second_process_is_turned_away_until_the_first_is_killed(tmp_path: Path) -> None:
    """[LE30]"""
    first = await Box.found(tmp_path / "leaf")
    second = Box(first.data, first.founded, free_ports(8))
    try:
        await first.start()
        async with first.client() as http:
            till = await first.till(http)
            before = await till.post("k1", "vault_in", amount=5)
            refused = second.spawn()
            await to_thread.run_sync(refused.join, 120)
            assert refused.exitcode == 1
            assert "another process has the ledger open (ledger.lock)" in second.log.read_text()
            assert (await till.post("k2", "vault_in", amount=6))["entry"]["seq"] == 3
        first.kill()
        second.devices.update(first.devices)
        await second.start()
        async with second.client() as http:
            till = await second.till(http)
            assert await till.post("k1", "vault_in", amount=5) == before
            assert (await till.post("k3", "vault_in", amount=7))["entry"]["seq"] == 4
        second.stop()
    finally:
        first.kill()
        second.kill()


async def test_a_clock_that_is_set_by_years_moves_no_entry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """[LE5] [LE94] Ahead, back to before the venue was, and right again: numbers, times and proofs hold."""
    data, right = tmp_path / "leaf", app._wall_ms
    founded = await found(data)
    devices: dict[str, dict[str, str]] = {}
    answers: dict[str, bytes] = {}
    for years in (0, 20, -30, 0):
        monkeypatch.setattr(app, "_wall_ms", lambda years=years: right() + years * YEAR_MS)
        async with running(data, founded) as leaf:
            devices = await enrolled(leaf, devices)
            till = Till(leaf.http, await leaf.token("ana", "cage"))
            for key, said in answers.items():
                assert (await till.ask("vault_in", key=key, amount=5)).content == said
            for n in range(2):
                key = f"k{len(answers)}-{n}"
                answers[key] = (await till.ask("vault_in", key=key, amount=5)).content
            entries = (await till.get(f"{LEDGER}/entries"))["entries"]
            export = await leaf.http.get(f"{LEDGER}/export?format=beancount", headers=till.sign_in)
            assert (await leaf.http.get("/health")).status_code == 200
    times = [one["entry"]["at_ms"] for one in entries]
    assert (times, len(times)) == (sorted(times), 9)
    (tmp_path / "ledger.beancount").write_bytes(export.content)
    checked = await anyio.run_process([str(BEAN_CHECK), str(tmp_path / "ledger.beancount")], check=False)
    assert (checked.returncode, checked.stderr) == (0, b"")


async def enrolled(leaf: Leaf, devices: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    if not devices:
        await leaf.enrol()
    leaf.devices.update(devices)
    return leaf.devices
