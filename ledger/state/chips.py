"""Chips as things at face value: how many exist, and what lies in the trays."""

from dataclasses import dataclass, field

__all__ = ["Chips"]


@dataclass(slots=True)
class Chips:
    """`missing_cents`: what the last count did not find, beyond what players hold (below zero: too many)."""

    made: dict[str, int] = field(default_factory=dict)  # denomination → pieces in existence
    trays: dict[str, int] = field(default_factory=dict)  # table → cents; empty trays are not in it
    missing_cents: int = 0

    @property
    def made_cents(self) -> int:
        """Face value of all that exist."""
        return sum(int(cents) * pieces for cents, pieces in self.made.items())

    def cage_cents(self, out_cents: int) -> int:
        """What should lie in the cage while players hold `out_cents`."""
        return self.made_cents - sum(self.trays.values()) - out_cents - self.missing_cents
