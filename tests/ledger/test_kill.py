"""`kill -9` of a real process at random moments: what was answered is there, once, and it opens by itself."""

import random
import resource
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from ledger.errors import DiskFull
from ledger.journal import Posted
from tests.ledger.till import Till

ROUNDS = 6


def one_life(folder: Path, seed: int, lives_s: float) -> list[list[str]]:
    """Runs a till, kills it, answers what it printed whole."""
    command = [sys.executable, "-m", "tests.ledger.till_process", str(folder), str(seed)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline()]
        deadline = time.monotonic() + lives_s
        while time.monotonic() < deadline:
            lines.append(process.stdout.readline())
        process.kill()
        lines += process.stdout.readlines()
    return [line.split() for line in lines if line.endswith("\n") and line.count(" ") == 2]


def test_what_was_answered_survives_kill_9_once(tmp_path: Path) -> None:  # [LE9] [LE11] [LE33]
    chance = random.Random(20261121)
    answered: dict[str, tuple[int, str]] = {}
    for seed in range(ROUNDS):
        opened, *lines = one_life(tmp_path, seed, chance.uniform(0.02, 0.4))
        assert opened[0] == "open"
        assert int(opened[1]) >= max((seq for seq, _ in answered.values()), default=0)
        answered.update({key: (int(seq), hash_) for key, seq, hash_ in lines})
    with Till(tmp_path) as till:
        rows = {seq: hash_.hex() for seq, _, hash_ in till.journal.stored_after(0, 10**6)}
        assert len(answered) > ROUNDS
        assert all(rows[seq] == hash_ for seq, hash_ in answered.values())
        keys = Counter(link.entry.key for seq in rows if (link := till.journal.link(seq)))
        assert set(keys.values()) == {1}
        assert till.balance("1000") == len(rows) - 1
        for key, (seq, _) in list(answered.items())[:: max(1, len(answered) // 20)]:
            again = till.journal.commit([till.asking("vault_in", amount=1, key=key)])
            assert isinstance(again[0], Posted)
            assert again[0].link.entry.seq == seq


def test_a_file_that_may_not_grow_leaves_nothing_half_written(tmp_path: Path) -> None:  # [LE32]
    with Till(tmp_path) as till:
        till.post("vault_in", amount=1)
        till.journal.rest()
        tip = till.journal.tip
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, hard))
        try:
            with pytest.raises(DiskFull):
                till.journal.commit([till.asking("vault_in", amount=1) for _ in range(200)])
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        till.post("vault_in", amount=1)
        assert till.journal.tip.seq == tip.seq + 1
        till.reopen()
        assert till.balance("1000") == 2
