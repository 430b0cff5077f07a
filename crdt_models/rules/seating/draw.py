"""A seat draw that a stranger can recompute: from a seed, its number, the seats there were, and who drew.

`docs/spec/rules.md` says it byte by byte. The seed is 32 bytes; its SHA-256 is told before the first
draw and the seed itself when the series is over. Twin: `web/src/lib/twins/seating/draw.ts`.
"""

import hmac
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Final, Literal, TypeVar

from ...documents.seating import Draw, Series

__all__ = [
    "PoolTable", "Random", "Verdict", "check_draw", "commitment_of", "deal", "derive", "parse_pool",
    "pool_text", "shuffled", "stream",
]  # fmt: skip

Random = Callable[[int], int]
"""`random(n)`: a whole number from 0 to n-1, each as likely."""
Verdict = Literal["matches", "sealed", "other_seed", "other_seats", "unreadable"]
T = TypeVar("T")
_FIRST_LINE: Final = "felt seat draw 1"
_TABLE: Final = re.compile(r"([0-9]{1,2})/([A-Za-z0-9_-]{1,36})/([0-9]{1,2})/([0-9,-]*)")


@dataclass(frozen=True)
class PoolTable:
    """A table whose `free` seats may be drawn: lowest `rank` first, then the fewest `players` first."""

    rank: int
    label: str
    players: int
    free: tuple[int, ...]


def commitment_of(seed: str) -> str:
    """What is told of a seed (64 hex digits) before: the SHA-256 of its 32 bytes, in hex."""
    return sha256(bytes.fromhex(seed)).hexdigest()


def stream(seed: str, message: str) -> Random:
    """Numbers that follow from seed and message: 32-bit words of SHA-256(key, block), but for unfair ones."""
    key = hmac.digest(bytes.fromhex(seed), message.encode(), "sha256")
    words = _words(key)

    def random(below: int) -> int:
        fair = 2**32 - 2**32 % below
        return next(word for word in words if word < fair) % below

    return random


def deal(pool: Sequence[PoolTable], players: Sequence[str], random: Random) -> list[str]:
    """A seat `<table>.<seat>` for each player, in their order; fewer where the pool is too small.

    One card after the other is drawn from the tables of the lowest rank that have the fewest players by now;
    then, for more than one player, the cards are shuffled over the players (TDA 10-B).
    """
    tables, cards = list(pool), list[str]()
    for _ in players:
        open_ones = [table for table in tables if table.free]
        if not open_ones:
            break
        least = min((table.rank, table.players) for table in open_ones)
        lowest = [table for table in open_ones if (table.rank, table.players) == least]
        pick = random(sum(len(table.free) for table in lowest))
        for table in lowest:
            if pick < len(table.free):
                cards.append(f"{table.label}.{table.free[pick]}")
                left = table.free[:pick] + table.free[pick + 1 :]
                tables[tables.index(table)] = replace(table, players=table.players + 1, free=left)
                break
            pick -= len(table.free)
    return shuffled(cards, random) if len(players) > 1 else cards


def derive(
    seed: str, event: str, ident: str, kind: str, pool: str, players: Sequence[str]
) -> list[str] | None:
    """The seats of the draw `ident` (`<series>.<number>`); None: the pool can't be read."""
    tables = parse_pool(pool)
    if tables is None:
        return None
    message = "\n".join((_FIRST_LINE, event, ident, kind, pool, ",".join(players)))
    return deal(tables, players, stream(seed, message))


def check_draw(event: str, ident: str, draw: Draw, series: Series) -> Verdict:
    """Whether the seats given are those that the revealed seed makes; `sealed`: not revealed yet."""
    if series.seed is None:
        return "sealed"
    if commitment_of(series.seed) != series.commitment:
        return "other_seed"
    seats = derive(series.seed, event, ident, draw.kind, draw.pool, draw.players)
    if seats is None:
        return "unreadable"
    return "matches" if seats == draw.seats else "other_seats"


def pool_text(tables: Sequence[PoolTable]) -> str:
    """`rank/label/players/free`, tables apart by `;`, free seats ascending, neighbours as `3-5`."""
    return ";".join(f"{table.rank}/{table.label}/{table.players}/{_runs(table.free)}" for table in tables)


def parse_pool(text: str) -> list[PoolTable] | None:
    """The tables of a pool; None: it is not in the form of `pool_text`, to the letter."""
    found = [_TABLE.fullmatch(part) for part in text.split(";")] if text else []
    tables = [PoolTable(int(match[1]), match[2], int(match[3]), _seats(match[4])) for match in found if match]
    return tables if pool_text(tables) == text else None


def shuffled(items: Sequence[T], random: Random) -> list[T]:
    """Fisher and Yates, from the last place down."""
    cards = list(items)
    for last in range(len(cards) - 1, 0, -1):
        pick = random(last + 1)
        cards[last], cards[pick] = cards[pick], cards[last]
    return cards


def _words(key: bytes) -> Iterator[int]:
    block = 0
    while True:
        digest = sha256(key + block.to_bytes(4, "big")).digest()
        yield from (int.from_bytes(digest[at : at + 4], "big") for at in range(0, 32, 4))
        block += 1


def _runs(seats: Sequence[int]) -> str:
    runs: list[list[int]] = []
    for seat in seats:
        if runs and seat == runs[-1][-1] + 1:
            runs[-1].append(seat)
        else:
            runs.append([seat])
    return ",".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)


def _seats(text: str) -> tuple[int, ...]:
    seats: list[int] = []
    for run in text.split(",") if text else ():
        first, _, last = run.partition("-")
        if first.isdigit() and (last.isdigit() or not last):
            seats += range(int(first), min(int(last or first), 99) + 1)
    return tuple(seats)
