"""A deal of everybody who is still in: agreed while the event plays, booked as prizes with its result.

It moves nothing by itself: the pool becomes prizes due when the result is confirmed, which is then held
against the deal. The ranking goes on if it is played out.
"""

from typing import Final

from ..commands import AgreeDeal, Asked
from ..entry import Entry
from ..errors import Refusal
from ..state import State, Tournament
from .draft import Draft, Rule, StandsOnIt, dependent, known_tournament, rules_named
from .results import amounts_now

__all__ = ["REVERSIBLE", "RULES"]


def _agree_deal(state: State, _asked: Asked, command: AgreeDeal) -> Draft | Refusal:
    tournament = known_tournament(state, command.tournament)
    if isinstance(tournament, Refusal):
        return tournament
    refused = _may_deal(tournament) or _who_is_wrong(tournament, command) or _who_said_no(command)
    if refused:
        return refused
    left, shared = sum(amounts_now(tournament)[: len(command.shares)]), sum(c for *_, c in command.shares)
    if shared + command.aside_cents != left:
        details = {"agreed_cents": shared, "aside_cents": command.aside_cents, "should_be_cents": left}
        return Refusal("deal_wrong", "The agreed sums are not what is left of the prizes.", details)
    return Draft((), {"left_cents": left, "place": len(command.shares)}, rules_named(state, tournament))


def _may_deal(tournament: Tournament) -> Refusal | None:
    if tournament.rules.satellite is not None:
        return Refusal("is_satellite", "This event pays seats; they are not shared.")
    if tournament.state == "selling":
        return Refusal("registration_open", "Close the registration first: it settles the pool.")
    if tournament.state == "confirmed":
        return Refusal("already_confirmed", "This result is confirmed.", {"seq": tournament.confirmed_seq})
    if tournament.deal is not None:
        why = "A deal stands already; reverse it to agree anew."
        return Refusal("already_agreed", why, {"seq": tournament.deal.seq})
    return None


def _who_is_wrong(tournament: Tournament, command: AgreeDeal) -> Refusal | None:
    players = {player for player, _, _ in command.shares}
    if len(players) < len(command.shares):
        return Refusal("deal_wrong", "A player stands in the deal twice.")
    for player, name, _ in command.shares:
        if tournament.player_of(name) != player:
            details = {"player": player, "entry": name}
            return Refusal("unknown_player_entry", "A player of the deal has no such paid entry.", details)
        out = tournament.entries[name].out_seq
        if out:
            return Refusal("is_out", "A player of the deal is out already.", {"by_seq": out})
    return None


def _who_said_no(command: AgreeDeal) -> Refusal | None:
    players = {player for player, _, _ in command.shares}
    missing = sorted(players - set(command.consents))
    if not missing and players == set(command.consents):
        return None
    details = {"missing": missing[:50]}
    return Refusal(
        "consent_missing", "A deal needs the consent of everybody in it, and of nobody else.", details
    )


def _deal_stands(state: State, original: Entry) -> Refusal | None:
    tournament = state.tournaments[original.data["tournament"]]
    if tournament.state == "confirmed":
        return dependent("A result was confirmed on this.", tournament.confirmed_seq)
    return None


RULES: Final[dict[str, Rule]] = {"agree_deal": _agree_deal}
REVERSIBLE: Final[dict[str, StandsOnIt]] = {"agree_deal": _deal_stands}
