"""Who has come since a restore: bounded, added up, and kept over restarts."""

from pathlib import Path

import anyio
import pytest
from anyio.lowlevel import checkpoint

from leaf_server.box.database import Database
from leaf_server.documents.roll_call import PAIRS_MAX, RollCall
from leaf_server.documents.terms import Terms

pytestmark = pytest.mark.anyio


async def test_what_a_device_brought_is_added_up_and_still_there_after_a_restart(tmp_path: Path) -> None:
    """[DO110]"""
    database = Database(tmp_path / "leaf.db")
    await database.open()
    try:
        terms = Terms(database, tmp_path, start_ms=0, now_ms=lambda: 0)
        roll_call = RollCall(database, terms, lambda: 7)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(roll_call.run)
            for document, edits in (("floor", 0), ("floor", 3), ("config", 0), ("floor", 2)):
                roll_call.came(document, "d1", edits)
            written = RollCall(database, terms, lambda: 8)
            with anyio.fail_after(20):
                while written.all() != {"d1": (7, {"config": 0, "floor": 5})}:
                    await checkpoint()
                    await written.load()
            tasks.cancel_scope.cancel()
    finally:
        await database.close()


async def test_no_more_pairs_of_device_and_document_are_noted_than_it_holds(tmp_path: Path) -> None:
    database = Database(tmp_path / "leaf.db")
    roll_call = RollCall(database, Terms(database, tmp_path, start_ms=0, now_ms=lambda: 0), lambda: 7)
    for n in range(PAIRS_MAX + 5):
        roll_call.came("floor", f"d{n}", 1)
    roll_call.came("floor", "d0", 1)  # one that is noted goes on
    told = roll_call.all()
    assert len(told) == PAIRS_MAX
    assert told["d0"].edits == {"floor": 2}
