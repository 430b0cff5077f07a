"""Lives of one leaf that end by power cuts, and hands that live through them all.

In a life hands write and watch, leave and come back, reload; the core pulls rows; documents are pruned,
snapshotted and begun anew; the WAL is brought back. Everything is written down with the moment of the disk at
which it was promised: shown to a replica, told accepted, handed to the core.
"""

import random
import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import anyio
import apsw
from anyio.lowlevel import checkpoint

from crdt_models.errors import RoomClosed, StoreNotReady
from crdt_models.facts import Json
from crdt_models.update_log import LogRow
from leaf_server.box.database import Database
from leaf_server.documents.doc_store import CORE_HAS, LeafDocStore
from tests.crdt_models.venue import LooseReplica
from tests.faults.disk import Disk, Done, cuts
from tests.faults.hands import Clock, Hand, Leaf, history, open_leaf, until

__all__ = ["DOCUMENTS", "Batch", "Life", "Run"]

DOCUMENTS: Final = ("floor", "displays")
OPERATIONS: Final = 400  # of the disk, in a life that ends in good order


class Cut(apsw.IOError):  # type: ignore[misc]
    """What SQLite gets once the power is gone: nothing is done any more."""


@dataclass(frozen=True)
class Batch:
    """Rows handed to the store in one call; `end` is the moment at which it said that they are durable."""

    begin: int
    rows: Sequence[LogRow]
    end: int | None = None


@dataclass
class Life:
    """One life of the leaf: what its disk did, and who had been promised what at which moment of it."""

    began_with: Path
    rows_before: int
    promised_before: frozenset[tuple[str, str]]
    disk: Disk = field(default_factory=Disk)
    batches: list[Batch] = field(default_factory=list)
    promised: list[tuple[int, str, str]] = field(default_factory=list)  # moment, document, stamp
    pulled: list[tuple[int, int]] = field(default_factory=list)  # moment, greatest n the core has got
    over: bool = False

    @property
    def moment(self) -> int:
        return len(self.disk.done)

    def power_ends_at(self, moment: int) -> None:
        def gone(_: Done) -> None:
            if self.moment >= moment:
                self.over = True
                raise Cut("the power is gone")

        self.disk.before = gone


class TellingStore(LeafDocStore):
    """Tells a life what is appended, when it is tried and when it is durable."""

    def __init__(self, database: Database, life: Life) -> None:
        super().__init__(database)
        self._life = life

    async def append(self, rows: Sequence[LogRow]) -> int:
        life = self._life
        if not life.over:
            life.batches.append(Batch(life.moment, list(rows)))
        last = await super().append(rows)
        life.batches[-1] = Batch(life.batches[-1].begin, list(rows), life.moment)
        return last


class Run:
    """Lives of one leaf, hands that live through them all, and what became durable."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.chance = random.Random(seed)
        self.now = Clock()
        self.lives: list[Life] = []
        self.rows: list[LogRow] = []
        self.promised: set[tuple[str, str]] = set()
        self.core_has = 0
        self._folder = folder
        self._client_id = 0
        self.hands = [self._hand(document, f"d{n}") for document in DOCUMENTS for n in range(3)]

    def _new_id(self) -> int:
        self._client_id += 1
        return self._client_id

    def _hand(self, document: str, device: str) -> Hand:
        ident = self._new_id()
        loose = LooseReplica(document, device=device, nonce=f"n{ident}", client_id=ident)
        return Hand(loose)

    async def live(self, cut_at: int | None, operations: int = OPERATIONS) -> None:
        """A life from start to cut; without one for so many operations, then until all is decided."""
        life = self._begin()
        if cut_at is not None:
            life.power_ends_at(cut_at)
        with suppress(StoreNotReady, Cut):
            async with open_leaf(
                self._path / "leaf.db", life.disk, self.now, 4_000_000_000 + 1_000 * len(self.lives),
                lambda database: TellingStore(database, life),
            ) as leaf:  # fmt: skip
                await self._catch_up(leaf, life)
                while not life.over and (cut_at is not None or life.moment < operations):
                    await self._step(leaf, life)
                    await self._pause()
                if not life.over:
                    await self._settle(leaf)
        self._end(life)

    @property
    def _path(self) -> Path:
        return self._folder / f"life{len(self.lives)}"

    def _begin(self) -> Life:
        """The folder as the last cut left it."""
        before = self._path
        life = Life(before / "left", len(self.rows), frozenset(self.promised))
        self.lives.append(life)
        if len(self.lives) > 1:
            last = self.lives[-2]
            for _ in cuts(last.disk.done, self.chance, before / "left", last.began_with, last.moment):
                pass
            shutil.copytree(before / "left", self._path)
        else:
            self._path.mkdir(parents=True)
        for hand in self.hands:
            hand.moment, hand.seen, hand.accepted = (lambda: life.moment), {}, {}
        return life

    async def _catch_up(self, leaf: Leaf, life: Life) -> None:
        """What the last cut left may hold the batch that was under way."""
        last = await leaf.store.last()
        if last > len(self.rows):
            self.rows += self.lives[-2].batches[-1].rows
        assert last == len(self.rows)
        life.rows_before = last

    async def _step(self, leaf: Leaf, life: Life) -> None:
        hand = self.chance.choice(self.hands)
        hand.hear()
        match self.chance.randrange(16):
            case _ if not hand.connected:
                with suppress(StoreNotReady):
                    await hand.connect(leaf.rooms)
            case 0:
                hand.leave()
            case 1:
                hand.reload(self._new_id())
            case 2:
                with suppress(StoreNotReady):
                    await self._pull(leaf, life)
            case 3 if self.chance.random() < 0.1:
                with suppress(StoreNotReady, Cut):
                    await leaf.database.rewrite()
            case 3:
                with suppress(StoreNotReady, RoomClosed):
                    (await leaf.rooms.enter(hand.replica.document)).switch()  # a new epoch
            case _:
                founded = hand.replica.facts.get("setup") is not None
                setup: list[tuple[str, Json]] = [("setup", {"kind": hand.replica.document})]
                hand.write(([] if founded else setup) + self._act(hand.replica.document), self.now())

    def _act(self, document: str) -> list[tuple[str, Json]]:
        chance, some = self.chance, self.chance.randint(1, 5)
        if document == "displays":
            told: Json = {"text": f"{chance.random()}", "until_ms": 1}
            return [(f"announce/a{chance.randrange(4)}", told)]
        seat: Json = {"table": "t1", "seat": chance.choice((1, 2, 3, 4, 5, 6, 99))}  # 99 is refused
        return [(f"seat/p{(some + n) % 6}", None if chance.random() < 0.2 else seat) for n in range(some)]

    async def _pull(self, leaf: Leaf, life: Life) -> None:
        """The core takes rows, and the leaf hears so: a snapshot may then drop them."""
        for numbered in await leaf.store.since(self.core_has, 4_000):
            assert numbered.n == self.core_has + 1
            self.core_has = numbered.n
        life.pulled.append((life.moment, self.core_has))
        await leaf.store.set_cursor(CORE_HAS, self.core_has)

    async def _pause(self) -> None:
        for _ in range(self.chance.choice((0, 1, 3, 30))):
            await anyio.sleep(0.0002)

    async def _settle(self, leaf: Leaf) -> None:
        await self._until_decided(leaf)
        for document in DOCUMENTS:
            room, hands = await leaf.rooms.enter(document), self._hands(document)
            await until(lambda r=room, hs=hands: {h.digest for h in hs} == {r.facts.digest})
            told = [change.stamp for change in await history(leaf.store, document)]
            written = {stamp for hand in hands for stamp in hand.written}
            refused = {stamp for row in self.rows + self._new_rows() for stamp in row.refused}
            assert len(told) == len(set(told))
            assert written - refused <= set(told)

    async def _until_decided(self, leaf: Leaf) -> None:
        while not all(hand.settled and hand.connected for hand in self.hands):
            for hand in self.hands:
                if not hand.connected:
                    await hand.connect(leaf.rooms)
            await checkpoint()

    def _hands(self, document: str) -> list[Hand]:
        return [hand for hand in self.hands if hand.replica.document == document]

    def _new_rows(self) -> list[LogRow]:
        """Of this life, as far as they are durable."""
        return [row for batch in self.lives[-1].batches if batch.end is not None for row in batch.rows]

    def _end(self, life: Life) -> None:
        for hand in self.hands:
            hand.hear()
            document = hand.replica.document
            life.promised += [(moment, document, stamp) for stamp, moment in hand.seen.items()]
            life.promised += [(moment, document, stamp) for stamp, moment in hand.accepted.items()]
            hand.leave()
        self.rows += self._new_rows()
        self.promised |= {(document, stamp) for _, document, stamp in life.promised}
        life.disk.unregister()
