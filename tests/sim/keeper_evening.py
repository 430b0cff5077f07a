"""An evening with pages of the web app among the tablets: their real keeper, two tabs, clocks far off."""

import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any, Final

from crdt_models.edits import Edit, Json, decode
from crdt_models.errors import CloseCode
from crdt_models.facts import Index
from crdt_models.stamps import order
from crdt_models.wire import read_state_vector
from tests.interop.reading import reading
from tests.sim.busy_evening import BusyEvening
from tests.sim.deeds import DOCUMENTS, Deed, deed
from tests.sim.keepers import Keepers, Page
from tests.sim.line import Line
from tests.sim.oracle import written
from tests.sim.site import Site
from tests.sim.verdict import faults

__all__ = ["KeeperEvening", "keeper_faults"]

DEVICES: Final = ("k0", "k1", "k2")
TWO_TABS: Final = "k1"
SKEW_MS: Final = 3_600_000
CALM_ROUNDS: Final = 120
READ_OF: Final = "t1"  # the tournament
FURNITURE: Final[tuple[tuple[str, Json], ...]] = (
    *((f"level/{n}", {"kind": "play", "duration_ms": 20_000}) for n in (1, 2, 3)),
    *((f"table/t{n}", {"open": True, "order": n + 1, "locked": False}) for n in (0, 1)),
    ("button/t0", {"button": 1, "small_blind": 2, "big_blind": 3}),
)


class KeeperEvening(BusyEvening):
    """It holds a node process (`keepers`). `grown`: the event has tables, levels, a button; spares take over.

    Without it the seeds kept in `test_keepers` play as they did when they failed.
    """

    def __init__(self, seed: int, *, tablets: int = 7, intruders: int = 0, grown: bool = True) -> None:
        self._grown = grown
        super().__init__(seed, tablets=tablets, intruders=intruders, busy=1)
        self.keepers = Keepers(seed, self._site, self.written)
        # Of two tabs only the one that writes hears the time: the device with two has a good clock.
        skews = [0, -SKEW_MS, SKEW_MS]
        self.skews = {device: 0 if device == TWO_TABS else self.dice.choice(skews) for device in DEVICES}
        for act, often in ((self.page_writes, 30), (self.time_passes, 20), (self.way_changes, 3),
                           (self.page_reloads, 2), (self.page_line_drops, 3)):  # fmt: skip
            self._acts += [act] * often

    def _rare(self) -> tuple[tuple[Callable[[], Awaitable[None]], int], ...]:
        return ((self.promote, 1), (self.old_box_dies, 3)) if self._grown else ()

    def _site(self, address: str) -> Site:
        """What a page gets to there: the old box may still answer."""
        if address == "core":
            return self.core
        return self.leaf if self.old is None or self.dice.random() < 0.7 else self.old

    async def begin(self) -> None:
        await super().begin()
        if self._grown:
            self.note(self.tablets[0], "tournament/t1", Deed(FURNITURE, (True,) * len(FURNITURE), "ana"))
        for device in DEVICES:
            for document in DOCUMENTS[:2] if device == "k0" else DOCUMENTS[:1]:
                for _ in range(2 if device == TWO_TABS else 1):
                    self.keepers.open(device, document, self._leaf_ms(device))
        self.keepers.pass_time(2_000)

    def _leaf_ms(self, device: str) -> int:
        return max(0, self.now_ms + self.skews[device])

    # What may happen besides.

    async def page_writes(self) -> None:
        page = self.dice.choice(self.keepers.pages)
        seen = self.keepers.seen(page)
        if not seen["setup"]:
            return
        facts: Mapping[str, Any] = seen["open"]
        meant = deed(page.document, self.dice, self.now_ms, facts, self.unfit)
        edits = self.keepers.write(page, meant.changes, meant.person)
        for (stamp, text), fit in zip(edits or (), meant.fit, strict=bool(edits)):
            self.written[page.document][stamp] = written(stamp, text, fit=fit)

    async def time_passes(self) -> None:
        ms = self.dice.choice([50, 300, 1_000, 2_500])
        self.now_ms += ms
        for site in self.boxes:
            for room in site.rooms:
                room.tick(site.now())
                room.tick(site.now())
        self.keepers.pass_time(ms)

    async def way_changes(self) -> None:
        ways = [{"leaf"}, {"core"}, {"leaf", "core"}, set[str]()]
        self.keepers.reach[self.dice.choice(DEVICES)] = self.dice.choice(ways)

    async def page_reloads(self) -> None:
        page = self.dice.choice(self.keepers.pages)
        self.keepers.reload(page, self._leaf_ms(page.device))

    async def page_line_drops(self) -> None:
        self.keepers.cut(self.dice.choice(self.keepers.pages))

    def look(self) -> None:
        super().look()
        self.keepers.look()

    def _line(self) -> Line | None:
        lines = [line for tablet in self.tablets for line in tablet.lines.values()]
        lines += [line for page in self.keepers.pages for line in page.lines.values()]
        return self.dice.choice(lines) if lines else None

    async def calm(self) -> None:
        """Pages find the leaf by themselves; then the tablets meet what they brought."""
        self.weather.bad = 0.0
        await self.old_box_dies()
        for device in DEVICES:
            self.keepers.reach[device] = {"leaf", "core"}
        await self._pages_come_to_rest()
        await super().calm()
        await self._pages_come_to_rest()
        await super().calm()

    async def _pages_come_to_rest(self) -> None:
        for _ in range(CALM_ROUNDS):
            before = len(self.leaf.store.rows)
            await self.time_passes()
            for page in self.keepers.pages:
                for line in list(page.lines.values()):
                    line.arrive_down(10**6)
                    line.arrive_up(10**6)
            await self.leaf.settle()
            await self.core.settle()
            self.look()
            if len(self.leaf.store.rows) == before and not any(self._restless()):
                return

    def _restless(self) -> Iterator[Page]:
        for page in self.keepers.pages:
            moving = any(line.up or line.down for line in page.lines.values())
            at_leaf = any(line.site is self.leaf and line.open for line in page.lines.values())
            picture = self.keepers.picture(page, self.now_ms)
            if moving or picture["unsent"] or (picture["status"] != "synced" and not at_leaf):
                yield page


def _reading(document: str, facts: Index, now: int) -> dict[str, Any]:
    """What the pure readings say of this document in a venue where there is no other."""
    kinds = ("tournament", "config", "floor", "cage")
    documents = {kind: Index(lambda _name: None) for kind in kinds} | {document.partition("/")[0]: facts}
    said: dict[str, Any] = json.loads(json.dumps(reading(**documents, of=READ_OF, now=now)))
    return said


def keeper_faults(evening: KeeperEvening) -> list[str]:
    found = [*faults(evening), *evening.keepers.errors]
    for page in evening.keepers.pages:
        found += [
            f"{page.device} page {page.number} of {page.document}: {f}" for f in _page_faults(evening, page)
        ]
    for device, at, document, code in evening.keepers.codes:
        meant = evening.written[document].values()
        refusable = any(not w.fit and order(w.stamp).device == device for w in meant)
        if code not in (CloseCode.NOT_READY, CloseCode.OTHER_EPOCH) and not (
            at == "core" and code is CloseCode.FENCED and refusable
        ):
            found.append(f"{device} was sent away from {document} at the {at} with {code.name}")
    return found


def _page_faults(evening: KeeperEvening, page: Page) -> Iterator[str]:
    """The same edits, vector and readings as the leaf has: Python and TypeScript read alike."""
    leaf, picture = evening.leaf.room(page.document), evening.keepers.picture(page, evening.now_ms)
    texts = picture["texts"]
    edits: dict[str, Edit | object] = {stamp: decode(order(stamp), text) for stamp, text in texts.items()}
    if edits != leaf.facts.edits:
        yield f"other edits: {sorted(edits.keys() ^ leaf.facts.edits.keys())[:4]}"
        return
    if picture["unsent"] or picture["fault"]:
        yield f"unsent {picture['unsent']}, fault {picture['fault']}"
    read = {n: [leaf.facts.stamp(n), leaf.facts.live(n), leaf.facts.get(n)] for n in leaf.facts.names()}
    theirs = {name: fact for name, fact in picture["facts"].items() if fact[1]}
    if theirs != read or picture["rivals"] != dict(leaf.facts.rivals()):
        yield f"reads {[name for name in read if theirs.get(name) != read[name]]} in another way"
    ours, theirs = _reading(page.document, leaf.facts, evening.now_ms), picture["reading"]
    if theirs != ours:
        yield f"makes something else of it: {[part for part in ours if theirs[part] != ours[part]]}"
    vector = {int(client): clock for client, clock in picture["vector"].items()}
    if vector != read_state_vector(leaf.state_vector, clients_max=10**6) and page.lines:
        yield "another state vector"
