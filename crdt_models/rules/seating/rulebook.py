"""Rules that proposals name: number, year and what it means, in our own words. Versioned data, no code.

Numbers that a house may choose are not here: they are `SeatRules` and `TournamentSetup.max_diff`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from .proposal import (
    RULE_BALANCE,
    RULE_BREAK,
    RULE_FINAL,
    RULE_HALT,
    RULE_HANDS,
    RULE_REDRAW,
    RULE_STUD,
)

__all__ = ["RULEBOOK", "Rule"]


@dataclass(frozen=True)
class Rule:
    """`year` None: the house's own."""

    number: str
    year: int | None
    text: str


RULEBOOK: Final[Mapping[str, Rule]] = {
    RULE_BALANCE: Rule(
        "11-A", 2024,
        "Who is due for the big blind moves to the worst open seat of the short table, a big blind too, "
        "never the small blind.",
    ),
    RULE_STUD: Rule(
        "11-A", 2024,
        "Stud: who moves is chosen by position; the seat that came open last at the short table is filled.",
    ),
    RULE_BREAK: Rule(
        "10-B", 2024,
        "A table breaks in two random steps: seat cards are shuffled, and so are the players. Any seat may "
        "be drawn; between button and small blind a player waits for the button to pass.",
    ),
    RULE_FINAL: Rule(
        "RP-9", 2024,
        "Events of eight and nine a table go from five and five to one table of nine; of six and seven from "
        "four and four to one of seven.",
    ),
    RULE_HALT: Rule(
        "11-D", 2024,
        "A table three or more short of the fullest stops once its blinds are affected, unless it is waived.",
    ),
    RULE_HANDS: Rule(
        "RP-8", 2024, "Hand for hand: nobody moves while a table still plays its hand."
    ),
    RULE_REDRAW: Rule("redraw", None, "The house draws all seats anew when so many tables are left."),
}  # fmt: skip
