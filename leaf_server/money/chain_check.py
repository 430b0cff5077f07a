"""Whether a receipt still stands where it was booked: it and the entries behind it follow by their hashes.

One check goes so far and says how far it came; whoever asks goes on from there.
"""

from dataclasses import dataclass
from typing import Final

import anyio.to_thread

from leaf_server.money.cage import Cage
from leaf_server.money.journal_slices import SLICE
from ledger.chain import Link, Tip, walk
from ledger.errors import ChainBroken
from ledger.heads import Head
from ledger.journal import Journal
from serving.problems import Problem

__all__ = ["CHECKED_MAX", "Checked", "check_chain"]

CHECKED_MAX: Final = 2_000
"""Entries that one check looks at."""

_Rows = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Checked:
    """`hash`: of the entry asked for, by its bytes; all up to `to_seq` follow it. `head`: the ledger's."""

    hash: bytes
    to_seq: int
    head: Head


async def check_chain(cage: Cage, seq: int) -> Checked:
    """Of entry `seq` and those behind it. Raises Problem 404 no_entry, 500 chain_broken (`details.seq`).

    A ledger that does not hold takes no more money, whoever finds it out.
    """
    tip, head = await cage.look(lambda journal: (_before(journal, seq), journal.head()))
    if tip is None:
        raise Problem(404, "no_entry", "There is no entry of this number.")
    hash_, last = b"", min(head.seq, tip.seq + CHECKED_MAX)
    while tip.seq < last:
        rows = await cage.look(lambda journal, a=tip.seq: _rows(journal, a, last))  # type: ignore[misc]
        try:
            links = await anyio.to_thread.run_sync(_walked, tip, rows)
        except ChainBroken as error:
            why = "The ledger does not hold: an entry was changed after it was booked."
            cage.stop(str(error))
            raise Problem(500, "chain_broken", why, {"seq": error.seq}) from None
        hash_ = hash_ or links[0].hash
        tip = links[-1].tip
    return Checked(hash_, tip.seq, head)


def _before(journal: Journal, seq: int) -> Tip | None:
    """Where the chain ends in front of an entry; None: there is no such entry."""
    link = journal.link(seq)
    if link is None:
        return None
    front = journal.link(seq - 1)
    return front.tip if front is not None else Tip.start(link.tip.venue)


def _rows(journal: Journal, after: int, last: int) -> _Rows:
    return [(body, hash_) for seq, body, hash_ in journal.stored_after(after, SLICE) if seq <= last]


def _walked(tip: Tip, rows: _Rows) -> list[Link]:
    return list(walk(tip, rows))
