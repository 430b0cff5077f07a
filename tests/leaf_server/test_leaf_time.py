"""Leaf time never goes back, whatever the clocks do."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaf_server.box.database import Database
from leaf_server.box.leaf_time import LeafTime, WrittenDown, begin

pytestmark = pytest.mark.anyio
START_MS = 1_700_000_000_000


class Clocks:
    """A wall clock that can be set, and one that cannot."""

    def __init__(self, leaf_ms: int) -> None:
        self.wall = START_MS + leaf_ms
        self.second = 100.0

    def pass_s(self, seconds: float) -> None:
        self.wall += int(seconds * 1000)
        self.second += seconds

    def leaf_time(self, database: Database) -> LeafTime:
        return LeafTime(
            database, start_ms=START_MS, wall_ms=lambda: self.wall, monotonic_s=lambda: self.second
        )


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(tmp_path / "leaf.db")
    await database.open()
    yield database
    await database.close()


async def test_it_follows_the_monotonic_clock(database: Database) -> None:
    clocks = Clocks(5_000)
    leaf_time = clocks.leaf_time(database)
    await leaf_time.load()
    assert leaf_time.now() == 5_000
    clocks.pass_s(2)
    assert leaf_time.now() == 7_000
    clocks.wall -= 3_600_000
    assert leaf_time.now() == 7_000


async def test_a_wall_clock_that_is_set_is_met_gently(database: Database) -> None:
    clocks = Clocks(1_000_000)
    leaf_time = clocks.leaf_time(database)
    await leaf_time.load()
    clocks.wall -= 2_000
    leaf_time.lean()
    clocks.pass_s(60)
    assert leaf_time.now() == 1_058_000
    assert leaf_time.doubt is None


async def test_a_jump_of_more_than_ten_minutes_waits_for_a_person(database: Database) -> None:  # [DO26]
    clocks = Clocks(1_000_000)
    leaf_time = clocks.leaf_time(database)
    await leaf_time.load()
    clocks.wall += 3_600_000
    leaf_time.lean()
    clocks.pass_s(60)
    assert leaf_time.now() == 1_060_000
    assert leaf_time.doubt is not None
    assert leaf_time.clock_off_ms() == 3_600_000
    clocks.wall -= 3_600_000
    leaf_time.lean()
    assert leaf_time.doubt is None
    assert leaf_time.clock_off_ms() is None


async def test_a_restart_with_a_clock_that_fell_back_goes_on_and_asks(database: Database) -> None:
    clocks = Clocks(10_000_000)
    leaf_time = clocks.leaf_time(database)
    await leaf_time.load()
    await leaf_time.write_down()
    before = leaf_time.now()
    later = Clocks(1_000)
    restarted = later.leaf_time(database)
    await restarted.load()
    assert restarted.now() >= before
    assert restarted.doubt is not None


async def test_a_restart_after_running_ahead_never_goes_back(database: Database) -> None:
    clocks = Clocks(10_000_000)
    leaf_time = clocks.leaf_time(database)
    await leaf_time.load()
    clocks.wall -= 30_000
    await leaf_time.write_down()
    clocks.pass_s(59)  # given out, never written down
    given_out = leaf_time.now()
    restarted = clocks.leaf_time(database)
    await restarted.load()
    assert restarted.now() >= given_out


@given(
    wall=st.integers(-(10**9), 10**12),
    ms=st.integers(0, 10**12),
    ahead=st.integers(0, 10**9),
)
def test_the_start_is_never_before_what_was_written_down(wall: int, ms: int, ahead: int) -> None:
    now, _ = begin(wall, WrittenDown(ms, ahead))
    assert now >= ms
    assert now >= wall
