"""Terms: one box's unbroken run of a venue's ledger, opened by an entry that says who, why and from where.

The entry names the number and hash it continues from, the highest number any tablet or receipt shows, the
numbers lost in between, the currency and the box's public key. Term 1 opens every ledger, as number 1.
"""

from dataclasses import dataclass

from .chain import OPEN_TERM, Tip
from .entry import Entry
from .errors import EntryInvalid

__all__ = ["Term", "opening", "term_of"]


@dataclass(frozen=True, slots=True)
class Term:
    """What an opening entry says. `public_key` is base64url, `key_id` its name in heads."""

    term: int
    seq: int
    from_seq: int
    lost: int
    currency: str
    key_id: str
    public_key: str


def opening(
    tip: Tip, *, at_ms: int, person: str, why: str, currency: str, key_id: str, public_key: str,
    highest_seq: int | None = None,
) -> Entry:  # fmt: skip
    """The entry that opens the next term behind `tip`; numbers up to `highest_seq` are declared lost."""
    lost = max(0, (highest_seq or tip.seq) - tip.seq)
    data = {
        "why": why,
        "from_seq": tip.seq,
        "from_hash": tip.hash.hex(),
        "highest_seq": tip.seq + lost,
        "lost": lost,
        "currency": currency,
        "key_id": key_id,
        "public_key": public_key,
    }
    return Entry(
        tip.venue, tip.term + 1, tip.seq + lost + 1, max(at_ms, tip.at_ms), OPEN_TERM,
        f"term-{tip.term + 1}", person, "leaf", "", {}, (), data,
    )  # fmt: skip


def term_of(entry: Entry) -> Term:
    """Reads an opening entry. Raises EntryInvalid if it does not say what it must."""
    said = entry.data
    texts = ("currency", "key_id", "public_key")
    if entry.kind != OPEN_TERM or not all(isinstance(said.get(name), str) for name in texts):
        raise EntryInvalid("this opens no term")
    return Term(
        entry.term, entry.seq, said["from_seq"], said["lost"],
        said["currency"], said["key_id"], said["public_key"],
    )  # fmt: skip
