"""Receipts found again, newest first: by player, amount, kind, drawer, and where in the ledger to look.

Names are not in the ledger: who asks for a player says the player's id. One search reads so many entries and
says where it stopped; whoever wants to look further back goes on from there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from leaf_server.money.cage import Cage
from leaf_server.money.journal_slices import SLICE, first_of_day, read_entries
from ledger.entry import Entry
from ledger.journal import Journal
from ledger.receipts import cash_moved, direction

__all__ = ["READ_MAX", "Found", "Wanted", "search"]

READ_MAX: Final = 2_000
"""Entries that one search reads; then it says how far it came."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a receipt has to be. Empty and None: any."""

    players: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    amount_cents: int | None = None
    drawer: str = ""

    def fits(self, entry: Entry) -> bool:
        """The player of what a void undoes is a void's own."""
        return (
            (not self.players or _player(entry) in self.players)
            and (not self.kinds or entry.kind in self.kinds)
            and (self.amount_cents is None or _amount_cents(entry) == self.amount_cents)
            and (not self.drawer or _touches(entry, self.drawer))
        )


@dataclass(frozen=True, slots=True)
class Found:
    """`before`: where to go on, None where nothing is further back; `back_to_ms`: of the oldest one read."""

    rows: list[dict[str, Any]]
    before: int | None
    back_to_ms: int | None
    seq: int  # how far the ledger was


async def search(
    cage: Cage, wanted: Wanted, *, before: int, after: int, day: int | None, limit: int
) -> Found:
    """At most `limit` below number `before` and above `after`, of gaming day `day`. Raises Problem."""
    after, below, last = await cage.look(lambda journal: _span(journal, before, after, day))
    rows: list[dict[str, Any]] = []
    read, back_to_ms = 0, None
    while below - 1 > after and read < READ_MAX:
        start = max(after, below - 1 - SLICE)
        bodies, reversed_by = await cage.look(
            lambda journal, a=start, b=below: _slice(journal, a, b)  # type: ignore[misc]
        )
        entries = await read_entries(bodies)
        read += len(entries)
        for entry in reversed(entries):
            below, back_to_ms = entry.seq, entry.at_ms
            if not wanted.fits(entry):
                continue
            rows.append(_row(entry, reversed_by.get(entry.seq)))
            if len(rows) == limit:
                return Found(rows, below if below - 1 > after else None, back_to_ms, last)
    return Found(rows, below if below - 1 > after else None, back_to_ms, last)


def _span(journal: Journal, before: int, after: int, day: int | None) -> tuple[int, int, int]:
    """Above which and below which number to look, and the last number there is."""
    last = journal.tip.seq
    below = min(before, last + 1)
    if day is not None:
        after = max(after, first_of_day(journal, day) - 1)
        below = min(below, first_of_day(journal, day + 1))
    return after, below, last


def _slice(journal: Journal, after: int, below: int) -> tuple[list[bytes], Mapping[int, int]]:
    """Entries by their bytes, in order, and which of them are void, by what."""
    bodies = [body for _, body, _ in journal.stored_after(after, below - 1 - after)]
    undone = journal.book.state.reversed
    return bodies, {seq: undone[seq] for seq in range(after + 1, below) if seq in undone}


def _row(entry: Entry, reversed_by: int | None) -> dict[str, Any]:
    data = entry.data
    return {
        "seq": entry.seq,
        "at_ms": entry.at_ms,
        "kind": entry.kind,
        "person": entry.person,
        "player": _player(entry),
        "tournament": data.get("flight") or data.get("tournament"),
        "drawer": data.get("drawer"),
        "amount_cents": _amount_cents(entry),
        "direction": direction(cash_moved(entry)),
        "undoes": data.get("undoes", {}).get("seq"),
        "reversed_by": reversed_by,
    }


def _player(entry: Entry) -> str | None:
    data: Mapping[str, Any] = entry.data
    player: str | None = data.get("player") or data.get("undoes", {}).get("player")
    return player


def _amount_cents(entry: Entry) -> int:
    """What went over the counter; where nothing did, what was moved by other means."""
    return abs(cash_moved(entry)) or sum(amount for _, amount in entry.postings if amount > 0)


def _touches(entry: Entry, drawer: str) -> bool:
    account = f"1010/{drawer}"
    return entry.data.get("drawer") == drawer or any(leg.account == account for leg in entry.postings)
