"""A venue belongs to one core process at a time, and a fence tells the old owner from the new."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
import pytest

from core_server.db import Database, DatabaseDown
from core_server.ownership import OwnedElsewhere, Ownership, check_fence
from tests.fix_postgres import Postgres
from tests.fix_venues import EnrolledVenue

pytestmark = [pytest.mark.anyio, pytest.mark.servers]


@asynccontextmanager
async def process(database: Database) -> AsyncIterator[Ownership]:
    """What one core process owns, until it ends."""
    owner = Ownership(database)
    async with anyio.create_task_group() as tasks:
        await tasks.start(owner.run)
        yield owner
        tasks.cancel_scope.cancel()


async def test_a_second_process_waits_until_the_first_is_gone(
    database: Database, venue: EnrolledVenue
) -> None:
    async with process(database) as first:
        assert await first.fence(venue.id) == await first.fence(venue.id) == 1
        async with process(database) as second:
            with pytest.raises(OwnedElsewhere):
                await second.fence(venue.id)
    async with process(database) as third:
        assert await third.fence(venue.id) == 2


async def test_an_old_fence_writes_nothing(database: Database, venue: EnrolledVenue) -> None:
    async with process(database) as first:
        fence = await first.fence(venue.id)
    async with process(database) as second:
        newer = await second.fence(venue.id)
        async with database.venue(venue.id) as transaction:
            await check_fence(transaction, venue.id, newer)
        with pytest.raises(OwnedElsewhere):
            async with database.venue(venue.id) as transaction:
                await check_fence(transaction, venue.id, fence)


async def test_what_nobody_took_is_still_ours_after_the_database_was_killed(
    database: Database, venue: EnrolledVenue, postgres: Postgres
) -> None:
    async with process(database) as owner:
        before = await owner.fence(venue.id)
        postgres.kill()
        await postgres.start()
        with anyio.fail_after(20):
            while True:
                try:
                    async with database.venue(venue.id) as transaction:
                        await check_fence(transaction, venue.id, await owner.fence(venue.id))
                    break
                except DatabaseDown:
                    await anyio.sleep(0.05)
        assert await owner.fence(venue.id) == before


async def test_nobody_owns_a_venue_without_a_connection(database: Database, venue: EnrolledVenue) -> None:
    owner = Ownership(database)
    assert not owner.is_up
    with pytest.raises(DatabaseDown):
        await owner.fence(venue.id)
