"""`felt promote`, `felt ledger set-aside` and `open-term`: a copy of a leaf's data becomes a box of its own.

It gets another key, vouched for by the venue key, and takes no money until core and tills were asked for what
it lacks and a person has opened its term (page of the cage, or `POST /api/v1/ledger/term`).
"""

import json
import os
import time
from pathlib import Path
from typing import Annotated, Any

import apsw
import typer

from felt.failure import CommandFailed
from felt.leaf_folder import venue_of
from felt.venue_key import read_venue_key
from leaf_server.identity.keys import KeyFiles
from leaf_server.money.kept_entries import KeptEntries
from leaf_server.money.standing import FILE, Standing, mark_new_term
from ledger.audit import audit
from ledger.chain import Tip
from ledger.entry import read_entry
from ledger.errors import LedgerError
from ledger.heads import Signer, to_base64url
from ledger.journal import Journal
from ledger.journal_file import ADD_HEAD, all_stored, open_database, open_read_only, take_lock
from ledger.terms import Term, certificate

__all__ = ["become_a_box", "open_term", "promote", "set_aside"]

Data = Annotated[Path, typer.Option("--data", envvar="FELT_DATA", help="Data folder of the leaf.")]
By = Annotated[str, typer.Option("--by", help="Who does it; stands in the ledger.")]
Why = Annotated[str, typer.Option("--why", help="Why; stands in the ledger.")]
VenueKey = Annotated[
    Path | None, typer.Option("--venue-key", help="File with the venue key: it vouches for this box.")
]


def promote(data: Data, by: By, why: Why, venue_key: VenueKey = None) -> None:
    """Make a spare, a copy or a fenced box the venue's box: its next term is opened by a person."""
    lock = _lock(data)
    try:
        vouched = become_a_box(data, by, why, venue_key)
    finally:
        os.close(lock)
    print(f"{data} is a box of its own. {vouched} Start it; it takes no money until its term is opened.")


def set_aside(
    data: Data,
    after: Annotated[int, typer.Option("--after", min=1, help="The last entry that both branches have.")],
    by: By,
    why: Why,
    venue_key: VenueKey = None,
) -> None:
    """Put entries behind a number aside, to go on with the core's branch; they become proposals."""
    lock = _lock(data)
    try:
        aside, left = _cut(data, after)
        vouched = become_a_box(data, by, why, venue_key)
    except (LedgerError, apsw.Error, OSError) as error:
        raise CommandFailed(f"{data}: {error}") from error
    finally:
        os.close(lock)
    print(f"{left} entries behind {after} are proposals now; the whole ledger is kept as {aside}. {vouched}")


def open_term(
    data: Data,
    by: By,
    why: Why,
    override: Annotated[
        str, typer.Option(help="Why core and tills can't be asked first; in the ledger too.")
    ],
) -> None:
    """Open the next term at a stopped box, in writing; a running one is asked at its cage."""
    standing = Standing(data / FILE)
    if standing.now.name != "new_term":
        raise CommandFailed(f"{data} needs no term, or may not open one: {standing.now.why or 'it is open'}")
    now, at_ms = standing.now, time.time_ns() // 1_000_000
    said = f"{now.why} {why} (nobody was asked: {override})"
    try:
        told = json.loads((data / "keys" / "leaf.json").read_text())
        keys = KeyFiles(data)
        journal = Journal.open(
            data / "ledger.db",
            venue=told["venue"],
            currency=told["currency"],
            signer=keys.signer(),
            at_ms=at_ms,
        )
        link = journal.open_term(
            at_ms=at_ms, person=by, why=said[:1_000], vouched=keys.certificate(), term=now.highest_term + 1,
            highest_seq=now.highest_seq,
        )  # fmt: skip
        standing.open()
        journal.close()
    except (LedgerError, OSError, ValueError, KeyError) as error:
        raise CommandFailed(f"{data}: {error}") from error
    print(
        f"Term {link.entry.term} begins with entry {link.entry.seq}; numbers lost: {link.entry.data['lost']}."
    )


def become_a_box(data: Path, by: str, why: str, venue_key: Path | None) -> str:
    """Another key, vouched for if it can be, and the mark that a term is needed; answers who vouches."""
    keys, venue, terms = KeyFiles(data), venue_of(data), _terms(data / "ledger.db")
    owner = next((term.venue_key for term in terms if term.venue_key), "")
    before = keys.signer()
    voucher = _voucher(owner, before, terms, venue_key)

    def certify(fresh: Signer) -> dict[str, Any] | None:
        if voucher is None:
            return None
        term = terms[-1].term + 1 if terms else 1
        return certificate(voucher, venue=venue, term=term, public_key=_text(fresh))

    keys.new_ledger_key(certify)
    mark_new_term(data, why, by)
    if voucher is None:
        return "Nobody vouches for it: name --venue-key, or let the core's operator enrol it again."
    return "The venue key vouches for it." if owner else "The box before vouches for it."


def _voucher(owner: str, before: Signer, terms: list[Term], venue_key: Path | None) -> Signer | None:
    """Raises CommandFailed for another venue's key."""
    if owner and venue_key is not None:
        signer = read_venue_key(venue_key)
        if _text(signer) != owner:
            raise CommandFailed(f"{venue_key} is not the key of this venue")
        return signer
    return before if not owner and terms and terms[-1].key_id == before.key_id else None


def _terms(ledger: Path) -> list[Term]:
    """Raises CommandFailed where the ledger does not verify."""
    if not ledger.exists():
        return []
    try:
        db, _ = open_read_only(ledger)
        found = audit(all_stored(db))
        db.close()
    except (LedgerError, apsw.Error) as error:
        raise CommandFailed(f"{ledger}: {error}") from error
    if not found.ok:
        raise CommandFailed(f"{ledger} does not verify: {found.faults[0]}")
    return list(found.book.state.terms)


def _cut(data: Path, after: int) -> tuple[str, int]:
    """The ledger up to `after` in place of the whole; answers the whole one's name and what was left out."""
    path = data / "ledger.db"
    db, venue = open_read_only(path)
    rows = list(all_stored(db))
    db.close()
    kept = [(read_entry(body), hash_) for body, hash_ in rows if read_entry(body).seq <= after]
    last, hash_ = kept[-1]
    signer = KeyFiles(data).signer()
    if last.seq != after:
        raise CommandFailed(f"there is no entry {after}")
    aside = path.with_name(f"ledger-aside-{time.time_ns() // 1_000_000}.db")
    whole = apsw.Connection(str(path))
    whole.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
    whole.close()
    path.rename(aside)
    fresh = open_database(path, venue)
    fresh.execute("ATTACH ? AS whole", (str(aside),))
    head = signer.sign(Tip(venue, last.term, last.seq, hash_, last.at_ms))
    with fresh:
        fresh.execute("INSERT INTO main.entries SELECT * FROM whole.entries WHERE seq <= ?", (after,))
        fresh.execute(
            "INSERT INTO main.outcomes SELECT * FROM whole.outcomes WHERE seq IS NULL OR seq <= ?", (after,)
        )
        fresh.execute("INSERT INTO main.heads SELECT * FROM whole.heads WHERE seq < ?", (after,))
        fresh.execute(ADD_HEAD, (after, head.as_text()))
    fresh.close()
    left = [(body, hash_) for body, hash_ in rows if read_entry(body).seq > after]
    KeptEntries(data).add("this box", ((body, hash_.hex(), None) for body, hash_ in left))
    return aside.name, len(left)


def _lock(data: Path) -> int:
    try:
        return take_lock(data / "ledger.lock")
    except LedgerError as error:
        raise CommandFailed(f"{data}: stop its leaf first: {error}") from error


def _text(signer: Signer) -> str:
    return to_base64url(signer.public_key)
