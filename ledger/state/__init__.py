"""What the ledger knows after its last entry: balances, tournaments, drawers, prizes, adopted rules.

Only `book` changes these, by the effects of entries; posting rules read them. Balances are kept as the
ledger keeps them: debit positive, so a liability is below zero. One file per family.
"""

from dataclasses import dataclass, field

from ..adopted import Profile
from ..chain import Tip
from ..terms import Term
from .drawers import Drawer
from .tournaments import Part, Prize, Tournament, TournamentEntry, TournamentState

__all__ = ["Drawer", "Part", "Prize", "State", "Tournament", "TournamentEntry", "TournamentState"]


@dataclass(slots=True)
class State:
    """All of it. `reversed` maps an entry's number to that of its reversal."""

    tip: Tip
    currency: str = ""
    terms: list[Term] = field(default_factory=list)
    balances: dict[str, int] = field(default_factory=dict)  # accounts never used are not in it
    reversed: dict[int, int] = field(default_factory=dict)
    profile: Profile | None = None
    profile_seq: int = 0
    tournaments: dict[str, Tournament] = field(default_factory=dict)
    stakes: dict[int, dict[str, int]] = field(default_factory=dict)  # gaming day → player → cents
    drawers: dict[str, Drawer] = field(default_factory=dict)

    def drawer(self, name: str) -> Drawer:
        """A drawer never opened is a closed one."""
        return self.drawers.get(name) or Drawer()

    def balance(self, account: str) -> int:
        """Debit positive."""
        return self.balances.get(account, 0)
