"""A ledger verified in slices, which processes may share out.

Each slice proves its own entries: bytes, shape, canonical form, place and hash, from the row in front of it,
which the slice before has proved. It hands on the sums of its accounts, which add up in any order, and those
entries that change more than balances, for the book takes them in order. Nothing is left out that `audit`
looks at; only what is counted by gaming day is not in the book. Entries are proved some hundred together,
while they are warm; where that is no proof, one by one.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from msgspec import Struct, field

from .audit import MISFITS, Audit, Stored, accounts_apart, look_at_term, misfit
from .book import Book
from .chain import OPEN_TERM, Link, Tip, hashes_of, walk
from .effects import telling
from .entry import Entry, Posting, read_entry, read_known
from .errors import ChainBroken, EntryInvalid
from .together import Outline, prove_together

__all__ = ["TOGETHER", "Looked", "Proved", "add_up", "begin", "go_on", "go_on_chained", "prove"]

TOGETHER: Final = 200
"""Entries proved at once: with what is made of them they fit into a core's own cache."""

_NOTHING: Final = "there is no entry in it"
_OPENS: Final = b'"kind":"open_term"'


class Proved(Struct):
    """What a slice came to. `tip` is that of its last entry that holds, `fault` why no further one does."""

    tip: Tip
    entries: int = 0
    sums: dict[str, int] = field(default_factory=dict)  # by account
    telling: list[tuple[int, bytes]] = field(default_factory=list)  # the number in front of it, its bytes
    hashes: dict[int, bytes] = field(default_factory=dict)  # of the numbers asked for
    fault: str = ""


Looked = Entry | Outline


def prove(before: Stored | None, rows: Sequence[Stored], wanted: frozenset[int] = frozenset()) -> Proved:
    """`before` is the row in front, None where the ledger begins. Stops at the first that does not hold."""
    found = begin(before, rows[0])
    for at in range(0, len(rows), TOGETHER):
        if found.fault:
            break
        bodies, hashes = zip(*rows[at : at + TOGETHER], strict=True)
        go_on(found, bodies, hashes, wanted)
    return found


def begin(before: Stored | None, first: Stored) -> Proved:
    """A slice of which nothing is proved yet, and its first row."""
    try:
        if before is None:
            return Proved(Tip.start(read_entry(first[0]).venue))
        entry = read_entry(before[0])
    except EntryInvalid as error:
        return Proved(Tip.start(""), fault=f"entry 1: {error}")
    return Proved(Tip(entry.venue, entry.term, entry.seq, before[1], entry.at_ms))


def go_on(
    found: Proved, bodies: Sequence[bytes], hashes: Sequence[bytes], wanted: frozenset[int] = frozenset()
) -> Sequence[Looked]:
    """Adds the next entries, best about TOGETHER, to what is found; answers those that hold."""
    together = prove_together(found.tip, bodies, hashes)
    if together is not None:
        entries: Sequence[Looked] = together.outlines
        _take(found, entries, bodies, together.legs, together.tip)
    else:
        entries = _one_by_one(found, bodies, hashes)
    if wanted:
        seqs = [entry.seq for entry in entries]
        found.hashes.update((seq, hashes[n]) for n, seq in enumerate(seqs) if seq in wanted)
    return entries


def go_on_chained(
    found: Proved, bodies: Sequence[bytes], hashes: Sequence[bytes], wanted: frozenset[int] = frozenset()
) -> None:
    """As `go_on`, by their bytes alone: that each is covered by the hash of the last, not what they say.

    Terms are told, for they name the keys of heads. What does not hold, `go_on` finds the words for.
    """
    front = found.tip.seq
    try:
        holds = hashes_of(found.tip.hash, bodies, hashes) == list(hashes)
        last = read_known(bodies[-1])
        terms = [(front, body) for body in bodies if _OPENS in body and read_known(body).kind == OPEN_TERM]
        near = any(front < seq <= last.seq for seq in wanted)
        seqs = [read_known(body).seq for body in bodies] if near else []
    except EntryInvalid:
        holds = False
    if not holds:
        go_on(found, bodies, hashes, wanted)
        found.telling = [one for one in found.telling if read_known(one[1]).kind == OPEN_TERM]
        return
    found.hashes.update((seq, hashes[n]) for n, seq in enumerate(seqs) if seq in wanted)
    found.telling += terms
    found.entries += len(bodies)
    found.tip = Tip(last.venue, last.term, last.seq, hashes[-1], last.at_ms)


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
    if found is None:
        return Audit("", Tip.start(""), Book("", lambda _: None), faults=[_NOTHING])
    found.faults += accounts_apart(found.book.state)
    return found


def _one_by_one(found: Proved, bodies: Sequence[bytes], hashes: Sequence[bytes]) -> list[Entry]:
    """Those that hold, up to the fault if there is one."""
    links: list[Link] = []
    try:
        links.extend(walk(found.tip, zip(bodies, hashes, strict=True)))
    except ChainBroken as error:
        found.fault = str(error)
    if links:
        entries = [link.entry for link in links]
        _take(found, entries, bodies, [(entry.postings, 1) for entry in entries], links[-1].tip)
    return [link.entry for link in links]


def _take(
    found: Proved,
    entries: Sequence[Looked],
    bodies: Sequence[bytes],
    legs: Iterable[tuple[tuple[Posting, ...], int]],
    tip: Tip,
) -> None:
    """Entries that hold, of the first of these bytes."""
    sums = found.sums
    for postings, count in legs:
        for leg in postings:
            sums[leg.account] = sums.get(leg.account, 0) + count * leg.amount
    found.telling += [(entries[n - 1].seq if n else found.tip.seq, bodies[n]) for n in telling(entries)]
    found.tip = tip
    found.entries += len(entries)


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
