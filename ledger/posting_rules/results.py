"""From a pool to paid prizes: the close with its overlay, the confirmed result, the payouts."""

from typing import Final

from ..commands import Asked, CloseRegistration, ConfirmResult, PayPrize
from ..entry import Entry
from ..errors import Refusal
from ..prizes.payouts import are_ranks, payouts, shared
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
    nothing_stands,
    rules_named,
)

__all__ = ["REVERSIBLE", "RULES", "amounts_now"]


def amounts_now(tournament: Tournament) -> tuple[int, ...]:
    """Per place, place 1 first, of the pool as it would be if registration closed now."""
    rules = tournament.rules
    pool = tournament.pool_cents
    if tournament.state == "selling":
        pool = max(pool, rules.guarantee_cents)
    return payouts(pool, rules.basis_points(len(tournament.entries)), rules.payout.unit_cents)


def _close_registration(state: State, _asked: Asked, command: CloseRegistration) -> Draft | Refusal:
    """No more entries; the house fills the pool up to the guarantee (overlay)."""
    tournament = known_tournament(state, command.tournament)
    if isinstance(tournament, Refusal):
        return tournament
    if state.profile is None:
        return Refusal("not_adopted", "No house profile was adopted yet.")
    if tournament.state != "selling":
        return Refusal("registration_closed", "Registration of this event is closed already.")
    players, least = tournament.players(), state.profile.players_min or 0
    if players < least:
        details = {"limit": "players_min", "players": players, "players_min": least}
        return Refusal("limit", "Too few players for the house profile.", details)
    overlay = max(0, tournament.rules.guarantee_cents - tournament.pool_cents)
    data = {
        "entries": len(tournament.entries),
        "overlay_cents": overlay,
        "pool_cents": tournament.pool_cents + overlay,
    }
    postings = legs(("5000", overlay), (f"2010/{command.tournament}", -overlay))
    return Draft(postings, data, rules_named(state, tournament))


def _confirm_result(state: State, _asked: Asked, command: ConfirmResult) -> Draft | Refusal:
    """The pool becomes prizes due, per person; the amounts come from the adopted table alone."""
    tournament = known_tournament(state, command.tournament)
    if isinstance(tournament, Refusal):
        return tournament
    if tournament.state == "confirmed":
        return Refusal("already_confirmed", "This result is confirmed.", {"seq": tournament.confirmed_seq})
    if tournament.state == "selling":
        return Refusal("registration_open", "Close the registration first: it settles the pool.")
    wrong = _who_is_wrong(tournament, command) or _what_is_wrong(tournament, command)
    if wrong:
        return wrong
    cents = shared(amounts_now(tournament), [place for _, _, place in command.places])
    due = [
        [player, entry, place, amount]
        for (player, entry, place), amount in zip(command.places, cents, strict=True)
    ]
    postings = legs(
        (f"2010/{command.tournament}", sum(cents)), *((f"2070/{command.tournament}", -each) for each in cents)
    )
    return Draft(postings, {"due": due, "pool_cents": sum(cents)}, rules_named(state, tournament))


def _pay_prize(state: State, _asked: Asked, command: PayPrize) -> Draft | Refusal:
    """Cash for a prize that is due, whole or in parts."""
    tournament = known_tournament(state, command.tournament)
    if isinstance(tournament, Refusal):
        return tournament
    if tournament.state != "confirmed":
        return Refusal("not_confirmed", "The result of this event is not confirmed yet.")
    refused = may_take_cash(state) or drawer_open(state, command.drawer)
    if refused:
        return refused
    prize = tournament.prizes.get((command.place, command.player))
    if prize is None or prize.due_cents == 0:
        return Refusal("nothing_due", "Nothing is due to this player for this place.")
    cents = command.amount.amount
    if cents > prize.due_cents:
        details = {"due_cents": prize.due_cents, "amount_cents": cents}
        return Refusal("over_due", "That is more than what is due.", details)
    postings = legs((f"2070/{command.tournament}", cents), (f"1010/{command.drawer}", -cents))
    return Draft(postings, {"due_after_cents": prize.due_cents - cents}, rules_named(state, tournament))


def _who_is_wrong(tournament: Tournament, command: ConfirmResult) -> Refusal | None:
    players = [player for player, _, _ in command.places]
    if len(set(players)) < len(players):
        return Refusal("places_wrong", "A player stands in the result twice.")
    for player, entry, place in command.places:
        found = tournament.entries.get(entry)
        if found is None or found.player != player:
            details = {"player": player, "entry": entry, "place": place}
            return Refusal("unknown_player_entry", "A placed player has no such paid entry.", details)
    return None


def _what_is_wrong(tournament: Tournament, command: ConfirmResult) -> Refusal | None:
    ranks = [place for _, _, place in command.places]
    paid = min(len(amounts_now(tournament)), tournament.players())
    if not are_ranks(ranks) or len(ranks) < paid or max(ranks) > paid:
        details = {"places_paid": paid, "places": sorted(ranks)[:50]}
        return Refusal(
            "places_wrong", "These are not the paid places, each held, ties by one number.", details
        )
    return None


def _close_stands(state: State, original: Entry) -> Refusal | None:
    tournament = state.tournaments[original.data["tournament"]]
    if tournament.state == "closed":
        return None
    return dependent("A result was confirmed on this.", tournament.confirmed_seq)


def _result_stands(state: State, original: Entry) -> Refusal | None:
    if state.tournaments[original.data["tournament"]].paid_cents == 0:
        return None
    return dependent("A prize of this result is paid; reverse the payout first.")


RULES: Final[dict[str, Rule]] = {
    "close_registration": _close_registration,
    "confirm_result": _confirm_result,
    "pay_prize": _pay_prize,
}
REVERSIBLE: Final[dict[str, StandsOnIt]] = {
    "close_registration": _close_stands,
    "confirm_result": _result_stands,
    "pay_prize": nothing_stands,
}
