"""The audit: whether a ledger proves itself, and how it stands against another copy or a signed head.

Every entry is read, chained and posted into a fresh book; signed heads must be of these very entries and
signed by the key of their term. What it can't prove: that an entry was true, or that one never handed in
is missing.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Final

from .book import Book
from .chain import OPEN_TERM, Link, Tip, walk
from .entry import Entry, read_entry
from .errors import ChainBroken, EntryInvalid
from .heads import Head, from_base64url, verify_head
from .money import render
from .settlement import left_open
from .state import State
from .terms import voucher_fault

__all__ = [
    "MISFITS", "Audit", "Stored", "accounts_apart", "audit", "compare", "head_fault", "kept_head_fault",
    "look_at_term", "misfit", "outcome_faults",
]  # fmt: skip

MISFITS: Final = (LookupError, StopIteration, TypeError, ValueError, AttributeError, AssertionError)
"""What a book raises at an entry that does not fit those before it: an event never adopted, say."""

Stored = tuple[bytes, bytes]  # entry bytes, hash
_OF_EVENTS: Final = {"2010": "prize pool", "2020": "bounties", "2070": "prizes due"}
Look = Callable[[State], object]
StoredOutcome = tuple[str, str, str, int]  # device, key, content (hex), at_ms


@dataclass(slots=True)
class Audit:
    """What was found. `faults` are sentences; none means the ledger verifies."""

    venue: str
    tip: Tip
    book: Book
    entries: int = 0
    faults: list[str] = field(default_factory=list)
    unvouched: list[str] = field(default_factory=list)  # terms of boxes that nobody vouched for
    hashes: dict[int, bytes] = field(default_factory=dict)  # of the numbers asked for

    @property
    def ok(self) -> bool:
        return not self.faults


def audit(
    stored: Iterable[Stored], *, hashes_of: Iterable[int] = (), at: int = 0, look: Look = lambda _: None
) -> Audit:
    """Reads a whole ledger; stops at the first entry that does not hold. `hashes_of`: numbers to remember.

    `look` is shown the book as it is behind entry `at`.
    """
    wanted = set(hashes_of)
    rows = iter(stored)
    first = next(rows, None)
    if first is None:
        return Audit("", Tip.start(""), Book("", lambda _: None), faults=["there is no entry in it"])
    try:
        venue = read_entry(first[0]).venue
    except EntryInvalid as error:
        return Audit("", Tip.start(""), Book("", lambda _: None), faults=[f"entry 1: {error}"])
    found = Audit(venue, Tip.start(venue), Book(venue, lambda _: None))
    try:
        for link in walk(found.tip, _chain(first, rows)):
            _post(found, link)
            if link.entry.seq in wanted:
                found.hashes[link.entry.seq] = link.hash
            if link.entry.seq == at:
                look(found.book.state)
    except ChainBroken as error:
        found.faults.append(str(error))
    except EntryInvalid as error:
        found.faults.append(f"after entry {found.tip.seq}: {error}")
    if found.ok:
        found.faults += accounts_apart(found.book.state)
    return found


def accounts_apart(state: State, *, all_events: bool = True) -> list[str]:
    """Events whose accounts hold another sum than what was sold, won and paid by their entries comes to.

    Not `all_events`: without those that are over and hold nothing, so that a year costs a till no wait.
    """
    apart = []
    for name, event in state.tournaments.items():
        over = event.state == "confirmed" and not any(state.balance(f"{one}/{name}") for one in _OF_EVENTS)
        if over and not all_events:
            continue
        said = dict.fromkeys(_OF_EVENTS, 0)
        for item in left_open(event):
            said[item.number] += item.cents
        for number, cents in said.items():
            holds = -state.balance(f"{number}/{name}")
            if holds != cents:
                should, does = render(cents, state.currency), render(holds, state.currency)
                apart.append(
                    f"event {name}: its {_OF_EVENTS[number]} should be {should} by its entries, "
                    f"account {number} holds {does}"
                )
    return apart


def head_fault(found: Audit, head: Head) -> str | None:
    """Why this head is not of this ledger; needs `hashes_of` its number, unless it is the last."""
    keys = {term.key_id: term.public_key for term in found.book.state.terms}
    if head.venue != found.venue:
        return f"the head is of venue {head.venue!r}, the entries are of {found.venue!r}"
    if head.term > found.tip.term:
        return f"term {head.term} was opened by another box; this ledger is of term {found.tip.term}"
    if head.key not in keys:
        return f"the head at entry {head.seq} is signed by key {head.key}, which opened no term here"
    if not verify_head(head, from_base64url(keys[head.key])):
        return f"the signature of the head at entry {head.seq} is not of key {head.key}"
    own = found.tip.hash if head.seq == found.tip.seq else found.hashes.get(head.seq)
    if head.seq > found.tip.seq:
        return (
            f"entry {head.seq} was signed, but the ledger ends at {found.tip.seq}: its tail is missing, "
            "or the box was set back to an earlier state"
        )
    if own is None or own.hex() != head.hash:
        return (
            f"entry {head.seq} is not the one that was signed: the ledger was rewritten, the head proves it"
        )
    return None


def compare(ours: Iterable[Stored], theirs: Iterable[Stored]) -> str | None:
    """Where two copies of one ledger part; None: one extends the other, or they are equal."""
    for one, other in zip_longest(ours, theirs):
        if one is None or other is None:
            return None
        if one != other:
            return f"the two ledgers part at entry {_seq(one[0])}: one of them was rewritten"
    return None


def misfit(entry: Entry, error: Exception) -> EntryInvalid:
    """Of what the book raised when it took this entry: one of MISFITS."""
    return EntryInvalid(f"entry {entry.seq} does not fit those before it ({error!r})")


def look_at_term(found: Audit) -> None:
    """Whether the box of the term that was just opened was vouched for."""
    *before, term = found.book.state.terms
    fault = voucher_fault(found.venue, before, term)
    found.unvouched += [fault] if fault else []


def outcome_faults(links: Sequence[Entry], outcomes: Mapping[int, Sequence[StoredOutcome]]) -> list[str]:
    """Entries whose stored outcome is missing, is not the only one or answers another command."""
    faults = []
    for entry in links:
        own = (entry.device, entry.key, entry.content, entry.at_ms)
        if list(outcomes.get(entry.seq, ())) != ([own] if entry.content else []):
            faults.append(f"the stored outcome of entry {entry.seq} is missing, or not of its command")
    return faults


def kept_head_fault(text: str, stored: Stored, venue: str) -> str | None:
    """Why a head that was kept beside its entry is not of it; its signature is another question."""
    body, hash_ = stored
    entry = read_entry(body)
    try:
        head = Head.from_text(text)
    except EntryInvalid:
        return f"the head kept of entry {entry.seq} does not read"
    of_entry = (venue, entry.term, entry.seq, hash_.hex(), entry.at_ms)
    if (head.venue, head.term, head.seq, head.hash, head.at_ms) != of_entry:
        return f"the head kept of entry {entry.seq} is of another entry: the ledger was rewritten"
    return None


def _chain(first: Stored, rest: Iterable[Stored]) -> Iterable[Stored]:
    yield first
    yield from rest


def _post(found: Audit, link: Link) -> None:
    try:
        found.book.apply(link)
    except MISFITS as error:
        raise misfit(link.entry, error) from error
    found.entries += 1
    found.tip = link.tip
    if link.entry.kind == OPEN_TERM:
        look_at_term(found)


def _seq(body: bytes) -> str:
    try:
        return str(read_entry(body).seq)
    except EntryInvalid:
        return "that does not read"
