"""Formulas that were published, as the text a house would write; a season names one by its id.

Where a source leaves a case open, the reading is ours and said beside it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

__all__ = ["PUBLISHED", "Published"]


@dataclass(frozen=True)
class Published:
    """One formula: its name, its text, and whose it is."""

    name: str
    text: str
    source: str


PUBLISHED: Final[Mapping[str, Published]] = {
    "school": Published(
        "Field and place",
        "10 * sqrt(n) / sqrt(k)",
        "PokerStars School leagues",
    ),
    "leader_board": Published(
        "Field, place and buy-in, top 15 %",
        "if(k <= 0.15 * n, 10 * sqrt(n) / sqrt(k) * (1 + log10(b + 0.25)), 0)",
        "PokerStars Tournament Leader Board; its places end with the last whole one in 15 % of the field",
    ),
    "pool_and_rank": Published(
        "Prize pool and relative place",
        "log10(pool) / sqrt(k / n)",
        "WSOP online leaderboards",
    ),
    "field_multiplier": Published(
        "Table of places by size of field",
        "(line(k; 1: 100, 2: 80, 3: 70, 4: 60, 5: 55, 6: 50, 7: 45, 8: 40, 9: 35)"
        " + if(k >= 10, if(k <= paid,"
        " step((k - 10) / (paid - 9); 0: 25, 0.25: 20, 0.5: 15, 0.75: 10), 0), 0))"
        " * step(n; 0: 1, 100: 1.1, 200: 1.2, 300: 1.3, 400: 1.4, 500: 1.5, 600: 1.6, 700: 1.7, 800: 1.8,"
        " 900: 1.9, 1000: 2, 1250: 2.1, 1500: 2.2, 2000: 2.3, 2500: 2.4, 3000: 2.5, 3500: 2.6)",
        "ESPN / WSOP Player of the Year 2005; from 3,500 on the last multiplier stays",
    ),
    "fixed_places": Published(
        "Fixed points for places",
        "if(k <= 9, line(k; 1: 100, 2: 75, 3: 60, 4: 55, 5: 50, 6: 45, 7: 40, 8: 35, 9: 30),"
        " if(k <= 18, 20, if(k <= 27, 10, if(k <= paid, 5, 0))))",
        "WSOP Player of the Year 2007: 6th to 9th go on in steps of five",
    ),
    "pub_league": Published(
        "Pub league: places and players beaten",
        "line(k; 1: 1000, 2: 800, 3: 700, 4: 600, 5: 550, 6: 500, 7: 450, 8: 400, 9: 375, 10: 350)"
        " + if(k <= 15, 25 * min(n - k, 16), 0) + 5 * (n - k)",
        "A pub league: 25 for each of the first 16 beaten, for the first 15; 5 for each, for everybody",
    ),
    "one_a_player": Published(
        "A point for each player beaten, one for coming",
        "n - k + 1",
        "Home games",
    ),
    "knock_outs": Published(
        "Field and place, and five for each knock-out",
        "10 * sqrt(n) / sqrt(k) + 5 * hits",
        "Home games",
    ),
}
