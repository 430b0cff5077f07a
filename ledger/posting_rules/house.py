"""The house's own money: the owner's and the bank's cash in the vault."""

from typing import Final

from ..commands import Asked, VaultIn, VaultOut
from ..errors import Refusal
from ..state import State
from .draft import Draft, Rule, StandsOnIt, legs, nothing_stands

__all__ = ["REVERSIBLE", "RULES"]

_OTHER_SIDE: Final = {"owner": "3000", "bank": "1015"}


def _vault_in(_state: State, _asked: Asked, command: VaultIn) -> Draft | Refusal:
    """Cash into the vault."""
    cents = command.amount.amount
    return Draft(legs(("1000", cents), (_OTHER_SIDE[command.source], -cents)))


def _vault_out(state: State, _asked: Asked, command: VaultOut) -> Draft | Refusal:
    """The owner takes only what the house does not owe; what goes to the bank still covers it."""
    cents = command.amount.amount
    left = state.covering_cents - state.liability_cents - cents
    if command.to == "owner" and left < 0:
        details = {"liability_cents": state.liability_cents, "short_cents": -left}
        return Refusal("not_covered", "What would be left does not cover what the house owes.", details)
    return Draft(legs((_OTHER_SIDE[command.to], cents), ("1000", -cents)))


RULES: Final[dict[str, Rule]] = {"vault_in": _vault_in, "vault_out": _vault_out}
REVERSIBLE: Final[dict[str, StandsOnIt]] = dict.fromkeys(RULES, nothing_stands)
