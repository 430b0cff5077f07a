"""An evening in which most steps write, a spare takes over while the old box goes on, tabs are doubled."""

from collections.abc import Awaitable, Callable
from typing import Final

from tests.sim.deeds import DOCUMENTS
from tests.sim.evening import Evening
from tests.sim.site import Site

__all__ = ["BusyEvening"]

WRITES: Final = 20  # times as often as in a calm one
TABLETS_MORE: Final = 3
LAST_TERM: Final = 3


class BusyEvening(Evening):
    """`old` is the box whose spare was promoted, as long as it goes on: it has not heard of it."""

    def __init__(self, seed: int, *, tablets: int = 10, intruders: int = 0, busy: int = WRITES) -> None:
        super().__init__(seed, tablets=tablets, intruders=intruders, busy=busy)
        self.old: Site | None = None
        self._copied = 0  # rows of the old box that its spare had
        self._tablets_max = tablets + TABLETS_MORE
        for act, often in self._rare():
            self._acts += [act] * often

    def _rare(self) -> tuple[tuple[Callable[[], Awaitable[None]], int], ...]:
        return (self.promote, 3), (self.old_box_dies, 9), (self.tab_opens, 3)

    @property
    def boxes(self) -> list[Site]:
        return super().boxes if self.old is None else [*super().boxes, self.old]

    async def promote(self) -> None:
        if self.old is not None or self.leaf.term == LAST_TERM:
            return
        self.old = self.leaf
        self._copied = max(0, len(self.old.store.rows) - self.dice.choice([0, 0, 1, 5, 50]))
        self.leaf = await self.old.promote(self._copied, DOCUMENTS, self.core)
        self.look()

    async def old_box_dies(self) -> None:
        if self.old is not None:
            self.leaf.burnt += self.old.store.rows[self._copied :]
            self.old.restart()
            self.old = None
            self.look()

    async def tab_opens(self) -> None:
        """A tab is doubled, with all it keeps."""
        if len(self.tablets) < self._tablets_max:
            self.tablets.append(self.dice.choice(self.tablets).double())

    async def dial(self) -> None:
        """Addresses lead to the old box too."""
        if self.old is not None and self.dice.random() < 0.3:
            self.dice.choice(self.tablets).dial(self.dice.choice(DOCUMENTS), self.old)
        else:
            await super().dial()

    async def serve(self) -> None:
        await super().serve()
        if self.old is not None:
            await self.old.settle()
            if self.dice.random() < 0.1:
                await self.old.prune()

    async def calm(self) -> None:
        await self.old_box_dies()
        await super().calm()
