"""A venue belongs to one core process at a time, and a fence tells the old owner from the new."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import anyio
import pytest

from core_server.db import Database, DatabaseDown
from core_server.ledger_mirror import LedgerMirror, MirrorState
from core_server.ownership import OwnedElsewhere, Ownership, check_fence
from core_server.venue_rooms import VenueRooms
from core_server.venues import Venues
from serving.nats_link import NatsLink
from tests.fix_postgres import Postgres
from tests.fix_venues import EnrolledVenue

pytestmark = [pytest.mark.anyio, pytest.mark.servers]


@asynccontextmanager
async def process(
    database: Database, reachable: Callable[[], bool] = lambda: True
) -> AsyncIterator[Ownership]:
    """What one core process owns, until it ends."""
    owner = Ownership(database, reachable)
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
        with anyio.fail_after(60):
            while True:
                try:
                    async with database.venue(venue.id) as transaction:
                        await check_fence(transaction, venue.id, await owner.fence(venue.id))
                    break
                except DatabaseDown:
                    await anyio.sleep(0.05)
        assert await owner.fence(venue.id) == before


async def test_an_owner_that_can_not_reach_the_hub_is_succeeded_and_finds_out(
    database: Database, venue: EnrolledVenue
) -> None:
    """[DO80] Nobody can tell it, so it looks; a claimant that is as blind takes nothing."""
    hub_is_up, lost = True, anyio.Event()

    async def lose(_venue: str, _fence: int) -> None:
        lost.set()

    async with process(database, lambda: hub_is_up) as first, process(database) as second:
        await first.fence(venue.id)
        first.lost = lose
        hub_is_up = False
        await stale(database, first, second)
        with pytest.raises(OwnedElsewhere) as elsewhere:
            await second.fence(venue.id)
        assert elsewhere.value.owner == first.process
        await fresh(database, second)
        with anyio.fail_after(60):
            while True:
                try:
                    assert await second.fence(venue.id) == 2
                    break
                except OwnedElsewhere:
                    await anyio.sleep(0.05)  # it believes for a moment what it was told
            await lost.wait()
        assert first.owned() == []


async def stale(database: Database, *processes: Ownership) -> None:
    """As if they had not been seen for ten seconds."""
    async with database.directory() as transaction:
        await transaction.execute(
            "UPDATE core_processes SET seen_at = seen_at - interval '10 s' WHERE process = ANY(%s)",
            ([each.process for each in processes],),
        )


async def fresh(database: Database, process: Ownership) -> None:
    async with database.directory() as transaction:
        await transaction.execute(
            "UPDATE core_processes SET seen_at = clock_timestamp() WHERE process = %s", (process.process,)
        )


async def test_a_transaction_of_a_stopped_process_does_not_hold_a_venue_for_ever(database: Database) -> None:
    """[DO80] It holds its owner's row; the database ends it when nothing was said for five seconds."""
    async with database.directory() as transaction:
        told = await transaction.execute("SHOW idle_in_transaction_session_timeout")
        assert await told.fetchone() == ("5s",)


async def test_nobody_owns_a_venue_without_a_connection(database: Database, venue: EnrolledVenue) -> None:
    owner = Ownership(database)
    assert not owner.is_up
    with pytest.raises(DatabaseDown):
        await owner.fence(venue.id)


async def test_rooms_that_were_lost_while_they_were_opened_are_opened_anew(
    database: Database, venue: EnrolledVenue
) -> None:
    """[DO80] Who tells us that the venue passed on finds nothing open yet, and tells us once."""

    class SlowMirror(LedgerMirror):
        async def state(self, venue_id: str) -> MirrorState:
            await first.superseded(venue_id, 1)
            return await super().state(venue_id)

    venues = Venues(database)
    await venues.read()
    async with process(database) as first, anyio.create_task_group() as tasks:
        link = NatsLink("nats://127.0.0.1:9", name="core")  # nothing is sent
        rooms = VenueRooms(database, first, venues, SlowMirror(database), link)
        first.lost = rooms.lose
        await tasks.start(rooms.run)
        with anyio.fail_after(60):
            opened = await rooms.get(venue.id)
        assert opened is not None
        assert first.holds(venue.id, opened.fence)
        assert await opened.store.append([]) == 0
        tasks.cancel_scope.cancel()
