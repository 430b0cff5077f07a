"""Credit of players: their lines, and what is due of each marker."""

from collections.abc import Sequence
from dataclasses import dataclass, field

__all__ = ["Credit"]


@dataclass(slots=True)
class Credit:
    """`markers`: the entry that issued it → what is still due; paid ones are not in it."""

    line_cents: int = 0
    markers: dict[int, int] = field(default_factory=dict)

    @property
    def due_cents(self) -> int:
        """Of all markers."""
        return sum(self.markers.values())

    def oldest_first(self, cents: int) -> list[list[int]]:
        """[entry, cents] that `cents` repay of what is due; never more than that."""
        repaid = []
        for seq in sorted(self.markers):
            part = min(cents, self.markers[seq])
            if part:
                repaid.append([seq, part])
            cents -= part
        return repaid

    def change(self, repaid: Sequence[Sequence[int]], sign: int) -> None:
        """What is due after [entry, cents] of each were repaid (−1), or due again (1)."""
        for seq, cents in repaid:
            self.markers[seq] = self.markers.get(seq, 0) + sign * cents
            if not self.markers[seq]:
                del self.markers[seq]
