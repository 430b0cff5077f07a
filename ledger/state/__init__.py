"""What the ledger knows after its last entry: balances, tournaments, drawers, prizes, adopted rules.

Only `book` changes these, by the effects of entries; posting rules read them. Balances are kept as the
ledger keeps them: debit positive, so a liability is below zero. One file per family.
"""

from dataclasses import dataclass, field

from ..accounts import BANKED, CASH, LIABILITIES, number_of
from ..adopted import Profile
from ..chain import Tip
from ..gaming_days import GamingDays
from ..terms import Term
from .chips import Chips
from .drawers import Drawer, Transit
from .jackpots import Jackpot
from .markers import Credit
from .received import Received
from .tickets import Ticket
from .tournaments import (
    Deal,
    FlightMoney,
    Part,
    Prize,
    Sponsored,
    Tournament,
    TournamentEntry,
    TournamentState,
)

__all__ = [
    "Chips",
    "Credit",
    "Deal",
    "Drawer",
    "FlightMoney",
    "Jackpot",
    "Part",
    "Prize",
    "Received",
    "Sponsored",
    "State",
    "Ticket",
    "Tournament",
    "TournamentEntry",
    "TournamentState",
    "Transit",
]


_DAYS = GamingDays()


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
    cash_days: dict[int, dict[str, tuple[int, int]]] = field(default_factory=dict)  # → player → in, out
    tickets: dict[str, Ticket] = field(default_factory=dict)
    received: dict[int, Received] = field(default_factory=dict)  # by number; what is settled stays
    drawers: dict[str, Drawer] = field(default_factory=dict)
    transits: dict[int, Transit] = field(default_factory=dict)  # by the entry that sent it
    payouts: dict[int, dict[str, int]] = field(default_factory=dict)  # gaming day → payee → cents
    chips: Chips = field(default_factory=Chips)
    drops: dict[int, dict[tuple[str, str], int]] = field(default_factory=dict)  # day → table, box → entry
    jackpots: dict[str, Jackpot] = field(default_factory=dict)
    credits: dict[str, Credit] = field(default_factory=dict)  # by player
    ages: dict[str, dict[int, int]] = field(default_factory=dict)  # player → entry that says it → years seen
    dealt_with: dict[str, int] = field(default_factory=dict)  # hash of a left branch's entry → entry here

    def event_of(self, flight: str) -> str:
        """The event that a flight is booked to; empty: it is none, or plays for itself."""
        return next((name for name, one in self.tournaments.items() if one.has_flight(flight)), "")

    @property
    def days(self) -> GamingDays:
        """When gaming days begin, as the profile has it."""
        return self.profile.days if self.profile is not None else _DAYS

    def gaming_day(self, at_ms: int) -> int:
        """Number of the gaming day of a Unix time."""
        profile = self.profile
        return (_DAYS if profile is None else profile.days).of(at_ms)

    def cash_of(self, day: int, player: str) -> tuple[int, int]:
        """Cents of cash that this person brought and took on a gaming day, of the last two."""
        return self.cash_days.get(day, {}).get(player, (0, 0))

    def sponsored_cents(self, day: int) -> int:
        """What sponsors gave on a gaming day, by market value, to all events."""
        given = (each for event in self.tournaments.values() for each in event.sponsored.values())
        return sum(each.cents for each in given if each.day == day)

    def drawer(self, name: str) -> Drawer:
        """A drawer never opened is a closed one."""
        return self.drawers.get(name) or Drawer()

    def credit(self, player: str) -> Credit:
        """A player without a line has none."""
        return self.credits.get(player) or Credit()

    def age_seen(self, player: str) -> int:
        """How old in years a document has shown this player to be at least; 0: nobody has looked."""
        return max(self.ages.get(player, {}).values(), default=0)

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
    def banked_cents(self) -> int:
        """What bank and cards hold for the house, settled or not."""
        return self._sum_of(BANKED)

    @property
    def covering_cents(self) -> int:
        """What covers its liabilities: cash, and what bank and cards hold of it."""
        return self.cash_cents + self.banked_cents

    def balance(self, account: str) -> int:
        """Debit positive."""
        return self.balances.get(account, 0)

    def _sum_of(self, numbers: tuple[str, ...]) -> int:
        return sum(cents for account, cents in self.balances.items() if number_of(account) in numbers)
