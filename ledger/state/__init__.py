"""What the ledger knows after its last entry: balances, tournaments, drawers, prizes, adopted rules.

Only `book` changes these, by the effects of entries; posting rules read them. Balances are kept as the
ledger keeps them: debit positive, so a liability is below zero. One file per family.
"""

from dataclasses import dataclass, field

from ..accounts import CASH, LIABILITIES, number_of
from ..adopted import Profile
from ..chain import Tip
from ..terms import Term
from .chips import Chips
from .drawers import Drawer, Transit
from .jackpots import Jackpot
from .markers import Credit
from .received import Received
from .tickets import Ticket
from .tournaments import Part, Prize, Tournament, TournamentEntry, TournamentState

__all__ = [
    "Chips",
    "Credit",
    "Drawer",
    "Jackpot",
    "Part",
    "Prize",
    "Received",
    "State",
    "Ticket",
    "Tournament",
    "TournamentEntry",
    "TournamentState",
    "Transit",
]


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
    tickets: dict[str, Ticket] = field(default_factory=dict)
    received: dict[int, Received] = field(default_factory=dict)  # by number; what is settled stays
    drawers: dict[str, Drawer] = field(default_factory=dict)
    transits: dict[int, Transit] = field(default_factory=dict)  # by the entry that sent it
    payouts: dict[int, dict[str, int]] = field(default_factory=dict)  # gaming day → payee → cents
    chips: Chips = field(default_factory=Chips)
    drops: dict[int, dict[tuple[str, str], int]] = field(default_factory=dict)  # day → table, box → entry
    jackpots: dict[str, Jackpot] = field(default_factory=dict)
    credits: dict[str, Credit] = field(default_factory=dict)  # by player

    def drawer(self, name: str) -> Drawer:
        """A drawer never opened is a closed one."""
        return self.drawers.get(name) or Drawer()

    def credit(self, player: str) -> Credit:
        """A player without a line has none."""
        return self.credits.get(player) or Credit()

    @property
    def chips_out_cents(self) -> int:
        """Cash chips in players' hands."""
        return -self.balance("2000")

    @property
    def liability_cents(self) -> int:
        """What the house owes now."""
        return -self._sum_of(LIABILITIES)

    @property
    def cash_cents(self) -> int:
        """What the house holds in cash, a courier's included."""
        return self._sum_of(CASH)

    @property
    def covering_cents(self) -> int:
        """What covers its liabilities: cash, and what bank and cards hold of it."""
        return self.cash_cents + self.balance("1015")

    def balance(self, account: str) -> int:
        """Debit positive."""
        return self.balances.get(account, 0)

    def _sum_of(self, numbers: tuple[str, ...]) -> int:
        return sum(cents for account, cents in self.balances.items() if number_of(account) in numbers)
