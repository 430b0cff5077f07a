"""A ledger entry: balanced postings recorded as one, frozen, and one text for its bytes.

    {v: 1, venue, term, seq, at_ms, kind, key, person, device, content, rules, postings, data}

`rules` names the adopted versions it was decided by (entry numbers), `data` is what the command said, and
`content` the SHA-256 of the command, so that a repeated key can be told from a reused one for ever.
An entry that does not sum to zero can't be built. Full text: `docs/spec/ledger.md`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from .accounts import account_of
from .canonical import DEPTH_MAX, INTEGER_MAX, check, read_canonical, written
from .errors import EntryInvalid

__all__ = ["ENTRY_BYTES_MAX", "POSTINGS_MAX", "Entry", "Posting", "entry_bytes", "read_entry"]

ENTRY_BYTES_MAX: Final = 256 * 1024
POSTINGS_MAX: Final = 2_000

_TEXTS: Final = ("venue", "kind", "key", "person", "device", "content")
_NUMBERS: Final = ("term", "seq", "at_ms")
_FIELDS: Final = frozenset({"v", *_TEXTS, *_NUMBERS, "rules", "postings", "data"})


class Posting(NamedTuple):
    """One leg; `amount` in minor units, debit positive, credit negative, never zero."""

    account: str
    amount: int


@dataclass(frozen=True, slots=True)
class Entry:
    """`postings` is empty (nothing moved: rules adopted, a term opened) or two and more that sum to zero."""

    venue: str
    term: int
    seq: int
    at_ms: int  # Unix milliseconds, never before the entry in front
    kind: str
    key: str  # idempotency key; unique within the device
    person: str
    device: str
    content: str  # SHA-256 of the command, hex; empty for what no device asked for
    rules: Mapping[str, int]
    postings: tuple[Posting, ...]
    data: Mapping[str, Any]

    def __post_init__(self) -> None:
        if self.term < 1 or self.seq < 1 or not 0 <= self.at_ms <= INTEGER_MAX:
            raise EntryInvalid("term and seq start at 1, at_ms at 0")
        if not self.venue or not self.kind:
            raise EntryInvalid("an entry names its venue and its kind")
        if len(self.postings) == 1 or len(self.postings) > POSTINGS_MAX:
            raise EntryInvalid(f"{len(self.postings)} postings; none, or 2 to {POSTINGS_MAX}")
        total = 0
        for where, amount in self.postings:
            account_of(where)
            if type(amount) is not int or amount == 0 or abs(amount) > INTEGER_MAX:
                raise EntryInvalid("a posting moves a whole amount other than zero")
            total += amount
        if total:
            raise EntryInvalid(f"postings sum to {total}, not to zero")
        check(self.rules, 1)
        check(self.data, DEPTH_MAX - 1)

    def as_json(self) -> dict[str, Any]:
        """The entry as the API shows it; `entry_bytes` are the canonical bytes of exactly this."""
        return {
            "v": 1,
            "venue": self.venue,
            "term": self.term,
            "seq": self.seq,
            "at_ms": self.at_ms,
            "kind": self.kind,
            "key": self.key,
            "person": self.person,
            "device": self.device,
            "content": self.content,
            "rules": self.rules,
            "postings": [{"account": where, "amount": amount} for where, amount in self.postings],
            "data": self.data,
        }


def entry_bytes(entry: Entry) -> bytes:
    """RFC 8785 bytes: what is stored, hashed and sent. Raises EntryInvalid above ENTRY_BYTES_MAX."""
    data = written(entry.as_json())
    if len(data) > ENTRY_BYTES_MAX:
        raise EntryInvalid(f"an entry of {len(data)} bytes is above {ENTRY_BYTES_MAX}")
    return data


def read_entry(data: bytes) -> Entry:
    """The entry of these bytes. Raises EntryInvalid for anything `entry_bytes` would not have written."""
    if len(data) > ENTRY_BYTES_MAX:
        raise EntryInvalid(f"an entry of {len(data)} bytes is above {ENTRY_BYTES_MAX}")
    found = read_canonical(data)
    if not isinstance(found, dict) or found.keys() != _FIELDS or found["v"] != 1:
        raise EntryInvalid("not an entry of version 1")
    for name in _TEXTS:
        if not isinstance(found[name], str):
            raise EntryInvalid(f"{name} is not a text")
    for name in _NUMBERS:
        if not isinstance(found[name], int):
            raise EntryInvalid(f"{name} is not an integer")
    rules, data_, postings = found["rules"], found["data"], found["postings"]
    if not isinstance(rules, dict) or not all(isinstance(seq, int) for seq in rules.values()):
        raise EntryInvalid("rules is not an object of integers")
    if not isinstance(data_, dict) or not isinstance(postings, list):
        raise EntryInvalid("data is not an object, or postings no list")
    return Entry(
        found["venue"], found["term"], found["seq"], found["at_ms"], found["kind"], found["key"],
        found["person"], found["device"], found["content"], rules,
        tuple(map(_read_posting, postings)), data_,
    )  # fmt: skip


def _read_posting(found: object) -> Posting:
    if not isinstance(found, dict) or found.keys() != {"account", "amount"}:
        raise EntryInvalid("a posting is an account and an amount")
    if not isinstance(found["account"], str):
        raise EntryInvalid("an account is a text")
    return Posting(found["account"], found["amount"])
