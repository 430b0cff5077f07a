"""The demo's imagination of what happens at the tables: who holds how many chips, and who goes out when.

Nothing here is Felt's: a room has players, the demo has this. Chips only wander, so their sum stays what was
bought. Busts come faster early and slow down towards the final table.
"""

import random
from collections.abc import Collection, Sequence
from typing import Final

__all__ = ["Field", "bust_minutes"]

CURVE: Final = 1.8


def bust_minutes(busts: int, first: float, last: float) -> list[float]:
    """Published minutes at which somebody goes out, ascending."""
    return [first + (last - first) * (1 - (1 - at / busts) ** (1 / CURVE)) for at in range(1, busts + 1)]


class Field:
    """Chips by player."""

    def __init__(self, chance: random.Random, starting_stack: int) -> None:
        self.chips: dict[str, int] = {}
        self._chance = chance
        self._starting_stack = starting_stack

    def enter(self, player: str) -> None:
        """A new life begins with a full stack."""
        self.chips[player] = self._starting_stack

    def play(self, players: Sequence[str], smallest_chip: int) -> None:
        """Some pots change hands at one table; nobody goes out."""
        for _ in players:
            winner, loser = self._chance.sample(players, 2) if len(players) > 1 else (players[0], players[0])
            pot = int(self.chips[loser] * self._chance.uniform(0.05, 0.4)) // smallest_chip * smallest_chip
            self.chips[loser] -= pot
            self.chips[winner] += pot

    def choose_loser(self, players: Collection[str]) -> str:
        """Who goes out next: the shortest of a few."""
        few = self._chance.sample(sorted(players), min(4, len(players)))
        return min(few, key=lambda player: self.chips.get(player, 0))

    def bust(self, player: str, others: Sequence[str]) -> str | None:
        """The player's chips go to one of the others at the table; answers to whom."""
        chips = self.chips.pop(player, 0)
        winner = self._chance.choice(sorted(others)) if others else None
        if winner is not None:
            self.chips[winner] = self.chips.get(winner, 0) + chips
        return winner
