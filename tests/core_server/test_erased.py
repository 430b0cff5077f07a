"""What the core keeps of an erased player: nothing, in one venue and not in the others."""

import pytest

from core_server.db import Database
from core_server.doc_store import CoreDocStore
from core_server.erased import Erased
from core_server.ownership import Ownership
from crdt_models.update_log import HistoryQuery
from tests.contracts.doc_store import change, row
from tests.fix_venues import enrol_venue

pytestmark = [pytest.mark.anyio, pytest.mark.servers]
NAME = b"Zebulon"
TABLES = ("update_log", "snapshots", "document_history", "documents", "refused_edits", "client_ids")


async def kept(database: Database, venue: str) -> str:
    """Everything of the venue's documents, as text."""
    async with database.venue(venue) as transaction:
        found = [
            await (
                await transaction.execute(
                    f"SELECT coalesce(string_agg(t::text, ' '), '') FROM {table} t"  # type: ignore[arg-type]
                )
            ).fetchone()
            for table in TABLES
        ]
    return " ".join(str(row[0]) for row in found if row is not None)


async def test_log_snapshot_and_history_lose_the_name_for_ever(
    database: Database, ownership: Ownership
) -> None:
    """[DO59]"""
    east, west = [(await enrol_venue(database, name)).id for name in ("eastern", "western")]
    for venue in (east, west):
        store = CoreDocStore(database, ownership, venue)
        about = change("1.1.a-1", "player/p1", '{"name":"Zebulon"}')
        await store.append([row("roster", NAME, 1, history=[about])])
        await store.save_snapshot("roster", 1, NAME)
        await store.append([row("roster", b"anew", 2, history=[change("1.2.a-1", "player/p2", '"Abe"')])])
    erased = Erased(database, east)
    assert "Zebulon" in await kept(database, east)
    assert NAME.hex() in await kept(database, east)
    assert await erased.add(["p1"]) == {"p1"}
    assert await erased.add([]) == {"p1"}
    everything = await kept(database, east)
    assert "Zebulon" not in everything
    assert NAME.hex() not in everything
    assert "Abe" in everything
    stored = await CoreDocStore(database, ownership, east).load("roster")
    assert stored is not None
    assert (stored.epoch, list(stored.updates)) == (2, [b"anew"])
    page = await CoreDocStore(database, ownership, east).history(HistoryQuery(["roster"]), None, 10)
    assert [numbered.change.name for numbered in page.changes] == ["player/p2", "player/p1"]
    again = Erased(database, east)
    await again.load()
    assert again.forgets("roster", "conflict/player/p1")
    assert not again.forgets("roster", "player/p2")
    assert not again.forgets("floor", "player/p1")
    other = Erased(database, west)
    await other.load()
    assert other.players == frozenset()
    assert "Zebulon" in await kept(database, west)
