"""A ledger verified in slices, which processes may share out.

Each slice proves its own entries: bytes, shape, canonical form, place and hash, from the row in front of it,
which the slice before has proved. It hands on the sums of its accounts, which add up in any order, and those
entries that change more than balances, for the book takes them in order. Nothing is left out that `audit`
looks at; only what is counted by gaming day is not in the book.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from msgspec import Struct, field

from .audit import MISFITS, Audit, Stored, look_at_term, misfit
from .book import Book
from .chain import OPEN_TERM, Link, Tip, walk
from .effects import changes_balances_alone
from .entry import read_entry, read_known
from .errors import ChainBroken, EntryInvalid

__all__ = ["Proved", "add_up", "prove"]

_NOTHING: Final = "there is no entry in it"


class Proved(Struct):
    """What a slice came to. `tip` is that of its last entry that holds, `fault` why no further one does."""

    tip: Tip
    entries: int = 0
    sums: dict[str, int] = field(default_factory=dict)  # by account
    telling: list[tuple[int, bytes]] = field(default_factory=list)  # the number in front of it, its bytes
    hashes: dict[int, bytes] = field(default_factory=dict)  # of the numbers asked for
    fault: str = ""


def _nobody(_link: Link) -> None:
    """Nobody wants to see it."""


def prove(
    before: Stored | None,
    rows: Sequence[Stored],
    wanted: frozenset[int] = frozenset(),
    *,
    shown: Callable[[Link], None] = _nobody,
) -> Proved:
    """`before` is the row in front, None where the ledger begins. Stops at the first that does not hold.

    Each entry that holds is `shown`.
    """
    try:
        start = _start(before, rows)
    except EntryInvalid as error:
        return Proved(Tip.start(""), fault=f"entry 1: {error}")
    found = Proved(start)
    sums = found.sums
    try:
        for link in walk(start, rows):
            entry = link.entry
            for leg in entry.postings:
                account = leg.account
                sums[account] = sums.get(account, 0) + leg.amount
            if not changes_balances_alone(entry):
                found.telling.append((found.tip.seq, link.body))
            if wanted and entry.seq in wanted:
                found.hashes[entry.seq] = link.hash
            shown(link)
            found.tip = link.tip
            found.entries += 1
    except ChainBroken as error:
        found.fault = str(error)
    return found


def add_up(slices: Iterable[Proved]) -> Audit:
    """The audit of the whole, of its slices in order; ends with the first fault.

    Where an entry does not fit the book, `tip` and `entries` are those at the end of the slice before.
    """
    found: Audit | None = None
    for proved in slices:
        if found is None:
            venue = proved.tip.venue
            found = Audit(venue, Tip.start(venue), Book(venue, lambda _: None))
        _add(found, proved)
        if found.faults:
            return found
    return found or Audit("", Tip.start(""), Book("", lambda _: None), faults=[_NOTHING])


def _start(before: Stored | None, rows: Sequence[Stored]) -> Tip:
    if before is None:
        return Tip.start(read_entry(rows[0][0]).venue)
    entry = read_entry(before[0])
    return Tip(entry.venue, entry.term, entry.seq, before[1], entry.at_ms)


def _add(found: Audit, proved: Proved) -> None:
    state = found.book.state
    for seq, body in proved.telling:
        entry = read_known(body)
        try:
            found.book.tell(entry)
        except MISFITS as error:
            found.faults.append(f"after entry {seq}: {misfit(entry, error)}")
            return
        if entry.kind == OPEN_TERM:
            look_at_term(found)
    for account, cents in proved.sums.items():
        state.balances[account] = state.balances.get(account, 0) + cents
    found.entries += proved.entries
    found.hashes.update(proved.hashes)
    found.tip = state.tip = proved.tip
    if proved.fault:
        found.faults.append(proved.fault)
