"""The sync protocol on its two ports, by the same contracts; and what one of them alone has to care for."""

import asyncio
import socket
import tracemalloc
from contextlib import ExitStack, closing, suppress
from typing import Literal

import anyio
import pytest
from anyio.lowlevel import checkpoint

from crdt_models.errors import CloseCode
from crdt_models.session import SyncStep, sync_message
from serving import entrance, picows_connection, sync_port
from tests.contracts.sync_bounds import SyncBoundsContract
from tests.contracts.sync_door import SyncDoorContract
from tests.contracts.sync_mux import SyncMuxContract
from tests.serving.raw_socket import CLOSE, PING, PONG, RawSocket
from tests.serving.sync_venue import SEAT, Hand, closed, fill, open_venue


@pytest.fixture(scope="session")
def anyio_backend() -> tuple[str, dict[str, bool]]:
    """As the servers run."""
    return "asyncio", {"use_uvloop": True}


class TestDoorOfAsgi(SyncDoorContract):
    port = "asgi"


class TestDoorOfSyncPort(SyncDoorContract):
    port = "picows"


class TestBoundsOfAsgi(SyncBoundsContract):
    port = "asgi"


class TestBoundsOfSyncPort(SyncBoundsContract):
    port = "picows"


class TestMuxOfAsgi(SyncMuxContract):
    port = "asgi"


class TestMuxOfSyncPort(SyncMuxContract):
    port = "picows"


async def reader_of(port: int) -> socket.socket:
    """A bare socket that asked for the whole floor and took it: next to nothing at this end."""
    loop, client = asyncio.get_running_loop(), socket.socket()
    client.setblocking(False)
    await loop.sock_connect(client, ("127.0.0.1", port))
    told = "GET /sync/v/floor HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    told += f"Sec-WebSocket-Key: {'A' * 22}==\r\nSec-WebSocket-Version: 13\r\nX-Long: {'x' * 900}\r\n"
    await loop.sock_sendall(client, f"{told}Authorization: Bearer floor-t1\r\n\r\n".encode())
    ask = sync_message(SyncStep.STEP_1, b"\0")
    await loop.sock_sendall(client, bytes((0x82, 0x80 | len(ask))) + bytes(4) + ask)
    came = b""
    while b"x" * 3_900 not in came:
        came += await loop.sock_recv(client, 1 << 16)
    return client


@pytest.mark.anyio
class TestSyncPortAlone:
    async def test_a_connection_holds_few_bytes_whatever_was_said(self) -> None:
        """[DO123] A handshake of a kilobyte and a document of five are behind it."""
        async with open_venue("picows") as venue:
            await venue.rooms.write("floor", [("answer/a1", {"answer": "done", "text": "x" * 3_900})])
            with ExitStack() as open_ones:
                open_ones.callback(tracemalloc.stop)
                for n in range(110):
                    if n == 10:
                        tracemalloc.start()
                    open_ones.enter_context(closing(await reader_of(venue.port)))
                held, _ = tracemalloc.get_traced_memory()
        assert 2_048 < held / 100 < 8_192

    async def test_a_peer_that_is_half_open_is_pinged_and_cut_off(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """[DO43] One that answers pings stays."""
        monkeypatch.setattr(entrance, "LOOK_S", 0.02)
        async with (
            open_venue("picows") as venue,
            RawSocket(venue.port) as dead,
            venue.open(token="floor-t2", ping_interval=None) as alive,
        ):
            await dead.shake()
            assert await dead.until(PING) == b""
            assert await dead.closed() == 1006
            await Hand(alive, "t2", 2).start()

    async def test_who_is_not_read_is_not_taken_for_dead(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """[DO43] While the log can't take more, its writers can't be heard, answers to pings neither."""
        monkeypatch.setattr(entrance, "LOOK_S", 0.02)
        async with open_venue("picows") as venue, venue.open(ping_interval=None, max_queue=None) as socket:
            hand, room = Hand(socket), await venue.rooms.enter("floor")
            await hand.start()
            gate, append = anyio.Event(), venue.store.append

            async def slow(rows: object) -> object:
                await gate.wait()
                return await append(rows)  # type: ignore[arg-type]

            venue.store.append = slow  # type: ignore[method-assign, assignment]
            n = 0
            while not room.crowded:
                n += 1
                await hand.write(f"answer/a{n}", {"answer": "done", "text": "x" * 3_900})
                await checkpoint()
            looks = 2 * picows_connection.LOOKS_SILENT_MAX
            await anyio.sleep(looks * entrance.LOOK_S)
            gate.set()
            await hand.until(lambda: hand.replica.unsent == 0)

    @pytest.mark.parametrize("farewell", ["a close", "nonsense"])
    async def test_who_says_goodbye_and_does_not_listen_is_cut_off(
        self, monkeypatch: pytest.MonkeyPatch, farewell: str
    ) -> None:
        """[DO43] What is queued for it can't be sent, so its socket would never close by itself."""
        monkeypatch.setattr(entrance, "LOOK_S", 0.02)
        monkeypatch.setattr(picows_connection, "CLOSING_S_MAX", 0.1)
        async with open_venue("picows") as venue, venue.open(token="floor-t2", max_queue=None) as good:
            await fill(venue, 4)
            hand = Hand(good, "t2", 2)
            await hand.start()
            async with RawSocket(venue.port) as deaf:
                await deaf.shake()
                deaf.reader._transport.pause_reading()  # type: ignore[attr-defined]
                for _ in range(20):
                    deaf.send(sync_message(SyncStep.STEP_1, b"\0"))
                if farewell == "a close":
                    deaf.send(b"\x03\xe8", CLOSE)
                else:
                    deaf.send(b"", 11)
                while venue.rooms.statistics().sessions > 1:
                    await hand.write("seat/p1", SEAT)
                    await hand.until(lambda: hand.replica.unsent == 0)
                while len(venue.entrance.connections) > 1:
                    await hand.write("seat/p1", SEAT)
                    await hand.until(lambda: hand.replica.unsent == 0)

    async def test_a_bug_ends_one_connection_and_not_the_server(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """[DO43]"""
        begin = picows_connection.PicowsConnection.begin

        def broken(connection: picows_connection.PicowsConnection) -> None:
            begin(connection)
            raise KeyError("a bug")

        async with open_venue("picows") as venue:
            with monkeypatch.context() as patched:
                patched.setattr(picows_connection.PicowsConnection, "begin", broken)
                assert await venue.refused() == CloseCode.NOT_READY
            async with venue.open() as socket:
                await Hand(socket).start()

    async def test_a_handshake_has_its_time(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """[DO41]"""
        monkeypatch.setattr(sync_port, "HANDSHAKE_S_MAX", 0.1)
        async with open_venue("picows") as venue, RawSocket(venue.port) as slow:
            slow.writer.write(b"GET /sync/v/floor HTTP/1.1\r\n")
            assert await slow.reader.read() == b""

    @pytest.mark.parametrize(
        ("said", "status"),
        [
            (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", 404),
            (b"GET /health HTTP/1.1\r\n\r\n", 404),
            (b"GET /sync/v/floor HTTP/1.1\r\nHost: x\r\n\r\n", 400),
            (b"POST /sync/v/floor HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}", 400),
            (b"GET /sync/v/floor HTTP/1.0\r\n\r\n", 400),
            (b"nonsense\r\n\r\n", 400),
        ],
    )
    async def test_it_serves_nothing_else(self, said: bytes, status: int) -> None:
        async with open_venue("picows") as venue, RawSocket(venue.port) as stranger:
            stranger.writer.write(said)
            assert f" {status} " in (await stranger.reader.readline()).decode()

    async def test_a_head_without_end_is_cut_off(self) -> None:
        async with open_venue("picows") as venue, RawSocket(venue.port) as stranger:
            stranger.writer.write(b"GET /sync/v/floor HTTP/1.1\r\nX: " + bytes(1 << 16))
            with suppress(ConnectionResetError):
                assert await stranger.reader.read() == b""

    async def test_frames_that_come_with_the_handshake_are_heard(self) -> None:
        """picows hands them on before the room is open."""
        async with open_venue("picows") as venue, RawSocket(venue.port) as eager:
            shaking = asyncio.create_task(eager.shake())
            await asyncio.sleep(0)
            eager.send(sync_message(SyncStep.STEP_1, b"\0"))
            eager.send(b"hello", PING)
            await shaking
            assert await eager.until(PONG) == b"hello"

    @pytest.mark.parametrize("port", ["asgi", "picows"])
    async def test_a_server_that_stops_says_so(self, port: Literal["asgi", "picows"]) -> None:
        """[DO40] Whoever is connected comes back elsewhere, or in a while."""
        async with open_venue(port) as venue:
            socket = venue.open()
            opened = await socket.__aenter__()
            hand = Hand(opened)
            await hand.start()
            await hand.write("seat/p1", SEAT)
            await hand.until(lambda: hand.replica.unsent == 0)
        assert await closed(opened) == CloseCode.NOT_READY
