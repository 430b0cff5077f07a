"""[DO43] A bug, wherever it breaks out, is written down and costs one room or one connection, and no more."""

from typing import Any, Literal

import anyio
import pytest
import websockets

from crdt_models import gate as gate_module
from crdt_models.errors import CloseCode
from crdt_models.known import Verdict
from tests.crdt_models.memory_store import MemoryStore
from tests.serving.sync_venue import SEAT, Hand, open_venue
from tests.serving.test_rooms import decided, join, running, until

pytestmark = pytest.mark.anyio
PORTS = pytest.mark.parametrize("port", ["asgi", "picows"])
Port = Literal["asgi", "picows"]


def broken(*_args: object, **_more: object) -> Any:
    raise KeyError("a bug")


async def test_in_judging_it_closes_one_room_which_is_loaded_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """[DO20]"""
    async with running(MemoryStore()) as rooms:
        await rooms.write("floor", [("seat/p1", SEAT)])
        one, other = await join(rooms, "d1", 1), await join(rooms, "d2", 2, "displays")

        def gate(*args: Any, device: str | None, **more: Any) -> Verdict:
            return broken() if device == "d1" else gate_module.gate(*args, device=device, **more)  # type: ignore[no-any-return]

        monkeypatch.setattr("crdt_models.judge.gate", gate)
        one.write([("seat/p1", None)], 5_000)
        other.write([("setup", {"kind": "displays"})], 5_000)
        await until(lambda: one.code is not None and decided(other))
        assert (one.code, other.code) == (CloseCode.NOT_READY, None)
        assert "closed floor" in caplog.text
        monkeypatch.undo()
        again = await join(rooms, "d3", 3)
        again.write([("seat/p2", SEAT)], 6_000)
        await until(lambda: decided(again))
        assert again.replica.facts.names("seat/") == ["seat/p1", "seat/p2"]


async def test_in_a_snapshot_it_costs_the_snapshot(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("crdt_models.server_replica.SNAPSHOT_ROWS", 3)
    store = MemoryStore()
    async with running(store) as rooms:
        with monkeypatch.context() as patched:
            patched.setattr(store, "save_snapshot", broken)
            for n in range(1, 5):
                await rooms.write("floor", [("seat/p1", {"table": "t1", "seat": n})])
            await until(lambda: "no snapshot" in caplog.text)
        for n in range(5, 9):
            await rooms.write("floor", [("seat/p1", {"table": "t1", "seat": n})])
        await until(lambda: "floor" in store.snapshots)


@PORTS
async def test_at_the_door_of_a_document_it_ends_one_connection(
    port: Port, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_venue(port) as venue, venue.open() as socket:
        with monkeypatch.context() as patched:
            patched.setattr(venue.door, "rooms", broken)
            assert await venue.refused(token="floor-t2") == CloseCode.NOT_READY
        assert "floor of venue v can't be opened" in caplog.text
        await Hand(socket).start()


async def test_before_the_door_of_the_sync_port_nobody_is_told_what_it_is(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_venue("picows") as venue:
        with monkeypatch.context() as patched:
            patched.setattr(venue.entrance, "turned_away", broken)
            with pytest.raises(websockets.InvalidStatus) as refused:
                await venue.refused()
            assert refused.value.response.status_code == 500
            assert b"bug" not in (refused.value.response.body or b"")
        assert "a connection was not let in" in caplog.text
        async with venue.open() as socket:
            await Hand(socket).start()


async def test_in_waiting_for_room_it_lets_the_writer_be_read_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_venue("picows") as venue, venue.open(max_queue=None) as socket:
        hand, room = Hand(socket), await venue.rooms.enter("floor")
        await hand.start()
        log, append = anyio.Event(), venue.store.append

        async def slow(rows: Any) -> int:
            await log.wait()
            return await append(rows)

        with monkeypatch.context() as patched:
            patched.setattr(venue.store, "append", slow)
            patched.setattr(room, "writable", broken)
            while "a room of sync broke" not in caplog.text:
                await hand.write("answer/a1", {"answer": "done", "text": "x" * 3_900})
                await anyio.lowlevel.checkpoint()
            log.set()
        await hand.until(lambda: hand.replica.unsent == 0)
