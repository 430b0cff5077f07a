"""What the house gives: comps, and money added to a pool."""

from typing import Final

from ..commands import AddMoney, Asked, RedeemComp
from ..entry import Entry
from ..errors import Refusal
from ..state import State
from .draft import (
    Draft,
    Rule,
    StandsOnIt,
    cash_games_allowed,
    dependent,
    known_tournament,
    legs,
    nothing_stands,
    rules_named,
)
from .hard_limits import beyond
from .means import account_of_means

__all__ = ["REVERSIBLE", "RULES"]


def _redeem_comp(state: State, _asked: Asked, command: RedeemComp) -> Draft | Refusal:
    """A comp becomes chips, balance or cash."""
    refused = cash_games_allowed(state) if command.method == "chips" else None
    target = refused or account_of_means(state, command)
    if isinstance(target, Refusal):
        return target
    cents = command.amount.amount
    return Draft(legs(("5010", cents), (target, -cents)), {}, rules_named(state))


def _add_money(state: State, _asked: Asked, command: AddMoney) -> Draft | Refusal:
    """The house adds to the pool while the event sells; before a guarantee is looked at."""
    tournament = known_tournament(state, command.tournament)
    if isinstance(tournament, Refusal):
        return tournament
    if tournament.state != "selling":
        return Refusal("registration_closed", "Registration of this event is closed.")
    if state.profile is None:
        return Refusal("not_adopted", "No house profile was adopted yet.")
    cents = command.amount.amount
    stakes = tournament.taken_cents + tournament.house_cents + cents
    return beyond("pool_max_cents", stakes, state.profile.pool_max_cents) or Draft(
        legs(("5040", cents), (f"2010/{command.tournament}", -cents)),
        {"pool_cents": tournament.pool_cents + cents},
        rules_named(state, tournament),
    )


def _still_selling(state: State, original: Entry) -> Refusal | None:
    tournament = state.tournaments[original.data["tournament"]]
    if tournament.state == "selling":
        return None
    return dependent("Registration was closed on this; reverse the close first.", tournament.closed_seq)


RULES: Final[dict[str, Rule]] = {"redeem_comp": _redeem_comp, "add_money": _add_money}
REVERSIBLE: Final[dict[str, StandsOnIt]] = {"redeem_comp": nothing_stands, "add_money": _still_selling}
