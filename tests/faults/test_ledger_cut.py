"""A power cut at every write of a ledger's run: what was answered is there, once, and it starts by itself.

After the lives of `ledger_lives.py` a cut is played at every operation of the disk in every life.
"""

import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import apsw
import pytest

from ledger import journal as journal_module
from ledger import journal_file
from ledger.entry import read_entry
from ledger.errors import KeyReused, LedgerError
from ledger.journal import Posted, Refused
from tests.faults.disk import Disk, cuts
from tests.faults.hands import LONG
from tests.faults.ledger_lives import LedgerLife, LedgerRun
from tests.faults.tills import open_journal

LIVES: Final = 3
SEEDS: Final = range(500 if LONG else 2)
ASKED_AGAIN: Final = 0.1  # of the cuts; a retry of all takes longest


@pytest.fixture(autouse=True)
def busy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Checkpoints all the time."""
    monkeypatch.setattr(journal_module, "WAL_PASSIVE_PAGES", 12)
    monkeypatch.setattr(journal_module, "_WAL_TRUNCATE_PAGES", 20)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_was_answered_is_there_once_after_a_cut(tmp_path: Path, seed: int) -> None:
    """[LE11] [LE9] [LE33]"""
    run = LedgerRun(tmp_path / "lives", seed)
    for _ in range(LIVES - 1):
        run.live(run.chance.randint(30, 250))
    run.live(None)
    assert list(losses(run, tmp_path / "cut")) == []


@pytest.mark.parametrize("synchronous", ["OFF", "NORMAL"])
def test_a_ledger_that_does_not_wait_for_the_disk_is_found_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, synchronous: str
) -> None:
    """The test above can fail."""
    careless = tuple(
        f"PRAGMA synchronous = {synchronous}" if "synchronous" in pragma else pragma
        for pragma in journal_file._PRAGMAS
    )
    monkeypatch.setattr(journal_file, "_PRAGMAS", careless)
    run = LedgerRun(tmp_path / "lives", 1)
    run.live(None)
    assert any("was answered" in loss for loss in losses(run, tmp_path / "cut"))


def test_a_run_holds_all_that_can_happen(tmp_path: Path) -> None:
    """Refusals, suspense, reversals, keys used twice, and a WAL that is brought back."""
    run = LedgerRun(tmp_path / "lives", 1)
    run.live(None, 1_500)
    kinds = {read_entry(body).kind for body in run.tills.bodies}
    assert kinds > {"open_term", "buy_in", "suspense", "reverse", "cash_out", "unregister"}
    assert any(isinstance(outcome, Refused) for _, outcome in run.tills.answers.values())
    done = {(one.kind, one.file) for one in run.lives[0].disk.done}
    assert done > {(kind, file) for kind in ("write", "sync") for file in ("ledger.db", "ledger.db-wal")}
    assert len(run.lives[0].answered) > len(run.tills.answers)


def losses(run: LedgerRun, into: Path) -> Iterator[str]:
    with Disk(lies=True) as fast:  # whoever looks at what was left need not wait for a disk
        for number, life in enumerate(run.lives):
            for moment in cuts(life.disk.done, random.Random(run.chance.random()), into, life.began_with):
                for loss in _losses(run, life, moment, into / "ledger.db", fast):
                    yield f"life {number}, cut at {moment}: {loss}"


def _losses(run: LedgerRun, life: LedgerLife, moment: int, path: Path, fast: Disk) -> Iterator[str]:
    told = [(asked, outcome) for at, asked, outcome in life.answered if at <= moment]
    try:
        journal = open_journal(path, fast)
    except (LedgerError, apsw.Error) as error:
        yield f"does not start: {error}"
        return
    try:
        yield from _compare(run, life, told, journal)
        if run.chance.random() < ASKED_AGAIN:
            yield from _asked_again(run, journal)
    finally:
        journal.close()


def _compare(run: LedgerRun, life: LedgerLife, told: Any, journal: Any) -> Iterator[str]:
    found = [body for _, body, _ in journal.stored_after(0, 1 << 30)]
    whole = life.ends[-1] if life.ends else life.seq_before
    if found[:whole] != run.tills.bodies[: len(found)][:whole]:
        yield "other entries than were answered"
    if life.ends and 1 < len(found) <= whole and len(found) not in life.ends:
        yield f"{len(found)} entries are half a commit"
    answered = [outcome.link.entry.seq for _, outcome in told if isinstance(outcome, Posted)]
    if len(found) < max(answered, default=0) or len(found) < life.seq_before:
        yield f"{len(found)} entries are there, {max(answered, default=0)} was answered"
    for asked, outcome in told:
        if journal.outcome(asked.device, asked.key) != outcome:
            yield f"{asked.key} was answered, and has another outcome"
    for (device, key), outcome in life.answered_before.items():
        if journal.outcome(device, key) != outcome:
            yield f"{key} was answered in an earlier life"


def _asked_again(run: LedgerRun, journal: Any) -> Iterator[str]:
    """Every till asks all it ever asked, once more: nothing is booked twice, nothing forgotten."""
    asked = [asked for asked, _ in run.tills.answers.values()]
    before = {(one.device, one.key): journal.outcome(one.device, one.key) for one in asked}
    for start in range(0, len(asked), 100):
        part = asked[start : start + 100]
        for one, outcome in zip(part, journal.commit(part), strict=True):
            known = before[one.device, one.key]
            if isinstance(outcome, KeyReused) or known not in (None, outcome):
                yield f"{one.key} has another outcome when asked again"
    keys = Counter(
        (entry.device, entry.key)
        for _, body, _ in journal.stored_after(0, 1 << 30)
        if (entry := read_entry(body)).key
    )
    if twice := [key for key, times in keys.items() if times > 1]:
        yield f"booked twice: {twice}"
