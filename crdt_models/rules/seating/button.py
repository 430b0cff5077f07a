"""The dead button: where button and blinds go next, and the seat a newcomer gets. DOMAIN 2.1, 2.2.

Three positions of the hand that just ended are kept per table, as seat numbers that may be empty by now. The
button is a position, not a person: it may come to stand at an empty seat. A position that the table does not
have, or fewer than two players, gives no answer. Twin: `web/src/lib/twins/seating/button.ts`.
"""

from collections.abc import Collection
from dataclasses import dataclass

from ...documents.tournament import Button
from .chart import TableSeats

__all__ = [
    "Incoming",
    "NextHand",
    "arrives_as",
    "button_at",
    "incoming_seat",
    "is_button_valid",
    "next_hand",
    "seat_after",
]


@dataclass(frozen=True)
class NextHand:
    """Positions of the next hand; `dead_…`: nobody sits there."""

    button: int
    small_blind: int
    big_blind: int
    dead_button: bool
    dead_small_blind: bool


@dataclass(frozen=True)
class Incoming:
    """The seat a newcomer gets, and as what (`arrives_as`); no seat: `DEFER`."""

    seat: int | None
    arrives_as: str


def is_button_valid(last: Button, table: TableSeats) -> bool:
    """Whether the recorded positions are seats this table has."""
    return max(last.button, last.small_blind, last.big_blind) <= table.seats


def next_hand(last: Button, table: TableSeats) -> NextHand | None:
    """Button and blinds of the next hand; None: positions this table has not, or fewer than two players."""
    return _next_hand(last, table.seats, table.players.keys()) if is_button_valid(last, table) else None


def button_at(table: TableSeats, seat: int) -> Button | None:
    """Positions of a hand with the button at `seat`, the blinds the next two players.

    The button may be dead, but never heads-up: then it goes to the next player, who posts the small blind
    (TDA 34-B). None: a seat the table has not, or nobody sits there to post.
    """
    if not 1 <= seat <= table.seats or not table.players:
        return None
    if len(table.players) == 2:
        button = seat if seat in table.players else seat_after(seat, table.seats, table.players)
        other = seat_after(button, table.seats, table.players)
        return Button(button=button, small_blind=button, big_blind=other)
    small_blind = seat_after(seat, table.seats, table.players)
    big_blind = seat_after(small_blind, table.seats, table.players)
    return Button(button=seat, small_blind=small_blind, big_blind=big_blind)


def incoming_seat(last: Button, table: TableSeats) -> Incoming:
    """The worst open seat: the first one after the next small blind, never that one itself.

    `DEFER` where only the small blind's position is open (wait one hand), or nothing is.
    """
    if not is_button_valid(last, table):
        return Incoming(None, "DEFER")
    seat, free = last.big_blind, set(table.free()) - {last.big_blind}
    for _ in range(table.seats):
        seat = seat_after(seat, table.seats)
        if seat in free:
            return Incoming(seat, arrives_as(last, table, seat))
    return Incoming(None, "DEFER")


def arrives_as(last: Button, table: TableSeats, seat: int) -> str:
    """What a newcomer to an open seat is in the next hand: `BB`, `SB`, `BTN`, `UTG`, `UTG+1` …

    `NOT_DEALT`: between button and small blind, waits for the button to pass (TDA 10-A). A seat beyond the
    table's is one that is about to be used.
    """
    players, seats = {*table.players, seat}, max(table.seats, seat)
    hand = _next_hand(last, seats, players)
    if hand is None or seat == hand.big_blind:
        return "BB"
    if seat == hand.small_blind:
        return "SB"
    if seat == hand.button:
        return "BTN"
    if _is_between(seat, hand.button, hand.small_blind, seats):
        return "NOT_DEALT"
    place = 0
    at = hand.big_blind
    while (at := seat_after(at, seats, players)) != seat:
        place += 1
    return f"UTG+{place}" if place else "UTG"


def seat_after(seat: int, seats: int, among: Collection[int] | None = None) -> int:
    """The next seat clockwise, of those in `among` if given (not empty)."""
    for step in range(1, seats + 1):
        after = (seat + step - 1) % seats + 1
        if among is None or after in among:
            return after
    return seat


def _next_hand(last: Button, seats: int, players: Collection[int]) -> NextHand | None:
    if len(players) < 2:
        return None
    big_blind = seat_after(last.big_blind, seats, players)
    if len(players) == 2:  # the button posts the small blind (TDA 34-B)
        button = seat_after(big_blind, seats, players)
        return NextHand(button, button, big_blind, dead_button=False, dead_small_blind=False)
    small_blind = last.big_blind
    button = last.small_blind if last.small_blind != small_blind else last.button
    return NextHand(
        button, small_blind, big_blind,
        dead_button=button not in players, dead_small_blind=small_blind not in players,
    )  # fmt: skip


def _is_between(seat: int, start: int, end: int, seats: int) -> bool:
    """Whether `seat` lies clockwise after `start` and before `end`; nowhere where the two are one."""
    return 0 < (seat - start) % seats < (end - start) % seats
