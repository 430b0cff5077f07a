"""Streams between processes: in order, bounded, and ended at both ends when anything was lost."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import anyio
import pytest

from core_server.bundles import Record, Word, write_bundle
from core_server.remote_rooms import Remotes
from core_server.stand_ins import StandIns
from core_server.streams import WINDOW, Stream, Streams
from crdt_models.errors import CloseCode, RoomClosed
from crdt_models.replica import Replica
from crdt_models.session import Session
from serving.nats_link import NatsLink
from serving.places import Place
from serving.rooms import Rooms
from tests.crdt_models.memory_store import MemoryStore
from tests.fix_nats import NatsProcess

pytestmark = [pytest.mark.anyio, pytest.mark.servers]

HERE, THERE = "00000000000000aa", "00000000000000bb"
FRAME = b"x" * 10_000


@dataclass
class Holder:
    """An end that notes what it is told, and takes what comes if it is told to."""

    takes: bool = True
    stream: Stream | None = None
    frames: list[bytes] = field(default_factory=list)
    code: int | None = None
    moved: anyio.Event = field(default_factory=anyio.Event)

    def arrived(self, frame: bytes) -> None:
        self.frames.append(frame)
        if self.takes and self.stream is not None:
            self.stream.took(len(frame))
        self.taken()

    def taken(self) -> None:
        self.moved.set()
        self.moved = anyio.Event()

    def ended(self, code: int) -> None:
        self.code = code
        self.taken()

    async def until(self, count: int) -> None:
        with anyio.fail_after(60):
            while len(self.frames) < count:
                await self.moved.wait()

    async def until_ended(self) -> int:
        with anyio.fail_after(60):
            while self.code is None:
                await self.moved.wait()
        return self.code


class Accepted(list[Holder]):
    """The other ends, in the order of their coming."""

    def __init__(self) -> None:
        super().__init__()
        self._came = anyio.Event()

    def accept(self, head: Mapping[str, Any], stream: Stream) -> Holder:
        self.append(Holder(takes=head.get("takes", True), stream=stream))
        self._came.set()
        self._came = anyio.Event()
        return self[-1]

    async def until(self, count: int) -> Holder:
        """The one that came as number `count`."""
        with anyio.fail_after(60):
            while len(self) < count:
                await self._came.wait()
        return self[count - 1]


@dataclass
class Pair:
    here: Streams
    accepted: Accepted
    links: Mapping[str, NatsLink]
    scopes: Mapping[str, anyio.CancelScope]


@asynccontextmanager
async def pair(plain_nats: NatsProcess) -> AsyncIterator[Pair]:
    """Two processes' streams; `there` accepts whatever comes."""
    accepted = Accepted()
    async with anyio.create_task_group() as tasks:
        links, scopes, streams = {}, {}, {}
        for process in (HERE, THERE):
            links[process] = NatsLink(plain_nats.url, name=process)
            streams[process] = Streams(links[process], process, {"x": accepted.accept})
            scopes[process] = anyio.CancelScope()

            async def run(
                process: str, *, task_status: anyio.abc.TaskStatus[None] = anyio.TASK_STATUS_IGNORED
            ) -> None:
                with scopes[process]:
                    async with anyio.create_task_group() as own:
                        await own.start(streams[process].run)
                        await own.start(links[process].run)
                        await links[process].connected()
                        await links[process].flush()  # its subscriptions are known
                        task_status.started()

            await tasks.start(run, process)
        yield Pair(streams[HERE], accepted, links, scopes)
        tasks.cancel_scope.cancel()


def opened(pair: Pair, **more: object) -> tuple[Stream, Holder]:
    holder = Holder()
    holder.stream = pair.here.open(THERE, {"to": "x", **more}, holder)
    return holder.stream, holder


async def test_frames_of_any_size_arrive_in_order_both_ways(plain_nats: NatsProcess) -> None:
    async with pair(plain_nats) as both:
        stream, holder = opened(both)
        frames = [b"", b"a", b"b" * (1 << 19), b"c" * ((1 << 19) + 1), b"d" * (5 << 20), b"e"]
        for frame in frames:
            stream.send(frame)
        partner = await both.accepted.until(1)
        await partner.until(len(frames))
        assert partner.frames == frames
        assert partner.stream is not None
        for frame in frames:
            partner.stream.send(frame)
        await holder.until(len(frames))
        assert holder.frames == frames
        partner.stream.close(4408)
        assert await holder.until_ended() == 4408
        stream.send(b"too late")
        assert both.here.count() == 0


@pytest.mark.parametrize("head", [{"to": "nobody"}, {}, {"to": "x", "takes": "broken"}])
async def test_what_breaks_one_stream_ends_it_and_no_other(
    plain_nats: NatsProcess, head: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    """[DO81] Its head is none of ours, or its holder has a bug."""
    async with pair(plain_nats) as both:
        good, _ = opened(both)
        partner = await both.accepted.until(1)
        bad = Holder()
        stream = both.here.open(THERE, head, bad)
        if "takes" in head:
            (await both.accepted.until(2)).frames = None  # type: ignore[assignment]
            stream.send(b"a")
        assert await bad.until_ended() == CloseCode.NOT_READY
        good.send(b"b")
        await partner.until(1)
        assert partner.code is None
        assert "a stream with process" in caplog.text


async def test_one_frame_for_many_crosses_the_hub_once(plain_nats: NatsProcess) -> None:
    async with pair(plain_nats) as both:
        crossed = 0

        async def count(incoming: Any) -> None:
            nonlocal crossed
            crossed += len(incoming.payload)

        await both.links[HERE].subscribe(f"core.{THERE}.streams", count)
        holders = [opened(both) for _ in range(50)]
        for stream, _ in holders:
            stream.send(FRAME)
        await both.accepted.until(50)
        for partner in both.accepted:
            await partner.until(1)
        assert len(FRAME) < crossed < 3 * len(FRAME)


async def test_who_takes_nothing_lets_no_more_than_a_window_fly(plain_nats: NatsProcess) -> None:
    """[DO82] The sender sees what is on its way; with each word that some was taken it may go on."""
    async with pair(plain_nats) as both:
        stream, holder = opened(both, takes=False)
        while stream.flying <= WINDOW:
            stream.send(FRAME)
        partner = await both.accepted.until(1)
        await partner.until(WINDOW // len(FRAME) + 1)
        assert stream.flying > WINDOW
        assert partner.stream is not None
        partner.stream.took(stream.flying)
        with anyio.fail_after(60):
            while stream.flying:
                await holder.moved.wait()


async def test_a_lost_bundle_ends_all_streams_at_both_ends(plain_nats: NatsProcess) -> None:
    """[DO81]"""
    async with pair(plain_nats) as both:
        stream, holder = opened(both)
        stream.send(b"1")
        partner = await both.accepted.until(1)
        await partner.until(1)
        late = write_bundle(HERE, 99, [Record([3], Word.FRAME, b"what came before is lost")])
        await both.links[HERE].publish(f"core.{THERE}.streams", late)
        assert await partner.until_ended() == CloseCode.NOT_READY
        assert partner.frames == [b"1"]
        assert await holder.until_ended() == CloseCode.NOT_READY
        assert both.here.count() == 0
        again, _ = opened(both)
        again.send(b"2")
        await (await both.accepted.until(2)).until(1)


@pytest.mark.parametrize("gone", ["its process", "the hub", "never there"])
async def test_whoever_is_gone_ends_the_streams_with_it(plain_nats: NatsProcess, gone: str) -> None:
    """[DO81]"""
    async with pair(plain_nats) as both:
        if gone == "never there":
            both.scopes[THERE].cancel()
        _, holder = opened(both)
        if gone == "its process":
            await both.accepted.until(1)
            both.scopes[THERE].cancel()
        elif gone == "the hub":
            await both.accepted.until(1)
            plain_nats.kill()
        assert await holder.until_ended() == CloseCode.NOT_READY


async def test_a_bug_ends_one_stand_in_and_not_the_process(
    plain_nats: NatsProcess, caplog: pytest.LogCaptureFixture
) -> None:
    """[DO81]"""

    async def rooms_of(venue: str) -> Rooms | None:
        raise LookupError("a bug")

    async with anyio.create_task_group() as tasks:
        here, there = [NatsLink(plain_nats.url, name=name) for name in "ab"]
        stand_ins = StandIns(THERE, rooms_of, lambda role, own, person: person == own)
        streams, owner = Streams(here, HERE, {}), Streams(there, THERE, {"stand_in": stand_ins.accept})
        await tasks.start(stand_ins.run, there)
        for each in (streams, owner):
            await tasks.start(each.run)
        for link in (here, there):
            await tasks.start(link.run)
            await link.connected()
            await link.flush()
        head = {"to": "stand_in", "role": "floor", "person": "ana", "device": "d1", "may_write": True}
        for _ in range(2):  # it goes on to serve, and to fail
            holder = Holder()
            streams.open(THERE, {**head, "felt": True, "venue": "v", "document": "floor", "epoch": 1}, holder)
            assert await holder.until_ended() == CloseCode.NOT_READY
        assert caplog.text.count("a stand-in of venue v broke") == 2
        assert stand_ins.taken == 0
        tasks.cancel_scope.cancel()


class Screen:
    """A peer at another process that falls asleep and wakes."""

    def __init__(self, place: Place) -> None:
        self.session = Session("tab9", "ana", True, lambda person: person == "ana", True, role="floor")
        self.replica = Replica("floor", device="tab9", nonce="n", client_id=9)
        self.bytes = 0
        self.code: CloseCode | None = None
        self.heard = anyio.Event()
        self._place = place

    def push(self, frame: bytes) -> None:
        self.bytes += len(frame)
        for answer in self.replica.receive(frame).answers:
            self._place.receive(self, answer)
        self.heard.set()
        self.heard = anyio.Event()

    def shut(self, code: CloseCode) -> None:
        self.code = code

    async def until(self, name: str, value: object) -> None:
        with anyio.fail_after(60):
            while self.replica.facts.get(name) != value:
                await self.heard.wait()


async def test_a_peer_that_sleeps_elsewhere_is_paused_at_the_owner_and_gets_one_diff(
    plain_nats: NatsProcess,
) -> None:
    """[DO82]"""
    rooms = Rooms(
        venue="v", at="core", store=MemoryStore(), now=lambda: 1_000, term=lambda: 1, client_id=lambda: 4_000
    )

    async def rooms_of(venue: str) -> Rooms | None:
        return rooms if venue == "v" else None

    async with anyio.create_task_group() as tasks:
        here, there = [NatsLink(plain_nats.url, name=name) for name in "ab"]
        stand_ins = StandIns(THERE, rooms_of, lambda role, own, person: person == own)
        streams = Streams(here, HERE, {})
        owner = Streams(there, THERE, {"stand_in": stand_ins.accept})
        await tasks.start(rooms.run)
        await tasks.start(stand_ins.run, there)
        for each in (streams, owner):
            await tasks.start(each.run)
        for link in (here, there):
            await tasks.start(link.run)
            await link.connected()
            await link.flush()
        places = Remotes(here, streams).at("v", THERE)
        place = await places.enter("floor")
        screen = Screen(place)
        place.join(screen, term=0, now=0)
        for frame in screen.replica.connected():
            place.receive(screen, frame)
        await rooms.write("floor", [("list/a", {"name": "first", "start_number": 5})])
        await screen.until("list/a", {"name": "first", "start_number": 5})
        place.pause(screen)
        before = screen.bytes
        for n in range(100):  # some 800 KB
            await rooms.write("floor", [("list/b", {"name": f"{n} " + "b" * 50, "start_number": 5})] * 40)
        asleep = screen.bytes - before
        place.resume(screen)
        await screen.until("list/b", {"name": "99 " + "b" * 50, "start_number": 5})
        assert asleep < WINDOW + 64 * 1024
        assert screen.bytes - before - asleep > WINDOW
        assert screen.replica.facts.digest == (await rooms.enter("floor")).facts.digest
        assert stand_ins.taken == 1
        assert rooms.sessions == {"tab9": 1}
        with pytest.raises(RoomClosed, match="floor/../x"):
            await places.enter("floor/../x")
        tasks.cancel_scope.cancel()
