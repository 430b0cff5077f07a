"""What a player buys into an event: buy-in, re-entry, rebuy, add-on; paid by any means the house allows."""

from functools import lru_cache
from typing import Final

from ..adopted import PRICE_KINDS
from ..commands import AddOn, Asked, BuyIn, DealerAddOn, Rebuy, ReEntry, Sale
from ..entry import Entry, Posting
from ..errors import Refusal
from ..state import State, Tournament
from .approval import comp_approved
from .draft import Draft, Rule, StandsOnIt, dependent, known_tournament, legs, rules_named
from .hard_limits import old_enough, stakes_within
from .means import account_of_means

__all__ = ["REVERSIBLE", "RULES", "is_selling", "part_legs"]


def is_selling(tournament: Tournament, flight: str = "") -> Refusal | None:
    """Refuses once registration of the event, or of the flight, is closed."""
    if tournament.state != "selling":
        return Refusal("registration_closed", "Registration of this event is closed.")
    closed_seq = tournament.flights[flight].closed_seq if flight in tournament.flights else 0
    if closed_seq:
        return Refusal("registration_closed", "Registration of this flight is closed.", {"seq": closed_seq})
    return None


def part_legs(
    tournament: str, prize_cents: int, fee_cents: int, bounty_cents: int, staff_cents: int
) -> tuple[Posting, ...]:
    """Where the parts of a price belong that was paid; below zero: that is given back."""
    return legs(
        (f"2010/{tournament}", -prize_cents),
        ("4000", -fee_cents),
        (f"2020/{tournament}", -bounty_cents),
        ("2040", -staff_cents),
    )


def _buy_in(state: State, asked: Asked, command: BuyIn | ReEntry) -> Draft | Refusal:
    """A paid entry: the first of a player is a buy-in, further ones are re-entries."""
    tournament = known_tournament(state, command.tournament)
    if isinstance(tournament, Refusal):
        return tournament
    flight = command.flight or ""
    source = _which_flight(tournament, flight) or _may_sell(state, asked, tournament, command, flight)
    if isinstance(source, Refusal):
        return source
    return (
        _may_enter(tournament, command)
        or stakes_within(state, asked, tournament, command)
        or old_enough(state, command)
        or _sold(state, tournament, command, source, {"number": len(tournament.entries) + 1})
    )


def _rebuy(state: State, asked: Asked, command: Rebuy | AddOn | DealerAddOn) -> Draft | Refusal:
    """More for a paid entry of the same player."""
    tournament = known_tournament(state, command.tournament)
    if isinstance(tournament, Refusal):
        return tournament
    entry = tournament.entries.get(command.entry)
    if entry is None or entry.player != command.player:
        return Refusal(
            "unknown_player_entry", "This player has no such paid entry.", {"entry": command.entry}
        )
    if entry.out_seq and command.kind != "rebuy":
        return Refusal("is_out", "This entry is out of play.", {"by_seq": entry.out_seq})
    source = _may_sell(state, asked, tournament, command, entry.flight)
    if isinstance(source, Refusal):
        return source
    return (
        stakes_within(state, asked, tournament, command)
        or old_enough(state, command)
        or _sold(state, tournament, command, source, {})
    )


def _which_flight(tournament: Tournament, flight: str) -> Refusal | None:
    """An event with flights is entered through one, unless entries are sold to itself, too."""
    flights = tournament.rules.flights
    if flight:
        known = tournament.has_flight(flight)
        return (
            None if known else Refusal("unknown_flight", "This event has no such flight.", {"flight": flight})
        )
    if flights is None or flights.direct:
        return None
    return Refusal("unknown_flight", "Say for which flight: this event is entered through one.")


def _may_sell(
    state: State, asked: Asked, tournament: Tournament, command: Sale, flight: str
) -> str | Refusal:
    """The account that the price comes from, if it may be sold at all."""
    price = tournament.rules.prices.get(command.kind)
    if price is None:
        said = command.kind.replace("_", "-")
        return Refusal("not_adopted", f"This event's rules have no price for a {said}.")
    refused = is_selling(tournament, flight)
    if refused:
        return refused
    source = account_of_means(state, command)
    if isinstance(source, Refusal):
        return source
    if command.amount.amount != price.total_cents:
        details = {"amount_cents": command.amount.amount, "price_cents": price.total_cents}
        return Refusal("wrong_amount", "The amount is not the price.", details)
    return comp_approved(state, asked, command) or source


def _may_enter(tournament: Tournament, command: BuyIn | ReEntry) -> Refusal | None:
    standing = tournament.entries_of(command.player)
    allowed = tournament.rules.entries_per_player
    details = {"entries": len(standing), "entries_per_player": allowed}
    if command.entry in tournament.entries:
        return Refusal("entries_used", "This entry is paid already.", {**details, "entry": command.entry})
    if command.kind == "buy_in" and standing:
        return Refusal("entries_used", "This player is in already; book a re-entry.", details)
    if command.kind == "re_entry" and not standing:
        return Refusal("unknown_player_entry", "This player has no entry yet; book a buy-in.", details)
    if len(standing) >= allowed:
        return Refusal("entries_used", "This player has used all entries.", details)
    return _may_enter_flight(tournament, command)


def _may_enter_flight(tournament: Tournament, command: BuyIn | ReEntry) -> Refusal | None:
    flights = tournament.rules.flights
    if flights is None or flights.entries_per_player is None or command.flight is None:
        return None
    used = sum(entry.flight == command.flight for entry in tournament.entries_of(command.player))
    if used < flights.entries_per_player:
        return None
    details = {"entries": used, "entries_per_player": flights.entries_per_player, "flight": command.flight}
    return Refusal("entries_used", "This player has used all entries of this flight.", details)


def _sold(state: State, tournament: Tournament, command: Sale, source: str, data: dict[str, int]) -> Draft:
    price = tournament.rules.prices[command.kind]
    postings = _sale_legs(source, command.tournament, *price.parts.values())
    return Draft(postings, {**data, "price": price.parts}, rules_named(state, tournament))


@lru_cache(maxsize=1024)
def _sale_legs(source: str, tournament: str, *parts: int) -> tuple[Posting, ...]:
    """An evening has few prices and few drawers."""
    return (*legs((source, sum(parts))), *part_legs(tournament, *parts))


def _sale_stands(state: State, original: Entry) -> Refusal | None:
    tournament = state.tournaments[original.data["tournament"]]
    if tournament.state != "selling":
        return dependent("Registration was closed on this; reverse the close first.", tournament.closed_seq)
    entry = tournament.entries.get(original.data["entry"])
    closed_seq = tournament.flight(entry.flight).closed_seq if entry else 0
    if closed_seq:
        return dependent("Registration of its flight was closed on this; reverse that first.", closed_seq)
    parts = [part.seq for part in entry.parts] if entry else []
    if entry is None or original.seq not in parts:
        return dependent("This entry was refunded.")
    if original.seq == parts[0] and len(parts) > 1:
        return dependent("Rebuys or add-ons stand on this entry; reverse them first.", *parts[1:])
    if entry.out_seq:
        return dependent("This entry was knocked out since.", entry.out_seq)
    if entry.entry in tournament.awarded:
        return dependent(
            "This entry won a seat in play.", int(tournament.awarded[entry.entry][0].partition("-")[0])
        )
    if original.seq == parts[0] and entry.has_played():
        return dependent("This entry has taken a head.")
    return None


RULES: Final[dict[str, Rule]] = {
    "buy_in": _buy_in,
    "re_entry": _buy_in,
    "rebuy": _rebuy,
    "add_on": _rebuy,
    "dealer_add_on": _rebuy,
}
REVERSIBLE: Final[dict[str, StandsOnIt]] = dict.fromkeys(PRICE_KINDS, _sale_stands)
