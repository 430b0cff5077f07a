"""Ledgers of a made up leaf: entries that follow each other, and requests as a leaf sends them."""

from collections.abc import Sequence

from ledger.chain import Link, Tip, extend
from ledger.entry import Entry, Posting
from ledger.heads import Signer, to_base64url
from ledger.replication import append_request
from ledger.terms import opening

__all__ = ["chain", "longer", "reopened", "request"]

AT_MS = 1_700_000_000_000


def chain(venue: str, signer: Signer, entries: int, cents: int = 100) -> list[Link]:
    """Entry 1 opens the term; the others put cash into the vault, `cents` more each time."""
    return longer([reopened(Tip.start(venue), signer)], entries - 1, cents)


def reopened(tip: Tip, signer: Signer, highest: int | None = None) -> Link:
    """The entry that opens the next term behind `tip`; numbers up to `highest` are declared lost."""
    entry = opening(
        tip,
        at_ms=AT_MS,
        person="ana",
        why="test",
        currency="EUR",
        key_id=signer.key_id,
        public_key=to_base64url(signer.public_key),
        highest_seq=highest,
    )
    return extend(tip, entry)


def longer(links: Sequence[Link], more: int, cents: int = 100) -> list[Link]:
    """The chain with `more` entries behind its last."""
    grown = list(links)
    for _ in range(more):
        tip = grown[-1].tip
        postings = (Posting("1000", cents), Posting("3000", -cents))
        entry = Entry(
            venue=tip.venue, term=tip.term, seq=tip.seq + 1, at_ms=tip.at_ms, kind="vault_in",
            key=f"key-{tip.term}-{tip.seq + 1}", person="ana", device="desk1", content="00" * 32, rules={},
            postings=postings, data={"amount_cents": cents},
        )  # fmt: skip
        grown.append(extend(tip, entry))
    return grown


def request(signer: Signer, links: Sequence[Link], head_of: Link | None = None) -> bytes:
    """An append of these entries, signed at their last (or at another)."""
    head = signer.sign((head_of or links[-1]).tip)
    first = links[0].entry
    return append_request(links[-1].entry.term, first.seq, [link.body for link in links], head)
