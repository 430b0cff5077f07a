"""Flow 3, leaf to core: the ledger arrives entry by entry, however long the line was away."""

import subprocess
import sys

from felt.demo.crew import Crew
from tests.e2e.play import entries, sell
from tests.fix_room import ROOT, Room, until


def test_entries_made_while_the_line_is_cut_arrive_when_it_is_back(room: Room) -> None:
    room.prepare()
    sell(room, ["Before One", "Before Two"])
    until(lambda: entries(room) == entries(room, room.core_url), "the core has what the leaf has")

    room.line("cut")
    receipts = sell(room, [f"Meanwhile {number}" for number in range(12)])
    held = len(entries(room, room.core_url))
    assert held < len(entries(room))

    room.line("restore")
    until(lambda: entries(room) == entries(room, room.core_url), "the core has caught up")
    at_core = {row["entry"]["seq"]: row["hash"] for row in entries(room, room.core_url)}
    assert all(at_core[receipt.seq] == receipt.hash for receipt in receipts)
    assert sorted(at_core) == list(range(1, len(at_core) + 1))


def test_documents_changed_while_the_line_is_cut_arrive_too(room: Room) -> None:
    room.line("cut")

    async def job(crew: Crew) -> None:
        floor = await crew.floor.open("floor")
        await floor.write(("list/late", {"name": "Late game", "start_number": 5}))
        await floor.settled()

    room.work(job)
    assert "list/late" not in room.facts("floor", at=room.core_url)
    room.line("restore")
    until(lambda: "list/late" in room.facts("floor", at=room.core_url), "the core has the list")


def test_an_auditor_proves_the_leafs_ledger_against_the_core(room: Room) -> None:
    command = [sys.executable, "-m", "felt", "ledger", "verify"]
    ledger = room.data / "leaf" / "ledger.db"
    checked = subprocess.run(
        [*command, str(ledger), "--against", room.core_url], cwd=ROOT, capture_output=True, text=True
    )
    assert checked.returncode == 0, checked.stderr
    assert "verified" in checked.stdout
