"""Payout tables as their sources print them, in basis points, to start from. Figures only.

A column is `places` per range of entries, `140*4` standing for four places of 140. Columns that don't add up
to 10,000 are kept as printed, and refused by name: `fault_of` says which, and why. Ranges that a source
leaves open, and their ends, are a house's choice.
"""

from collections.abc import Iterator
from typing import NamedTuple

from .payouts import table_fault

__all__ = ["COLUMNS", "Column", "column", "fault_of", "sets"]


class Column(NamedTuple):
    """One printed column; `name` is unique, `source` where it was read."""

    name: str
    entries_min: int
    entries_max: int
    basis_points: tuple[int, ...]
    source: str


class TableSet(NamedTuple):
    """Columns of one source for rising ranges of entries without holes, all without fault."""

    name: str
    source: str
    columns: tuple[Column, ...]


def column(name: str) -> Column:
    """Raises KeyError."""
    return _BY_NAME[name]


def fault_of(found: Column) -> str | None:
    """Why this column can't be used, with its name; None: it can."""
    fault = table_fault(found.basis_points)
    return f"{found.name}: {fault}" if fault else None


def sets() -> Iterator[TableSet]:
    """What can be adopted as it is: per source the longest run of columns without fault or hole."""
    for family, (source, _) in _PRINTED.items():
        run: list[Column] = []
        for one in (found for found in COLUMNS if found.name.rpartition("-")[0].startswith(family)):
            if fault_of(one) or (run and one.entries_min != run[-1].entries_max + 1):
                break
            run.append(one)
        yield TableSet(family, source, tuple(run))


def _columns() -> Iterator[Column]:
    for family, (source, printed) in _PRINTED.items():
        for line in printed.strip().splitlines():
            ranges, _, shares = line.partition(":")
            low, _, high = ranges.strip().partition("-")
            points = [point for share in shares.split() for point in _repeated(share)]
            yield Column(f"{family}-{ranges.strip()}", int(low), int(high), tuple(points), source)


def _repeated(share: str) -> list[int]:
    point, _, times = share.partition("*")
    return [int(point)] * int(times or 1)


_PRINTED = {
    "online-low": (
        "vegaspoker247.com, tourney payout structures, buy-in of 5 or less",
        """
        1-2: 10000
        3-27: 5000 3000 2000
        28-45: 3700 2200 1500 1100 800 700
        46-65: 3000 2000 1200 1000 800 650 550 450 350
        66-100: 3000 2000 1190 890 700 580 460 360 170 140*4
        101-150: 3000 2000 1190 800 650 500 350 260 170 140*4 104*5
        151-200: 2750 1750 1160 800 600 450 350 260 170 140*4 104*5 70*9
        201-300: 2500 1540 1050 700 550 450 350 255 170 130*4 95*5 70*9 45*18
        301-2000: 2300 1400 950 650 540 440 340 245 160 130*4 95*5 60*9 45*18 35*18
        """,
    ),
    "online-high": (
        "vegaspoker247.com, tourney payout structures, buy-in over 5",
        """
        1-8: 10000
        9-27: 5000 3000 2000
        28-45: 4000 2400 1600 1200 800
        46-100: 3000 2000 1200 1000 800 650 550 450 350
        101-200: 3000 2000 1190 800 650 500 350 260 170 140*4 104*5
        """,
    ),
    "guaranteed": (
        "fabulouspoker.com, prize structures of guaranteed tournaments",
        """
        1-12: 5000 3000 2000
        13-18: 4000 3000 2000 1000
        19-27: 4000 2300 1600 1200 900
        28-36: 3300 2000 1500 1100 800 700 600
        37-50: 2900 1800 1300 1000 800 700 600 500 400
        51-66: 2600 1650 1200 950 800 650 500 400 350 300*3
        67-83: 2550 1600 1150 900 750 600 450 350 300 250*3 200*3
        84-117: 2500 1550 1100 850 700 550 400 300 250 220*3 200*3 180*3
        118-175: 2300 1400 1050 800 600 450 350 290 240 200*3 170*3 140*3 110*9
        176-215: 2250 1350 1030 775 600 450 350 270 210 165*3 135*3 110*3 90*9 75*9
        216-290: 2150 1325 950 725 550 420 310 250 200 160*3 130*3 105*3 85*9 70*9 60*9
        291-415: 2050 1275 900 670 520 390 290 230 180 140*3 110*3 90*3 75*9 60*9 50*9 45*18
        416-550: 1950 1225 850 650 500 370 270 220 170 130*3 105*3 85*3 65*9 55*9 45*9 40*18 35*18
        551-700: 1925 1200 825 640 490 360 265 215 165 130*3 105*3 80*3 60*9 50*9 40*9 35*18 30*18 25*18
        """,
    ),
    "flat": (
        "USBA prize-money guide",
        """
        1-4: 3500 2800 2100 1600
        5-6: 3000 2400 1800 1300 900 600
        7-8: 2700 2100 1600 1200 900 600 500 400
        9-10: 2500 2000 1500 1100 900 600 500 400 300 200
        """,
    ),
    "home": (
        "kiabet.com, poker payout structures",
        """
        8-10: 5000 3500 1500
        30-40: 3500 2500 1250 1000 750 500 500
        """,
    ),
    "nine-places": ("marqueepoker.com, payouts", "1-90: 3000 2000 1400 1000 800 600 500 400 300"),
}
COLUMNS = tuple(_columns())
_BY_NAME = {one.name: one for one in COLUMNS}
