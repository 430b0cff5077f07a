"""The sync door on a real server: who is turned away and how, frames no client sends, slow readers."""

import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import anyio
import pytest
import websockets
from anyio.lowlevel import checkpoint
from pycrdt import Doc, Map, Provider
from websockets.asyncio.client import ClientConnection

from crdt_models.edits import Edit, encode
from crdt_models.errors import CloseCode
from crdt_models.facts import Json
from crdt_models.replica import Replica
from crdt_models.session import NoteKind, Sync, SyncStep, read_message, sync_message
from crdt_models.wire import assemble, edit_struct, put
from serving import asgi_connection, entrance, picows_connection
from serving.asgi_connection import AsgiConnection
from serving.connection import Connection
from serving.picows_connection import PicowsConnection
from tests.serving.sync_venue import SEAT, Venue, closed, leaf_now, open_venue

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["asgi", "picows"])
async def venue(request: pytest.FixtureRequest) -> AsyncIterator[Venue]:
    async with open_venue(request.param) as opened:
        with anyio.fail_after(30):
            yield opened


class Hand:
    """A replica at a real socket."""

    def __init__(
        self, socket: ClientConnection, device: str = "t1", client_id: int = 1, document: str = "floor"
    ) -> None:
        self.socket = socket
        self.replica = Replica(document, device=device, nonce="x", client_id=client_id)
        self.notes: list[Any] = []

    async def until(self, true: Callable[[], bool]) -> None:
        while not true():
            heard = self.replica.receive(await self.socket.recv())  # type: ignore[arg-type]
            self.notes += heard.notes
            for frame in heard.answers:
                await self.socket.send(frame)

    async def start(self) -> None:
        for frame in self.replica.connected():
            await self.socket.send(frame)
        await self.until(lambda: self.replica.facts.get("setup") is not None)

    async def write(self, name: str, value: Json) -> None:
        await self.socket.send(self.replica.write([(name, value)], person="ana", now=leaf_now()))


async def test_two_tablets_see_each_other(venue: Venue) -> None:
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
    venue: Venue, where: dict[str, str], code: int
) -> None:
    """[DO40] [DO41]"""
    assert await venue.refused(**where) == code


async def test_the_current_epoch_may_be_named(venue: Venue) -> None:
    async with venue.open("floor@1") as socket:
        await Hand(socket).start()


async def test_a_page_of_another_origin_is_turned_away(venue: Venue) -> None:
    with pytest.raises(websockets.InvalidStatus) as error:
        async with venue.open(origin="http://evil.example"):
            pass
    assert error.value.response.status_code == 403
    async with venue.open(origin="http://venue.example") as socket:
        await Hand(socket).start()


async def test_a_token_ends_its_connection_when_it_expires(venue: Venue) -> None:
    async with venue.open(token="short-t1") as socket:
        assert await closed(socket) == CloseCode.SIGNED_OUT


async def test_one_device_has_a_bounded_number_of_connections(
    venue: Venue, monkeypatch: pytest.MonkeyPatch
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
    venue: Venue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entrance, "SESSIONS_MAX", 2)
    async with venue.open() as one, venue.open(token="floor-t2") as two:
        await one.recv()
        await two.recv()
        assert await venue.refused() == CloseCode.TOO_MANY


def presence_of(client: int) -> bytes:
    body = bytearray()
    put(body, 1, client, 5, 4)
    return bytes((1, len(body) + 4)) + bytes(body) + b"null"


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


@pytest.mark.parametrize(("frame", "code"), HOSTILE.values(), ids=HOSTILE.keys())
async def test_what_no_client_sends_ends_its_connection_only(
    venue: Venue, frame: bytes | str, code: int
) -> None:
    async with venue.open(token="floor-t2") as good, venue.open() as bad:
        hand = Hand(good, "t2", 2)
        await hand.start()
        await bad.send(frame)
        assert await closed(bad) == code
        await hand.write("seat/p1", SEAT)
        await hand.until(lambda: hand.replica.unsent == 0)


async def test_a_screen_that_writes_is_closed(venue: Venue) -> None:
    await venue.rooms.write("displays", [("setup", {"kind": "displays"})])
    async with venue.open("displays", "display-s1") as socket:
        hand = Hand(socket, "s1", document="displays")
        await hand.start()
        edit = edit_struct("1.1.s1-x", '["theme",null,[],["",""]]')
        await socket.send(sync_message(SyncStep.STEP_2, assemble([(1, 0, [edit])], {})))  # ignored
        await socket.send(sync_message(SyncStep.UPDATE, assemble([(1, 0, [edit])], {})))
        assert await closed(socket) == CloseCode.FORBIDDEN
    assert len(venue.store.rows) == 2


async def test_presence_for_others_is_left_out(venue: Venue) -> None:
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


async def test_a_stock_client_signs_in_by_cookie_or_header(venue: Venue) -> None:
    for headers in ({"Cookie": "felt_session=floor-t1"}, {"Authorization": "Bearer floor-t1"}):
        async with venue.open(token="", felt=False, additional_headers=headers) as socket:
            assert socket.subprotocol is None
            first = read_message(await socket.recv())  # type: ignore[arg-type]
            assert isinstance(first, Sync)
            assert first.step is SyncStep.STEP_1


async def fill(venue: Venue, acts: int) -> None:
    """About 256 KiB for each act."""
    for act in range(acts):
        text: Json = {"answer": "done", "text": "x" * 3_900}
        await venue.rooms.write("floor", [(f"answer/a{act}-{n}", text) for n in range(64)])


def noted_pauses(venue: Venue, room: Any, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    paused: list[Any] = []
    pause = room.pause

    def noted(peer: Any) -> None:
        paused.append(peer)
        pause(peer)

    monkeypatch.setattr(room, "pause", noted)
    return paused


def waiting_bytes(reader: Connection) -> int:
    if isinstance(reader, PicowsConnection):
        return reader.transport.underlying_transport.get_write_buffer_size()  # type: ignore[no-any-return, attr-defined]
    assert isinstance(reader, AsgiConnection)
    return reader._queue_bytes


class Rope:
    """A channel for pycrdt's own provider."""

    path = "floor"

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket

    def __aiter__(self) -> "Rope":
        return self

    async def __anext__(self) -> bytes:
        return await self.recv()

    async def send(self, message: bytes) -> None:
        await self._socket.send(message)

    async def recv(self) -> bytes:
        message = await self._socket.recv()
        assert isinstance(message, bytes)
        return message


async def test_the_stock_provider_of_pycrdt_reads_and_writes(venue: Venue) -> None:
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


async def test_a_reader_that_sleeps_is_cut_off_and_others_go_on(
    venue: Venue, monkeypatch: pytest.MonkeyPatch
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
    venue: Venue, monkeypatch: pytest.MonkeyPatch
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


async def test_what_was_accepted_is_json_a_browser_can_read(venue: Venue) -> None:
    async with venue.open() as socket:
        hello = await socket.recv()
        assert isinstance(hello, bytes)
        assert json.loads(hello[2:])["servers"] == [4_000_000_000]
