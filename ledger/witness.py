"""What a signed head from elsewhere says of our ledger: a till's, a receipt's, the core's.

Two heads that do not extend each other are the proof of a rewrite; one beyond our end, signed by the key of
our own term, proves that we were set back. What nobody known here signed proves nothing.
"""

from collections.abc import Sequence
from typing import Final, Literal

from .chain import Tip
from .heads import Head, from_base64url, verify_head
from .terms import Term

__all__ = ["WORDS", "Verdict", "verdict"]

Verdict = Literal[
    "extends", "newer_term", "set_back", "rewritten", "left_behind", "other_branch", "unproved"
]  # fmt: skip
"""Of an earlier term, where a person has decided since: `left_behind`, numbers that a later term of ours
declared lost; `other_branch`, an entry that stands otherwise in what went on."""

WORDS: Final[dict[Verdict, str]] = {
    "extends": "Entry {seq} is the one that was signed.",
    "newer_term": "Another box opened term {term} since; this one is of term {own_term}. Use the other box.",
    "set_back": "Entry {seq} was signed here, but the ledger of this box ends at {own_seq}: it was set back.",
    "rewritten": "Entry {seq} is not the one that was signed here before: this ledger was rewritten.",
    "left_behind": "Entry {seq} of term {term} was left behind when term {own_term} was opened.",
    "other_branch": "Entry {seq} of term {term} is not the one that was signed: another branch went on.",
    "unproved": "No box of this venue signed that head.",
}
"""For people; to be formatted with `term`, `seq`, `own_term`, `own_seq`."""


def verdict(terms: Sequence[Term], tip: Tip, own_hash: bytes | None, head: Head) -> Verdict:
    """`own_hash` is ours at the head's number, None where we have no such entry."""
    if head.venue != tip.venue:
        return "unproved"
    if head.term > tip.term:
        return "newer_term"  # its key may be unknown here; whoever shows it is believed no further than this
    if own_hash is not None and own_hash.hex() == head.hash:
        return "extends"
    keys = {term.key_id: term.public_key for term in terms}
    if head.key not in keys or not verify_head(head, from_base64url(keys[head.key])):
        return "unproved"
    later = next((term for term in terms if term.term > head.term), None)
    if later is not None:
        return "left_behind" if head.seq > later.from_seq else "other_branch"
    return "set_back" if head.seq > tip.seq else "rewritten"
