"""Rooms over a switch of epoch: at the leaf, at the core, and for everybody who comes from the one before."""

import os

import anyio
import pytest
from pycrdt import Doc, Map

from crdt_models.epochs import bytes_max
from crdt_models.errors import CloseCode, RoomClosed
from crdt_models.facts import Json
from crdt_models.replica import Replica
from crdt_models.session import SyncStep, sync_message
from crdt_models.wire import read_state_vector
from tests.crdt_models.venue import LooseReplica, Server, Tablet, exchange

pytestmark = pytest.mark.anyio
SEAT: Json = {"table": "t1", "seat": 1}
DAY_MS = 24 * 3_600_000
DAYS, EDITS_A_DAY = (30, 4_000) if os.environ.get("FELT_LONG") else (30, 450)


def tablet(device: str, client_id: int) -> Tablet:
    return Tablet(LooseReplica("floor", device=device, nonce="x", client_id=client_id))


async def founded(*tablets: Tablet) -> Server:
    leaf = Server("leaf", 4_000_000_001)
    tablets[0].write([("setup", {"kind": "floor"})], 1)
    for one in tablets:
        await one.sync(leaf)
    return leaf


async def rejoin(one: Tablet, server: Server, client_id: int) -> None:
    """As a tablet that is sent away with 4409."""
    assert one.code == CloseCode.OTHER_EPOCH
    one.replica.start_over(client_id)
    await one.sync(server)
    assert one.code is None


async def test_sessions_are_sent_away_and_find_everything_again() -> None:
    """[DO50]"""
    one, two = tablet("d1", 1), tablet("d2", 2)
    leaf = await founded(one, two)
    one.write([("seat/p1", SEAT), ("seat/p2", SEAT)], 2)
    one.write([("seat/p1", None)], 3)
    await one.sync(leaf)
    two.connect(leaf)
    two.hear()
    await leaf.switch()
    assert two.code == CloseCode.OTHER_EPOCH
    assert leaf.room.epoch == 2
    two.replica.write([("seat/p2", None)], person="ana", now=4)  # while it was away
    await rejoin(two, leaf, 12)
    await one.sync(leaf)
    await rejoin(one, leaf, 11)
    assert one.replica.facts.edits == two.replica.facts.edits == leaf.room.facts.edits
    assert leaf.room.facts.names() == ["seat/p1", "seat/p2", "setup"]
    assert leaf.room.facts.get("seat/p2") is None
    assert read_state_vector(one.replica.state_vector, clients_max=10).keys() == {4_000_001_001, 12}
    before = leaf.room.facts.digest
    await leaf.restart()
    assert (leaf.room.epoch, leaf.room.facts.digest) == (2, before)


async def test_an_answer_lost_over_a_switch_does_not_double_or_bring_back() -> None:
    """[DO54]"""
    one, two = tablet("d1", 1), tablet("d2", 2)
    leaf = await founded(one, two)
    one.write([("seat/p1", SEAT)], 2)
    await one.sync(leaf, loses=True)  # accepted, and the tablet does not know
    await two.sync(leaf)
    two.write([("seat/p1", None)], 3)
    await two.sync(leaf)
    await leaf.switch()
    await leaf.switch()
    await one.sync(leaf)
    await rejoin(one, leaf, 11)
    assert one.replica.unsent == 0
    assert leaf.room.facts.get("seat/p1") is None
    assert len(leaf.room.facts.live("seat/p1")) == 1


async def test_a_device_away_for_a_week_over_switches_brings_its_edits_once() -> None:
    """[DO54]"""
    one, two = tablet("d1", 1), tablet("d2", 2)
    leaf = await founded(one, two)
    for n in range(5):
        two.replica.write([(f"seat/q{n}", SEAT)], person="ana", now=10 + n)
    for day in range(1, 4):
        leaf.now = day * 2 * DAY_MS
        one.write([("seat/p1", {"table": "t1", "seat": day})], leaf.now)
        await one.sync(leaf)
        await leaf.switch()
        await one.sync(leaf)
        await rejoin(one, leaf, 100 + day)
    await two.sync(leaf)
    await rejoin(two, leaf, 12)
    await two.sync(leaf)
    assert leaf.room.facts.names("seat/q") == [f"seat/q{n}" for n in range(5)]
    told = [change.stamp for row in leaf.log for change in row.history if change.name.startswith("seat/q")]
    assert len(told) == len(set(told)) == 5


async def test_a_device_away_for_seventy_days_neither_loses_nor_brings_back() -> None:
    """[DO104] Nothing leaves the vector: what it had sent stays decided, what it had not comes in once."""
    one, two = tablet("d1", 1), tablet("d2", 2)
    leaf = await founded(one, two)
    two.write([("seat/p2", SEAT)], 5)
    await two.sync(leaf, loses=True)  # accepted, and the tablet does not know
    two.replica.write([("seat/p2", {"table": "t1", "seat": 2})], person="ana", now=6)
    two.replica.write([("seat/q1", SEAT)], person="ana", now=7)
    await one.sync(leaf)
    one.write([("seat/p2", None)], 8)
    await one.sync(leaf)
    for day in (1, 20, 40, 60, 70):
        leaf.now = day * DAY_MS
        await leaf.switch()  # the null is forgotten in one of them
        await one.sync(leaf)
        await rejoin(one, leaf, 100 + day)
        one.write([("seat/p1", {"table": "t1", "seat": 1 + day % 9})], leaf.now)
        await one.sync(leaf)
        await leaf.restart()
    assert leaf.room.facts.names("seat/") == ["seat/p1"]
    await two.sync(leaf)
    await rejoin(two, leaf, 12)
    await two.sync(leaf)
    assert leaf.room.facts.get("seat/p2") == {"table": "t1", "seat": 2}
    assert leaf.room.facts.get("seat/q1") == SEAT
    told = [change.stamp for row in leaf.log for change in row.history]
    assert len(told) == len(set(told))
    assert two.code is None


async def test_what_a_replaced_edit_holds_down_stays_down_over_a_switch() -> None:
    """[DO50] B names A, which the leaf has not seen yet; C names B. Only C is live, but B has to stay."""
    one, two = tablet("d1", 1), tablet("d2", 2)
    leaf = await founded(one, two)
    one.replica.write([("seat/p1", SEAT)], person="ana", now=2)  # A
    two.replica.apply(one.replica.own_update(leaf.room.state_vector))  # by another way than the leaf
    two.write([("seat/p1", {"table": "t1", "seat": 2})], 3)  # B
    two.write([("seat/p1", {"table": "t1", "seat": 3})], 4)  # C
    await two.sync(leaf)
    await leaf.switch()
    await one.sync(leaf)
    await rejoin(one, leaf, 11)
    assert leaf.room.facts.get("seat/p1") == {"table": "t1", "seat": 3}
    assert len(leaf.room.facts.live("seat/p1")) == 1
    await leaf.prune()
    assert len([edit for edit in leaf.room.facts.edits.values() if edit.name == "seat/p1"]) == 1


async def test_a_stock_client_of_an_earlier_epoch_is_kept_out() -> None:
    """[DO51]"""
    one = tablet("d1", 1)
    leaf = await founded(one)
    stock = Doc[Map[str]](client_id=77)
    stock.apply_update(leaf.room.whole().update)  # type: ignore[union-attr]
    await leaf.switch()
    before = leaf.room.state_vector
    peer = Tablet(LooseReplica("floor", device="d9", nonce="y", client_id=77), felt=False)
    peer.connect(leaf)
    peer.send(sync_message(SyncStep.STEP_1, stock.get_state()))
    assert peer.code == CloseCode.OTHER_EPOCH
    again = Tablet(LooseReplica("floor", device="d1", nonce="y", client_id=78), felt=False)
    again.connect(leaf)
    again.send(sync_message(SyncStep.UPDATE, stock.get_update()))
    await leaf.settle()
    assert again.code == CloseCode.OTHER_EPOCH
    assert leaf.room.state_vector == before
    await leaf.restart()
    peer.connect(leaf)
    peer.send(sync_message(SyncStep.STEP_1, stock.get_state()))
    assert peer.code == CloseCode.OTHER_EPOCH


async def test_the_core_follows_and_gives_back_what_it_alone_had_taken() -> None:
    """[DO54]"""
    one, phone = tablet("d1", 1), tablet("d3", 3)
    leaf, core = await founded(one), Server("core", 4_000_000_002)
    await exchange(leaf, core)
    await phone.sync(core)
    phone.write([("seat/p9", SEAT)], 5)
    await phone.sync(core)
    await leaf.switch()
    await exchange(leaf, core, to_leaf=0)
    assert core.room.epoch == 2
    await phone.sync(core)
    await rejoin(phone, core, 13)
    assert phone.replica.unsent == 1  # the leaf has not decided it
    await exchange(leaf, core)
    assert leaf.room.facts.get("seat/p9") == SEAT
    await exchange(leaf, core)
    await phone.sync(core)
    assert phone.replica.unsent == 0
    assert phone.replica.facts.edits == core.room.facts.edits == leaf.room.facts.edits
    await core.restart()
    assert core.room.facts.edits == leaf.room.facts.edits


@pytest.mark.parametrize("rows_first", [False, True])
async def test_what_the_core_alone_had_taken_comes_to_it_again_and_is_not_buried(rows_first: bool) -> None:
    """[DO54] Seeds 298, 390, 408 and 415 of the evenings: the leaf took it alive under that id.

    Or it had a hole there for ever, if it heard of the tombstone first (seed 15 with two intruders).
    """
    one, phone = tablet("d1", 1), tablet("d3", 3)
    leaf, core = await founded(one), Server("core", 4_000_000_002)
    await exchange(leaf, core)
    await phone.sync(core)
    phone.write([("seat/p9", SEAT)], 5)
    await phone.sync(core)
    await leaf.switch()
    await phone.sync(leaf)
    phone.replica.start_over(13)
    phone.replica.write([("seat/p8", SEAT)], person="ana", now=6)  # and p9 before it, under the new id
    await exchange(leaf, core, to_leaf=0)
    assert core.room.facts.get("seat/p9") is None
    await core.restart()
    await phone.sync(core)
    assert core.room.facts.get("seat/p9") == SEAT
    if rows_first:
        await exchange(leaf, core)
    await phone.sync(leaf)
    assert phone.code is None
    await exchange(leaf, core)
    await exchange(leaf, core)
    await phone.sync(leaf)
    assert leaf.room.facts.names() == ["seat/p8", "seat/p9", "setup"]
    assert phone.replica.facts.edits == core.room.facts.edits == leaf.room.facts.edits
    vectors = [read_state_vector(room.state_vector, clients_max=10) for room in (core.room, leaf.room)]
    assert vectors[0] == vectors[1]


async def test_what_the_leaf_decided_and_pruned_stays_buried_at_the_core() -> None:
    """[DO54]"""
    one, phone = tablet("d1", 1), tablet("d3", 3)
    leaf, core = await founded(one, phone), Server("core", 4_000_000_002)
    phone.write([("seat/p9", SEAT)], 5)
    (pruned,) = phone.replica.own_stamps()
    await phone.sync(leaf, loses=True)  # taken, and the phone does not know
    await one.sync(leaf)
    one.write([("seat/p9", None)], 6)
    await one.sync(leaf)
    await leaf.switch()
    await exchange(leaf, core)
    await exchange(leaf, core, to_leaf=0)  # twice, as after a lost answer
    await phone.sync(leaf)
    phone.replica.start_over(13)
    phone.replica.write([("seat/p8", SEAT)], person="ana", now=7)
    await phone.sync(core)
    assert core.room.facts.names() == ["seat/p8", "seat/p9", "setup"]
    assert pruned not in core.room.facts.edits
    await exchange(leaf, core)
    await phone.sync(leaf)
    await exchange(leaf, core)
    assert phone.replica.facts.edits == core.room.facts.edits == leaf.room.facts.edits


async def test_who_waits_for_a_switch_hears_of_a_room_that_closed() -> None:
    leaf = await founded(tablet("d1", 1))
    waiter = leaf.room.switch()
    leaf.room.abandon()
    with pytest.raises(RoomClosed):
        await waiter.wait()
    with pytest.raises(RoomClosed):
        leaf.room.switch()


async def test_a_switch_wanted_while_one_is_on_its_way_to_the_log_is_another_epoch() -> None:
    """Both had the same number once: after a restart the document held everything twice."""
    leaf = await founded(tablet("d1", 1))
    leaf.room.switch()
    first = await leaf.room.gather(leaf.now)
    assert first is not None
    assert first.row is not None
    leaf.room.switch()
    leaf.log.append(first.row)
    leaf.room.done(first)
    await leaf.settle()
    assert [row.epoch for row in leaf.log[-2:]] == [2, 3]
    state = leaf.room.state_vector
    await leaf.restart()
    assert leaf.room.state_vector == state


async def test_an_ended_event_is_made_small_once_it_is_left_alone() -> None:
    """[DO52]"""
    leaf = Server("leaf", 4_000_000_001, "tournament/t1")
    one = Tablet(LooseReplica("tournament/t1", device="d1", nonce="x", client_id=1))
    setup: Json = {
        "kind": "tournament", "name": "Friday", "starts_ms": 0, "seats_per_table": 9, "starting_stack": 10,
        "late_until_level": 6,
    }  # fmt: skip
    one.write([("setup", setup)], 1)
    one.connect(leaf)
    one.hear()
    for n in range(1_500):
        one.write([("stack/p1", {"chips": n, "at_ms": n})], n + 2)
        await leaf.settle()
    await leaf.prune()
    clock: Json = {"level": 1, "state": "running", "anchor_ms": 0, "remaining_ms": 0}
    for state in ("running", "ended"):
        one.write([("clock", {**clock, "state": state})], 2_000)  # type: ignore[dict-item]
        await leaf.settle()
        for _ in range(61):
            leaf.room.tick(leaf.now)
        await leaf.settle()
        assert leaf.room.epoch == (2 if state == "ended" else 1)
    assert len(leaf.room.whole().update) < 1_000  # type: ignore[union-attr]


async def test_a_document_stays_small_over_many_days() -> None:
    """[DO52]"""
    one = tablet("d1", 1)
    leaf = await founded(one)
    one.connect(leaf)
    ids = iter(range(100, 10_000))
    for n in range(DAYS * EDITS_A_DAY):
        if one.code is not None:
            one.replica.start_over(next(ids))
            await one.sync(leaf)
            one.connect(leaf)
        leaf.now = max(leaf.now, n * DAY_MS // EDITS_A_DAY)
        player = f"seat/{n * 7919 % 400:036}"
        one.write([(player, {"table": "t1", "seat": n % 9 + 1} if n % 5 else None)], leaf.now)
        if n % 20 == 19:
            await leaf.settle()
            one.hear()
            leaf.room.tick(leaf.now)
            await leaf.settle()
            if leaf.room.replica.snapshot_due:
                leaf.room.replica.snapshot(leaf.now)
            live = sum(len(str(edit.value)) + 100 for edit in leaf.room.facts.edits.values())
            assert len(leaf.room.whole().update) <= bytes_max(live)  # type: ignore[union-attr]
    assert leaf.room.epoch > 1


async def test_a_switch_waits_for_no_one_and_runs_alone() -> None:
    """Frames in the same turn are judged in the epoch they were written in or not at all."""
    one = tablet("d1", 1)
    leaf = await founded(one)
    one.connect(leaf)
    await leaf.settle()
    one.hear()
    one.write([("seat/p1", SEAT)], 5)
    waiter = leaf.room.switch()
    with anyio.fail_after(1):
        await leaf.settle()
        await waiter.wait()
    assert leaf.room.facts.names() == ["setup"]
    await rejoin(one, leaf, 11)
    await one.sync(leaf)
    assert leaf.room.facts.get("seat/p1") == SEAT


async def test_ids_of_the_server_itself_are_remembered_over_epochs_and_restarts() -> None:
    """[DO51]"""
    leaf = Server("leaf", 4_000_000_001, "cage")
    leaf.room.write([("head", {"term": 1, "seq": 1})], "")
    await leaf.settle()
    reader = Doc[Map[str]](client_id=77)
    reader.apply_update(leaf.room.whole().update)  # type: ignore[union-attr]
    await leaf.switch()
    await leaf.restart()
    peer = Tablet(Replica("cage", device="d1", nonce="x", client_id=1), may_write=False, felt=False)
    peer.connect(leaf)
    peer.send(sync_message(SyncStep.STEP_1, reader.get_state()))
    assert peer.code == CloseCode.OTHER_EPOCH


async def test_an_old_id_that_the_core_did_not_know_stops_nobody_else() -> None:
    """[DO51] [DO54] The leaf takes what came under it by stamp."""
    one, other = tablet("d1", 1), tablet("d2", 2)
    leaf, core = await founded(one), Server("core", 4_000_000_002)
    await leaf.switch()
    core.room.take(leaf.log[-1])  # all that this core ever saw
    await core.settle()
    again = Tablet(LooseReplica("floor", device="d1", nonce="y", client_id=1))
    for device in (again, other):
        await device.sync(core)
        device.write([(f"seat/{device.replica.name}", SEAT)], 9)
        await device.sync(core)
    leaf.pushed = 0
    core.pushed = len(leaf.log)
    await exchange(leaf, core)
    assert leaf.room.facts.get("seat/d1-y") == SEAT
    assert leaf.room.facts.get("seat/d2-x") == SEAT
    await exchange(leaf, core)
    assert leaf.room.facts.digest == core.room.facts.digest
