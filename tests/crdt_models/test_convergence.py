"""The law of documents: whatever happens on the way, every replica ends with the same edits, and those are
the accepted ones that no accepted edit takes the place of. Nothing lost, nothing back from the dead.

A leaf and a core, devices that roam between them, reload, lose answers; edits refused at either; rows between
the servers in pieces, doubled; restarts. Each seed is one evening; a failing one prints its seed.
"""

import random

import anyio
import pytest

from crdt_models.edits import Edit
from crdt_models.errors import CloseCode
from crdt_models.facts import Json
from crdt_models.wire import read_state_vector
from tests.crdt_models.venue import LooseReplica, Server, Tablet, exchange

SEEDS = 60
STEPS = 90
BAD: Json = {"bad": True}


class Evening:
    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.now = 0
        self.ids = 10
        self.leaf = Server("leaf", 4_000_000_001)
        self.core = Server("core", 4_000_000_002)
        self.written: dict[str, Edit] = {}
        self.tablets = [self.tablet(f"d{n}") for n in range(5)]

    def tablet(self, device: str) -> Tablet:
        return Tablet(LooseReplica("floor", device=device, nonce=self.nonce(), client_id=self.client_id()))

    def client_id(self) -> int:
        return self.random.randrange(1, 2**32 - 10_000_000)

    def nonce(self) -> str:
        self.ids += 1
        return f"n{self.ids}"

    def write(self, tablet: Tablet) -> None:
        size = self.random.choice([1, 1, 1, 2, 3])
        changes: list[tuple[str, Json]] = []
        for _ in range(size):
            name = f"seat/p{self.random.randrange(3)}"
            value: Json = {"table": "t1", "seat": self.random.randrange(1, 10)}
            changes.append((name, BAD if self.random.random() < 0.06 else value))
        before = set(tablet.replica.facts.edits)
        self.now += 1
        tablet.write(changes, self.now)
        for stamp, edit in tablet.replica.facts.edits.items():
            if stamp not in before:
                self.written[stamp] = edit

    async def step(self) -> None:
        tablet, dice = self.random.choice(self.tablets), self.random.random()
        server = self.leaf if self.random.random() < 0.6 else self.core
        if dice < 0.5:
            self.write(tablet)
        elif dice < 0.8:
            await self.sync(tablet, server, loses=self.random.random() < 0.2)
        elif dice < 0.88:
            few = self.random.choice([1, 2, 1_000])
            await exchange(self.leaf, self.core, to_core=few, to_leaf=self.random.choice([1, 2, 1_000]))
        elif dice < 0.92:
            await self.leaf.prune()
        elif dice < 0.94:
            await self.random.choice([self.leaf, self.core]).restart()
        else:
            self.reload(tablet)

    async def sync(self, tablet: Tablet, server: Server, *, loses: bool = False) -> None:
        await tablet.sync(server, loses=loses)
        for _ in range(4):
            if tablet.code is None:
                return
            assert tablet.code == CloseCode.FENCED, tablet.code
            assert server is self.core or not self.fenced_is_wrong
            tablet.replica.start_over(self.client_id())
            await tablet.sync(server)
        raise AssertionError("fenced again and again")

    fenced_is_wrong = True

    def reload(self, tablet: Tablet) -> None:
        device = tablet.replica.name.partition("-")[0]
        tablet.replica = LooseReplica(
            "floor", device=device, nonce=self.nonce(), client_id=self.client_id(), saved=tablet.saved
        )

    async def evening(self) -> None:
        first = self.tablets[0]
        self.now += 1
        first.write([("setup", {"kind": "floor"})], self.now)
        await first.sync(self.leaf)
        if self.random.random() < 0.5:
            await exchange(self.leaf, self.core)
        for tablet in self.tablets:
            await tablet.sync(self.leaf)
        for _ in range(STEPS):
            await self.step()
        for _ in range(3):
            for tablet in self.tablets:
                await self.sync(tablet, self.leaf)
            await exchange(self.leaf, self.core)
            await self.leaf.prune()
            await exchange(self.leaf, self.core)
        for tablet in self.tablets:
            await self.sync(tablet, self.leaf)

    def bad(self) -> set[str]:
        """Refused ones: those of no model, and all of their act."""
        acts = {edit.act for edit in self.written.values() if edit.value == BAD and edit.act}
        return {s for s, edit in self.written.items() if edit.value == BAD or (edit.act and edit.act in acts)}

    def wanted(self) -> set[str]:
        """Live stamps as they should be: who names a refused edit takes the place of what that named."""
        bad = self.bad()

        def stands_for(stamp: str) -> set[str]:
            found, waiting = set[str](), list(self.written[stamp].replaces)
            while waiting:
                named = waiting.pop()
                if named not in found:
                    found.add(named)
                    waiting += self.written[named].replaces if named in bad else ()
            return found

        good = self.written.keys() - bad
        gone = {
            named
            for stamp in good
            for named in stands_for(stamp)
            if self.written[named].name == self.written[stamp].name
        }
        return good - gone


@pytest.mark.parametrize("seed", range(SEEDS))
def test_nothing_is_lost_nothing_comes_back_and_all_replicas_are_equal(seed: int) -> None:
    """[DO16] [DO21] [DO24]"""
    evening = Evening(seed)
    anyio.run(evening.evening)
    leaf, core = evening.leaf.room.facts, evening.core.room.facts
    live = {stamp for name in leaf.names("seat/") for stamp in leaf.live(name)}
    wanted = evening.wanted()
    assert live - wanted == set(), f"seed {seed}: back from the dead"
    assert wanted - live == set(), f"seed {seed}: lost"
    assert leaf.edits == core.edits
    assert leaf.digest == core.digest
    vectors = [evening.leaf.room.state_vector, evening.core.room.state_vector]
    for tablet in evening.tablets:
        assert tablet.replica.facts.edits == leaf.edits
        assert tablet.replica.unsent == 0
        vectors.append(tablet.replica.state_vector)
    assert len({tuple(sorted(read_state_vector(v, clients_max=10**6).items())) for v in vectors}) == 1
