"""The rules money obeys, as the ledger adopted them: a venue's profile, a tournament's prices and payouts.

They come in by an entry that carries their canonical text, and every entry decided by them names that
entry's number. The ledger never reads a document, so a decision can be proved again from the ledger alone.
"""

import json
from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from .gaming_days import DAY_STARTS_MIN, GamingDays
from .money import AMOUNT_MAX
from .prizes.curve import curve, places_paid
from .prizes.payouts import MILLIONTHS, Remainder, fixed_fault, fixed_payouts, payouts, table_fault

__all__ = [
    "ENTRIES_MAX",
    "FLIGHTS_MAX",
    "PRICE_KINDS",
    "Flights",
    "Id",
    "Line",
    "Method",
    "PayoutTable",
    "Price",
    "PriceKind",
    "Profile",
    "Shape",
    "Threshold",
    "TournamentRules",
    "adopted_text",
]

ENTRIES_MAX: Final = 100_000
PLACES_MAX: Final = 250
FLIGHTS_MAX: Final = 26
Method = Literal["cash", "card", "bank", "balance", "ticket", "received", "comp", "chips"]
PriceKind = Literal["buy_in", "re_entry", "rebuy", "add_on", "dealer_add_on"]
PRICE_KINDS: Final[tuple[PriceKind, ...]] = ("buy_in", "re_entry", "rebuy", "add_on", "dealer_add_on")

Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,36}$")]
Line = Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=r"^[^\x00-\x1f\x7f]+$")]
_Part = Annotated[int, Field(ge=0, le=AMOUNT_MAX)]
_Limit = Annotated[int, Field(ge=0, le=AMOUNT_MAX)]


class Shape(BaseModel):
    """Base of all that comes in as JSON: immutable, no coercion, nothing unknown."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Threshold(Shape):
    """A sum per person to be looked at: cash of a gaming day, or prizes of an event less its stakes."""

    name: Line
    measure: Literal["cash", "prize"]
    direction: Literal["in", "out"]
    above_cents: _Limit
    action: Line


WallOffsets = Annotated[
    list[tuple[Annotated[int, Field(ge=-(2**53), le=2**53)], Annotated[int, Field(ge=-1_440, le=1_440)]]],
    Field(min_length=1, max_length=100),
]


class Profile(Shape):
    """What the house and its jurisdiction allow. An absent limit is no limit."""

    name: Line
    cash: bool  # may cash be taken and paid
    cash_games: bool
    methods: Annotated[list[Method], Field(max_length=8)] | None = None  # other means than these are refused
    pay_during_play: bool = True  # may a bounty be paid before the result
    tickets_cashable: bool = True
    ticket_days: Annotated[int, Field(ge=1, le=10_000)] | None = None  # absent: they never expire
    stake_per_tournament_cents: _Limit | None = None  # of one person, re-entries and add-ons included
    stake_per_day_cents: _Limit | None = None
    pool_max_cents: _Limit | None = None  # all stakes of an event, and what fills it up to the guarantee
    cost_share_bp: Annotated[int, Field(ge=0, le=10_000)] | None = None  # of the stakes, for all but prizes
    age_min: Annotated[int, Field(ge=0, le=99)] | None = None  # years somebody has seen before the first sale
    players_min: Annotated[int, Field(ge=0, le=ENTRIES_MAX)] | None = None
    sponsor_max_cents: _Limit | None = None  # market value, of one event and of one gaming day
    tournaments_per_day: Annotated[int, Field(ge=0, le=1_000)] | None = None  # by the day of their first sale
    day_starts_min: Annotated[int, Field(ge=0, lt=1_440)] | None = None  # minutes after the wall's midnight
    wall_offsets: WallOffsets | None = None  # [from Unix ms, minutes ahead of UTC], rising; absent: UTC
    thresholds: Annotated[list[Threshold], Field(max_length=20)] | None = None
    reverse_limit_cents: _Limit  # above it a cashier's void or refund needs a second person
    payout_limit_cents: _Limit  # above it every payout needs a second person
    payout_day_limit_cents: _Limit | None = None  # paid to one person on a gaming day; above: a second person
    refund_limit_cents: _Limit | None = None  # for refunds instead of `reverse_limit_cents`
    offline_limit_cents: _Limit | None = None  # of one command recorded without the leaf; above: not settled
    over_short_limit_cents: _Limit | None = None  # above it a count that differs needs a second person
    own_drawers: bool | None = None  # a cashier works only on the drawer they opened or took over
    two_names: bool | None = None  # floats, fills and drops need a second person
    markers: bool | None = None  # may chips go out on credit
    marker_limit_cents: _Limit | None = None  # above it a marker needs a second person; absent: every one
    comp_limit_cents: _Limit | None = None  # above it a comp needs a second person; absent: every one

    @model_validator(mode="after")
    def _offsets_rise(self) -> "Profile":
        since = [at_ms for at_ms, _ in self.wall_offsets or ()]
        if since != sorted(set(since)):
            raise ValueError("the offsets of the wall clock rise in time")
        return self

    @cached_property
    def days(self) -> GamingDays:
        """The house's gaming days."""
        starts = DAY_STARTS_MIN if self.day_starts_min is None else self.day_starts_min
        return GamingDays(starts, self.wall_offsets or ())


class Price(Shape):
    """What one buy-in, re-entry, rebuy or add-on costs, in its parts."""

    prize_cents: _Part
    fee_cents: _Part = 0
    bounty_cents: _Part = 0
    staff_cents: _Part = 0

    @cached_property
    def parts(self) -> Mapping[str, int]:
        """As an entry tells it."""
        return {
            "prize_cents": self.prize_cents,
            "fee_cents": self.fee_cents,
            "bounty_cents": self.bounty_cents,
            "staff_cents": self.staff_cents,
        }

    @cached_property
    def total_cents(self) -> int:
        """What the player hands over."""
        return self.prize_cents + self.fee_cents + self.bounty_cents + self.staff_cents


_Places = Annotated[list[Annotated[int, Field(le=AMOUNT_MAX)]], Field(min_length=1, max_length=PLACES_MAX)]


class PayoutTable(Shape):
    """What each place pays for a range of entries, both ends included; place 1 first.

    By one of: `basis_points` of the pool, `millionths` of it for tables with more decimals, `fixed_cents`.
    """

    entries_min: Annotated[int, Field(ge=1, le=ENTRIES_MAX)]
    entries_max: Annotated[int, Field(ge=1, le=ENTRIES_MAX)]
    basis_points: _Places | None = None
    millionths: _Places | None = None
    fixed_cents: _Places | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> "PayoutTable":
        if self.entries_max < self.entries_min:
            raise ValueError("entries_max is below entries_min")
        fault = self._fault()
        if fault:
            raise ValueError(f"the table for {self.entries_min} to {self.entries_max} entries: {fault}")
        return self

    def _fault(self) -> str | None:
        said = [one for one in (self.basis_points, self.millionths, self.fixed_cents) if one is not None]
        if len(said) != 1:
            return "either basis points, millionths or fixed amounts"
        if self.fixed_cents is not None:
            return fixed_fault(self.fixed_cents)
        return table_fault(said[0]) if self.millionths is None else table_fault(said[0], MILLIONTHS)

    @property
    def places(self) -> int:
        """How many it pays."""
        return len(self.basis_points or self.millionths or self.fixed_cents or ())


class Satellite(Shape):
    """Prizes are seats: entries of the event `target`, worth `seat_cents` each.

    `step_cents`: what is left of the pool goes to the next finishers in such steps; absent: to the next one.
    `again`: what a further seat is to a player who holds one there, another ticket or its worth as a prize in
    cash; absent: nobody wins two in this event.
    """

    target: Id
    seat_cents: Annotated[int, Field(ge=1, le=AMOUNT_MAX)]
    step_cents: Annotated[int, Field(ge=1, le=AMOUNT_MAX)] | None = None
    again: Literal["ticket", "cash"] | None = None


class Flights(Shape):
    """Starts that lead to this event. What is sold for them is booked to it: one pool, guarantee and result.

    `ids`: the first played first. `entries_per_player`: in one flight; absent: as in the event. `direct`:
    entries are sold to the event itself, too. `field_bp`: of a flight's entries are in the money there; who
    of them goes out before its end gets the min-cash.
    """

    ids: Annotated[list[Id], Field(max_length=FLIGHTS_MAX)]
    entries_per_player: Annotated[int, Field(ge=1, le=1_000)] | None = None
    direct: bool = False
    field_bp: Annotated[int, Field(ge=0, le=10_000)] = 0

    @model_validator(mode="after")
    def _are_named_once(self) -> "Flights":
        if len(set(self.ids)) < len(self.ids):
            raise ValueError("each flight is named once")
        return self

    def paid_of(self, entries: int) -> int:
        """How many of a flight's entries are in the money."""
        return entries * self.field_bp // 10_000


class Payout(Shape):
    """Tables for rising ranges of entries without holes, or a share of the field; amounts in whole units.

    `field_bp`: of the entries are paid, by a curve made for as many places; then there are no tables.
    """

    unit_cents: Annotated[int, Field(ge=1, le=10**6)]
    tables: Annotated[list[PayoutTable], Field(max_length=40)] = []
    field_bp: Annotated[int, Field(ge=1, le=5_000)] | None = None
    remainder: Remainder = "first"
    min_cash_cents: Annotated[int, Field(ge=0, le=AMOUNT_MAX)] = 0

    @model_validator(mode="after")
    def _is_contiguous(self) -> "Payout":
        if bool(self.tables) == (self.field_bp is not None):
            raise ValueError("either tables by entries, or a share of the field")
        for one, after in zip(self.tables, self.tables[1:], strict=False):
            if after.entries_min != one.entries_max + 1:
                raise ValueError("the ranges of entries rise without holes")
        return self

    @property
    def flight_cash_cents(self) -> int:
        """The min-cash in whole units, as places are paid."""
        return -(-self.min_cash_cents // self.unit_cents) * self.unit_cents

    def amounts(self, pool_cents: int, entries: int) -> tuple[int, ...]:
        """Cents per place, place 1 first. Units, spare units and min-cash are for shares of the pool alone.

        Below the first or above the last range of the tables, the nearest holds.
        """
        rounding = self.unit_cents, self.remainder, self.min_cash_cents
        if self.field_bp is not None:
            return payouts(pool_cents, curve(places_paid(entries, self.field_bp)), *rounding)
        table = next((one for one in self.tables if entries <= one.entries_max), self.tables[-1])
        if table.fixed_cents is not None:
            return fixed_payouts(pool_cents, table.fixed_cents)
        if table.millionths is not None:
            return payouts(pool_cents, table.millionths, *rounding, MILLIONTHS)
        return payouts(pool_cents, table.basis_points or [], *rounding)


class TournamentRules(Shape):
    """Prices, entries per player, guarantee and payout tables of one event.

    `withheld_staff_bp`: what of the players' prize parts goes to the staff at the close, in basis points.
    `bounty`: a progressive head goes in part onto the winner's own; mystery heads become envelopes.
    """

    name: Line
    prices: dict[PriceKind, Price]
    entries_per_player: Annotated[int, Field(ge=1, le=1_000)]
    guarantee_cents: _Limit = 0
    withheld_staff_bp: Annotated[int, Field(ge=0, le=10_000)] = 0
    payout: Payout
    satellite: Satellite | None = None
    flights: Flights | None = None
    bounty: Literal["plain", "progressive", "mystery"] = "plain"
    bounty_cash_bp: Annotated[int, Field(ge=0, le=10_000)] = 5_000  # of a progressive head, in cash

    @model_validator(mode="after")
    def _dealer_add_ons_are_for_dealers(self) -> "TournamentRules":
        price = self.prices.get("dealer_add_on")
        if price is not None and price.total_cents != price.staff_cents:
            raise ValueError("a dealer add-on goes to the staff alone")
        return self

    @model_validator(mode="after")
    def _flights_pay_the_min_cash(self) -> "TournamentRules":
        if self.flights is not None and self.flights.field_bp:
            if self.satellite is not None:
                raise ValueError("a satellite pays nothing in its flights")
            if not self.payout.min_cash_cents:
                raise ValueError("who is paid in a flight gets the min-cash: say how much that is")
        return self


def adopted_text(rules: Shape) -> str:
    """Canonical text (RFC 8785) of what is adopted; absent limits are left out. Holds no floats."""
    found: dict[str, Any] = rules.model_dump(mode="json", exclude_none=True)
    return json.dumps(found, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
