"""A sponsor's money and things, within what the profile lets an event and a gaming day have of them."""

from typing import Final

from ..commands import Asked, SponsorMoney, SponsorPrize
from ..entry import Entry
from ..errors import Refusal
from ..state import State, Tournament
from .draft import Draft, Rule, StandsOnIt, dependent, known_tournament, legs, rules_named
from .hard_limits import beyond
from .means import account_of_means
from .sales import is_selling

__all__ = ["REVERSIBLE", "RULES"]


def _sponsor_money(state: State, asked: Asked, command: SponsorMoney) -> Draft | Refusal:
    """On top of the stakes, towards the guarantee."""
    tournament = _may_sponsor(state, asked, command)
    if isinstance(tournament, Refusal):
        return tournament
    account = account_of_means(state, command)
    if isinstance(account, Refusal):
        return account
    cents = command.amount.amount
    data = {"pool_cents": tournament.pool_cents + cents}
    postings = legs((account, cents), (f"2010/{command.tournament}", -cents))
    return Draft(postings, data, rules_named(state, tournament))


def _sponsor_prize(state: State, asked: Asked, command: SponsorPrize) -> Draft | Refusal:
    tournament = _may_sponsor(state, asked, command)
    if isinstance(tournament, Refusal):
        return tournament
    return Draft((), {}, rules_named(state, tournament))


def _may_sponsor(state: State, asked: Asked, command: SponsorMoney | SponsorPrize) -> Tournament | Refusal:
    tournament = known_tournament(state, command.tournament)
    if isinstance(tournament, Refusal):
        return tournament
    refused = is_selling(tournament)
    if refused:
        return refused
    if state.profile is None:
        return Refusal("not_adopted", "No house profile was adopted yet.")
    cents, most = command.amount.amount, state.profile.sponsor_max_cents
    day = state.gaming_day(max(asked.at_ms, state.tip.at_ms))
    return (
        beyond("sponsor_max_cents", tournament.sponsored_cents() + cents, most)
        or beyond("sponsor_max_cents", state.sponsored_cents(day) + cents, most)
        or tournament
    )


def _still_selling(state: State, original: Entry) -> Refusal | None:
    tournament = state.tournaments[original.data["tournament"]]
    if tournament.state == "selling":
        return None
    return dependent("Registration was closed on this; reverse the close first.", tournament.closed_seq)


RULES: Final[dict[str, Rule]] = {"sponsor_money": _sponsor_money, "sponsor_prize": _sponsor_prize}
REVERSIBLE: Final[dict[str, StandsOnIt]] = dict.fromkeys(RULES, _still_selling)
