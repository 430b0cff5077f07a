"""Markers: chips on credit, where the house profile allows it; repaid oldest first."""

from typing import Final

from ..commands import AdoptCreditLine, Asked, IssueMarker, RepayMarker, WriteOffMarker
from ..entry import Entry
from ..errors import Refusal
from ..state import State
from .draft import Draft, Rule, StandsOnIt, cash_games_allowed, dependent, legs, nothing_stands, rules_named
from .means import account_of_means

__all__ = ["MARKERS_MAX", "REVERSIBLE", "RULES"]

MARKERS_MAX: Final = 200
"""Of one player, due at a time: one repayment names them all."""


def _adopt_credit_line(state: State, _asked: Asked, _command: AdoptCreditLine) -> Draft | Refusal:
    """It holds for markers issued after it; what is due stays due."""
    return _may_credit(state) or Draft((), {}, rules_named(state))


def _issue_marker(state: State, _asked: Asked, command: IssueMarker) -> Draft | Refusal:
    """Chips, within what is left of the player's line."""
    refused = _may_credit(state)
    if refused:
        return refused
    credit, cents = state.credit(command.player), command.amount.amount
    if len(credit.markers) >= MARKERS_MAX:
        details = {"limit": "markers", "markers_max": MARKERS_MAX}
        return Refusal("limit", "Too many markers of this player are due.", details)
    due = credit.due_cents + cents
    if due > credit.line_cents:
        details = {"limit": "credit_line", "limit_cents": credit.line_cents, "would_be_cents": due}
        return Refusal("limit", "The player's credit line would be passed.", details)
    data = {"due_after_cents": due, "line_cents": credit.line_cents}
    return Draft(legs((f"1100/{command.player}", cents), ("2000", -cents)), data, rules_named(state))


def _repay_marker(state: State, _asked: Asked, command: RepayMarker) -> Draft | Refusal:
    """Any part of what is due, also where markers were switched off since."""
    credit, cents = state.credit(command.player), command.amount.amount
    if credit.due_cents == 0:
        return Refusal("nothing_due", "This player owes no marker.")
    if cents > credit.due_cents:
        details = {"due_cents": credit.due_cents, "amount_cents": cents}
        return Refusal("over_due", "That is more than this player owes.", details)
    source = account_of_means(state, command)
    if isinstance(source, Refusal):
        return source
    data = {"repaid": credit.oldest_first(cents), "due_after_cents": credit.due_cents - cents}
    return Draft(legs((source, cents), (f"1100/{command.player}", -cents)), data, rules_named(state))


def _write_off_marker(state: State, _asked: Asked, command: WriteOffMarker) -> Draft | Refusal:
    """The house bears what is still due of one marker."""
    credit = state.credit(command.player)
    cents = credit.markers.get(command.marker, 0)
    if cents == 0:
        return Refusal("nothing_due", "Nothing is due of such a marker.", {"marker": command.marker})
    data = {"repaid": [[command.marker, cents]], "due_after_cents": credit.due_cents - cents}
    return Draft(legs(("5030", cents), (f"1100/{command.player}", -cents)), data, rules_named(state))


def _may_credit(state: State) -> Refusal | None:
    refused = cash_games_allowed(state)
    if refused:
        return refused
    if state.profile is None or not state.profile.markers:
        return Refusal("no_markers", "The house profile allows no markers.")
    return None


def _nothing_repaid(state: State, original: Entry) -> Refusal | None:
    due = state.credit(original.data["player"]).markers.get(original.seq, 0)
    if due == original.data["amount"]["amount"]:
        return None
    return dependent("Of this marker something is repaid; reverse that first.")


RULES: Final[dict[str, Rule]] = {
    "adopt_credit_line": _adopt_credit_line,
    "issue_marker": _issue_marker,
    "repay_marker": _repay_marker,
    "write_off_marker": _write_off_marker,
}
REVERSIBLE: Final[dict[str, StandsOnIt]] = {
    "issue_marker": _nothing_repaid,
    "repay_marker": nothing_stands,
    "write_off_marker": nothing_stands,
}
