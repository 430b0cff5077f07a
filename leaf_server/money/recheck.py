"""The recheck: a process of its own reads a whole ledger beside its writer and leaves a checkpoint.

    python -m leaf_server.money.recheck LEDGER VENUE

A leaf that started from a checkpoint has verified what came after it; this verifies all of it, without
taking the leaf's time. Exit code 0: every entry holds up to the signed head found at the start, and the book
there is kept as the checkpoint. 3: it does not, standard output says why. It reads in slices, so it never
keeps the WAL from being emptied.
"""

import gc
import os
import sys
from pathlib import Path

import apsw

from ledger.audit import audit, head_fault
from ledger.checkpoint import checkpoint_bytes
from ledger.errors import LedgerError
from ledger.heads import Head
from ledger.journal_file import all_stored, last_head, open_read_only, store_checkpoint

__all__ = ["recheck"]


def recheck(path: Path, venue: str) -> str:
    """What does not hold, or empty; then the checkpoint is written. Raises OSError where it can't be."""
    try:
        db, named = open_read_only(path)
        text = last_head(db)
        if named != venue or text is None:
            return f"it is of venue {named!r}, or its last entry was never signed"
        head = Head.from_text(text)
        found = audit(all_stored(db, last=head.seq))
        db.close()
    except (LedgerError, apsw.Error) as error:
        return str(error)
    faults = found.faults or [fault for fault in [head_fault(found, head)] if fault]
    if not faults:
        store_checkpoint(path, checkpoint_bytes(found.book.state))
    return "; ".join(faults)


def main() -> int:
    os.nice(19)
    gc.disable()  # a book has no cycles, and this process ends with it
    fault = recheck(Path(sys.argv[1]), sys.argv[2])
    sys.stdout.write(fault)
    return 3 if fault else 0


if __name__ == "__main__":
    sys.exit(main())
