"""A disk that is full, fails or is slow: nothing accepted is lost, nothing half written, all are told."""

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import anyio
import anyio.lowlevel
import apsw
import pytest

from crdt_models.edits import ACT_EDITS_MAX
from crdt_models.errors import StoreNotReady
from crdt_models.facts import Json
from crdt_models.inbox import BYTES_MAX
from leaf_server.box import database
from serving import store_watch
from tests.faults.disk import Disk, Done
from tests.faults.hands import LONG, Clock, Hand, Leaf, history, open_leaf, until

pytestmark = pytest.mark.anyio
SEAT: Json = {"table": "t1", "seat": 1}
ENTRY: Json = {"list": "l1", "player": "p" * 30}
KINDS = {"full": apsw.FullError, "failing": apsw.IOError}


@pytest.fixture
def disk() -> Iterator[Disk]:
    with Disk() as disk:
        yield disk


async def two_hands(leaf: Leaf, now: Clock) -> tuple[Hand, Hand]:
    await leaf.rooms.write("floor", [("seat/p0", SEAT)])
    one, two = Hand.new("floor", "d1", 1), Hand.new("floor", "d2", 2)
    for hand in (one, two):
        await hand.connect(leaf.rooms)
    return one, two


async def once_each(leaf: Leaf, *hands: Hand) -> None:
    """Every edit that was written is in history once, rows are numbered without gaps, all show the same."""
    room = await leaf.rooms.enter("floor")
    await until(lambda: all(hand.settled for hand in hands))
    await until(lambda: {hand.digest for hand in hands} == {room.facts.digest})
    present = set(room.facts.edits)  # the leaf may write more while the history is read
    written = [change.stamp for change in await history(leaf.store, "floor")]
    assert set(Counter(written).values()) == {1}
    assert set(written) >= present
    last, rows = await leaf.store.last(), await leaf.store.since(0, 1 << 24)
    assert len(rows) >= last
    assert [row.n for row in rows] == list(range(1, len(rows) + 1))


@pytest.mark.parametrize("trouble", ["full", "failing"])
async def test_a_disk_that_takes_nothing_is_told_and_what_waits_comes_in_when_it_does(
    tmp_path: Path, disk: Disk, trouble: str
) -> None:
    """[DO75] [DO76]"""
    now = Clock()
    async with open_leaf(tmp_path / "leaf.db", disk, now, 4_000_000_000) as leaf:
        one, two = await two_hands(leaf, now)
        shown, last = two.replica.facts.digest, await leaf.store.last()
        told = await history(leaf.store, "floor")

        def no_space(done: Done) -> None:
            if done.kind == "write":
                raise KINDS[trouble]("by order of the test")

        disk.before = no_space
        for n in range(20):
            one.write([(f"seat/q{n}", SEAT)], now())
        await until(lambda: trouble in one.troubles and trouble in two.troubles)
        assert leaf.rooms.why_not_ready()[0].startswith(f"documents: the store is {trouble}: ")
        assert (one.replica.unsent, two.replica.facts.digest) == (20, shown)  # nothing was accepted or shown
        newcomer = Hand.new("floor", "d3", 3)
        await newcomer.connect(leaf.rooms)
        assert newcomer.replica.facts.digest == shown
        assert newcomer.troubles == [trouble]
        assert (await leaf.rooms.facts("displays")).get("setup") is None  # others can be opened too
        with pytest.raises(StoreNotReady):
            await leaf.store.set_cursor("core", 1)
        with pytest.raises(StoreNotReady):  # the server's own writers are told so, and come again
            await leaf.rooms.write("floor", [("seat/p7", SEAT)])
        assert await leaf.store.last() == last
        assert await history(leaf.store, "floor") == told
        disk.before = lambda _: None
        await once_each(leaf, one, two, newcomer)
        assert (one.code, two.code, newcomer.code) == (None, None, None)  # nobody had to come again
        assert one.troubles[-1] is two.troubles[-1] is newcomer.troubles[-1] is None
        assert leaf.rooms.why_not_ready() == []


async def test_a_database_that_may_not_grow_says_that_it_is_full(tmp_path: Path) -> None:
    """[DO75] SQLite's own word, on the machine's own disk."""
    now = Clock()
    async with open_leaf(tmp_path / "leaf.db", None, now, 4_000_000_000) as leaf:
        one, two = await two_hands(leaf, now)
        pages = "PRAGMA max_page_count={}"
        await leaf.database.write(lambda db: db.execute(pages.format(1)).fetchall())  # no less than there are
        written = 0
        while leaf.rooms.trouble is None:
            if one.replica.unsent < 500:  # more than fit, and no more than can be taken in soon
                one.write([(f"seat/q{written}", SEAT)], now())
                written += 1
            await anyio.lowlevel.checkpoint()
        assert leaf.rooms.trouble == "full"
        await leaf.database.write(lambda db: db.execute(pages.format(100_000)).fetchall())
        await once_each(leaf, one, two)
        assert len(two.replica.facts.group("seat/")) == written + 1


async def test_while_the_disk_is_full_writers_are_not_read_beyond_the_bound(
    tmp_path: Path, disk: Disk
) -> None:
    """[DO76] What waits is bounded: the inbox, and one frame of each writer."""
    now = Clock()
    async with open_leaf(tmp_path / "leaf.db", disk, now, 4_000_000_000) as leaf:
        one, two = await two_hands(leaf, now)

        def no_space(done: Done) -> None:
            if done.kind == "write":
                raise apsw.FullError("by order of the test")

        disk.before = no_space
        sent = 0
        while leaf.rooms.trouble is None or one.may_send:
            act: list[tuple[str, Json]] = [(f"waitlist/w{sent}x{n}", ENTRY) for n in range(ACT_EDITS_MAX)]
            sent += one.write(act, now())
            await anyio.lowlevel.checkpoint()
        assert BYTES_MAX < sent < 6 * BYTES_MAX
        disk.before = lambda _: None
        await one.writable()
        await once_each(leaf, one, two)


async def test_a_slow_disk_is_told_while_the_commit_still_runs(tmp_path: Path, disk: Disk) -> None:
    """[DO75]"""
    now, go_on = Clock(), threading.Event()
    async with open_leaf(tmp_path / "leaf.db", disk, now, 4_000_000_000) as leaf:
        one, two = await two_hands(leaf, now)

        def wait(done: Done) -> None:
            if done.kind == "sync":
                assert go_on.wait(60)

        disk.before = wait
        one.write([("seat/p1", SEAT)], now())
        await until(lambda: "slow" in two.troubles)
        assert not one.settled
        assert two.replica.facts.get("seat/p1") is None
        go_on.set()
        await once_each(leaf, one, two)
        assert two.troubles[-1] is None


def failing_once(at: int, error: type[Exception]) -> Callable[[Done], None]:
    left = at

    def fail(_: Done) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            raise error("once")

    return fail


@pytest.mark.parametrize("trouble", ["full", "failing"])
async def test_an_error_at_any_operation_of_the_disk_costs_nothing(
    tmp_path: Path, trouble: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """[DO76] One operation after the other fails once: writes, syncs and truncates, of WAL and database."""
    monkeypatch.setattr(store_watch, "AGAIN_S", 0.001)
    monkeypatch.setattr(database, "AGAIN_S", 0.001)
    monkeypatch.setattr(database, "WAL_PAGES", 20)  # so that the WAL is brought back all the time
    chance, now = random.Random(7), Clock()
    with Disk() as disk:
        async with open_leaf(tmp_path / "leaf.db", disk, now, 4_000_000_000, seconds=900) as leaf:
            one, two = await two_hands(leaf, now)
            for turn in range(2_000 if LONG else 120):
                disk.before = failing_once(1 + turn % 40, KINDS[trouble])
                for n in range(chance.randint(1, 4)):
                    one.write([(f"seat/q{n}", {"table": "t1", "seat": 1 + turn % 9})], now())
                    two.write([(f"waitlist/w{turn}x{n}", {"list": "l1", "player": f"p{n}"})], now())
                await until(lambda: one.settled and two.settled)
            disk.before = lambda _: None
            await once_each(leaf, one, two)
    assert {(done.kind, done.file) for done in disk.done} >= {
        (kind, file) for kind in ("write", "sync") for file in ("leaf.db", "leaf.db-wal")
    }
