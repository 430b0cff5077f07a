"""Colouring up a denomination at one table, and the race for its odd chips (TDA 2024, 24 and 25).

Chips in play change by `difference`; nobody is raced out. Cards are two characters, rank and suit (`As`);
what is no card is below all cards. Twin: `web/src/lib/twins/structure/chip-race.ts`; both read
`tests/vectors/chip_race.json`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import gcd
from typing import Literal

__all__ = ["ColourUp", "Exchange", "Raced", "colour_up", "deal", "race", "raced_chips"]

Rounding = Literal["half_up", "up"]
_RANKS, _SUITS = "23456789TJQKA", "cdhs"


@dataclass(frozen=True)
class Exchange:
    """What a seat changes without a race: `gets` chips of the next value, and `odd` ones stay over."""

    seat: int
    gets: int
    odd: int


@dataclass(frozen=True)
class ColourUp:
    """A table's colour-up: seats in order, and how many chips of the next value are raced for."""

    low: int
    high: int
    seats: tuple[Exchange, ...]
    raced: int


@dataclass(frozen=True)
class Raced:
    """`winners` one chip each, best card first; `saved` would have lost their last chips and get one too."""

    winners: tuple[int, ...]
    saved: tuple[int, ...]
    difference: int


def raced_chips(odd: int, low: int, high: int, rounding: Rounding) -> int:
    """How many `high` chips stand for `odd` chips of `low`: `half_up` from a half on, `up` from any rest."""
    if odd <= 0 or low <= 0 or high <= low:
        return 0
    whole, rest = divmod(odd * low, high)
    return whole + int(rest > 0 if rounding == "up" else 2 * rest >= high and rest > 0)


def colour_up(chips: Mapping[int, int], low: int, high: int, rounding: Rounding = "half_up") -> ColourUp:
    """Seat → how many chips of `low` it has, changed into chips of `high` as far as that goes evenly."""
    if low <= 0 or high <= low:
        return ColourUp(low, high, (), 0)
    seats = tuple(_exchange(seat, max(0, count), low, high) for seat, count in sorted(chips.items()))
    return ColourUp(low, high, seats, raced_chips(sum(row.odd for row in seats), low, high, rounding))


def deal(table: ColourUp, deck: Sequence[str]) -> dict[int, list[str]]:
    """One card an odd chip from the top of the deck, all of one seat's before the next's, seat 1 first."""
    dealt: dict[int, list[str]] = {}
    at = 0
    for row in table.seats:
        if row.odd:
            dealt[row.seat] = list(deck[at : at + row.odd])
            at += row.odd
    return dealt


def race(table: ColourUp, cards: Mapping[int, Sequence[str]], last_chips: Sequence[int] = ()) -> Raced:
    """Who wins a chip: the highest cards, one chip a seat, suits spades to clubs; else the lower seat.

    `last_chips`: seats that have nothing but odd chips of this value; they can't be raced out.
    """
    racing = [row for row in table.seats if row.odd]
    ranked = sorted(racing, key=lambda row: (-_best(cards.get(row.seat, ())), row.seat))
    winners = tuple(row.seat for row in ranked[: table.raced])
    saved = tuple(
        row.seat for row in racing if not row.gets and row.seat in last_chips and row.seat not in winners
    )
    given = sum(row.gets for row in table.seats) + len(winners) + len(saved)
    taken = sum(_count(row, table) for row in table.seats)
    return Raced(winners, saved, given * table.high - taken * table.low)


def _exchange(seat: int, count: int, low: int, high: int) -> Exchange:
    """Only sets of `low` chips that are worth a whole number of `high` ones change hands."""
    common = gcd(low, high)
    sets, odd = divmod(count, high // common)
    return Exchange(seat, sets * (low // common), odd)


def _count(row: Exchange, table: ColourUp) -> int:
    return row.gets * table.high // table.low + row.odd


def _best(cards: Sequence[str]) -> int:
    return max((_value(card) for card in cards), default=-1)


def _value(card: str) -> int:
    if len(card) != 2 or card[0] not in _RANKS or card[1] not in _SUITS:
        return -1
    return _RANKS.index(card[0]) * 4 + _SUITS.index(card[1])
