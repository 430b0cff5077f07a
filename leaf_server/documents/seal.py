"""A document's seal: one hash over all that is kept of it but the rows of the log, which have their own.

SQLite notices most damage of a file, not a value that was turned into another. A seal that does not match is
`StoreUnreadable`; it is made anew whenever the tables change.
"""

import hashlib
from typing import Any, Final

from crdt_models.errors import StoreUnreadable

__all__ = ["check_absence", "check_seal", "make_seal"]

_KEPT: Final = (
    "SELECT epoch, covered, edits FROM document WHERE name = ?",
    "SELECT by, replica, counter FROM decided WHERE document = ? ORDER BY by, replica",
    "SELECT epoch, client, device FROM bound WHERE document = ? ORDER BY epoch, client",
    "SELECT stamp, named FROM refused WHERE document = ? ORDER BY stamp",
    "SELECT stamp FROM handed WHERE document = ? ORDER BY stamp",
)


def make_seal(db: Any, document: str) -> None:
    """To be called after every change of what is kept, in its transaction."""
    (snapshot,) = db.execute("SELECT snapshot FROM document WHERE name = ?", (document,)).fetchone()
    db.execute("UPDATE document SET hash = ? WHERE name = ?", (_seal(db, document, snapshot), document))


def check_seal(db: Any, document: str) -> None:
    """Of a document that is there. Raises StoreUnreadable."""
    snapshot, said = db.execute("SELECT snapshot, hash FROM document WHERE name = ?", (document,)).fetchone()
    if not isinstance(snapshot, bytes) or _seal(db, document, snapshot) != said:
        raise StoreUnreadable(f"what is kept of {document} is not what was written")


def check_absence(db: Any, document: str) -> None:
    """Of a document that is not there: nothing speaks of it either. Raises StoreUnreadable."""
    for table in ("update_log", "decided"):
        if db.execute(f"SELECT 1 FROM {table} WHERE document = ? LIMIT 1", (document,)).fetchone():
            raise StoreUnreadable(f"{document} is gone, but rows of it are there")


def _seal(db: Any, document: str, snapshot: bytes) -> bytes:
    digest = hashlib.sha256(snapshot)
    for sql in _KEPT:
        digest.update(repr(db.execute(sql, (document,)).fetchall()).encode())  # whatever damage made of them
    return digest.digest()
