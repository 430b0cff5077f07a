"""What the demo's venue plays: furniture, blind structure, prices, payout table, from published material.

Blinds: the widely used home and card room progression for 25-chips and up, 10,000 starting chips (200 big
blinds), no ante; the level length is the house's. Payouts: percentages by number of entries as printed by an
online room's sheet; the band that decides 150 entries pays 18 places.
"""

from typing import Final

from crdt_models.documents.config import BlindStructure, Furniture, LevelRow, PayoutTable
from crdt_models.edits import Json

__all__ = [
    "BLINDS",
    "CASH_LISTS",
    "CASH_TABLES",
    "CURRENCY",
    "ENTRIES",
    "FURNITURE",
    "LATE_UNTIL_LEVEL",
    "PAYOUTS",
    "PRICE_CENTS",
    "PROFILE",
    "RULES",
    "STARTING_STACK",
]

CURRENCY: Final = "EUR"
ENTRIES: Final = 150
STARTING_STACK: Final = 10_000
LEVEL_MINUTES: Final = 20
BREAK_MINUTES: Final = 15
BREAKS_AFTER: Final = (6, 11, 16)
LATE_UNTIL_LEVEL: Final = 6
_SMALL_BLINDS: Final = (
    25, 50, 75, 100, 150, 200, 300, 400, 600, 800, 1_000, 1_500, 2_000, 3_000, 4_000, 6_000, 8_000,
    10_000, 15_000, 20_000,
)  # fmt: skip


def _levels() -> list[LevelRow]:
    rows = []
    for number, small in enumerate(_SMALL_BLINDS, start=1):
        rows.append(LevelRow(kind="play", minutes=LEVEL_MINUTES, small=small, big=2 * small))
        if number in BREAKS_AFTER:
            rows.append(LevelRow(kind="break", minutes=BREAK_MINUTES))
    return rows


BLINDS: Final = BlindStructure(name="Standard, 25 chip and up", levels=_levels())

PAYOUTS: Final = (
    PayoutTable(name="1 to 2 entries", entries_min=1, entries_max=2, basis_points=[10_000]),
    PayoutTable(name="3 to 45 entries", entries_min=3, entries_max=45, basis_points=[5_000, 3_000, 2_000]),
    PayoutTable(
        name="46 to 100 entries",
        entries_min=46,
        entries_max=100,
        basis_points=[3_000, 2_000, 1_200, 1_000, 800, 650, 550, 450, 350],
    ),
    PayoutTable(
        name="101 to 150 entries",
        entries_min=101,
        entries_max=150,
        basis_points=[3_000, 2_000, 1_190, 800, 650, 500, 350, 260, 170, *[140] * 4, *[104] * 5],
    ),
)

PRIZE_CENTS: Final = 5_000
FEE_CENTS: Final = 1_000
PRICE_CENTS: Final = PRIZE_CENTS + FEE_CENTS
_PRICE: Final[Json] = {
    "prize_cents": PRIZE_CENTS,
    "fee_cents": FEE_CENTS,
    "bounty_cents": 0,
    "staff_cents": 0,
}

RULES: Final[dict[str, Json]] = {
    "name": "Friday 60",
    "prices": {"buy_in": _PRICE, "re_entry": _PRICE},
    "entries_per_player": 3,
    "guarantee_cents": 800_000,
    "payout": {
        "unit_cents": 100,
        "tables": [
            {
                "entries_min": table.entries_min,
                "entries_max": table.entries_max,
                "basis_points": list(table.basis_points),
            }
            for table in PAYOUTS
        ],
    },
}
"""The rules of money of the event, as the manager adopts them. The guarantee costs the house an overlay."""

PROFILE: Final[dict[str, Json]] = {
    "name": "Card room, cash allowed",
    "cash": True,
    "cash_games": True,
    "reverse_limit_cents": 10_000,
    "payout_limit_cents": 200_000,
}
"""What the law and the house allow. First prize is above the payout limit: it needs a second person."""

FURNITURE: Final = {f"t{number}": Furniture(number=number, seats=9) for number in range(1, 19)}
CASH_LISTS: Final = {"nlh12": "1/2 No-limit hold'em", "plo25": "2/5 Pot-limit Omaha"}
CASH_TABLES: Final = {"t17": "nlh12", "t18": "plo25"}
