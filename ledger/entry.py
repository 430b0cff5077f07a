"""A ledger entry: balanced postings recorded as one, frozen, and one text for its bytes.

    {v: 1, venue, term, seq, at_ms, kind, key, person, device, content, rules, postings, data}

`rules` names the adopted versions it was decided by (entry numbers), `data` is what the command said, and
`content` the SHA-256 of the command, so that a repeated key can be told from a reused one for ever.
An entry that does not sum to zero can't be built. Fields stand in the order of their names, which is that of
the bytes: decoded and encoded again an entry gives the same bytes, or it was not canonical.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, Literal

import msgspec

from .accounts import account_of
from .canonical import INTEGER_MAX, Data, Whole, check, written
from .errors import EntryInvalid

__all__ = [
    "ENTRY_BYTES_MAX", "POSTINGS_MAX", "Entry", "Posting", "check_postings", "entry_bytes", "read_entry",
    "read_known",
]  # fmt: skip

ENTRY_BYTES_MAX: Final = 256 * 1024
POSTINGS_MAX: Final = 2_000


class Posting(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """One leg; `amount` in minor units, debit positive, credit negative, never zero."""

    account: str
    amount: int

    def __iter__(self) -> Iterator[Any]:
        yield self.account
        yield self.amount


def check_postings(postings: tuple[Posting, ...]) -> None:
    """Raises EntryInvalid where no entry may have them: too many, of no account, not adding up to zero."""
    count = len(postings)
    if count == 1 or count > POSTINGS_MAX:
        raise EntryInvalid(f"{count} postings; none, or 2 to {POSTINGS_MAX}")
    total = 0
    for posting in postings:
        account_of(posting.account)
        amount = posting.amount
        if type(amount) is not int or amount == 0 or not -INTEGER_MAX <= amount <= INTEGER_MAX:
            raise EntryInvalid("a posting moves a whole amount other than zero")
        total += amount
    if total:
        raise EntryInvalid(f"postings sum to {total}, not to zero")


class Entry(msgspec.Struct, frozen=True, kw_only=True, gc=False, forbid_unknown_fields=True):
    """`postings` is empty (nothing moved: rules adopted, a term opened) or two and more that sum to zero.

    What `data` and `rules` hold is checked where bytes are made or read.
    """

    at_ms: Whole  # Unix milliseconds, never before the entry in front
    content: str  # SHA-256 of the command, hex; empty for what no device asked for
    data: Data
    device: str
    key: str  # idempotency key; unique within the device
    kind: str
    person: str
    postings: tuple[Posting, ...]
    rules: Mapping[str, Whole]
    seq: Whole
    term: Whole
    v: Literal[1] = 1
    venue: str

    def __post_init__(self) -> None:
        if self.term < 1 or self.seq < 1 or not 0 <= self.at_ms <= INTEGER_MAX:
            raise EntryInvalid("term and seq start at 1, at_ms at 0")
        if not self.venue or not self.kind:
            raise EntryInvalid("an entry names its venue and its kind")
        check_postings(self.postings)

    def as_json(self) -> dict[str, Any]:
        """The entry as the API shows it; `entry_bytes` are the canonical bytes of exactly this."""
        found: dict[str, Any] = msgspec.to_builtins(self)
        return found


class _Known(Entry, frozen=True, gc=False):
    """Bytes of an entry that was built, or read, before: its legs were looked at then."""

    def __post_init__(self) -> None: ...


_decode: Final = msgspec.json.Decoder(Entry).decode
_decode_known: Final = msgspec.json.Decoder(_Known).decode


def entry_bytes(entry: Entry) -> bytes:
    """RFC 8785 bytes: what is stored, hashed and sent. Raises EntryInvalid for what can't be read back."""
    try:
        data = written(entry)
    except TypeError as error:
        raise EntryInvalid(f"an entry holds what JSON does not: {error}") from None
    read_known(data)
    return data


def read_entry(data: bytes) -> Entry:
    """The entry of these bytes. Raises EntryInvalid for anything `entry_bytes` would not have written."""
    entry = _read(data, _decode)
    if written(entry) != data:
        raise EntryInvalid("its text is not laid out as a ledger writes it")
    return entry


def read_known(data: bytes) -> Entry:
    """As `read_entry`, of bytes that `entry_bytes` once wrote: that is known by a hash, or they are new.

    Looks at types and bounds alone, neither at the sum of the legs nor at the canonical form.
    """
    return _read(data, _decode_known)


def _read(data: bytes, decode: Callable[[bytes], Entry]) -> Entry:
    if len(data) > ENTRY_BYTES_MAX:
        raise EntryInvalid(f"an entry of {len(data)} bytes is above {ENTRY_BYTES_MAX}")
    try:
        entry = decode(data)
    except msgspec.ValidationError as error:
        raise EntryInvalid(f"it is no entry of version 1: {error}") from None
    except (msgspec.DecodeError, ValueError, RecursionError):
        raise EntryInvalid("its text is not JSON: it was damaged") from None
    if not data.isascii():
        check(entry.rules)
        check(entry.data)
    return entry
