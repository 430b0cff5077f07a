"""What contradicts a venue's mirror, told as forks: one fork has many witnesses.

A till's head, the box's own branch and each batch it tried again say the same thing, with other numbers:
from the lowest of them on there are two ledgers. So all that stands is one fork, and what one act cleared
was one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .ledger_mirror import Quarantined

__all__ = ["Fork", "forks_of"]


@dataclass(frozen=True, slots=True)
class Fork:
    """Two contents from number `seq` on; `witnesses` in the order they came, at least one."""

    seq: int
    witnesses: Sequence[Quarantined]

    @property
    def first(self) -> Quarantined:
        """Who told of the lowest number; whoever knows of that one knows of the fork."""
        return min(self.witnesses, key=lambda one: (one.seq, one.received_ms))

    @property
    def since_ms(self) -> int:
        """When the first witness came."""
        return min(one.received_ms for one in self.witnesses)

    @property
    def cleared_ms(self) -> int:
        """0: it stands."""
        return self.witnesses[0].cleared_ms


def forks_of(aside: Iterable[Quarantined]) -> Sequence[Fork]:
    """What stands comes first, then what was cleared, the last first."""
    acts: dict[int, list[Quarantined]] = {}
    for one in sorted(aside, key=lambda one: one.received_ms):
        acts.setdefault(one.cleared_ms, []).append(one)
    found = [Fork(min(one.seq for one in told), told) for told in acts.values()]
    return sorted(found, key=lambda fork: (fork.cleared_ms > 0, -fork.cleared_ms))
