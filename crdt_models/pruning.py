"""Pruning: which replaced edits the leaf may delete for good (DESIGN 3.1). The leaf alone deletes.

An edit may go once it is replaced and everything *it* replaces has arrived and is gone, and so has everything
that refused edits among those replaced, in turn: else a late one would come back to life. A refused edit
stands for what it named: who names it takes the place of that too. `replaces` counts only within one name.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from .known import Id, Known
from .stamps import order

__all__ = ["Pruner"]

WALK_MAX: Final = 1_000  # stamps looked at through refused ones; a longer chain is left unpruned


class Pruner:
    """Follows what arrives in one document. All it knows can be rebuilt from `known`."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._namers: dict[str, set[str]] = {}  # stamp → present and refused edits that name it
        self._candidates: set[str] = set()
        self.urgent = False  # a refused edit is concerned: what it named shows wrongly until pruned
        self.arrived({stamp: edit.replaces for stamp, edit in known.edits.items()})
        self.arrived(known.refused)
        self.urgent = False

    def __len__(self) -> int:
        """How many edits are worth a look."""
        return len(self._candidates)

    def arrived(self, named: Mapping[str, Iterable[str]]) -> None:
        """New edits, accepted or refused: stamp → what it names. `known` has admitted them."""
        for stamp, replaces in named.items():
            for older in replaces:
                self._namers.setdefault(older, set()).add(stamp)
        for stamp in named:
            refused = stamp in self._known.refused
            if refused and stamp not in self._namers:
                continue  # it takes nobody's place until somebody names it; chains of such cost nothing
            below = list(self._below(stamp))
            self._candidates.update(below)
            if stamp in self._namers:
                self._candidates.add(stamp)
                self._candidates.update(self._above(stamp))
            if below and (refused or not self._known.refused.keys().isdisjoint(below)):
                self.urgent = True

    def reconsider(self) -> None:
        """Everything is worth a look again: more is decided than what arrived."""
        self._candidates.update(self._known.edits)

    def bury(self, stamps: Iterable[str]) -> dict[str, list[Id]]:
        """Takes present edits out of `known` that are known to be gone for good; answers as `prune` does."""
        return {stamp: self._take_out(stamp) for stamp in stamps if stamp in self._known.edits}

    def _take_out(self, stamp: str) -> list[Id]:
        self._candidates.update(self._above(stamp))
        for older in set(self._known.edits[stamp].replaces):  # it may name one twice
            self._namers[older].discard(stamp)
            if not self._namers[older]:
                del self._namers[older]
        return self._known.remove(stamp)

    def prune(self) -> dict[str, list[Id]]:
        """Takes what may go out of `known`; answers where its copies lie, to be deleted."""
        pruned: dict[str, list[Id]] = {}
        self.urgent = False
        while self._candidates:
            stamp = self._candidates.pop()
            if stamp not in self._known.edits or not self._replaced(stamp) or not self.settled(stamp):
                continue
            pruned[stamp] = self._take_out(stamp)
        return pruned

    def _replaced(self, stamp: str) -> bool:
        edits, name = self._known.edits, self._known.edits[stamp].name
        return any(other in edits and edits[other].name == name for other in self._above(stamp))

    def settled(self, stamp: str) -> bool:
        """All that a present edit stands for has arrived and is gone."""
        edits, name, below = self._known.edits, self._known.edits[stamp].name, list(self._below(stamp))
        here = any(older in edits and edits[older].name == name for older in below)
        return not here and len(below) < WALK_MAX and all(map(self._decided, below))

    def _decided(self, text: str) -> bool:
        stamp = order(text)
        return stamp.counter <= self._known.vector.get(stamp.replica, 0)

    def _below(self, stamp: str) -> Iterable[str]:
        """What an edit names, and what refused ones among those name, in turn."""
        known = self._known
        edit = known.edits.get(stamp)
        named = known.refused.get(stamp, ()) if edit is None else edit.replaces
        if not known.refused:
            return named
        return self._walk(list(named), lambda older: known.refused.get(older, ()))

    def _above(self, stamp: str) -> Iterable[str]:
        """Who names an edit, directly or through refused ones."""
        refused, namers = self._known.refused, self._namers.get(stamp, ())
        if not refused:
            return namers
        return self._walk(list(namers), lambda other: self._namers.get(other, ()) if other in refused else ())

    @staticmethod
    def _walk(waiting: list[str], more: Callable[[str], Iterable[str]]) -> Iterator[str]:
        seen: set[str] = set()
        while waiting and len(seen) < WALK_MAX:
            stamp = waiting.pop()
            if stamp not in seen:
                seen.add(stamp)
                yield stamp
                waiting.extend(more(stamp))
