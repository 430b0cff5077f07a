"""What the floor may do next, as the rules propose it. Nothing is applied by itself: a person confirms.

Its `basis` is a fingerprint of the tables it was made from: another one at confirming means look again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from ...documents.tournament import Button
from ..fingerprint import fingerprint
from .button import is_button_valid
from .chart import Chart, TableSeats

__all__ = [
    "RULE_BALANCE", "RULE_BREAK", "RULE_FINAL", "RULE_HALT", "RULE_HANDS", "RULE_REDRAW", "RULE_STUD",
    "Buttons", "Proposal", "Reason", "basis_of", "button_fault",
]  # fmt: skip

RULE_BALANCE: Final = "TDA 2024 11-A"
RULE_STUD: Final = "TDA 2024 11-A stud"
RULE_BREAK: Final = "TDA 2024 10-B"
RULE_FINAL: Final = "TDA 2024 RP-9"
RULE_HALT: Final = "TDA 2024 11-D"
RULE_HANDS: Final = "TDA 2024 RP-8"
RULE_REDRAW: Final = "House redraw"
Buttons = Mapping[str, Button]
Reason = Literal[
    "even", "apart", "fits", "final_table", "redraw", "small_blind_only", "button_unknown", "button_invalid",
    "no_seat", "all_stay", "final_chairs", "hand_for_hand", "not_started",
]  # fmt: skip


@dataclass(frozen=True)
class Proposal:
    """One step; after it all is looked at anew.

    `none`: `reason` says why not, also where tables stay apart (`no_seat`: the short ones are full,
    `all_stay`: nobody at the full table may be moved). `move` the player to the seat. `defer` by a hand: at
    `to_table` only the small blind's position is open, or a hand of the room is under way. `break` the table.
    `redraw` all seats at the tables `keeps`, `seats` at each. `blocked`: the button of `table` has to be set
    first, or no table has chairs enough for the final one.
    """

    kind: Literal["none", "move", "defer", "break", "redraw", "blocked"]
    table: str | None = None
    reason: Reason = "even"
    rule: str = ""
    basis: str = ""
    player: str | None = None
    from_seat: int | None = None
    to_table: str | None = None
    to_seat: int | None = None
    arrives_as: str | None = None
    stays: tuple[str, ...] = ()  # due before the player, and not to be moved (TDA 9)
    keeps: tuple[str, ...] = ()
    seats: int | None = None


def basis_of(chart: Chart, buttons: Buttons, tables: Iterable[str]) -> str:
    """Fingerprint of who sits at these tables, and of their buttons."""
    return fingerprint("|".join(_picture(chart, buttons, table) for table in sorted(tables)))


def button_fault(table: TableSeats, buttons: Buttons) -> Literal["button_unknown", "button_invalid"] | None:
    """Why the table's next hand is not known; None: it is."""
    last = buttons.get(table.table)
    if last is None:
        return "button_unknown"
    return None if is_button_valid(last, table) else "button_invalid"


def _picture(chart: Chart, buttons: Buttons, ident: str) -> str:
    table, last = chart.tables.get(ident), buttons.get(ident)
    if table is None:
        return f"{ident}:"
    players = ",".join(f"{seat}={player}" for seat, player in sorted(table.players.items()))
    button = f"{last.button}/{last.small_blind}/{last.big_blind}" if last else ""
    held = "".join(f"-{seat}" for seat in sorted(table.held | table.out_of_use))
    return f"{ident}:{int(table.open)}{int(table.locked)}:{players}:{button}{held}"
