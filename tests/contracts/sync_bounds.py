"""What sync does not let grow: readers that sleep, floods, crowds; the same on both ports."""

import os
import socket as sockets
import struct
from collections.abc import AsyncIterator
from random import Random
from typing import Any, ClassVar, Literal

import anyio
import pytest
import websockets
from anyio.lowlevel import checkpoint

from crdt_models.errors import CloseCode
from crdt_models.facts import Json
from crdt_models.session import NoteKind, SyncStep, sync_message
from serving import asgi_connection, entrance, picows_connection
from serving.connection import QUEUE_BYTES_CUT
from tests.serving.raw_socket import BINARY, CONTINUATION, PING, RawSocket
from tests.serving.sync_venue import (
    SEAT,
    Hand,
    Venue,
    fill,
    noted_pauses,
    open_venue,
    presence_of,
    waiting_bytes,
)


@pytest.mark.anyio
class SyncBoundsContract:
    """Inherit, say which `port`."""

    port: ClassVar[Literal["asgi", "picows"]]

    @pytest.fixture
    async def venue(self) -> AsyncIterator[Venue]:
        async with open_venue(self.port) as opened:
            with anyio.fail_after(60):
                yield opened

    async def test_one_device_has_a_bounded_number_of_connections(
        self, venue: Venue, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(entrance, "SESSIONS_PER_DEVICE", 2)
        async with venue.open() as one, venue.open() as two:
            await one.recv()
            await two.recv()
            assert await venue.refused() == CloseCode.TOO_MANY
            async with venue.open(token="floor-t2") as other:
                await Hand(other, "t2").start()
        while venue.rooms.statistics().sessions:
            await checkpoint()
        async with venue.open() as again:
            await Hand(again).start()

    async def test_all_devices_together_have_a_bounded_number_of_connections(
        self, venue: Venue, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(entrance, "SESSIONS_MAX", 2)
        async with venue.open() as one, venue.open(token="floor-t2") as two:
            await one.recv()
            await two.recv()
            assert await venue.refused() == CloseCode.TOO_MANY

    async def test_a_reader_that_sleeps_is_cut_off_and_others_go_on(
        self, venue: Venue, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """[DO22]"""
        for module in (asgi_connection, picows_connection):
            monkeypatch.setattr(module, "PAUSED_S_MAX", 0.5)
            monkeypatch.setattr(module, "CLOSING_S_MAX", 0.2)
        await fill(venue, 8)
        paused = noted_pauses(venue, await venue.rooms.enter("floor"), monkeypatch)
        async with venue.open(max_queue=1, ping_interval=None) as asleep:
            for _ in range(20):
                await asleep.send(sync_message(SyncStep.STEP_1, b"\0"))
            while not paused:
                await checkpoint()
            async with venue.open(token="floor-t2") as awake:
                hand = Hand(awake, "t2", 2)
                await hand.start()
                while venue.rooms.statistics().sessions > 1:
                    await hand.write("seat/p1", SEAT)
                    await hand.until(lambda: hand.replica.unsent == 0)
                    assert waiting_bytes(paused[0]._connection) < 8 * 1024 * 1024
            asleep.transport.abort()

    async def test_a_reader_that_wakes_up_in_time_gets_what_it_missed(
        self, venue: Venue, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """[DO22]"""
        await fill(venue, 8)
        paused = noted_pauses(venue, await venue.rooms.enter("floor"), monkeypatch)
        async with venue.open(max_queue=1, ping_interval=None) as slow:
            hand = Hand(slow)
            for _ in range(3):
                await slow.send(sync_message(SyncStep.STEP_1, b"\0"))
            while not paused:
                await checkpoint()
            await venue.rooms.write("floor", [("seat/p9", SEAT)])
            await hand.until(lambda: hand.replica.facts.get("seat/p9") == SEAT)
            assert len(hand.replica.facts.group("answer/")) == 8 * 64
            slow.transport.abort()

    async def test_a_flood_of_messages_ends_its_connection_only(
        self, venue: Venue, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """[DO43]"""
        floods = {
            "step 1": (sync_message(SyncStep.STEP_1, b"\0"), BINARY),
            "nothing new": (sync_message(SyncStep.STEP_2, b"\0\0"), BINARY),
            "who is here?": (b"\x03", BINARY),
            "presence": (presence_of(1), BINARY),
            "pings": (b"", PING),
        }
        async with venue.open(token="floor-t2") as good:
            hand = Hand(good, "t2", 2)
            await hand.start()
            for name, (payload, opcode) in floods.items():
                if opcode == PING and self.port == "asgi":
                    continue  # Hypercorn answers them itself, and only as fast as the answers are taken
                async with RawSocket(venue.port) as flood:
                    await flood.shake()
                    for _ in range(1_100):
                        flood.send(payload, opcode)
                    assert (name, await flood.closed()) == (name, CloseCode.TOO_MANY)
            await hand.write("seat/p1", SEAT)
            await hand.until(lambda: hand.replica.unsent == 0)

    async def test_what_is_told_to_a_reader_that_sleeps_is_bounded_too(
        self, venue: Venue, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """[DO43] A paused reader is told what concerns it alone; who takes none of it is cut off."""
        monkeypatch.setattr(entrance, "LOOK_S", 0.05)
        monkeypatch.setattr(picows_connection, "LOOKS_SILENT_MAX", 1_000_000)  # not for its silence
        monkeypatch.setattr(asgi_connection, "CLOSING_S_MAX", 0.2)
        paused = noted_pauses(venue, await venue.rooms.enter("floor"), monkeypatch)
        await fill(venue, 8)
        async with RawSocket(venue.port) as deaf:
            await deaf.shake()
            for _ in range(20):
                deaf.send(sync_message(SyncStep.STEP_1, b"\0"))
            while not paused:
                await checkpoint()
            (asleep,) = paused
            while waiting_bytes(asleep._connection) <= QUEUE_BYTES_CUT and venue.rooms.statistics().sessions:
                asleep.push(bytes(1024 * 1024))
                await checkpoint()
            while venue.rooms.statistics().sessions:
                await checkpoint()
            assert await deaf.closed() in (CloseCode.TOO_SLOW, 1006)

    async def test_who_writes_much_is_not_taken_for_a_flood(self, venue: Venue) -> None:
        """[DO43] An evening's edits at once, one by one."""
        async with venue.open(max_queue=None) as socket:
            hand = Hand(socket)
            await hand.start()
            for n in range(3_000):
                await hand.write(f"seat/p{n % 50}", SEAT)
            await hand.until(lambda: hand.replica.unsent == 0)

    async def test_fragments_of_nothing_are_a_flood_too(self, venue: Venue) -> None:
        """[DO43]"""
        async with RawSocket(venue.port) as flood:
            await flood.shake()
            flood.send(b"\0", fin=False)
            for _ in range(1_100):
                flood.send(b"\0", CONTINUATION, fin=False)
            if self.port == "picows":
                assert await flood.closed() == CloseCode.TOO_MANY

    async def test_more_sockets_than_anybody_needs_are_turned_away(
        self, venue: Venue, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """[DO41]"""
        monkeypatch.setattr(entrance, "SOCKETS_MAX", 2)
        async with venue.open() as one, venue.open(token="floor-t2") as two:
            await one.recv()
            await two.recv()
            with pytest.raises(websockets.InvalidStatus) as error:
                async with venue.open(token="floor-t3"):
                    pass
            assert error.value.response.status_code == 429

    async def test_a_handshake_that_never_ends_keeps_nobody_out(self, venue: Venue) -> None:
        """[DO43] Half a head, half a frame, nothing at all."""
        async with (
            RawSocket(venue.port) as silent,
            RawSocket(venue.port) as slow,
            RawSocket(venue.port) as half,
        ):
            silent.writer.write(b"")
            slow.writer.write(b"GET /sync/v/floor HTTP/1.1\r\nHost: x\r\n")
            await half.shake()
            half.writer.write(b"\x82\xfe\x40")
            async with venue.open() as socket:
                await Hand(socket).start()

    async def test_five_hundred_come_back_at_once(self, venue: Venue) -> None:
        """[DO43] A tenth of them in a short run."""
        count = 500 if os.environ.get("FELT_LONG") else 50
        done = 0

        async def come(n: int) -> None:
            nonlocal done
            async with venue.open(token=f"floor-c{n}") as socket:
                await Hand(socket, f"c{n}", n + 10).start()
                done += 1
                while done < count:
                    await checkpoint()

        async with anyio.create_task_group() as crowd:
            for n in range(count):
                crowd.start_soon(come, n)
        assert done == count

    async def test_ten_open_a_room_that_nobody_has_opened(self, venue: Venue) -> None:
        """[DO43]"""
        loads: list[str] = []
        load = venue.store.load

        async def counted(document: str) -> Any:
            loads.append(document)
            for _ in range(10):
                await checkpoint()
            return await load(document)

        venue.store.load = counted  # type: ignore[method-assign]
        async with anyio.create_task_group() as crowd:

            async def come(n: int) -> None:
                async with venue.open("roster", f"floor-c{n}") as socket:
                    first = await socket.recv()
                    assert isinstance(first, bytes)
                    assert first[0] == NoteKind.EPOCH

            for n in range(10):
                crowd.start_soon(come, n)
        assert loads.count("roster") == 1

    async def test_connections_reset_in_the_middle_hurt_nobody_else(self, venue: Venue) -> None:
        """[DO43] Before the handshake, in it, after it, in a frame, while it is sent the whole room."""
        await fill(venue, 2)
        async with venue.open(token="floor-t2", max_queue=None) as good:
            hand = Hand(good, "t2", 2)
            await hand.start()
            for stage in range(5):
                for _ in range(5):
                    async with RawSocket(venue.port) as victim:
                        reset_on_close(victim)
                        if stage == 1:
                            victim.writer.write(b"GET /sync/v/floor HTTP/1.1\r\nHo")
                        elif stage > 1:
                            await victim.shake()
                        if stage == 3:
                            victim.writer.write(b"\x82\xfe\x40\x00")
                        elif stage == 4:
                            victim.send(sync_message(SyncStep.STEP_1, b"\0"))
                            await victim.frame()
                await hand.write("seat/p1", SEAT)
                await hand.until(lambda: hand.replica.unsent == 0)
            while venue.rooms.statistics().sessions > 1:
                await hand.write("seat/p1", SEAT)
                await hand.until(lambda: hand.replica.unsent == 0)

    async def test_noise_hurts_nobody(self, venue: Venue) -> None:
        """[DO43] Frames of any kind, half of them nonsense, from sockets that come and go."""
        chance = Random(4)
        async with venue.open(token="floor-t2", max_queue=None) as good:
            hand = Hand(good, "t2", 2)
            await hand.start()
            for _ in range(3_000 if os.environ.get("FELT_LONG") else 60):
                path = chance.choice(["/sync/v/floor", "/sync/v", "/sync/v/roster"])
                kinds = f"{chance.choice(['felt.sync.1', 'felt.mux.1', 'x'])}, felt.token.floor-t1"
                async with RawSocket(venue.port, path, {"Sec-WebSocket-Protocol": kinds}) as noisy:
                    await noisy.shake()
                    for _ in range(chance.randint(1, 20)):
                        make_noise(noisy, chance)
            await hand.write("seat/p1", SEAT)
            await hand.until(lambda: hand.replica.unsent == 0)
            while venue.rooms.statistics().sessions > 1:
                await checkpoint()

    async def test_a_writer_is_not_read_while_the_inbox_is_full(self, venue: Venue) -> None:
        """[DO43] What waits for the log is bounded by the inbox, whatever is written."""
        logged, append = anyio.Event(), venue.store.append

        async def slow(rows: Any) -> Any:
            await logged.wait()
            return await append(rows)

        async with (
            venue.open(token="floor-t2", max_queue=None) as other,
            venue.open(max_queue=None) as socket,
        ):
            hand, reader = Hand(socket), Hand(other, "t2", 2)
            await hand.start()
            await reader.start()
            venue.store.append = slow  # type: ignore[method-assign]
            room = await venue.rooms.enter("floor")
            text: Json = {"answer": "done", "text": "x" * 3_900}

            async def write() -> None:
                for n in range(1_000):
                    await hand.write(f"answer/a{n}", text)

            async with anyio.create_task_group() as tasks:
                tasks.start_soon(write)
                while not room.crowded:
                    await checkpoint()
                await other.send(sync_message(SyncStep.STEP_1, b"\0"))
                while (await other.recv())[:2] != b"\0\1":
                    pass
                waiting = room.waiting
                logged.set()
            assert waiting < 400  # of 4 KiB: the inbox, and what was read at once
            await hand.until(lambda: hand.replica.unsent == 0)
            await reader.until(lambda: len(reader.replica.facts.group("answer/")) == 1_000)


def make_noise(socket: RawSocket, chance: Random) -> None:
    """Something that a client of ours might have sent, or might not."""
    start = bytes((chance.choice([0, 1, 2, 3, 64, 68, 70, 71]), chance.choice([0, 1, 2, 3, 70, 71])))
    rest = chance.choice([chance.randbytes(chance.randint(0, 60)), b'\x14{"document":"floor"}', b"\0\1\0"])
    if chance.random() < 0.8:
        socket.send(start + rest)
    else:
        opcode, bits = chance.randint(0, 15), chance.choice([0, 0x40, 0x10])
        socket.send(rest, opcode, fin=chance.random() < 0.8, bits=bits, mask=chance.random() < 0.9)


def reset_on_close(socket: RawSocket) -> None:
    raw = socket.writer.get_extra_info("socket")
    raw.setsockopt(sockets.SOL_SOCKET, sockets.SO_LINGER, struct.pack("ii", 1, 0))
