"""What a ledger file keeps beside its entries, for an auditor: outcomes, signed heads, guards."""

import re
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Final

import apsw

from .heads import head_text
from .journal_file import told_between, told_by
from .refusals import Place, is_refusal_signed
from .slices import Looked

__all__ = [
    "all_is_kept",
    "astray",
    "kept_heads",
    "outcomes",
    "posted_count",
    "refusal_fault",
    "schema_fault",
    "sort_outcomes",
]


def sort_outcomes(db: apsw.Connection) -> None:
    """Before `outcomes`: a copy of them by entry, since the ledger keeps them by device and key."""
    db.execute("DROP TABLE IF EXISTS temp.told")
    db.execute("CREATE TEMP TABLE told (seq, device, key, content, at_ms)")
    db.execute("INSERT INTO told SELECT seq, device, key, content, at_ms FROM outcomes WHERE seq IS NOT NULL")
    db.execute("CREATE INDEX temp.told_by_entry ON told (seq)")


def outcomes(db: apsw.Connection, first: int, last: int) -> dict[int, list[tuple[str, str, str, int]]]:
    """Of the entries `first` … `last`: device, key, content (hex) and time of their commands."""
    found: dict[int, list[tuple[str, str, str, int]]] = {}
    for seq, device, key, content, at_ms in db.execute(_POSTED, (first, last)):
        hexed = content.hex() if isinstance(content, bytes) else str(content)
        found.setdefault(seq, []).append((device, key, hexed, at_ms))
    return found


def kept_heads(db: apsw.Connection, first: int, last: int) -> dict[int, str]:
    """The signed heads (JSON) kept of the entries `first` … `last`."""
    return {seq: str(head) for seq, head in db.execute(_HEADS, (first, last))}


def all_is_kept(db: apsw.Connection, entries: Sequence[Looked], hashes: Sequence[bytes]) -> bool:
    """Whether each of these entries has the outcome of its command, and each head kept of one is of it.

    Says yes only to what is laid out as the ledger writes it, so no can mean: look closer.
    """
    if not entries:
        return True
    for device in {entry.device for entry in entries}:
        own = [entry for entry in entries if entry.content and entry.device == device]
        if own and not _outcomes_are_kept(db, device, own):
            return False
    heads = kept_heads(db, entries[0].seq, entries[-1].seq)
    if not heads:
        return True
    places = {entry.seq: (entry, hash_) for entry, hash_ in zip(entries, hashes, strict=True)}
    return all(_is_head_of(text, *places[seq]) for seq, text in heads.items() if seq in places)


def posted_count(db: apsw.Connection, last: int) -> int:
    """How many outcomes name an entry up to this number, or what no ledger holds: so the sum is not right."""
    (count,) = db.execute(_COUNTED, (last,)).fetchone() or (0,)
    return int(count)


def astray(db: apsw.Connection) -> str | None:
    """What is kept of entries that are not there, or does not read; None: nothing."""
    for table, *_ in db.execute("PRAGMA foreign_key_check"):
        what = "an outcome" if table == "outcomes" else "a signed head"
        return f"{what} is kept of an entry that is not there"
    unread = db.execute(_UNREAD).fetchone()
    return "a stored refusal does not read" if unread else None


def refusal_fault(db: apsw.Connection, venue: str, keys: Mapping[str, bytes]) -> str | None:
    """Which stored refusal none of these keys (by their ids) signed as it is; None: there is none."""
    for device, key, content, text, at_ms in db.execute(_REFUSED):
        hexed = content.hex() if isinstance(content, bytes) else str(content)
        if not is_refusal_signed(str(text), Place(venue, device, key, hexed, at_ms), keys):
            return f"the refusal kept for key {key} of device {device} is not the one that was told"
    return None


def _outcomes_are_kept(db: apsw.Connection, device: str, entries: Sequence[Looked]) -> bool:
    """Keys of a device rise with time, so most stand side by side; if they don't, each is looked up."""
    try:
        made = sorted([(one.key, bytes.fromhex(one.content), one.seq, one.at_ms) for one in entries])
    except ValueError:
        return False
    keys = tuple([one[0] for one in made])
    told = told_between(db, device, keys[0], keys[-1], 2 * len(keys))
    if len(told) > len(made):
        own = set(keys)
        told = [one for one in told if one[0] in own]
    return told == made or told_by(db, device, keys) == made


def _is_head_of(text: str, entry: Looked, hash_: bytes) -> bool:
    """Whether this is the text of a head at the entry, whoever signed it."""
    start = head_text(entry.venue, entry.term, entry.seq, hash_.hex(), entry.at_ms)
    return text.startswith(start) and _SIGNED.fullmatch(text, len(start)) is not None


def schema_fault(db: apsw.Connection) -> str | None:
    """Why tables and guards are not exactly those that a ledger is made with; None: they are.

    What SQLite keeps for itself does not count: nobody else can make a name that begins as its own do.
    """
    fresh = apsw.Connection(":memory:")
    fresh.execute(files(__package__).joinpath("journal.sql").read_text("utf-8"))
    made, found = (set(one.execute(_SCHEMA)) for one in (fresh, db))
    fresh.close()
    if made - found:
        return "its guards against changes were taken away or altered"
    added = ", ".join(sorted(f"{kind} {name!r}" for kind, name, _ in found - made))
    return f"somebody put into it what a ledger does not have: {added[:200]}" if added else None


_SIGNED: Final = re.compile(r', "key": "[0-9a-f]{16}", "signature": "[A-Za-z0-9_-]{86}"\}')
_SCHEMA = "SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
_READS = """CASE WHEN json_valid(refusal) THEN json_type(refusal, '$.code') = 'text'
    AND json_type(refusal, '$.message') = 'text' AND json_type(refusal, '$.details') = 'object' END IS 1"""
_COUNTED = f"""SELECT count(*) FROM outcomes
    WHERE seq <= ? AND refusal IS NULL OR seq > (SELECT max(seq) FROM entries)
        OR seq IS NULL AND NOT {_READS}"""
_UNREAD = f"""SELECT 1 FROM outcomes
    WHERE seq IS NULL AND NOT {_READS} OR seq IS NOT NULL AND refusal IS NOT NULL LIMIT 1"""
_REFUSED = "SELECT device, key, content, refusal, at_ms FROM outcomes WHERE seq IS NULL"
_POSTED = "SELECT seq, device, key, content, at_ms FROM told WHERE seq BETWEEN ? AND ?"
_HEADS = "SELECT seq, head FROM heads WHERE seq BETWEEN ? AND ?"
