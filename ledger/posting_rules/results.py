"""The result: who is due what. From the adopted table alone, or as placed players agreed among themselves."""

from typing import Final

from ..commands import Asked, ConfirmResult, CorrectResult, Result
from ..entry import Entry
from ..errors import Refusal
from ..prizes.apportion import apportion
from ..prizes.flights import after_flights
from ..prizes.payouts import are_ranks, held_by, shared
from ..state import Deal, State, Tournament
from .draft import Draft, Rule, StandsOnIt, dependent, known_tournament, legs, rules_named

__all__ = ["REVERSIBLE", "RULES", "Due", "amounts_now", "prizes_due"]

Due = list[tuple[str, str, int, int]]


def amounts_now(tournament: Tournament) -> tuple[int, ...]:
    """Per place, place 1 first, of the pool as it would be if registration closed now.

    Without what flights paid. Once it is closed there are no more places than players.
    """
    rules, selling = tournament.rules, tournament.state == "selling"
    pool = max(tournament.pool_cents, rules.guarantee_cents) if selling else tournament.pool_cents
    amounts = after_flights(
        rules.payout.amounts(pool, len(tournament.entries)),
        [prize.amount_cents for prize in tournament.flight_prizes()],
    )
    return amounts if selling else held_by(tournament.players(), amounts)


def prizes_due(state: State, tournament: Tournament, name: str, due: Due) -> Draft:
    """The pool becomes what is due: to each (player, entry, place, cents) its cents."""
    pool = sum(cents for *_, cents in due)
    postings = legs((f"2010/{name}", pool), *((f"2070/{name}", -cents) for *_, cents in due))
    data = {"due": [list(one) for one in due], "pool_cents": pool}
    return Draft(postings, data, rules_named(state, tournament))


def _confirm_result(state: State, _asked: Asked, command: ConfirmResult) -> Draft | Refusal:
    """The pool becomes prizes due, per person."""
    tournament = known_tournament(state, command.tournament)
    if isinstance(tournament, Refusal):
        return tournament
    if tournament.rules.satellite is not None:
        return Refusal("is_satellite", "This event pays seats; confirm those.")
    if tournament.state == "confirmed":
        return Refusal("already_confirmed", "This result is confirmed.", {"seq": tournament.confirmed_seq})
    if tournament.state == "selling":
        return Refusal("registration_open", "Close the registration first: it settles the pool.")
    if tournament.deal is not None and command.deal:
        why = "A deal stands; reverse it to agree otherwise."
        return Refusal("already_agreed", why, {"seq": tournament.deal.seq})
    due = _due(tournament, command)
    if isinstance(due, Refusal):
        return due
    return prizes_due(state, tournament, command.tournament, due)


def _correct_result(state: State, _asked: Asked, command: CorrectResult) -> Draft | Refusal:
    """The same pool, shared anew: each player's difference is booked, whether they were paid or not."""
    tournament = known_tournament(state, command.tournament)
    if isinstance(tournament, Refusal):
        return tournament
    if tournament.rules.satellite is not None:
        return Refusal("is_satellite", "This event pays seats; reverse their result and confirm it anew.")
    if tournament.state != "confirmed":
        return Refusal("not_confirmed", "The result of this event is not confirmed yet.")
    due = _due(tournament, command)
    if isinstance(due, Refusal):
        return due
    first = {entry for _, entry, place, _ in due if place == 1}
    if tournament.first_heads and first != set(tournament.first_entries()):
        return _heads_given(tournament)
    before = {prize.player: prize.amount_cents for prize in tournament.prizes.values()}
    after = {player: cents for player, _, _, cents in due}
    differences = {player: after.get(player, 0) - before.get(player, 0) for player in sorted(before | after)}
    account = f"2070/{command.tournament}"
    postings = legs(*((account, -difference) for difference in differences.values()))
    data = {
        "due": [list(one) for one in due],
        "differences": [[player, cents] for player, cents in differences.items() if cents],
        "corrects": tournament.confirmed_seq,
    }
    return Draft(postings, data, rules_named(state, tournament))


def _due(tournament: Tournament, command: Result) -> Due | Refusal:
    """(player, entry, place, cents) of every placed player; together the pool, to the cent."""
    wrong = _who_is_wrong(tournament, command) or _what_is_wrong(tournament, command)
    if wrong:
        return wrong
    cents = shared(amounts_now(tournament), [place for _, _, place in command.places])
    due = [(*one, amount) for one, amount in zip(command.places, cents, strict=True)]
    if command.deal:
        return _dealt(due, command.deal)
    return due if tournament.deal is None else _as_agreed(due, tournament.deal)


def _as_agreed(due: Due, deal: Deal) -> Due | Refusal:
    """The deal of everybody who was in: they hold the first places, and who wins gets what was set aside."""
    best = {player: place for player, _, place, _ in due if place <= len(deal.shares)}
    if best.keys() != deal.shares.keys():
        details = {"seq": deal.seq, "agreed": sorted(deal.shares)[:50]}
        return Refusal("deal_wrong", "Who agreed to the deal does not hold the first places.", details)
    winners = [player for player, place in best.items() if place == 1]
    shares = dict(zip(winners, apportion(deal.aside_cents, [1] * len(winners)), strict=True))
    return [
        (player, entry, place, deal.shares[player] + shares.get(player, 0) if player in best else cents)
        for player, entry, place, cents in due
    ]


def _dealt(due: Due, deal: list[tuple[str, int]]) -> Due | Refusal:
    """Who agreed gets what was agreed: together what they would have got without."""
    agreed, would_be = dict(deal), {player: cents for player, _, _, cents in due}
    if len(agreed) < len(deal) or not agreed.keys() <= would_be.keys():
        return Refusal("deal_wrong", "A deal names placed players, each once.")
    total, should_be = sum(agreed.values()), sum(would_be[player] for player in agreed)
    if total != should_be:
        details = {"agreed_cents": total, "should_be_cents": should_be}
        return Refusal("deal_wrong", "The agreed sums are not the sum of these players' prizes.", details)
    return [(player, entry, place, agreed.get(player, cents)) for player, entry, place, cents in due]


def _who_is_wrong(tournament: Tournament, command: Result) -> Refusal | None:
    players = [player for player, _, _ in command.places]
    if len(set(players)) < len(players):
        return Refusal("places_wrong", "A player stands in the result twice.")
    for player, entry, place in command.places:
        found = tournament.entries.get(entry)
        if found is None or found.player != player:
            details = {"player": player, "entry": entry, "place": place}
            return Refusal("unknown_player_entry", "A placed player has no such paid entry.", details)
        if any(entry == prize.entry for prize in tournament.flight_prizes()):
            details = {"player": player, "entry": entry, "flight": found.flight}
            return Refusal("places_wrong", "A placed entry was paid in its flight already.", details)
    return None


def _what_is_wrong(tournament: Tournament, command: Result) -> Refusal | None:
    ranks = [place for _, _, place in command.places]
    paid = min(len(amounts_now(tournament)), tournament.players())
    if tournament.deal is not None:
        paid = max(paid, len(tournament.deal.shares))
    if not are_ranks(ranks) or len(ranks) < paid or max(ranks) > paid:
        details = {"places_paid": paid, "places": sorted(ranks)[:50]}
        return Refusal(
            "places_wrong", "These are not the paid places, each held, ties by one number.", details
        )
    return None


def _result_stands(state: State, original: Entry) -> Refusal | None:
    tournament = state.tournaments[original.data["tournament"]]
    if tournament.confirmed_seq != original.seq:
        return dependent("This result was corrected; correct it again.", tournament.confirmed_seq)
    if tournament.first_heads:
        return _heads_given(tournament)
    if any(prize.paid_cents for prize in tournament.prizes.values()):  # what flights paid stays paid
        return dependent("A prize of this result is paid; reverse the payout first, or correct the result.")
    return None


def _heads_given(tournament: Tournament) -> Refusal:
    return dependent("First place took heads on this result; reverse that first.", *tournament.first_heads)


RULES: Final[dict[str, Rule]] = {"confirm_result": _confirm_result, "correct_result": _correct_result}
REVERSIBLE: Final[dict[str, StandsOnIt]] = {"confirm_result": _result_stands}
