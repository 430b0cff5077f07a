"""Who may come in to sync, and what ends a connection: the same on both ports."""

import json
from collections.abc import AsyncIterator
from typing import Any, ClassVar, Literal

import anyio
import pytest
import websockets
from anyio.lowlevel import checkpoint
from pycrdt import Doc, Map, Provider
from websockets.asyncio.client import ClientConnection

from crdt_models.edits import Edit, encode
from crdt_models.errors import CloseCode
from crdt_models.session import NoteKind, Sync, SyncStep, read_message, sync_message
from crdt_models.wire import assemble, edit_struct
from serving import entrance
from tests.serving.raw_socket import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, RawSocket
from tests.serving.sync_venue import (
    SEAT,
    Hand,
    Rope,
    Venue,
    closed,
    open_venue,
    presence_of,
)

HOSTILE: dict[str, tuple[bytes | str, int]] = {
    "empty": (b"", CloseCode.MALFORMED),
    "text": ("hello", CloseCode.MALFORMED),
    "unknown type": (b"\x09\x00", CloseCode.MALFORMED),
    "auth, which only servers send": (b"\x02\x00\x00", CloseCode.MALFORMED),
    "unknown sync step": (b"\x00\x07\x00", CloseCode.MALFORMED),
    "cut short": (b"\x00\x02\xff", CloseCode.MALFORMED),
    "more than a message": (sync_message(SyncStep.STEP_1, b"\0") + b"\0", CloseCode.MALFORMED),
    "note of a client": (b"\x40\x02{}", CloseCode.MALFORMED),
    "state vector that is none": (sync_message(SyncStep.STEP_1, b"\xff\xff"), CloseCode.MALFORMED),
    "update that is none": (sync_message(SyncStep.UPDATE, b"\xff\xff\xff"), CloseCode.MALFORMED),
    "presence that is none": (b"\x01\x03\x01\x01\x01", CloseCode.MALFORMED),
    "huge": (sync_message(SyncStep.UPDATE, bytes(4 * 1024 * 1024)), CloseCode.TOO_LARGE),
    "a key that is no stamp": (
        sync_message(SyncStep.UPDATE, assemble([(9, 0, [edit_struct("seat/p1", "[]")])], {})),
        CloseCode.FENCED,
    ),
    "a number too long": (sync_message(SyncStep.UPDATE, b"\xff" * 12), CloseCode.MALFORMED),
}


@pytest.mark.anyio
class SyncDoorContract:
    """Inherit, say which `port`."""

    port: ClassVar[Literal["asgi", "picows"]]

    @pytest.fixture
    async def venue(self) -> AsyncIterator[Venue]:
        async with open_venue(self.port) as opened:
            with anyio.fail_after(60):
                yield opened

    async def test_two_tablets_see_each_other(self, venue: Venue) -> None:
        async with venue.open() as one, venue.open(token="floor-t2") as two:
            assert one.subprotocol == "felt.sync.1"
            a, b = Hand(one), Hand(two, "t2", 2)
            await a.start()
            await b.start()
            assert a.notes[0].kind is NoteKind.EPOCH
            await a.write("seat/p1", SEAT)
            await b.until(lambda: b.replica.facts.get("seat/p1") == SEAT)
            await a.until(lambda: a.replica.unsent == 0)
            assert any(row.vector == {"t1-x": 1} for row in venue.store.rows)

    @pytest.mark.parametrize(
        ("where", "code"),
        [
            ({"token": ""}, CloseCode.SIGNED_OUT),
            ({"token": "nonsense"}, CloseCode.SIGNED_OUT),
            ({"token": "old-t1"}, CloseCode.SIGNED_OUT),
            ({"document": "nonsense"}, CloseCode.NO_DOCUMENT),
            ({"document": "floor/x"}, CloseCode.NO_DOCUMENT),
            ({"document": "tournament"}, CloseCode.NO_DOCUMENT),
            ({"document": "../v/floor"}, CloseCode.NO_DOCUMENT),
            ({"document": "%66loor"}, CloseCode.NO_DOCUMENT),
            ({"document": "floor%00"}, CloseCode.NO_DOCUMENT),
            ({"document": "floor/"}, CloseCode.NO_DOCUMENT),
            ({"document": "FLOOR"}, CloseCode.NO_DOCUMENT),
            ({"document": "tournament/" + "x" * 37}, CloseCode.NO_DOCUMENT),
            ({"venue": "w"}, CloseCode.NO_DOCUMENT),
            ({"document": "floor@2"}, CloseCode.OTHER_EPOCH),
            ({"document": "floor@0"}, CloseCode.NO_DOCUMENT),
            ({"token": "player-t1"}, CloseCode.FORBIDDEN),
            ({"token": "player-t1", "document": "phone/bo"}, CloseCode.FORBIDDEN),
        ],
    )
    async def test_the_door_accepts_then_closes_with_a_code(
        self, venue: Venue, where: dict[str, str], code: int
    ) -> None:
        """[DO40] [DO41]"""
        assert await venue.refused(**where) == code

    async def test_the_current_epoch_may_be_named(self, venue: Venue) -> None:
        async with venue.open("floor@1") as socket:
            await Hand(socket).start()

    async def test_a_page_of_another_origin_is_turned_away(self, venue: Venue) -> None:
        with pytest.raises(websockets.InvalidStatus) as error:
            async with venue.open(origin="http://evil.example"):
                pass
        assert error.value.response.status_code == 403
        async with venue.open(origin="http://venue.example") as socket:
            await Hand(socket).start()

    async def test_a_token_ends_its_connection_when_it_expires(
        self, venue: Venue, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(entrance, "LOOK_S", 0.05)
        async with venue.open(token="short-t1") as socket:
            assert await closed(socket) == CloseCode.SIGNED_OUT

    @pytest.mark.parametrize(("frame", "code"), HOSTILE.values(), ids=HOSTILE.keys())
    async def test_what_no_client_sends_ends_its_connection_only(
        self, venue: Venue, frame: bytes | str, code: int
    ) -> None:
        async with venue.open(token="floor-t2") as good, venue.open() as bad:
            hand = Hand(good, "t2", 2)
            await hand.start()
            await bad.send(frame)
            assert await closed(bad) == code
            await hand.write("seat/p1", SEAT)
            await hand.until(lambda: hand.replica.unsent == 0)

    async def test_a_screen_that_writes_is_closed(self, venue: Venue) -> None:
        await venue.rooms.write("displays", [("setup", {"kind": "displays"})])
        async with venue.open("displays", "display-s1") as socket:
            hand = Hand(socket, "s1", document="displays")
            await hand.start()
            edit = edit_struct("1.1.s1-x", '["theme",null,[],["",""]]')
            await socket.send(sync_message(SyncStep.STEP_2, assemble([(1, 0, [edit])], {})))  # ignored
            await socket.send(sync_message(SyncStep.UPDATE, assemble([(1, 0, [edit])], {})))
            assert await closed(socket) == CloseCode.FORBIDDEN
        assert len(venue.store.rows) == 2

    async def test_presence_for_others_is_left_out(self, venue: Venue) -> None:
        """[DO23]"""
        async with venue.open() as one, venue.open(token="floor-t2") as two:
            a, b = Hand(one), Hand(two, "t2", 2)
            await a.start()
            await b.start()
            await one.send(b"\x01\x06\x01\x01\x01\x02{}")
            while True:
                frame = await two.recv()
                if frame[0] == 1:
                    break
            await two.send(presence_of(1))
            await a.write("seat/p1", SEAT)
            await a.until(lambda: a.replica.unsent == 0)
            async with venue.open(token="floor-t3") as three:
                frames = [await three.recv() for _ in range(3)]
                (here,) = [frame for frame in frames if frame[0] == 1]
                assert json.loads(here[6:]) == {"person": "ana", "device": "t1"}

    async def test_presence_tells_who_it_is_and_is_gone_at_once_on_a_drop(self, venue: Venue) -> None:
        """[DO23] [DO68]"""
        said = b'{"person":"bea","device":"t2","user":{"name":"Bea"}}'
        async with venue.open(token="floor-t2") as two:
            async with venue.open(token="floor-t1") as one:
                await one.send(bytes((1, len(said) + 4, 1, 9, 1, len(said))) + said)
                here = await heard_presence(two)
                assert json.loads(here[here.index(b"{") :]) == {
                    "person": "ana", "device": "t1", "user": {"name": "Bea"},
                }  # fmt: skip
                one.transport.abort()  # as a browser that is killed
                with anyio.fail_after(20):
                    gone = await heard_presence(two)
                assert gone.endswith(b"\x09\x01\x04null")
            async with venue.open(token="floor-t1") as back:  # a reload: another id, and nobody twice
                await back.send(bytes((1, len(said) + 4, 1, 10, 1, len(said))) + said)
                await heard_presence(two)
            async with venue.open(token="floor-t3") as three:
                with anyio.fail_after(20):
                    assert (await heard_presence(two)).endswith(b"null")
                frames = [await three.recv() for _ in range(2)]
                assert [frame for frame in frames if frame[0] == 1] == []

    async def test_a_stock_client_signs_in_by_cookie_or_header(self, venue: Venue) -> None:
        for headers in ({"Cookie": "felt_session=floor-t1"}, {"Authorization": "Bearer floor-t1"}):
            async with venue.open(token="", felt=False, additional_headers=headers) as socket:
                assert socket.subprotocol is None
                first = read_message(await socket.recv())  # type: ignore[arg-type]
                assert isinstance(first, Sync)
                assert first.step is SyncStep.STEP_1

    async def test_the_stock_provider_of_pycrdt_reads_and_writes(self, venue: Venue) -> None:
        doc: Doc[Any] = Doc(client_id=77)
        facts: Map[str] = doc.get("f", type=Map)
        offline = encode(Edit("seat/p1", SEAT, (), "ana"))
        facts["1.1.t1-y"] = offline
        headers = {"Authorization": "Bearer floor-t1"}
        async with (
            venue.open(token="", felt=False, additional_headers=headers) as line,
            venue.open(token="floor-t2") as other,
            Provider(doc, Rope(line)),
        ):
            hand = Hand(other, "t2", 2)
            await hand.start()
            await hand.until(lambda: hand.replica.facts.get("seat/p1") == SEAT)
            facts["2.2.t1-y"] = encode(Edit("seat/p1", None, ("1.1.t1-y",), "ana"))
            await hand.until(lambda: hand.replica.facts.stamp("seat/p1") == "2.2.t1-y")
            await hand.write("seat/p2", SEAT)
            await hand.until(lambda: hand.replica.unsent == 0)
            while len(facts) < 5:  # setup, p0, p1 twice (until pruned), p2
                await checkpoint()

    async def test_what_was_accepted_is_json_a_browser_can_read(self, venue: Venue) -> None:
        async with venue.open() as socket:
            hello = await socket.recv()
            assert isinstance(hello, bytes)
            assert json.loads(hello[2:])["servers"] == [4_000_000_000]

    @pytest.mark.parametrize(
        ("frames", "code"),
        [
            ([(b"\x00\x00\x01\x00", TEXT, True, 0)], CloseCode.MALFORMED),
            ([(b"", TEXT, True, 0)], CloseCode.MALFORMED),
            ([(b"\x00", TEXT, False, 0), (b"\x00\x01\x00", CONTINUATION, True, 0)], CloseCode.MALFORMED),
            ([(b"\x00\x00", BINARY, False, 0), (b"\x00\x02\x00", BINARY, True, 0)], None),
            ([(b"\x00\x00\x01\x00", CONTINUATION, True, 0)], None),
            ([(b"\x00\x00\x01\x00", BINARY, True, 0x40)], None),
            ([(b"\x00\x00\x01\x00", 3, True, 0)], None),
            ([(b"\x00\x00\x01\x00", 11, True, 0)], None),
            ([(b"x" * 126, PING, True, 0)], None),
            ([(b"", PING, False, 0)], None),
            ([(b"\x03", CLOSE, True, 0)], None),
        ],
    )
    async def test_frames_against_the_rules_end_their_connection_only(
        self, venue: Venue, frames: list[tuple[bytes, int, bool, int]], code: int | None
    ) -> None:
        """[DO42] `None`: what broke is WebSocket itself, and how the server library says so is its own."""
        async with venue.open(token="floor-t2") as good, RawSocket(venue.port) as bad:
            hand = Hand(good, "t2", 2)
            await hand.start()
            await bad.shake()
            assert bad.status == 101
            for payload, opcode, fin, bits in frames:
                bad.send(payload, opcode, fin=fin, bits=bits)
            seen = await bad.closed()
            assert seen == code if code is not None else seen in (1002, 1006, 1007, CloseCode.MALFORMED)
            await hand.write("seat/p1", SEAT)
            await hand.until(lambda: hand.replica.unsent == 0)

    async def test_a_message_may_come_in_fragments_with_pings_between(self, venue: Venue) -> None:
        """[DO42]"""
        async with RawSocket(venue.port) as socket:
            await socket.shake()
            for n, byte in enumerate(b"\x00\x00\x01\x00"):
                kind = BINARY if n == 0 else CONTINUATION
                socket.send(bytes((byte,)), kind, fin=n == 3)
                socket.send(b"still here", PING)
            pongs, answer = 0, None
            while pongs < 4 or answer is None:
                kind, payload = await socket.frame()
                pongs += (kind, payload) == (PONG, b"still here")
                if kind == BINARY and payload[:2] == b"\x00\x01":
                    answer = payload
            assert len(answer) > 10

    async def test_fragments_are_bounded_together(self, venue: Venue) -> None:
        """[DO42]"""
        async with RawSocket(venue.port) as socket:
            await socket.shake()
            for n in range(10):
                socket.send(bytes(1 << 19), BINARY if n == 0 else CONTINUATION, fin=n == 9)
            assert await socket.closed() == CloseCode.TOO_LARGE

    async def test_beyond_the_servers_own_limit_it_closes_with_1009(self, venue: Venue) -> None:
        async with RawSocket(venue.port) as socket:
            await socket.shake()
            socket.send(bytes((8 << 20) + 1))
            assert await socket.closed() in (1009, 1006)

    async def test_compression_is_not_taken_up(self, venue: Venue) -> None:
        """[DO42] Every browser offers it."""
        offered = {"Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits"}
        async with RawSocket(venue.port, headers=offered) as socket:
            await socket.shake()
            assert socket.status == 101
            assert "sec-websocket-extensions" not in socket.answer

    @pytest.mark.parametrize("said", ["keep-alive, Upgrade", "upgrade", "Upgrade,keep-alive", "UPGRADE"])
    async def test_browsers_say_upgrade_in_different_ways(self, venue: Venue, said: str) -> None:
        """[DO40] Firefox keeps alive."""
        async with RawSocket(venue.port, headers={"Connection": said}) as socket:
            await socket.shake()
            assert socket.status == 101

    async def test_the_kind_is_chosen_and_the_token_never(self, venue: Venue) -> None:
        """[DO41]"""
        for offered, chosen in (
            ("felt.token.floor-t1, felt.sync.1", "felt.sync.1"),
            ("felt.mux.1,felt.sync.1,felt.token.floor-t1", "felt.sync.1"),
            ("felt.token.floor-t1", None),
            ("felt.mux.1, felt.token.floor-t1", None),
        ):
            async with RawSocket(venue.port, headers={"Sec-WebSocket-Protocol": offered}) as socket:
                await socket.shake()
                assert socket.status == 101
                assert socket.answer.get("sec-websocket-protocol") == chosen

    @pytest.mark.parametrize(
        "path",
        [
            "/sync/v/%66loor", "/sync/%76/floor", "/sync/v/floor%2f", "/sync/v/../v/floor", "/sync//floor",
            "/sync/v//floor", "/sync/v/floor/", "/sync/v/floor@1@1", "/sync/v/floor@01",
            "/sync/v/floor@99999999999999999999", "/sync/v", "/sync/v/", "/sync/v/floor@-1", "/sync/v/.",
            "/sync/v/..",
        ],
    )  # fmt: skip
    async def test_no_other_path_leads_to_a_document(self, venue: Venue, path: str) -> None:
        """[DO41]"""
        async with RawSocket(venue.port, path) as socket:
            await socket.shake()
            assert (socket.status, await socket.closed()) == (101, CloseCode.NO_DOCUMENT)

    async def test_a_query_changes_nothing(self, venue: Venue) -> None:
        async with RawSocket(venue.port, "/sync/v/floor?token=x%20y") as socket:
            await socket.shake()
            assert (await socket.frame())[1][0] == NoteKind.EPOCH

    @pytest.mark.parametrize(
        "headers",
        [
            {"Connection": "close"},
            {"Sec-WebSocket-Version": "1"},
        ],
    )
    async def test_what_is_no_handshake_is_an_error_of_http(
        self, venue: Venue, headers: dict[str, str]
    ) -> None:
        async with RawSocket(venue.port, headers=headers) as socket:
            await socket.shake()
            assert 400 <= socket.status < 500

    async def test_a_sign_in_that_is_ended_ends_its_connections_at_once(self, venue: Venue) -> None:
        """[DO41]"""
        async with venue.open() as one, venue.open(token="floor-t2") as two:
            hand = Hand(two, "t2", 2)
            await hand.start()
            await one.recv()
            venue.door.end("t1")
            assert await closed(one) == CloseCode.SIGNED_OUT
            assert await venue.refused() == CloseCode.SIGNED_OUT
            await hand.write("seat/p1", SEAT)
            await hand.until(lambda: hand.replica.unsent == 0)

    async def test_who_hangs_up_is_answered_and_gone(self, venue: Venue) -> None:
        for code in (1000, 4000):
            async with RawSocket(venue.port) as socket:
                await socket.shake()
                socket.send(code.to_bytes(2, "big"), CLOSE)
                assert await socket.closed() == code
        async with RawSocket(venue.port) as socket:
            await socket.shake()
            socket.send(b"", CLOSE)
            assert await socket.closed() in (1000, 1005)
        while venue.rooms.statistics().sessions:
            await checkpoint()


async def heard_presence(socket: ClientConnection) -> bytes:
    """The next awareness message; what else comes is left aside."""
    while True:
        frame = await socket.recv()
        assert isinstance(frame, bytes)
        if frame[0] == 1:
            return frame
