"""Row level security: a transaction sees its own venue and nothing else, whatever it asks."""

import anyio
import psycopg
import pytest

from core_server import db
from core_server.db import Database, DatabaseDown, MigrationChanged, ValueRefused
from tests.fix_postgres import Postgres
from tests.fix_venues import enrol_venue

pytestmark = [pytest.mark.anyio, pytest.mark.servers]


@pytest.fixture
async def two_venues(database: Database) -> Database:
    for venue in ("east", "west"):
        await enrol_venue(database, venue)
        async with database.venue(venue) as transaction:
            await transaction.execute("INSERT INTO cursors VALUES (%s, 'leaf', 1)", (venue,))
    return database


async def test_every_table_of_a_tenant_is_under_forced_row_level_security(database: Database) -> None:
    async with database.directory() as transaction:
        rows = await (
            await transaction.execute(
                "SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity, pg_get_userbyid(c.relowner) "
                "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
                "JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'venue_id' AND NOT a.attisdropped "
                "WHERE n.nspname = 'felt' AND c.relkind = 'r'"
            )
        ).fetchall()
    forced = {name: is_forced for name, is_forced, _ in rows}
    assert forced.pop("venues") is False  # the directory
    assert len(forced) >= 12
    assert all(forced.values())
    assert "felt_app" not in {owner for _, _, owner in rows}


async def test_a_venue_sees_its_own_rows_alone(two_venues: Database) -> None:
    for venue in ("east", "west"):
        async with two_venues.venue(venue) as transaction:
            rows = await (await transaction.execute("SELECT venue_id FROM cursors")).fetchall()
            other = await transaction.execute("UPDATE cursors SET n = 9 WHERE venue_id <> %s", (venue,))
            assert (rows, other.rowcount) == ([(venue,)], 0)


@pytest.mark.parametrize("forged", ["", "nowhere", "east' OR '1'='1", "%", "EAST", "east\n", " east"])
async def test_a_forged_venue_sees_nothing(two_venues: Database, forged: str) -> None:
    async with two_venues.venue(forged) as transaction:
        assert await (await transaction.execute("SELECT * FROM cursors")).fetchall() == []


async def test_without_a_venue_nothing_is_there_and_nothing_sticks(two_venues: Database) -> None:
    async with two_venues.venue("east") as transaction:
        await transaction.execute("SELECT 1")
    for _ in range(5):  # the same connections again
        async with two_venues.directory() as transaction:
            assert await (await transaction.execute("SELECT * FROM cursors")).fetchall() == []


async def test_rows_of_another_venue_can_not_be_made(two_venues: Database) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        async with two_venues.venue("east") as transaction:
            await transaction.execute("INSERT INTO cursors VALUES ('west', 'forged', 1)")


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE cursors DISABLE ROW LEVEL SECURITY",
        "DROP POLICY tenant ON cursors",
        "CREATE TABLE felt.mine (a int)",
        "TRUNCATE mirror_entries",
        "DELETE FROM cursors",
        "ALTER ROLE felt_app BYPASSRLS",
    ],
)
async def test_the_application_can_not_lift_the_rules(two_venues: Database, statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        async with two_venues.venue("east") as transaction:
            await transaction.execute(statement.encode())


async def test_resetting_the_role_stays_the_application_s(two_venues: Database) -> None:
    async with two_venues.directory() as transaction:
        await transaction.execute("RESET ROLE")
        row = await (await transaction.execute("SELECT current_user, count(*) FROM cursors")).fetchone()
        assert row == ("felt_app", 0)


async def test_migrations_run_once_and_never_change(
    database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    await db.migrate(database_url)
    await db.migrate(database_url)
    with psycopg.connect(database_url) as owner:
        owner.execute("UPDATE felt.migrations SET hash = 'other' WHERE name = '0002_mirror.sql'")
    with pytest.raises(MigrationChanged):
        await db.migrate(database_url)


async def test_a_value_postgres_can_not_hold_is_told_apart(database: Database) -> None:
    with pytest.raises(ValueRefused):
        async with database.venue("east") as transaction:
            await transaction.execute("SELECT %s::bigint", (2**70,))


async def in_use_for_ever(database: Database) -> None:
    """A backend answers until it has seen that its postmaster is gone."""
    while True:
        async with database.venue("east"):
            pass


async def test_a_killed_database_is_down_then_back(two_venues: Database, postgres: Postgres) -> None:
    postgres.kill()
    with anyio.fail_after(60), pytest.raises(DatabaseDown):
        await in_use_for_ever(two_venues)
    await postgres.start()
    for _ in range(20):
        try:
            async with two_venues.venue("east") as transaction:
                assert await (await transaction.execute("SELECT n FROM cursors")).fetchall() == [(1,)]
                return
        except DatabaseDown:
            continue
    pytest.fail("it did not come back")
