"""The rooms of a venue: one committer, failures that close a room, followers, the other server's rows."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Literal

import anyio
import pytest
from anyio.lowlevel import checkpoint

from crdt_models.errors import CloseCode, EditInvalid, RoomClosed
from crdt_models.facts import Json
from crdt_models.replication import outgoing
from crdt_models.session import NoteKind, SyncStep, sync_message
from crdt_models.update_log import HistoryQuery, NumberedRow
from serving import rooms as rooms_module
from serving.rooms import Rooms
from tests.crdt_models.memory_store import MemoryStore
from tests.crdt_models.venue import LooseReplica, Tablet

pytestmark = pytest.mark.anyio
SEAT: Json = {"table": "t1", "seat": 1}


class Clock:
    def __init__(self) -> None:
        self.ms = 1_000

    def __call__(self) -> int:
        self.ms += 1
        return self.ms


@asynccontextmanager
async def running(
    store: MemoryStore, at: Literal["leaf", "core"] = "leaf", client_id: int = 4_000_000_000
) -> AsyncIterator[Rooms]:
    rooms = Rooms(venue="v", at=at, store=store, now=Clock(), term=lambda: 1, client_id=lambda: client_id)
    async with anyio.create_task_group() as tasks:
        await tasks.start(rooms.run)
        with anyio.fail_after(60):
            yield rooms
        tasks.cancel_scope.cancel()


async def until(true: Callable[[], bool]) -> None:
    while not true():
        await checkpoint()


def decided(tablet: Tablet) -> bool:
    tablet.hear()
    return tablet.replica.unsent == 0


async def join(rooms: Rooms, device: str, client_id: int, document: str = "floor") -> Tablet:
    room = await rooms.enter(document)
    tablet = Tablet(LooseReplica(document, device=device, nonce="x", client_id=client_id))
    tablet._room = room
    room.join(tablet, term=rooms.term(), now=rooms.now())
    tablet.send(*tablet.replica.connected())
    tablet.hear()
    return tablet


async def test_own_edits_are_durable_on_return_and_make_the_setup() -> None:
    store = MemoryStore()
    async with running(store) as rooms:
        await rooms.write("floor", [("seat/p1", SEAT), ("seat/p2", None)], person="ana")
        assert len(store.rows) == 1
        facts = await rooms.facts("floor")
        assert (facts.get("setup"), facts.get("seat/p1")) == ({"kind": "floor"}, SEAT)
        changes = [c.change for c in (await rooms.history(HistoryQuery(["floor"], name="seat/p1"))).changes]
        assert [(c.after, c.person, c.via) for c in changes] == [('{"table":"t1","seat":1}', "ana", "leaf")]
        assert [(d.document, d.edits) for d in await rooms.documents()] == [("floor", 3)]


async def test_a_question_to_the_history_ends_after_so_many_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """[DO65]"""
    monkeypatch.setattr("tests.crdt_models.memory_store.HISTORY_WINDOW", 3)
    monkeypatch.setattr("serving.rooms.HISTORY_WINDOWS_MAX", 2)
    async with running(MemoryStore()) as rooms:
        await rooms.write("floor", [("seat/p1", SEAT)])
        for _ in range(4):
            await rooms.write("floor", [("seat/p2", SEAT), ("seat/p2", None)])
        asked = HistoryQuery(["floor"], name="seat/p1")
        page = await rooms.history(asked)
        assert ([*page.changes], page.next) == ([], 5)
        page = await rooms.history(asked, before=page.next)
        assert ([one.change.after for one in page.changes], page.next) == (['{"table":"t1","seat":1}'], None)


async def test_a_document_of_which_all_was_refused_does_not_exist() -> None:
    """2,000 of them were listed once, after 2,000 refused setups."""
    store = MemoryStore()
    async with running(store) as rooms:
        tablet = await join(rooms, "d1", 1)
        tablet.write([("setup", None)], 5)
        await until(lambda: decided(tablet))
        assert (await store.names(), await rooms.documents()) == (["floor"], [])


@pytest.mark.parametrize(
    ("document", "name", "value", "code"),
    [
        ("floor", "nonsense", 1, "unknown_name"),
        ("floor", "seat/p1", {"seat": 99}, "model"),
        ("tournament/x", "clock", None, "model"),  # its setup needs more than a name
    ],
)
async def test_our_own_wrong_edits_fail_loudly(document: str, name: str, value: Json, code: str) -> None:
    async with running(MemoryStore()) as rooms:
        with pytest.raises(EditInvalid) as error:
            await rooms.write(document, [(name, value)])
        assert error.value.code == code


async def test_a_store_that_fails_closes_the_rooms_of_the_batch_and_shows_nothing() -> None:
    """[DO20]"""
    store = MemoryStore()
    async with running(store) as rooms:
        await rooms.write("floor", [("seat/p1", SEAT)])
        one, two = await join(rooms, "d1", 1), await join(rooms, "d2", 2)
        two.frames.clear()
        store.break_next = OSError("disk full")
        one.write([("seat/p1", None)], 5_000)
        await until(lambda: one.code is not None)
        assert (one.code, two.code, two.frames) == (CloseCode.NOT_READY, CloseCode.NOT_READY, [])
        assert (await rooms.facts("floor")).get("seat/p1") == SEAT  # loaded again from the log
        again = await join(rooms, "d1", 3)
        assert again.replica.facts.get("seat/p1") == SEAT
        store.break_next = OSError("disk full")
        with pytest.raises(RoomClosed):
            await rooms.write("floor", [("seat/p1", None)])


async def test_a_panic_of_the_library_breaks_one_room_only(monkeypatch: pytest.MonkeyPatch) -> None:
    panic = type("PanicException", (BaseException,), {})
    async with running(MemoryStore()) as rooms:
        one, other = await join(rooms, "d1", 1), await join(rooms, "d1", 1, "displays")
        room = await rooms.enter("floor")

        def show(_turn: object) -> set[str]:
            raise panic("unwrap on None")

        monkeypatch.setattr(room.replica, "_show", show)
        one.write([("setup", {"kind": "floor"})], 5)
        other.write([("setup", {"kind": "displays"})], 5)
        await until(lambda: one.code is not None)
        await until(lambda: bool(other.frames))
        other.hear()
        assert (one.code, other.code, other.replica.unsent) == (CloseCode.NOT_READY, None, 0)
        assert (await rooms.facts("floor")).get("setup") == {"kind": "floor"}  # it had been logged


async def test_nothing_is_seen_while_the_log_is_busy() -> None:
    store = MemoryStore()
    async with running(store) as rooms:
        await rooms.write("floor", [("seat/p1", SEAT)])
        one, two = await join(rooms, "d1", 1), await join(rooms, "d2", 2)
        one.frames.clear()
        two.frames.clear()
        store.hold = anyio.Event()
        before = store.appends
        one.write([("seat/p1", None)], 5_000)
        await until(lambda: store.appends > before)
        assert one.frames == two.frames == []
        for n in range(20):  # what comes meanwhile goes into one commit
            one.write([(f"seat/q{n}", SEAT)], 5_001 + n)
        store.hold.set()
        store.hold = None
        await until(lambda: decided(one))
        two.hear()
        assert len(two.replica.facts.group("seat/")) == 20
        assert store.appends == before + 2


async def test_a_turn_that_is_full_does_not_wait_for_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """[DO120] A writer of much must not wait for the gap that gathers little."""
    monkeypatch.setattr("crdt_models.inbox.TURN_BYTES_MAX", 500)
    store = MemoryStore()
    async with running(store) as rooms:
        await rooms.write("floor", [("seat/p1", SEAT)])
        tablet = await join(rooms, "d1", 1)
        monkeypatch.setattr(rooms_module, "COMMIT_GAP_S", 3_600)
        monkeypatch.setattr(rooms_module, "COMMIT_GAP_MAX_S", 3_600)
        for n in range(20):
            tablet.write([(f"seat/p{n}", SEAT)], n + 5)
        room = await rooms.enter("floor")
        await until(lambda: len(store.rows) > 2)
        await until(lambda: not room.ample)
        assert room.waiting  # the little that is left waits for more to come


async def test_full_turns_of_what_comes_to_nothing_let_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """[DO120]"""
    monkeypatch.setattr("crdt_models.inbox.TURN_BYTES_MAX", 500)
    async with running(MemoryStore()) as rooms:
        await rooms.write("floor", [("seat/p1", SEAT)])
        tablet = await join(rooms, "d1", 1)
        room = await rooms.enter("floor")
        known = sync_message(SyncStep.UPDATE, room.replica.update())
        tablet.send(*[known] * 100)
        seen: list[int] = []
        while room.waiting:
            seen.append(room.waiting)
            await checkpoint()
        assert len(set(seen)) > 5


async def test_ten_clients_at_once_open_a_room_once() -> None:
    store = MemoryStore()
    loads = 0
    load = store.load

    async def counted(document: str) -> object:
        nonlocal loads
        loads += 1
        return await load(document)

    store.load = counted  # type: ignore[method-assign, assignment]
    async with running(store) as rooms:
        entered: list[object] = []

        async def enter() -> None:
            entered.append(await rooms.enter("floor"))

        async with anyio.create_task_group() as tasks:
            for _ in range(10):
                tasks.start_soon(enter)
        assert (loads, len(entered), len(set(map(id, entered)))) == (1, 10, 1)


async def test_followers_hear_which_documents_changed() -> None:
    async with running(MemoryStore()) as rooms, rooms.follow() as turns:
        await rooms.write("floor", [("seat/p1", SEAT)])
        await rooms.write("displays", [("setup", {"kind": "displays"})])
        await rooms.write("floor", [("seat/p1", None)])
        assert await anext(turns) == {"floor", "displays"}  # told together, nobody had listened
        await rooms.write("floor", [("seat/p1", SEAT)])
        assert await anext(turns) == {"floor"}


async def test_idle_rooms_are_unloaded_and_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rooms_module, "TICK_S", 0.001)
    async with running(MemoryStore()) as rooms:
        await rooms.write("floor", [("seat/p1", SEAT)])
        tablet = await join(rooms, "d1", 1)
        await until(lambda: rooms.statistics().rooms == 1)
        tablet.leave()
        await until(lambda: rooms.statistics().rooms == 0)
        assert (await rooms.facts("floor")).get("seat/p1") == SEAT


async def test_who_comes_after_the_end_is_sent_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """A room that is opened then would never commit, nor say a word; its client would wait for ever."""
    store, held = MemoryStore(), anyio.Event()
    load = store.load

    async def slow(document: str) -> object:
        await held.wait()
        return await load(document)

    async def enter(rooms: Rooms) -> None:
        with pytest.raises(RoomClosed):
            await rooms.enter("floor")

    async with anyio.create_task_group() as late:
        async with running(store) as rooms:
            await rooms.write("config", [("setup", {"kind": "config", "version": 1})])
            monkeypatch.setattr(store, "load", slow)
            late.start_soon(enter, rooms)  # at the door when it ends
            await checkpoint()
        held.set()
    await enter(rooms)
    assert rooms.statistics().rooms == 0


async def test_a_room_that_was_judged_is_not_unloaded_before_it_is_logged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Loaded again meanwhile, it would lack what is logged then."""
    async with running(MemoryStore()) as rooms:
        for document in ("floor", "displays"):
            await rooms.write(document, [("setup", {"kind": document})])
        floor, displays = await rooms.enter("floor"), await rooms.enter("displays")
        gather, go_on = displays.gather, anyio.Event()

        async def waiting(now: int) -> object:
            await go_on.wait()
            return await gather(now)

        monkeypatch.setattr(displays, "gather", waiting)
        monkeypatch.setattr(rooms_module, "ROOMS_MAX", 2)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(rooms.write, "floor", [("seat/p1", SEAT)])
            tasks.start_soon(rooms.write, "displays", [("theme", {"accent": "#aabbcc"})])
            await until(lambda: floor.waiting > 0)
            await until(lambda: floor.waiting == 0)  # judged; the other one is being judged
            with pytest.raises(RoomClosed):
                await rooms.enter("roster")  # none can make room for it
            go_on.set()
        assert (await rooms.enter("floor")) is floor
        assert floor.facts.get("seat/p1") == SEAT


async def test_a_snapshot_is_taken_after_many_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crdt_models.server_replica.SNAPSHOT_ROWS", 5)
    store = MemoryStore()
    async with running(store) as rooms:
        for n in range(7):
            await rooms.write("floor", [("seat/p1", {"table": "t1", "seat": 1 + n})])
        await until(lambda: "floor" in store.snapshots)
    async with running(store, client_id=4_000_000_001) as rooms:
        assert (await rooms.facts("floor")).get("seat/p1") == {"table": "t1", "seat": 7}


async def test_documents_of_a_kind_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """[DO17]"""
    monkeypatch.setattr(rooms_module, "DOCUMENTS_PER_KIND_MAX", 2)
    async with running(MemoryStore()) as rooms:
        codes: list[str] = []
        for n in range(4):
            player = await join(rooms, f"d{n}", n + 1, f"phone/p{n}")
            player.write([("setup", {"kind": "phone", "until_ms": 5})], 5_000)
            await until(partial(decided, player))
            codes += [note.content["code"] for note in player.notes if note.kind is NoteKind.REFUSED]
        assert codes == ["full", "full"]


async def rows_after(store: MemoryStore, n: int, to: Literal["leaf", "core"]) -> list[NumberedRow]:
    return outgoing(await store.since(n, 1 << 20), to)


async def test_leaf_and_core_bring_each_other_up_to_date() -> None:
    """[DO30] [DO32]"""
    at_leaf, at_core = MemoryStore(), MemoryStore()
    async with running(at_leaf) as leaf, running(at_core, "core", 4_000_000_009) as core:
        await leaf.write("floor", [("seat/p1", SEAT)])
        assert await core.take(await rows_after(at_leaf, 0, "core")) == frozenset()
        phone = await join(core, "d1", 1)
        phone.write([("seat/p2", SEAT)], 5_000)
        await until(lambda: len(at_core.rows) == 2)
        assert await leaf.take(await rows_after(at_core, 0, "leaf")) == frozenset()
        assert (await leaf.facts("floor")).get("seat/p2") == SEAT
        via = [c.change.via for c in (await leaf.history(HistoryQuery(["floor"], name="seat/p2"))).changes]
        assert via == ["core"]
        phone.hear()
        assert phone.replica.unsent == 1
        assert await core.take(await rows_after(at_leaf, 1, "core")) == frozenset()
        phone.hear()
        assert phone.replica.unsent == 0  # the leaf has decided it
        assert phone.notes[-1].content == {"vector": {"d1-x": 1}, "at": "leaf"}
        assert await leaf.digests() == await core.digests()
    async with running(at_core, "core", 4_000_000_010) as core:
        again = await join(core, "d1", 2)
        assert [n.content for n in again.notes if n.kind is NoteKind.ACCEPTED] == [
            {"vector": {"d1-x": 1}, "at": "core"},
            {"vector": {"d1-x": 1}, "at": "leaf"},
        ]


async def test_a_hole_between_servers_is_told_and_a_state_fills_it() -> None:
    """[DO30]"""
    at_leaf, at_core = MemoryStore(), MemoryStore()
    async with running(at_leaf) as leaf, running(at_core, "core", 4_000_000_009) as core:
        for n in range(3):
            await leaf.write("floor", [(f"seat/p{n}", SEAT)])
        rows = await rows_after(at_leaf, 0, "core")
        assert await core.take([rows[0], rows[2]]) == {"floor"}
        state = await leaf.state("floor")
        assert state is not None
        assert await core.take([NumberedRow(0, state)]) == frozenset()
        assert await core.digests(["floor"]) == await leaf.digests(["floor"])
        assert await leaf.state("displays") is None


async def test_the_leaf_does_not_believe_the_core() -> None:
    """[DO31]"""
    at_leaf, at_core = MemoryStore(), MemoryStore()
    async with running(at_leaf) as leaf, running(at_core, "core", 4_000_000_009) as core:
        await core.write("cage", [("setup", {"kind": "cage"})])
        await core.write("floor", [("seat/p1", SEAT)])
        assert await leaf.take(await rows_after(at_core, 0, "leaf")) == {"cage"}
        assert (await leaf.facts("cage")).get("setup") is None
        assert (await leaf.facts("floor")).get("seat/p1") == SEAT


async def test_so_many_rooms_are_loaded_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """[DO43] Whoever opens one document after the other unloads those that nobody uses, and only those."""
    monkeypatch.setattr(rooms_module, "ROOMS_MAX", 3)
    async with running(MemoryStore()) as rooms:
        tablet = await join(rooms, "t1", 1)
        for n in range(20):
            await rooms.enter(f"phone/p{n}")
            assert rooms.statistics().rooms <= 3
        assert tablet._room is await rooms.enter("floor")
        await join(rooms, "t2", 2, "roster")
        await join(rooms, "t3", 3, "config")
        with pytest.raises(RoomClosed):
            await rooms.enter("phone/p1")
