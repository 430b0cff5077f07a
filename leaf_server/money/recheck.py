"""The recheck: a process of its own reads a whole ledger beside its writer and leaves a checkpoint.

    python -m leaf_server.money.recheck LEDGER VENUE [SEQ DIGEST]

A leaf that started from a checkpoint (of entry SEQ, with this digest) has verified what came after it; this
verifies all of it, and that its entries come to that very book, without taking the leaf's time. Exit code 0:
every entry holds up to the signed head found at the start, and the book there is kept as the checkpoint. 3:
it does not, standard output says why. It reads in slices, so it never keeps the WAL from being emptied.
"""

import gc
import os
import sys
from pathlib import Path

import apsw

from ledger.audit import audit, head_fault
from ledger.checkpoint import checkpoint_bytes, is_another
from ledger.errors import LedgerError
from ledger.heads import Head
from ledger.journal_file import all_stored, last_head, open_read_only, store_checkpoint

__all__ = ["recheck"]


def recheck(path: Path, venue: str, began_seq: int = 0, began_digest: str = "") -> str:
    """What does not hold, or empty; then the checkpoint is written. Raises OSError where it can't be."""
    books: list[bytes] = []
    try:
        db, named = open_read_only(path)
        text = last_head(db)
        if named != venue or text is None:
            return f"it is of venue {named!r}, or its last entry was never signed"
        head = Head.from_text(text)
        found = audit(
            all_stored(db, last=head.seq), at=began_seq,
            look=lambda state: books.append(checkpoint_bytes(state)),
        )  # fmt: skip
        db.close()
    except (LedgerError, apsw.Error) as error:
        return str(error)
    faults = found.faults or [fault for fault in [head_fault(found, head)] if fault]
    if not faults and any(is_another(began_digest, book) for book in books):
        faults = [f"the book kept of entry {began_seq}, from which this box began, is not of its entries"]
    if not faults:
        store_checkpoint(path, checkpoint_bytes(found.book.state))
    return "; ".join(faults)


def main() -> int:
    os.nice(19)
    gc.disable()  # a book has no cycles, and this process ends with it
    path, venue, *began = sys.argv[1:]
    fault = recheck(Path(path), venue, int(began[0]), began[1]) if began else recheck(Path(path), venue)
    sys.stdout.write(fault)
    return 3 if fault else 0


if __name__ == "__main__":
    sys.exit(main())
