"""A core whose database has no space: writers wait, readers read, all comes in when there is some again."""

import anyio
import psycopg
import pytest

from crdt_models.session import NoteKind
from tests.core_server.fix_core import RunningCore, Tablet

pytestmark = [pytest.mark.anyio, pytest.mark.servers]
FULL = """
CREATE FUNCTION felt.no_space() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$;
CREATE TRIGGER no_space BEFORE INSERT ON felt.update_log EXECUTE FUNCTION felt.no_space();
"""
FREE = "DROP FUNCTION felt.no_space() CASCADE"


async def test_a_core_without_space_says_so_and_recovers_by_itself(core: RunningCore) -> None:
    """[DO75] [DO76]"""
    one = Tablet(core, core.east, "config", "tab1", "manager")
    other = Tablet(core, core.east, "config", "tab2", "manager")
    with psycopg.connect(core.settings.database_url or "", autocommit=True) as owner:
        owner.execute("SET client_min_messages TO warning")
        async with one, other:
            await one.write("setup", {"kind": "config", "version": 1})
            await one.until_accepted()
            owner.execute(FULL)
            await one.write("table/t1", {"number": 1, "seats": 9})
            with anyio.fail_after(60):
                while not any(note.content.get("store") == "full" for note in other.notes):
                    await other.turn()
            async with core.client() as client:
                health = await client.get("/health")
                assert health.status_code == 503
                assert health.json()["why"] == ["documents: the database is full"]
                assert "felt_store_full 1" in (await client.get("/metrics")).text
            late = Tablet(core, core.east, "config", "tab3", "manager")
            async with late:
                await late.until_shows("setup", {"kind": "config", "version": 1})
                assert any(note.content.get("store") == "full" for note in late.notes)
                owner.execute(FREE)
                await one.until_accepted()
                for tablet in (other, late):
                    await tablet.until_shows("table/t1", {"number": 1, "seats": 9})
            beats = [note.content for note in other.notes if note.kind is NoteKind.BEAT]
            assert "store" not in beats[-1]
    async with core.client(core.east.token("manager")) as client:
        assert (await client.get("/health")).status_code == 200
        told = (await client.get("/api/v1/documents/config/history?name=table/t1")).json()["changes"]
    assert len(told) == 1
