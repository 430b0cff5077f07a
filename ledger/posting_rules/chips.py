"""Chips as things: made, moved between cage and trays, counted. Nothing is posted.

Chips in existence − cage − trays = cash chips in players' hands (account 2000); a count says what is missing.
"""

from collections.abc import Mapping
from typing import Final

from ..commands import AddChips, Asked, CountChips, CreditTray, FillTray, RemoveChips
from ..commands.pieces import worth_cents
from ..errors import Refusal
from ..money import BALANCE_MAX
from ..state import State
from .draft import Draft, Rule, cash_games_allowed

__all__ = ["RULES", "TRAYS_MAX"]

TRAYS_MAX: Final = 100
DENOMINATIONS_MAX: Final = 200


def _add_chips(state: State, _asked: Asked, command: AddChips) -> Draft | Refusal:
    """Bought, or taken into use: they lie in the cage."""
    refused = cash_games_allowed(state)
    if refused:
        return refused
    chips = state.chips
    many = len(chips.made.keys() | command.chips.keys()) > DENOMINATIONS_MAX
    if many or chips.made_cents + command.chips_cents > BALANCE_MAX:
        return Refusal("limit", "So many chips can't be.", {"limit": "chips"})
    return Draft((), {"chips_cents": command.chips_cents})


def _remove_chips(state: State, _asked: Asked, command: RemoveChips) -> Draft | Refusal:
    """Destroyed, or taken out of use."""
    return _in_cage(state, command.chips) or Draft((), {"chips_cents": command.chips_cents})


def _fill_tray(state: State, _asked: Asked, command: FillTray) -> Draft | Refusal:
    """From the cage to a table."""
    trays = state.chips.trays
    if command.table not in trays and len(trays) >= TRAYS_MAX:
        return Refusal("limit", "Too many trays hold chips.", {"limit": "trays", "trays_max": TRAYS_MAX})
    after = trays.get(command.table, 0) + command.chips_cents
    return _in_cage(state, command.chips) or Draft(
        (), {"chips_cents": command.chips_cents, "tray_cents": after}
    )


def _credit_tray(state: State, _asked: Asked, command: CreditTray) -> Draft | Refusal:
    """From a table back to the cage."""
    after = state.chips.trays.get(command.table, 0) - command.chips_cents
    if after < 0:
        why = "By the ledger this tray holds less; count the chips first."
        return Refusal("not_enough_chips", why, {"table": command.table, "short_cents": -after})
    return cash_games_allowed(state) or Draft((), {"chips_cents": command.chips_cents, "tray_cents": after})


def _count_chips(state: State, _asked: Asked, command: CountChips) -> Draft | Refusal:
    """All at once: the cage and every tray that should hold something."""
    absent = sorted(state.chips.trays.keys() - command.trays.keys())
    if absent:
        return Refusal("trays_missing", "Some trays were not counted.", {"tables": absent[:50]})
    cage, trays = worth_cents(command.cage), sum(map(worth_cents, command.trays.values()))
    made, out = state.chips.made_cents, state.chips_out_cents
    data = {"made_cents": made, "cage_cents": cage, "trays_cents": trays, "out_cents": out}
    return cash_games_allowed(state) or Draft((), {**data, "missing_cents": made - cage - trays - out})


def _in_cage(state: State, chips: Mapping[str, int]) -> Refusal | None:
    """Whether the cage should hold these."""
    refused = cash_games_allowed(state)
    if refused:
        return refused
    lacking = [one for one, pieces in chips.items() if pieces > state.chips.made.get(one, 0)]
    short = worth_cents(chips) - state.chips.cage_cents(state.chips_out_cents)
    if not lacking and short <= 0:
        return None
    details = {"denominations": lacking[:50], "short_cents": max(short, 0)}
    return Refusal("not_enough_chips", "By the ledger the cage does not hold these chips.", details)


RULES: Final[dict[str, Rule]] = {
    "add_chips": _add_chips,
    "remove_chips": _remove_chips,
    "fill_tray": _fill_tray,
    "credit_tray": _credit_tray,
    "count_chips": _count_chips,
}
