"""Tournament money as it stands: what was sold for each entry, the pool, prizes due and paid.

Only effects change these; posting rules read them. Names that end in `_cents` are the positive amounts
people speak of, not the signs of the ledger.
"""

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct, field

from ..adopted import Method, PriceKind, TournamentRules
from ..prizes.envelopes import envelopes_cents

__all__ = [
    "Deal",
    "FlightMoney",
    "Part",
    "Prize",
    "Sponsored",
    "Tournament",
    "TournamentEntry",
    "TournamentState",
]

TournamentState = Literal["selling", "closed", "confirmed", "settled"]


class Part(Struct, frozen=True, gc=False):
    """One thing sold for an entry: the buy-in or re-entry itself, then its rebuys and add-ons."""

    seq: int
    kind: PriceKind
    prize_cents: int
    fee_cents: int
    bounty_cents: int
    staff_cents: int
    day: int  # gaming day of the sale
    method: Method = "cash"
    ticket: str = ""
    revives: int = 0  # the knock-out that this rebuy came after

    @property
    def total_cents(self) -> int:
        return self.prize_cents + self.fee_cents + self.bounty_cents + self.staff_cents


class TournamentEntry(Struct, gc=False):
    """One paid life of a player; `parts[0]` is what made it."""

    entry: str
    player: str
    parts: list[Part]
    head_cents: int = 0  # what there is on its head
    out_seq: int = 0  # the entry that booked it as knocked out
    flight: str = ""  # it plays in; empty: the event itself

    @property
    def total_cents(self) -> int:
        return sum(part.total_cents for part in self.parts)

    @property
    def bounty_parts_cents(self) -> int:
        """What was paid onto its head."""
        return sum(part.bounty_cents for part in self.parts)

    def has_played(self) -> bool:
        """Whether its head was taken, or grew by another's."""
        return self.head_cents != self.bounty_parts_cents


class Prize(Struct, gc=False):
    """What one person is due for one place, and what of it was paid."""

    player: str
    entry: str
    place: int
    amount_cents: int
    seq: int  # the entry that made it due
    paid_cents: int = 0

    @property
    def due_cents(self) -> int:
        return self.amount_cents - self.paid_cents


class FlightMoney(Struct):
    """A flight of an event: closed by, and what who went out in its money is due."""

    closed_seq: int = 0
    confirmed_seq: int = 0
    prizes: dict[tuple[int, str], Prize] = field(default_factory=dict)  # by (place in the flight, player)


class Deal(Struct, frozen=True, gc=False):
    """Who agreed to get what, and what stays for the winner."""

    seq: int
    shares: dict[str, int]  # by player
    aside_cents: int


class Sponsored(Struct, frozen=True, gc=False):
    """What a sponsor gave, by market value, and on which gaming day."""

    cents: int
    day: int


class Tournament(Struct):
    """One event. `pool_cents` is what is played for: it stays when the result moves it to prizes due."""

    rules: TournamentRules
    rules_seq: int
    state: Literal["selling", "closed", "confirmed"] = "selling"
    entries: dict[str, TournamentEntry] = field(default_factory=dict)
    prizes: dict[tuple[int, str], Prize] = field(default_factory=dict)  # by (place, player)
    pool_cents: int = 0
    taken_cents: int = 0  # all that was paid for entries, every part of every price
    costs_cents: int = 0  # of that, what does not go to players: fees, staff, costs
    bounties_cents: int = 0
    bounties_due: dict[str, int] = field(default_factory=dict)  # by player: won and not paid
    seats: list[str] = field(default_factory=list)  # entries that won a seat
    awarded: dict[str, tuple[str, int]] = field(default_factory=dict)  # in play: entry → number, worth
    deal: Deal | None = None
    envelopes: dict[int, int] = field(default_factory=dict)  # sealed and not drawn: cents → how many
    sealed_seq: int = 0
    first_heads: list[int] = field(default_factory=list)  # entries that gave heads to first place
    withheld: list[int] = field(default_factory=list)  # entries that withheld from the pool after the close
    sponsored: dict[int, Sponsored] = field(default_factory=dict)  # by the entry that booked it
    house_cents: int = 0  # of the pool, added by the house
    day: int = 0  # gaming day of the first sale
    closed_seq: int = 0
    confirmed_seq: int = 0
    flights: dict[str, FlightMoney] = field(default_factory=dict)  # of which anything is known but entries
    _of_player: dict[str, list[str]] = field(default_factory=dict)

    def entries_of(self, player: str) -> Sequence[TournamentEntry]:
        """The player's paid entries."""
        return [self.entries[name] for name in self._of_player.get(player, ())]

    def player_of(self, entry: str) -> str:
        """Whose paid entry this is; empty if it is none."""
        found = self.entries.get(entry)
        return found.player if found else ""

    def entries_in(self, flight: str) -> Sequence[TournamentEntry]:
        """The paid entries of one flight; of the event itself where it is empty."""
        return [entry for entry in self.entries.values() if entry.flight == flight]

    def flight(self, name: str) -> FlightMoney:
        """A flight that nothing is known of is open."""
        return self.flights.get(name) or FlightMoney()

    def has_flight(self, name: str) -> bool:
        """Whether the rules name it."""
        return self.rules.flights is not None and name in self.rules.flights.ids

    def flights_open(self) -> Sequence[str]:
        """Those whose registration is not closed."""
        named = self.rules.flights.ids if self.rules.flights else []
        return [name for name in named if not self.flight(name).closed_seq]

    def flight_prizes(self) -> Sequence[Prize]:
        """What flights made due, all of them."""
        return [prize for flight in self.flights.values() for prize in flight.prizes.values()]

    def players(self) -> int:
        """How many different people have a paid entry."""
        return len(self._of_player)

    def add(self, entry: TournamentEntry) -> None:
        """A new paid entry."""
        self.entries[entry.entry] = entry
        self._of_player.setdefault(entry.player, []).append(entry.entry)

    def remove(self, name: str) -> TournamentEntry:
        """An entry that is paid no more."""
        entry = self.entries.pop(name)
        theirs = self._of_player[entry.player]
        theirs.remove(name)
        if not theirs:
            del self._of_player[entry.player]
        return entry

    def bounty_due_cents(self, player: str) -> int:
        """What this player won by heads and was not paid."""
        return self.bounties_due.get(player, 0)

    def heads_cents(self) -> int:
        """What stands on heads."""
        return sum(entry.head_cents for entry in self.entries.values())

    def first_entries(self) -> list[str]:
        """Who holds first place, or a seat; nobody before the result."""
        if self.seats or self.state != "confirmed":
            return self.seats
        return [prize.entry for prize in self.prizes.values() if prize.place == 1]

    def envelopes_cents(self) -> int:
        """What lies in envelopes."""
        return envelopes_cents(self.envelopes)

    def may_win_a_seat(self) -> int:
        """How many players can still win one: none of theirs was won in play, or `again` they play on."""
        satellite = self.rules.satellite
        if satellite is None or satellite.again is None:
            return self.players() - len(self.awarded)
        return sum(theirs[-1] not in self.awarded for theirs in self._of_player.values())

    def awarded_cents(self) -> int:
        """Of the pool, what went out as seats in play."""
        return sum(cents for _, cents in self.awarded.values())

    def is_untouched(self) -> bool:
        """Whether nothing but its rules was ever booked."""
        return self == Tournament(self.rules, self.rules_seq)

    def gone_cents(self) -> int:
        """Of the pool, what went out before the result: seats in play, and what flights made due."""
        return self.awarded_cents() + sum(prize.amount_cents for prize in self.flight_prizes())

    def sponsored_cents(self) -> int:
        """By market value."""
        return sum(given.cents for given in self.sponsored.values())

    def prize_parts_cents(self) -> int:
        """What of the entries went to the pool."""
        return sum(part.prize_cents for entry in self.entries.values() for part in entry.parts)

    def sold(self, kind: PriceKind) -> int:
        """How many of one kind stand."""
        return sum(part.kind == kind for entry in self.entries.values() for part in entry.parts)

    def prize_of(self, player: str) -> Prize | None:
        """A player has one place."""
        return next((prize for prize in self.prizes.values() if prize.player == player), None)

    def prizes_of(self, player: str) -> Sequence[Prize]:
        """What is or was due to a player, in flights too."""
        return [prize for prize in (*self.prizes.values(), *self.flight_prizes()) if prize.player == player]

    @property
    def paid_cents(self) -> int:
        """Of the prizes, those of flights too."""
        return sum(prize.paid_cents for prize in (*self.prizes.values(), *self.flight_prizes()))

    @property
    def shown_state(self) -> TournamentState:
        """`settled`: confirmed, prizes and bounties paid whole, no head left: 2010, 2020, 2070 are zero."""
        dues = (prize.due_cents for prize in (*self.prizes.values(), *self.flight_prizes()))
        if self.state != "confirmed" or any(dues) or any(self.bounties_due.values()):
            return self.state
        if self.heads_cents() or self.envelopes:
            return self.state
        return "settled"
