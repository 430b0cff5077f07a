"""One evening with a seed: leaf, core and roaming tablets; what happens next is for the dice.

Each evening has a temper of its own (how often what happens), so that some are all partition and some all
crash. `step` makes one thing happen; `calm` ends the storms, brings everybody together and answers nothing;
`faults` then says what is wrong.
"""

import itertools
import random
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from tests.sim.deeds import DOCUMENTS, Deed, deed, setup
from tests.sim.hostile import Intruder
from tests.sim.line import Line, Weather
from tests.sim.oracle import Written, written
from tests.sim.site import Crash, Site, exchange
from tests.sim.tablet import Tablet
from tests.sim.verdict import phantoms

__all__ = ["Evening"]

ROUNDS_MAX: Final = 12  # of the calm: each is a reconnect of everybody
SKEW_MS: Final = 40_000  # how wrong a tablet's clock may be: edits more than a minute ahead are refused
FENCES_AT_CORE_MAX: Final = 3


class Evening:
    """Steps are counted in `steps`, edits are the length of `written`. `busy`: how much more is written."""

    def __init__(self, seed: int, *, tablets: int = 10, intruders: int = 0, busy: int = 1) -> None:
        self.seed = seed
        self.busy = busy
        self.dice = random.Random(seed)
        self.now_ms = 100_000
        self.steps = 0
        self.written: dict[str, dict[str, Written]] = {document: {} for document in DOCUMENTS}
        self.unfit = self.dice.choice([0.0, 0.03, 0.1])
        self.weather = Weather(self.dice, self.dice.choice([0.0, 0.0, 0.05, 0.3]))
        self.storm = self.weather.bad
        self._nonces = (f"n{n}" for n in itertools.count(1))
        self._ids = iter(lambda: self.dice.randrange(1, 2**32), None)
        self._server_ids = itertools.count(4_100_000_000)
        self.leaf = Site("leaf", lambda: self.now_ms, self._server_ids)
        self.core = Site("core", lambda: self.now_ms + self.core_skew_ms, self._server_ids)
        self.core_skew_ms = self.dice.choice([0, 5_000])
        devices = [f"d{n}" for n in range(tablets - 2)]
        self.tablets = [Tablet(device, self._nonces, self._ids) for device in [*devices, "d0", "d1"]]
        self.intruders = [Intruder(f"x{n}", self.dice, self._ids) for n in range(intruders)]
        self.phantoms: list[str] = []  # seen by a tablet, and in no log after a crash
        self._acts = self._temper()

    def _temper(self) -> list[Callable[[], Awaitable[None]]]:
        """Each thing that may happen, as often as it is likely to."""
        usual: list[tuple[Callable[[], Awaitable[None]], int]] = [
            (self.write, 120 * self.busy), (self.dial, 42), (self.frames_go_up, 120),
            (self.frames_come_down, 120), (self.serve, 90), (self.hang_up, 8),
            (self.rows_cross, 20), (self.prune, 6), (self.snapshot, 1),
            (self.reload, 2), (self.crash, 1), (self.commit_fails, 1), (self.clock_jumps, 2),
            (self.switch, 1), (self.restore, 1), (self.reader_sleeps, 1), (self.reader_wakes, 3),
            (self.intrude, 30 * len(self.intruders)),
        ]  # fmt: skip
        return [
            act
            for act, often in usual
            if often
            for _ in range(max(1, round(often * self.dice.choice([0.2, 1, 1, 3]))))
        ]

    @property
    def boxes(self) -> list[Site]:
        """Servers that tablets may talk to."""
        return [self.leaf, self.core]

    async def step(self) -> None:
        self.steps += 1
        self.now_ms += self.dice.choice([0, 1, 20, 300])
        await self.dice.choice(self._acts)()

    # What may happen.

    async def write(self) -> None:
        tablet, document = self.dice.choice(self.tablets), self.dice.choice(DOCUMENTS)
        facts = tablet.replica(document).facts
        if facts.get("setup") is None:
            return
        seen: Mapping[str, Any] = {name: facts.get(name) for name in facts.names("conflict/")}
        self.note(tablet, document, deed(document, self.dice, self.now_ms, seen, self.unfit))

    def note(self, tablet: Tablet, document: str, deed: Deed) -> None:
        """Writes it, and remembers what was meant."""
        edits = tablet.write(document, deed.changes, deed.person, self.now_ms)
        for (stamp, text), fit in zip(edits[-len(deed.fit) :], deed.fit, strict=True):
            self.written[document][stamp] = written(stamp, text, fit=fit)

    async def dial(self) -> None:
        tablet, document = self.dice.choice(self.tablets), self.dice.choice(DOCUMENTS)
        tablet.dial(document, self.leaf if self.dice.random() < 0.6 else self.core)

    async def frames_go_up(self) -> None:
        line = self._line()
        if line is not None:
            for intruder in self.intruders:
                intruder.overhear(line.up[:1])
            self.weather.blow(line.up, lose=True)
            line.arrive_up(self.dice.choice([1, 2, 100]))

    async def frames_come_down(self) -> None:
        line = self._line()
        if line is not None:
            self.weather.blow(line.down, lose=False)
            line.arrive_down(self.dice.choice([1, 2, 100]))
            self.look()

    async def serve(self) -> None:
        await self._server().settle()

    async def hang_up(self) -> None:
        tablet = self.dice.choice(self.tablets)
        if tablet.lines:
            tablet.hang_up(self.dice.choice(sorted(tablet.lines)))

    async def rows_cross(self) -> None:
        source, target = self.dice.sample([self.leaf, self.core], 2)
        torn = self.dice.random() < 0.1
        await exchange(
            source,
            target,
            most=self.dice.choice([1, 3, 1_000]),
            again=self.dice.choice([0, 0, 1, 5]),
            whole=lambda: torn and self.dice.random() < 0.5,
        )

    async def prune(self) -> None:
        await self.leaf.prune()

    async def switch(self) -> None:
        await self.leaf.switch(self.dice.choice(DOCUMENTS))
        self.look()

    async def restore(self) -> None:
        """At most one box burns in an evening."""
        if self.leaf.term == 1:
            rows = len(self.leaf.store.rows)
            await self.leaf.restore(self.dice.randrange(rows // 2, rows + 1), DOCUMENTS, self.core)
            self.look()

    async def snapshot(self) -> None:
        self._server().snapshot()

    async def reload(self) -> None:
        self.dice.choice(self.tablets).reload()

    async def crash(self) -> None:
        site = self._server()
        await site.settle(self.dice.choice(list(Crash)))
        site.restart()
        self.look()
        self.phantoms += phantoms(self)

    async def commit_fails(self) -> None:
        self._server().fail(self.dice.choice(DOCUMENTS))
        self.look()

    async def clock_jumps(self) -> None:
        self.dice.choice(self.tablets).skew_ms = self.dice.randrange(-10 * SKEW_MS, SKEW_MS)

    async def reader_sleeps(self) -> None:
        line = self._line()
        if line is not None and line.open:
            line.sleep()

    async def reader_wakes(self) -> None:
        line = self._line()
        if line is not None and line.open:
            line.wake()

    async def intrude(self) -> None:
        self.dice.choice(self.intruders).strike(self._server(), self.dice.choice(DOCUMENTS))

    def look(self) -> None:
        """Tablets see which of their lines were shut."""
        for tablet in self.tablets:
            tablet.look()

    def _line(self) -> Line | None:
        lines = [line for tablet in self.tablets for line in tablet.lines.values()]
        return self.dice.choice(lines) if lines else None

    def _server(self) -> Site:
        return self.leaf if self.dice.random() < 0.6 else self.core

    # From the first edit to the last.

    async def run(self, steps: int) -> None:
        await self.begin()
        for _ in range(steps):
            await self.step()
        await self.calm()

    async def begin(self) -> None:
        """Each document is founded by a tablet, on line or off line; some servers hear of it late."""
        for document in DOCUMENTS:
            self.note(self.tablets[0], document, setup(document))
            if self.dice.random() < 0.7:
                await self.sync(self.tablets[0], document, self.leaf)
                for tablet in self.tablets[1:]:
                    await self.sync(tablet, document, self.leaf)

    async def calm(self) -> None:
        """Fair weather: everybody meets the leaf again and again, until nothing changes any more."""
        self.weather.bad = 0.0
        for _ in range(ROUNDS_MAX):
            before = self.picture()
            for document in DOCUMENTS:
                for tablet in self.tablets:
                    await self.sync(tablet, document, self.leaf)
            for source, target in ((self.leaf, self.core), (self.core, self.leaf), (self.leaf, self.core)):
                await exchange(source, target, most=10**9)
            await self.leaf.prune()
            if before == self.picture():
                return
        raise AssertionError("no end of changes")

    def picture(self) -> object:
        vectors = [replica.state_vector for tablet in self.tablets for replica in tablet.replicas.values()]
        return vectors, len(self.leaf.store.rows), len(self.core.store.rows)

    async def sync(self, tablet: Tablet, document: str, site: Site) -> None:
        """Connects, says and hears all there is, and leaves."""
        for _ in range(FENCES_AT_CORE_MAX):
            line = tablet.dial(document, site)
            while line.up or line.down:
                line.arrive_up(10**6)
                await site.settle()
                line.arrive_down(10**6)
            self.look()
            if line.code is None:
                tablet.hang_up(document)
                return
