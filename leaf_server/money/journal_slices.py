"""The ledger read beside its commits, a slice at a time, so that no reader keeps a till waiting."""

from collections.abc import AsyncIterator
from typing import Final

import anyio.to_thread

from leaf_server.money.cage import Cage
from ledger.entry import Entry, read_entry
from ledger.journal import Journal

__all__ = ["SLICE", "first_of_day", "read_entries", "slices"]

SLICE: Final = 500


def first_of_day(journal: Journal, day: int) -> int:
    """The number of the first entry of that gaming day or later; one beyond the last where there is none."""
    days = journal.book.state.days
    low, high = 1, journal.tip.seq + 1
    while low < high:
        middle = (low + high) // 2
        found = journal.stored_after(middle - 1, 1)
        if found and days.of(read_entry(found[0][1]).at_ms) < day:
            low = found[0][0] + 1
        else:
            high = middle
    return low


async def slices(cage: Cage, after: int, last: int) -> AsyncIterator[list[Entry]]:
    """The entries behind `after` up to `last`, in order. Raises Problem."""
    while after < last:
        rows = await cage.look(lambda journal, a=after: journal.stored_after(a, SLICE))  # type: ignore[misc]
        bodies = [body for seq, body, _ in rows if seq <= last]
        yield await read_entries(bodies)
        after = rows[-1][0]


async def read_entries(bodies: list[bytes]) -> list[Entry]:
    """Read on a thread of their own."""
    return await anyio.to_thread.run_sync(lambda: [read_entry(body) for body in bodies])
