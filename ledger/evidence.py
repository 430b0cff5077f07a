"""What a ledger file keeps beside its entries, for an auditor: outcomes, signed heads, guards."""

from importlib.resources import files

import apsw

__all__ = ["kept_heads", "outcomes", "schema_is_whole", "sort_outcomes"]


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


def schema_is_whole(db: apsw.Connection) -> bool:
    """Whether tables and guards are those that a ledger is made with."""
    fresh = apsw.Connection(":memory:")
    fresh.execute(files(__package__).joinpath("journal.sql").read_text("utf-8"))
    made, found = (set(one.execute("SELECT type, name, sql FROM sqlite_schema")) for one in (fresh, db))
    fresh.close()
    return made <= found


_POSTED = "SELECT seq, device, key, content, at_ms FROM told WHERE seq BETWEEN ? AND ?"
_HEADS = "SELECT seq, head FROM heads WHERE seq BETWEEN ? AND ?"
