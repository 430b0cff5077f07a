"""The chain: every entry's hash covers the hash of the one before, so no byte of the past can move.

    hash = SHA-256("felt.entry.1" + hash before (32 bytes; of the first entry 32 zero bytes) + entry bytes)

`seq` rises by one. Only the first entry of a term may jump: it says from which entry it goes on and how many
numbers are lost. The same check runs where an entry is written and where it is read back.
"""

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from typing import Final

from msgspec import Struct

from .entry import Entry, entry_bytes, read_entry, read_known
from .errors import ChainBroken, EntryInvalid

__all__ = [
    "OPEN_TERM",
    "ZERO_HASH",
    "Link",
    "Tip",
    "entry_hash",
    "extend",
    "extend_all",
    "follow",
    "follow_all",
    "follow_signed",
    "hashes_of",
    "link_of",
    "walk",
]

ZERO_HASH: Final = bytes(32)
OPEN_TERM: Final = "open_term"
_DOMAIN: Final = b"felt.entry.1"
_CHANGED: Final = "its fingerprint does not match: it, or an entry before it, was changed after it was booked"


class Tip(Struct, frozen=True, gc=False):
    """How far a chain reaches: its last entry's number, term, time and hash."""

    venue: str
    term: int
    seq: int
    hash: bytes
    at_ms: int

    @classmethod
    def start(cls, venue: str) -> "Tip":
        """Before the first entry."""
        return cls(venue, 0, 0, ZERO_HASH, 0)


class Link(Struct, frozen=True, gc=False):
    """An entry in its place: its bytes and its hash."""

    entry: Entry
    body: bytes
    tip: Tip
    """The chain's end with this entry as its last."""

    @property
    def hash(self) -> bytes:
        return self.tip.hash


def link_of(entry: Entry, body: bytes, hash_: bytes) -> Link:
    """An entry whose place and hash were looked at."""
    return Link(entry, body, Tip(entry.venue, entry.term, entry.seq, hash_, entry.at_ms))


def entry_hash(before: bytes, body: bytes) -> bytes:
    """SHA-256 over domain, hash before and entry bytes."""
    return sha256(_DOMAIN + before + body).digest()


def hashes_of(before: bytes, bodies: Sequence[bytes], said: Sequence[bytes]) -> list[bytes]:
    """What the hashes of a run must be: of each body, over the hash that is `said` of the one in front."""
    return [
        sha256(_DOMAIN + front + body).digest() for front, body in zip((before, *said), bodies, strict=False)
    ]


def extend(tip: Tip, entry: Entry) -> Link:
    """Our own new entry, put behind `tip`. Raises ChainBroken if it does not follow (our bug)."""
    body = entry_bytes(entry)
    _check(tip, entry)
    return link_of(entry, body, entry_hash(tip.hash, body))


def extend_all(tip: Tip, entries: Iterable[Entry]) -> list[Link]:
    """As `extend`, each behind the one before."""
    links = []
    for entry in entries:
        links.append(extend(tip, entry))
        tip = links[-1].tip
    return links


def follow(tip: Tip, body: bytes) -> Link:
    """Bytes from a disk or a wire, read as the entry behind `tip`. Raises ChainBroken, EntryInvalid."""
    entry = read_entry(body)
    _check(tip, entry)
    return link_of(entry, body, entry_hash(tip.hash, body))


def walk(tip: Tip, stored: Iterable[tuple[bytes, bytes]]) -> Iterator[Link]:
    """Verifies a run of (bytes, hash) behind `tip`; stops at the first that does not hold: ChainBroken."""
    for body, said in stored:
        try:
            entry = read_entry(body)
        except EntryInvalid as error:
            raise ChainBroken(tip.seq + 1, "shape", str(error)) from error
        _check(tip, entry)
        hash_ = entry_hash(tip.hash, body)
        if hash_ != said:
            raise ChainBroken(entry.seq, "hash", _CHANGED)
        link = link_of(entry, body, hash_)
        yield link
        tip = link.tip


def follow_signed(tip: Tip, bodies: Sequence[bytes], hashes: Sequence[bytes]) -> tuple[list[Entry], Tip]:
    """A run behind `tip` whose end will be held against a head of our own key, and where it ends.

    We wrote what the hashes cover: of their shape no more is looked at than `read_known` does. Raises
    ChainBroken as `walk`.
    """
    if hashes_of(tip.hash, bodies, hashes) != list(hashes):
        tip = [link.tip for link in walk(tip, zip(bodies, hashes, strict=True))][
            -1
        ]  # finds which, and raises
    before: Tip | Entry = tip
    entries = []
    for n, body in enumerate(bodies):
        try:
            entry = read_known(body)
        except EntryInvalid as error:
            raise ChainBroken(before.seq + 1, "shape", str(error)) from error
        if not _is_next(before, entry):
            hash_ = hashes[n - 1] if n else tip.hash
            _check(Tip(before.venue, before.term, before.seq, hash_, before.at_ms), entry)
        entries.append(entry)
        before = entry
    return entries, Tip(before.venue, before.term, before.seq, hashes[-1], before.at_ms)


def follow_all(tip: Tip, bodies: Iterable[bytes]) -> list[Link]:
    """A run of entries behind `tip`. Raises as `follow`."""
    links = []
    for body in bodies:
        links.append(follow(tip, body))
        tip = links[-1].tip
    return links


def _is_next(before: Tip | Entry, entry: Entry) -> bool:
    """Of the same term, as nearly all are."""
    return (
        entry.seq == before.seq + 1
        and entry.at_ms >= before.at_ms
        and entry.term == before.term
        and entry.venue == before.venue
        and entry.kind != OPEN_TERM
    )


def _check(tip: Tip, entry: Entry) -> None:
    seq = entry.seq
    if _is_next(tip, entry):
        return
    if entry.venue != tip.venue:
        raise ChainBroken(seq, "venue", f"it is of venue {entry.venue!r}, not of {tip.venue!r}")
    if entry.at_ms < tip.at_ms:
        raise ChainBroken(seq, "time", "it is dated before the entry in front of it")
    if entry.kind == OPEN_TERM:
        _check_jump(tip, entry)
        return
    if seq > tip.seq + 1:
        raise ChainBroken(seq, "gap", f"entry {tip.seq + 1} is missing in front of it")
    if seq <= tip.seq:
        raise ChainBroken(seq, "gap", f"it stands behind entry {tip.seq}: entries were swapped or doubled")
    if entry.term != tip.term:
        raise ChainBroken(
            seq, "term", f"term {entry.term} was never opened; the ledger is in term {tip.term}"
        )


def _check_jump(tip: Tip, entry: Entry) -> None:
    """A term's first entry: a higher term, the entry it continues from by number and hash, numbers lost."""
    said, seq = entry.data, entry.seq
    lost = said.get("lost")
    if entry.term <= tip.term:
        raise ChainBroken(seq, "term", f"term {entry.term} is not above term {tip.term}")
    if said.get("from_seq") != tip.seq or said.get("from_hash") != tip.hash.hex():
        raise ChainBroken(seq, "jump", "the term does not continue from the entry in front of it")
    if not isinstance(lost, int) or lost < 0 or seq != tip.seq + lost + 1:
        raise ChainBroken(seq, "jump", "the numbers it declares lost are not those it jumps")
