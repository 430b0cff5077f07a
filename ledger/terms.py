"""Terms: one box's unbroken run of a venue's ledger, opened by an entry that says who, why and from where.

The entry names the number and hash it continues from, the highest number any tablet or receipt shows, the
numbers lost in between, the currency and the box's public key. Term 1 opens every ledger, as number 1, and
may name the venue key: its private half is kept by the owner, never on a box. A term with another box's key
carries a certificate for it, signed by the venue key; where none was named, by the key of the term before.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .canonical import canonical
from .chain import OPEN_TERM, Link, Tip
from .entry import Entry
from .errors import EntryInvalid
from .heads import Head, Signer, from_base64url, is_signed, key_id_of, verify_head

__all__ = ["Term", "certificate", "opening", "tail_fault", "term_of", "voucher_fault"]

_DOMAIN = b"felt.box.1"


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
    venue_key: str = ""
    certificate: dict[str, Any] = field(default_factory=dict)


def certificate(by: Signer, *, venue: str, term: int, public_key: str) -> dict[str, Any]:
    """`{by, term, signature}`: `by` vouches for the box with this key, from this term on."""
    said = canonical({"venue": venue, "term": term, "public_key": public_key})
    return {"by": by.key_id, "term": term, "signature": by.signature(_DOMAIN + said)}


def voucher_fault(venue: str, before: Sequence[Term], term: Term) -> str | None:
    """Why the box of `term` may not go on from the terms `before` it; None: it may."""
    if not before or term.public_key == before[-1].public_key:
        return None
    owners = [one.venue_key for one in before if one.venue_key]
    signer = owners[0] if owners else before[-1].public_key  # no later term can put another in its place
    whose = "the venue key" if owners else f"the box of term {before[-1].term}"
    said = term.certificate
    if not said:
        return f"{whose} has not vouched for the box that opened term {term.term}"
    try:
        box = {"venue": venue, "term": said["term"], "public_key": term.public_key}
        well = said["term"] <= term.term and is_signed(
            from_base64url(signer), said["signature"], _DOMAIN + canonical(box)
        )
    except (KeyError, TypeError, ValueError):
        well = False
    return None if well else f"the certificate of the box that opened term {term.term} is not of {whose}"


def tail_fault(known: Sequence[Term], links: Sequence[Link], head: Head) -> str | None:
    """Why entries from elsewhere are not to be believed: who opened terms in them, who signed their end."""
    terms = list(known)
    for link in links:
        if link.entry.kind == OPEN_TERM:
            term = term_of(link.entry)
            fault = voucher_fault(link.entry.venue, terms, term)
            if fault:
                return fault
            terms.append(term)
    if not links or (head.seq, head.hash) != (links[-1].entry.seq, links[-1].hash.hex()):
        return "no signed head is of the last of these entries"
    if not terms or not verify_head(head, from_base64url(terms[-1].public_key)):
        return "the head of these entries is not signed by the box of their term"
    return None


def opening(
    tip: Tip, *, at_ms: int, person: str, why: str, currency: str, key_id: str, public_key: str,
    highest_seq: int | None = None, term: int | None = None, venue_key: str = "",
    vouched: Mapping[str, Any] | None = None,
) -> Entry:  # fmt: skip
    """The entry that opens a term behind `tip`, the next if no `term` above it is given.

    Numbers up to `highest_seq` are declared lost; `vouched` is the certificate of the box.
    """
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
        **({"venue_key": venue_key} if venue_key else {}),
        **({"certificate": dict(vouched)} if vouched else {}),
    }
    term = max(term or 0, tip.term + 1)
    return Entry(
        venue=tip.venue, term=term, seq=tip.seq + lost + 1, at_ms=max(at_ms, tip.at_ms), kind=OPEN_TERM,
        key=f"term-{term}", person=person, device="leaf", content="", rules={}, postings=(), data=data,
    )  # fmt: skip


def term_of(entry: Entry) -> Term:
    """Reads an opening entry. Raises EntryInvalid if it does not say what it must."""
    said = entry.data
    texts = ("currency", "key_id", "public_key")
    venue_key, vouched = said.get("venue_key", ""), said.get("certificate", {})
    if entry.kind != OPEN_TERM or not all(isinstance(said.get(name), str) for name in texts):
        raise EntryInvalid("this opens no term")
    if not isinstance(venue_key, str) or not isinstance(vouched, dict):
        raise EntryInvalid("this opens no term")
    if not _is_key(said["public_key"], said["key_id"]) or (venue_key and not _is_key(venue_key)):
        raise EntryInvalid("the term is opened with a key that is none")
    return Term(
        entry.term, entry.seq, said["from_seq"], said["lost"],
        said["currency"], said["key_id"], said["public_key"], venue_key, vouched,
    )  # fmt: skip


def _is_key(public_key: str, key_id: str = "") -> bool:
    try:
        found = from_base64url(public_key)
    except ValueError:
        return False
    return len(found) == 32 and key_id in ("", key_id_of(found))
