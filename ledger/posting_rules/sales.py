"""What a player buys into an event: buy-in, re-entry, rebuy, add-on; and the refund before it starts."""

from typing import Final

from ..adopted import PRICE_KINDS, Price
from ..commands import AddOn, Asked, BuyIn, Rebuy, ReEntry, Sale, Unregister
from ..entry import Entry, Posting
from ..errors import Refusal
from ..limits import gaming_day, is_above
from ..state import State, Tournament
from .draft import (
    Draft,
    Rule,
    StandsOnIt,
    dependent,
    drawer_open,
    known_tournament,
    legs,
    may_take_cash,
    needs_second,
    rules_named,
)

__all__ = ["REVERSIBLE", "RULES"]


def _buy_in(state: State, asked: Asked, command: BuyIn | ReEntry) -> Draft | Refusal:
    """A paid entry: the first of a player is a buy-in, further ones are re-entries."""
    tournament = known_tournament(state, command.tournament)
    if isinstance(tournament, Refusal):
        return tournament
    return (
        _may_sell(state, tournament, command)
        or _may_enter(tournament, command)
        or _within_limits(state, asked, tournament, command)
        or _sold(state, tournament, command, {"number": len(tournament.entries) + 1})
    )


def _rebuy(state: State, asked: Asked, command: Rebuy | AddOn) -> Draft | Refusal:
    """More for a paid entry of the same player."""
    tournament = known_tournament(state, command.tournament)
    if isinstance(tournament, Refusal):
        return tournament
    entry = tournament.entries.get(command.entry)
    if entry is None or entry.player != command.player:
        return Refusal(
            "unknown_player_entry", "This player has no such paid entry.", {"entry": command.entry}
        )
    return (
        _may_sell(state, tournament, command)
        or _within_limits(state, asked, tournament, command)
        or _sold(state, tournament, command, {})
    )


def _unregister(state: State, asked: Asked, command: Unregister) -> Draft | Refusal:
    """The whole price back, all parts, while registration is open."""
    tournament = known_tournament(state, command.tournament)
    if isinstance(tournament, Refusal):
        return tournament
    entry = tournament.entries.get(command.entry)
    if entry is None:
        return Refusal("unknown_player_entry", "No such paid entry.", {"entry": command.entry})
    refused = (
        may_take_cash(state)
        or drawer_open(state, command.drawer)
        or _is_selling(tournament)
        or _refund_limit(state, asked, entry.total_cents)
    )
    if refused:
        return refused
    price = Price(
        prize_cents=sum(part.prize_cents for part in entry.parts),
        fee_cents=sum(part.fee_cents for part in entry.parts),
        bounty_cents=sum(part.bounty_cents for part in entry.parts),
        staff_cents=sum(part.staff_cents for part in entry.parts),
    )
    data = {
        "player": entry.player,
        "refund_cents": price.total_cents,
        "of": [part.seq for part in entry.parts],
    }
    postings = _price_legs(command.tournament, command.drawer, price, -1)
    return Draft(postings, data, rules_named(state, tournament))


def _may_sell(state: State, tournament: Tournament, command: Sale) -> Refusal | None:
    price = tournament.rules.prices.get(command.kind)
    if price is None:
        said = command.kind.replace("_", "-")
        return Refusal("not_adopted", f"This event's rules have no price for a {said}.")
    refused = may_take_cash(state) or _is_selling(tournament) or drawer_open(state, command.drawer)
    if refused:
        return refused
    if command.amount.amount != price.total_cents:
        details = {"amount_cents": command.amount.amount, "price_cents": price.total_cents}
        return Refusal("wrong_amount", "The amount is not the price.", details)
    return None


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
    return None


def _is_selling(tournament: Tournament) -> Refusal | None:
    if tournament.state == "selling":
        return None
    return Refusal("registration_closed", "Registration of this event is closed.")


def _refund_limit(state: State, asked: Asked, cents: int) -> Refusal | None:
    assert state.profile is not None  # `may_take_cash` came first
    if asked.role != "cashier":
        return None
    return needs_second(asked, cents, state.profile.reverse_limit_cents)


def _within_limits(state: State, asked: Asked, tournament: Tournament, command: Sale) -> Refusal | None:
    """Hard limits of the profile: one person's stake in an event and on a day, and the pool."""
    profile = state.profile
    assert profile is not None  # `_may_sell` came first
    cents = command.amount.amount
    stake = cents + sum(entry.total_cents for entry in tournament.entries_of(command.player))
    day = gaming_day(max(asked.at_ms, state.tip.at_ms))
    on_day = cents + state.stakes.get(day, {}).get(command.player, 0)
    prize = tournament.rules.prices[command.kind].prize_cents
    for name, now, limit in (
        ("stake_per_tournament_cents", stake, profile.stake_per_tournament_cents),
        ("stake_per_day_cents", on_day, profile.stake_per_day_cents),
        ("pool_max_cents", tournament.pool_cents + prize, profile.pool_max_cents),
    ):
        if is_above(now, limit):
            details = {"limit": name, "limit_cents": limit, "would_be_cents": now}
            return Refusal("limit", "The house profile's limit would be passed.", details)
    return None


def _sold(state: State, tournament: Tournament, command: Sale, data: dict[str, int]) -> Draft:
    price = tournament.rules.prices[command.kind]
    postings = _price_legs(command.tournament, command.drawer, price, 1)
    return Draft(postings, {**data, "price": price.parts()}, rules_named(state, tournament))


def _price_legs(tournament: str, drawer: str, price: Price, sign: int) -> tuple[Posting, ...]:
    return legs(
        (f"1010/{drawer}", sign * price.total_cents),
        (f"2010/{tournament}", -sign * price.prize_cents),
        ("4000", -sign * price.fee_cents),
        (f"2020/{tournament}", -sign * price.bounty_cents),
        ("2040", -sign * price.staff_cents),
    )


def _sale_stands(state: State, original: Entry) -> Refusal | None:
    tournament = state.tournaments[original.data["tournament"]]
    if tournament.state != "selling":
        return dependent("Registration was closed on this; reverse the close first.", tournament.closed_seq)
    entry = tournament.entries.get(original.data["entry"])
    parts = [part.seq for part in entry.parts] if entry else []
    if original.seq not in parts:
        return dependent("This entry was refunded.")
    if original.seq == parts[0] and len(parts) > 1:
        return dependent("Rebuys or add-ons stand on this entry; reverse them first.", *parts[1:])
    return None


RULES: Final[dict[str, Rule]] = {
    "buy_in": _buy_in,
    "re_entry": _buy_in,
    "rebuy": _rebuy,
    "add_on": _rebuy,
    "unregister": _unregister,
}
REVERSIBLE: Final[dict[str, StandsOnIt]] = dict.fromkeys(PRICE_KINDS, _sale_stands)
