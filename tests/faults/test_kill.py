"""`kill -9` of a process with rooms and store at random moments: all that was promised is there, once."""

import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from crdt_models.documents.catalogue import kind_of
from crdt_models.replay import replay
from tests.faults.hands import LONG, Clock, history, open_leaf

pytestmark = pytest.mark.anyio
LIVES = 60 if LONG else 3


def one_life(folder: Path, life: int, seconds: float) -> set[tuple[str, str]]:
    """Runs the process, kills it, answers what it printed whole."""
    command = [sys.executable, "-m", "tests.faults.leaf_process", str(folder), str(life)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        lines, end = list[str](), time.monotonic() + seconds
        while time.monotonic() < end:
            lines.append(process.stdout.readline())
        process.kill()
        lines += process.stdout.readlines()
    whole = [line.split() for line in lines if line.endswith("\n")]
    return {(document, stamp) for document, stamp in whole}


async def test_what_was_seen_or_accepted_survives_kill_9_once(tmp_path: Path) -> None:
    """[DO20] [DO77]"""
    chance, promised = random.Random(20261128), set[tuple[str, str]]()
    for life in range(1, LIVES + 1):
        new = one_life(tmp_path, life, chance.uniform(0.05, 0.5))
        assert new
        promised |= new
    async with open_leaf(tmp_path / "leaf.db", None, Clock(LIVES * 2_000_000), 4_200_000_000) as leaf:
        rows = await leaf.store.since(0, 1 << 30)
        assert [numbered.n for numbered in rows] == list(range(1, await leaf.store.last() + 1))
        for document in {document for document, _ in promised}:
            kind = kind_of(document)
            assert kind is not None
            told = Counter(change.stamp for change in await history(leaf.store, document))
            assert set(told.values()) == {1}
            assert {stamp for of, stamp in promised if of == document} <= set(told)
            shown = replay(kind, await leaf.store.load(document), 1).facts
            assert {stamp for name in shown.names() for stamp in shown.live(name)} <= set(told)
