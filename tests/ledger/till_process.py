"""A till in a process of its own, to be killed: books without end and prints what was answered.

    python -m tests.ledger.till_process FOLDER SEED

A line is `<key> <seq> <hash>`, written after the answer; the first says how far it found the ledger.
"""

import random
import sys
from pathlib import Path

from ledger.journal import Posted
from tests.ledger.till import Till


def main(folder: Path, seed: int) -> None:
    chance = random.Random(seed)
    till = Till(folder)
    sys.stdout.write(f"open {till.journal.tip.seq} -\n")
    n = 0
    while True:
        keys = [f"s{seed}-{n + more}" for more in range(chance.randint(1, 20))]
        n += len(keys) - (chance.random() < 0.3)  # sometimes the last one is asked for again
        batch = [till.asking("vault_in", amount=1, key=key) for key in keys]
        for key, outcome in zip(keys, till.journal.commit(batch), strict=True):
            assert isinstance(outcome, Posted)
            link = outcome.link
            sys.stdout.write(f"{key} {link.entry.seq} {link.hash.hex()}\n")
        sys.stdout.flush()
        if chance.random() < 0.1:
            till.journal.rest()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
