"""Documents between leaf and core over a real NATS server; the core's answers are the core's own code.

Only its store differs: SQLite in place of PostgreSQL, which keeps the same contract.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, cast

import anyio
import apsw
import pytest
from anyio.abc import TaskGroup
from anyio.lowlevel import checkpoint

from core_server.anti_entropy import AntiEntropy as CoreSide
from core_server.venue_rooms import DocumentsTerm, News, Schema, VenueRooms
from core_server.venues import Venues
from crdt_models.facts import Json
from leaf_server.box.database import Database
from leaf_server.documents.anti_entropy import AntiEntropy
from leaf_server.documents.doc_store import CORE_HAS, FROM_CORE, LeafDocStore
from leaf_server.documents.erasure import Erasure
from leaf_server.documents.terms import Terms
from serving.nats_link import Incoming, NatsLink
from serving.rooms import Rooms
from tests.crdt_models.venue import LooseReplica, Tablet
from tests.fix_nats import NatsProcess, plain_nats

pytestmark = pytest.mark.anyio
__all__ = ["Line", "Side", "line", "plain_nats", "side"]
_CLIENTS = count(5_000)


@dataclass
class Side:
    """One server's documents. The core's stand-ins for `VenueRooms` and `OpenVenue` are this too."""

    id: str
    rooms: Rooms
    store: LeafDocStore
    terms: Terms
    term: DocumentsTerm  # as the core knows it
    erasure: Erasure
    erased: Any = None  # the core's
    taking: anyio.Lock = field(default_factory=anyio.Lock)
    schema: Schema = field(default_factory=Schema)
    news: News = field(default_factory=News)

    async def get(self, venue: str) -> "Side":
        return self

    def of_account(self, account: str) -> "Side":
        return self

    async def write(self, document: str, name: str, value: Json) -> None:
        await self.rooms.write(document, [(name, value)])

    async def value(self, document: str, name: str) -> Json:
        return (await self.rooms.facts(document)).get(name)

    async def until(self, document: str, name: str, value: Json) -> None:
        with anyio.fail_after(60):
            async with self.rooms.follow() as turns:
                while await self.value(document, name) != value:
                    await anext(turns)


class CoreStore(LeafDocStore):
    async def forget(self, n: int) -> None:
        """Rows of the core go when they like."""


@dataclass
class CoreList:
    """The core's list of erased players, kept as the leaf keeps its own."""

    erasure: Erasure

    async def add(self, players: list[str]) -> frozenset[str]:
        await self.erasure.ask(players, "the leaf", 0)
        return self.erasure.players


@dataclass
class Line:
    """A leaf and a core with NATS between them."""

    leaf: Side
    core: Side
    link: NatsLink
    sync: AntiEntropy | None = None
    answers: bool = True  # False: the core is away
    leaf_link: NatsLink | None = None
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    tasks: TaskGroup | None = None
    running: anyio.CancelScope = field(default_factory=anyio.CancelScope)

    async def answer(self, incoming: Incoming) -> bytes | None:
        if not self.answers:
            return None
        core: Any = self.core
        side = CoreSide(cast(Venues, core), cast(VenueRooms, core))
        return await side.answer(Incoming(f"felt.A.{incoming.subject}", incoming.payload, True))

    async def start(self) -> None:
        """The leaf talks to the core from now on."""
        assert self.leaf_link is not None
        assert self.tasks is not None
        self.running = anyio.CancelScope()
        self.sync = AntiEntropy(
            self.leaf.rooms, self.leaf.store, self.leaf_link, self.leaf.terms, self.leaf.erasure
        )
        self.tasks.start_soon(self._run, self.sync, self.running)

    async def _run(self, sync: AntiEntropy, scope: anyio.CancelScope) -> None:
        with scope:
            await sync.run()

    async def restored(self, copy: Path, at: str) -> Side:
        """The side as it begins again on a copy of its store."""
        assert self.tasks is not None
        return await side(self.stack, copy, at, self.tasks)

    async def until_equal(self, *documents: str) -> None:
        """Both hold the same, by their digests."""
        with anyio.fail_after(60):
            while await self.leaf.rooms.digests(documents) != await self.core.rooms.digests(documents):
                await checkpoint()

    async def nudge(self) -> None:
        await self.link.publish("leaf.nudge", b'{"v":1,"last":1}')


async def side(stack: AsyncExitStack, path: Path, at: Any, tasks: TaskGroup) -> Side:
    database = Database(path)
    await database.open()
    stack.push_async_callback(database.close)
    store = LeafDocStore(database) if at == "leaf" else CoreStore(database)
    terms = Terms(database, path.parent, start_ms=0, now_ms=lambda: 3_600_000)
    if at == "leaf":
        await terms.load()
    known, erasure = DocumentsTerm(store), Erasure(database)  # type: ignore[arg-type]
    await erasure.load()
    rooms = Rooms(
        venue="v1",
        at=at,
        store=store,
        now=lambda: 1_000_000,
        term=lambda: terms.number if at == "leaf" else known.number,
        client_id=lambda: next(_CLIENTS),
        hand_in_open=lambda: terms.hand_in_open,
        forgets=erasure.forgets,
    )
    await tasks.start(rooms.run)
    return Side("v1", rooms, store, terms, known, erasure, CoreList(erasure))


@pytest.fixture
async def line(tmp_path: Path, plain_nats: NatsProcess) -> AsyncIterator[Line]:
    async with AsyncExitStack() as stack, anyio.create_task_group() as tasks:  # stores are closed last
        leaf = await side(stack, tmp_path / "leaf.db", "leaf", tasks)
        core = await side(stack, tmp_path / "core.db", "core", tasks)
        line = Line(leaf, core, NatsLink(plain_nats.url, name="core"))
        await tasks.start(line.link.run)
        await line.link.subscribe("sync.>", line.answer)
        line.leaf_link, line.stack, line.tasks = NatsLink(plain_nats.url, name="leaf"), stack, tasks
        await tasks.start(line.leaf_link.run)
        await line.link.connected()
        await line.start()
        yield line
        tasks.cancel_scope.cancel()


SEAT: Json = {"table": "t1", "seat": 3}


async def test_an_edit_at_the_leaf_reaches_the_core(line: Line) -> None:
    await line.leaf.write("floor", "seat/p1", SEAT)
    await line.core.until("floor", "seat/p1", SEAT)
    await line.leaf.write("cage", "head", {"term": 1, "seq": 1})
    await line.core.until("cage", "head", {"term": 1, "seq": 1})


async def test_an_edit_at_the_core_reaches_the_leaf_on_a_nudge(line: Line) -> None:
    await line.leaf.write("floor", "seat/p1", SEAT)
    await line.core.until("floor", "seat/p1", SEAT)
    await line.core.write("floor", "seat/p2", {"table": "t1", "seat": 4})
    await line.nudge()
    await line.leaf.until("floor", "seat/p2", {"table": "t1", "seat": 4})


async def test_what_was_done_while_the_line_was_cut_meets_afterwards(line: Line) -> None:
    await line.leaf.write("floor", "seat/p1", SEAT)
    await line.core.until("floor", "seat/p1", SEAT)
    line.answers = False
    for n in range(40):
        await line.leaf.write("floor", f"seat/l{n}", SEAT)
        await line.core.write("floor", f"seat/c{n}", SEAT)
    line.answers = True
    await line.nudge()
    await line.leaf.until("floor", "seat/c39", SEAT)
    await line.core.until("floor", "seat/l39", SEAT)
    assert await line.leaf.rooms.digests(["floor"]) == await line.core.rooms.digests(["floor"])


async def test_rows_do_not_go_round_in_circles(line: Line) -> None:
    await line.leaf.write("floor", "seat/p1", SEAT)
    await line.core.until("floor", "seat/p1", SEAT)
    await line.core.write("floor", "seat/p2", SEAT)
    await line.nudge()
    await line.leaf.until("floor", "seat/p2", SEAT)

    async def still(store: LeafDocStore) -> int:
        """How many rows there are once both sides have said all."""
        before = -1
        while (last := await store.last()) != before:
            before = last
            await line.nudge()
            await anyio.sleep(0.3)
        return last

    with anyio.fail_after(60):
        leaf, core = await still(line.leaf.store), await still(line.core.store)
    assert leaf <= 6
    assert core <= 8
    assert await line.leaf.store.cursor(FROM_CORE) == core


async def test_a_core_that_lost_its_rows_gets_them_again(line: Line) -> None:
    """It says how far it is, and the leaf starts from there, whatever it remembered."""
    for n in range(5):
        await line.leaf.write("floor", f"seat/p{n}", SEAT)
    await line.core.until("floor", "seat/p4", SEAT)
    assert await line.leaf.store.cursor(CORE_HAS) <= await line.leaf.store.last()
    await line.core.store.set_cursor("leaf", 0)
    await line.leaf.write("floor", "seat/p9", SEAT)
    await line.core.until("floor", "seat/p9", SEAT)


def copied(store: Path, name: str) -> Path:
    """A copy of this moment, as a backup makes it."""
    copy = store.with_name(name)
    with closing(apsw.Connection(str(store))) as open_store:
        open_store.execute("VACUUM INTO ?", (str(copy),))
    return copy


@pytest.mark.parametrize("grown", [0, 1, 9], ids=["behind", "at the same number", "ahead"])
async def test_a_core_restored_from_a_copy_is_noticed_and_healed(
    line: Line, tmp_path: Path, grown: int
) -> None:
    """[DO84] Also where its rows have grown to the number the leaf holds, and past it, before they speak."""
    await line.leaf.write("floor", "seat/p1", SEAT)
    await line.core.until("floor", "seat/p1", SEAT)
    copy = copied(tmp_path / "core.db", "core-copy.db")
    await line.core.write("floor", "seat/lost", SEAT)
    await line.nudge()
    await line.leaf.until("floor", "seat/lost", SEAT)
    await line.until_equal("floor")
    line.core = await line.restored(copy, "core")
    for n in range(grown):
        await line.core.write("floor", f"seat/new{n}", SEAT)
    line.running.cancel()
    await line.start()
    await line.leaf.write("floor", "seat/p2", SEAT)
    await line.core.until("floor", "seat/p2", SEAT)
    await line.core.until("floor", "seat/lost", SEAT)
    for n in range(grown):
        await line.leaf.until("floor", f"seat/new{n}", SEAT)
    await line.until_equal("floor")


async def test_a_core_that_lacks_rows_the_leaf_has_dropped_gets_whole_documents(
    line: Line, tmp_path: Path
) -> None:
    """[DO84]"""
    copy = copied(tmp_path / "core.db", "core-copy.db")
    for n in range(5):
        await line.leaf.write("floor", f"seat/p{n}", SEAT)
    await line.leaf.write("config", "setup", {"kind": "config", "version": 1})
    await line.core.until("config", "setup", {"kind": "config", "version": 1})
    await line.leaf.store.set_cursor(CORE_HAS, await line.leaf.store.last())  # as within a minute
    for document in ("floor", "config"):
        room = await line.leaf.rooms.enter(document)
        await line.leaf.store.save_snapshot(
            document, room.epoch, room.replica.snapshot(line.leaf.rooms.now())
        )
    assert await line.leaf.store.since(0, 1_000_000) == []
    line.running.cancel()
    line.core = await line.restored(copy, "core")
    await line.start()
    await line.core.until("floor", "seat/p4", SEAT)
    await line.until_equal("floor", "config")


@pytest.mark.parametrize("grown", [0, 2, 9], ids=["behind", "at the same number", "ahead"])
async def test_a_leaf_restored_from_a_copy_is_noticed_and_healed(
    line: Line, tmp_path: Path, grown: int
) -> None:
    """[DO84] It takes back from the core what it lost, and gives what is new."""
    await line.leaf.write("floor", "setup", {"kind": "floor", "version": 1})
    await line.core.until("floor", "setup", {"kind": "floor", "version": 1})
    copy = copied(tmp_path / "leaf.db", "leaf-copy.db")
    room = await line.leaf.rooms.enter("floor")
    tablet = Tablet(LooseReplica("floor", device="ana", nonce="x", client_id=77))
    tablet._room = room
    room.join(tablet, term=1, now=line.leaf.rooms.now())
    tablet.hear()
    tablet.write([("seat/lost", SEAT)], 5)
    await line.core.until("floor", "seat/lost", SEAT)
    line.running.cancel()
    line.leaf = await line.restored(copy, "leaf")
    for n in range(grown):
        await line.leaf.write("floor", f"seat/new{n}", SEAT)
    await line.start()
    await line.leaf.until("floor", "seat/lost", SEAT)
    for n in range(grown):
        await line.core.until("floor", f"seat/new{n}", SEAT)
    await line.until_equal("floor")


@pytest.mark.parametrize(
    "answer",
    [b"", b"nonsense", b"[]", b'{"v":1}', b'{"v":1,"last":-1,"have":"x"}', b'{"v":1,"last":1,"have":10000}'],
)
async def test_nonsense_from_the_core_is_no_harm(
    tmp_path: Path, plain_nats: NatsProcess, answer: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "felt.sync.core")
    asked_again = anyio.Event()
    asked = count(1)

    async def nonsense(_: Incoming) -> bytes:
        if next(asked) > 1:
            asked_again.set()
        return answer

    async with AsyncExitStack() as stack, anyio.create_task_group() as tasks:
        leaf = await side(stack, tmp_path / "leaf.db", "leaf", tasks)
        link = NatsLink(plain_nats.url, name="both")
        await tasks.start(link.run)
        await link.subscribe("sync.>", nonsense)
        tasks.start_soon(AntiEntropy(leaf.rooms, leaf.store, link, leaf.terms, leaf.erasure).run)
        with anyio.fail_after(20):
            await asked_again.wait()
            assert (
                "documents and core: CoreRefused" in caplog.text or "documents and core: Foul" in caplog.text
            )
            await leaf.write("floor", "seat/p1", SEAT)
        tasks.cancel_scope.cancel()


async def test_documents_that_no_exchange_makes_equal_are_rung_and_built_anew(
    line: Line, caplog: pytest.LogCaptureFixture
) -> None:
    """[DO84] Who hears a client id at the core and writes under it at the leaf parts the two for good."""
    await line.leaf.write("floor", "seat/p1", SEAT)
    await line.core.until("floor", "seat/p1", SEAT)
    for server, device in ((line.core, "ben"), (line.leaf, "ana")):
        room = await server.rooms.enter("floor")
        tablet = Tablet(LooseReplica("floor", device=device, nonce="x", client_id=77))
        tablet._room = room
        room.join(tablet, term=1, now=server.rooms.now())
        tablet.hear()
        tablet.write([(f"seat/{device}", SEAT)], 5)
        await server.until("floor", f"seat/{device}", SEAT)
    assert line.sync is not None
    line.sync._compare_at_s = float("-inf")
    await line.nudge()
    for player in ("ben", "ana"):
        await line.core.until("floor", f"seat/{player}", SEAT)
        await line.leaf.until("floor", f"seat/{player}", SEAT)
    await line.until_equal("floor")
    assert "RING: the core's copy of floor stays different" in caplog.text
    assert (await line.leaf.rooms.enter("floor")).epoch == 2
    assert line.sync.apart == []
    await line.leaf.write("floor", "seat/p2", SEAT)
    await line.core.until("floor", "seat/p2", SEAT)
