"""Many documents on one connection (`felt.mux.1`): the same on both ports."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, ClassVar, Literal

import anyio
import pytest
from anyio.lowlevel import checkpoint
from websockets import Subprotocol
from websockets.asyncio.client import ClientConnection, connect

from crdt_models.channels import (
    CHANNELS_MAX,
    CLOSED,
    closed_message,
    on_channel,
    open_message,
    read_channel,
    read_content,
)
from crdt_models.documents.catalogue import kind_of
from crdt_models.errors import CloseCode
from crdt_models.facts import Json
from crdt_models.replica import Replica
from crdt_models.session import NoteKind, SyncStep, sync_message
from serving import entrance, rooms
from tests.serving.sync_venue import SEAT, Hand, Venue, closed, fill, leaf_now, noted_pauses, open_venue

_STEP_1 = sync_message(SyncStep.STEP_1, b"\0")


class Bundle:
    """A client with several documents on one socket."""

    def __init__(self, socket: ClientConnection, device: str = "t1") -> None:
        self.socket = socket
        self.replicas: dict[int, Replica] = {}
        self.closed: dict[int, int] = {}
        self.beats = 0
        self._device = device

    async def open(self, channel: int, document: str) -> Replica:
        name = document.partition("@")[0]
        name = name if kind_of(name) is not None else "floor"
        replica = Replica(name, device=self._device, nonce=f"x{channel}", client_id=100 + channel)
        self.replicas[channel] = replica
        await self.socket.send(on_channel(channel, open_message(document)))
        for frame in replica.connected():
            await self.socket.send(on_channel(channel, frame))
        return replica

    async def write(self, channel: int, name: str, value: Json) -> None:
        frame = self.replicas[channel].write([(name, value)], person="ana", now=leaf_now())
        await self.socket.send(on_channel(channel, frame))

    async def until(self, true: Callable[[], bool]) -> None:
        while not true():
            frame = await self.socket.recv()
            assert isinstance(frame, bytes)
            channel, kind, message = read_channel(frame)
            if kind == CLOSED:
                self.closed[channel] = read_content(message)["code"]
                continue
            self.beats += kind == NoteKind.BEAT
            for answer in self.replicas[channel].receive(message).answers:
                await self.socket.send(on_channel(channel, answer))


@asynccontextmanager
async def shared(venue: Venue, token: str = "floor-t1", **more: Any) -> AsyncIterator[Bundle]:
    kinds = [Subprotocol("felt.mux.1"), Subprotocol(f"felt.token.{token}")]
    uri = f"ws://127.0.0.1:{venue.port}/sync/v"
    async with connect(uri, subprotocols=kinds, compression=None, max_size=None, **more) as socket:
        assert socket.subprotocol == "felt.mux.1"
        yield Bundle(socket, token.partition("-")[2])


@pytest.mark.anyio
class SyncMuxContract:
    """Inherit, say which `port`."""

    port: ClassVar[Literal["asgi", "picows"]]

    @pytest.fixture
    async def venue(self) -> AsyncIterator[Venue]:
        async with open_venue(self.port) as opened:
            await opened.rooms.write("roster", [("setup", {"kind": "roster"})])
            with anyio.fail_after(60):
                yield opened

    async def test_documents_share_a_connection_with_who_has_one_alone(self, venue: Venue) -> None:
        """[DO44]"""
        async with shared(venue) as bundle, venue.open(token="floor-t2") as alone:
            floor, roster = await bundle.open(1, "floor@1"), await bundle.open(64, "roster")
            other = Hand(alone, "t2", 2)
            await other.start()
            await bundle.until(lambda: bool(floor.facts.get("setup") and roster.facts.get("setup")))
            await bundle.write(1, "seat/p1", SEAT)
            await other.until(lambda: other.replica.facts.get("seat/p1") == SEAT)
            await other.write("seat/p2", SEAT)
            await bundle.until(lambda: floor.facts.get("seat/p2") == SEAT and floor.unsent == 0)
            assert roster.facts.get("seat/p2") is None

    @pytest.mark.parametrize(
        ("token", "document", "code"),
        [
            ("floor-t1", "nonsense", CloseCode.NO_DOCUMENT),
            ("floor-t1", "../v/floor", CloseCode.NO_DOCUMENT),
            ("floor-t1", "%66loor", CloseCode.NO_DOCUMENT),
            ("floor-t1", "", CloseCode.NO_DOCUMENT),
            ("floor-t1", "floor@7", CloseCode.OTHER_EPOCH),
            ("player-t1", "floor", CloseCode.FORBIDDEN),
            ("player-t1", "phone/bo", CloseCode.FORBIDDEN),
        ],
    )
    async def test_a_document_that_can_not_be_opened_closes_its_channel_only(
        self, venue: Venue, token: str, document: str, code: int
    ) -> None:
        """[DO44]"""
        async with shared(venue, token) as bundle:
            await bundle.open(1, document)
            await bundle.until(lambda: bundle.closed.get(1) == code)
            await bundle.open(2, "phone/ana" if token == "player-t1" else "roster")
            await bundle.until(lambda: bundle.replicas[2].epoch == 1)

    async def test_a_closed_channel_can_be_opened_again(self, venue: Venue) -> None:
        """[DO44] What is said on it until then is dropped; the server answers a close by a close."""
        async with shared(venue) as bundle:
            await bundle.open(1, "floor")
            await bundle.until(lambda: bundle.replicas[1].facts.get("setup") is not None)
            await bundle.socket.send(on_channel(1, closed_message(1000)))
            await bundle.socket.send(on_channel(1, _STEP_1))
            await bundle.until(lambda: bundle.closed.get(1) == 1000)
            roster = await bundle.open(1, "roster")
            await bundle.until(lambda: roster.facts.get("setup") == {"kind": "roster"})
            assert venue.rooms.statistics().sessions == 1

    async def test_what_is_foul_in_a_document_closes_its_channel_only(self, venue: Venue) -> None:
        """[DO44] A screen that writes."""
        await venue.rooms.write("displays", [("setup", {"kind": "displays"})])
        async with shared(venue, "display-s1") as bundle:
            await bundle.open(1, "displays")
            await bundle.open(2, "displays")
            await bundle.until(lambda: bundle.replicas[1].facts.get("setup") is not None)
            await bundle.write(1, "theme", None)
            await bundle.until(lambda: bundle.closed.get(1) == CloseCode.FORBIDDEN)
            await bundle.until(lambda: bundle.replicas[2].facts.get("setup") is not None)

    @pytest.mark.parametrize(
        ("frame", "code"),
        [
            (b"", CloseCode.MALFORMED),
            (b"\x01", CloseCode.MALFORMED),
            ("text", CloseCode.MALFORMED),
            (on_channel(1, _STEP_1), CloseCode.MALFORMED),
            (on_channel(0, open_message("floor")), CloseCode.TOO_MANY),
            (on_channel(CHANNELS_MAX + 1, open_message("floor")), CloseCode.TOO_MANY),
            (on_channel(9, open_message("floor")), CloseCode.MALFORMED),
            (on_channel(1, open_message("x" * 300)), CloseCode.MALFORMED),
            (on_channel(1, b"\x46\x02[]"), CloseCode.MALFORMED),
            (on_channel(1, b"\x46\x02{}"), CloseCode.MALFORMED),
            (on_channel(1, b"\x46\xff"), CloseCode.MALFORMED),
            (on_channel(9, b"\x09\x00"), CloseCode.MALFORMED),
            (on_channel(9, sync_message(SyncStep.UPDATE, bytes(4 << 20))), CloseCode.TOO_LARGE),
        ],
    )
    async def test_what_is_foul_in_the_framing_closes_the_connection(
        self, venue: Venue, frame: bytes | str, code: int
    ) -> None:
        """[DO44]"""
        async with shared(venue) as bundle:
            await bundle.open(9, "floor")
            await bundle.until(lambda: bundle.replicas[9].facts.get("setup") is not None)
            await bundle.socket.send(frame)
            assert await closed(bundle.socket) == code

    async def test_who_may_not_enter_is_told_by_the_connection(self, venue: Venue) -> None:
        async with shared(venue, "old-t1") as bundle:
            assert await closed(bundle.socket) == CloseCode.SIGNED_OUT
        async with shared(venue) as bundle:
            await bundle.open(1, "floor")
            await bundle.until(lambda: bundle.replicas[1].epoch == 1)
            venue.door.end("t1")
            assert await closed(bundle.socket) == CloseCode.SIGNED_OUT
            assert venue.rooms.statistics().sessions == 0

    async def test_channels_count_as_sessions(self, venue: Venue, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(entrance, "SESSIONS_PER_DEVICE", 2)
        async with shared(venue) as bundle:
            for channel in (1, 2, 3):
                await bundle.open(channel, "floor")
            await bundle.until(lambda: bundle.closed.get(3) == CloseCode.TOO_MANY)

    async def test_a_beat_for_all_channels(self, venue: Venue, monkeypatch: pytest.MonkeyPatch) -> None:
        """[DO44] Rooms are quiet together; their beats come once, not once for each."""
        monkeypatch.setattr(rooms, "TICK_S", 0.1)
        async with shared(venue) as bundle:
            for channel in range(1, 21):
                await bundle.open(channel, "roster" if channel % 2 else "floor")
            await bundle.until(lambda: bundle.beats >= 1)
            beats: list[bytes] = []
            while len(beats) < 2:
                frame = await bundle.socket.recv()
                assert isinstance(frame, bytes)
                if frame[1] == NoteKind.BEAT:
                    beats.append(frame[1:])
            assert len(set(beats)) == 2

    async def test_a_reader_that_sleeps_pauses_in_all_its_documents(
        self, venue: Venue, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """[DO44] [DO22] One queue for all channels; when it wakes up it has all of all."""
        await fill(venue, 8)
        floors = noted_pauses(venue, await venue.rooms.enter("floor"), monkeypatch)
        rosters = noted_pauses(venue, await venue.rooms.enter("roster"), monkeypatch)
        async with shared(venue, max_queue=1, ping_interval=None) as bundle:
            roster, floor = await bundle.open(1, "roster"), await bundle.open(2, "floor")
            for _ in range(3):
                await bundle.socket.send(on_channel(2, _STEP_1))
            while not (floors and rosters):
                await checkpoint()
            player: Json = {"name": "Pia", "club_number": 7}
            await venue.rooms.write("roster", [("player/p9", player)])
            await venue.rooms.write("floor", [("seat/p9", SEAT)])
            await bundle.until(lambda: floor.facts.get("seat/p9") == SEAT)
            await bundle.until(lambda: roster.facts.get("player/p9") == player)
            assert len(floor.facts.group("answer/")) == 8 * 64
            await bundle.write(1, "player/p8", player)
            await bundle.until(lambda: roster.unsent == 0)

    async def test_messages_may_follow_their_open_at_once(self, venue: Venue) -> None:
        """[DO44] Also where the room has to be loaded first; what waits for it is bounded."""
        gate, load = anyio.Event(), venue.store.load

        async def slow(document: str) -> Any:
            await gate.wait()
            return await load(document)

        venue.store.load = slow  # type: ignore[method-assign]
        async with shared(venue) as bundle, shared(venue, "floor-t2") as greedy:
            await bundle.open(1, "config")
            await greedy.socket.send(on_channel(1, open_message("config")))
            await greedy.socket.send(on_channel(2, open_message("displays")))
            for channel in (1, 2):
                await greedy.socket.send(on_channel(channel, sync_message(SyncStep.UPDATE, bytes(3 << 20))))
            assert await closed(greedy.socket) == CloseCode.TOO_LARGE
            gate.set()
            await bundle.until(lambda: bundle.replicas[1].epoch == 1)

    async def test_what_follows_a_foul_message_before_the_room_is_open_is_dropped(self, venue: Venue) -> None:
        """[DO44] And never counted again: a client may do so for ever."""
        await venue.rooms.write("displays", [("setup", {"kind": "displays"})])
        update = sync_message(SyncStep.UPDATE, bytes(1 << 20))
        load = venue.store.load

        async def slow(document: str) -> Any:
            for _ in range(20):
                await checkpoint()
            return await load(document)

        venue.store.load = slow  # type: ignore[method-assign]
        async with shared(venue, "display-s1") as bundle:
            for channel in range(1, 8):
                (await venue.rooms.enter("displays")).abandon()
                for room in list(venue.rooms._rooms.values()):
                    venue.rooms._close(room)
                await bundle.socket.send(on_channel(channel, open_message("displays")))
                for message in (update, update, update):
                    await bundle.socket.send(on_channel(channel, message))
                bundle.replicas[channel] = Replica("displays", device="s1", nonce="x", client_id=channel)
                await bundle.until(lambda n=channel: bundle.closed.get(n) == CloseCode.FORBIDDEN)  # type: ignore[misc]
            assert venue.rooms.statistics().sessions == 0

    async def test_a_room_that_breaks_closes_its_channel_only(self, venue: Venue) -> None:
        """[DO44]"""
        async with shared(venue) as bundle:
            roster, _ = await bundle.open(1, "roster"), await bundle.open(2, "floor")
            await bundle.until(lambda: roster.epoch == 1 and bundle.replicas[2].epoch == 1)
            (await venue.rooms.enter("floor")).abandon()
            await bundle.until(lambda: bundle.closed.get(2) == CloseCode.NOT_READY)
            await bundle.write(1, "player/p1", {"name": "Pia", "club_number": 7})
            await bundle.until(lambda: roster.unsent == 0)
