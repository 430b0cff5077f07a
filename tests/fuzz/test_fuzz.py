"""[DO72] Whatever bytes come: no exception but Foul, no hang, no growth; what the gate lets in, Yjs takes.

The same targets are driven three ways: by seeded random scripts, by Hypothesis (which shrinks what it finds),
and by atheris, which looks for inputs that reach code not reached before (where it has a wheel).
"""

import base64
import importlib.util
import json
import os
import random
import re
import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.crdt_models.behind_gate import Server
from tests.fuzz.targets import TARGETS, frames

LONG: Final = bool(os.environ.get("FELT_LONG"))
ROOT: Final = Path(__file__).resolve().parent.parent.parent
ATHERIS: Final = importlib.util.find_spec("atheris") is not None
INPUT_BYTES_MAX: Final = 400
CALLS_MAX: Final = 40_000  # of any input of that length; a loop that runs away makes more within a second
SLOW: Final = frozenset({"frames", "row", "presence", "hand_in"})
# Under atheris, in the long run: ten million inputs of gate and wire, and some of all else.
RUNS: Final = {
    "frames": 100_000, "one_frame": 3_000_000, "one_update": 7_000_000, "vector": 300_000, "row": 100_000,
    "message": 1_000_000, "channel": 1_000_000, "presence": 200_000, "rows": 300_000, "edit": 500_000,
    "hand_in": 60_000,
}  # fmt: skip


def inputs(count: int, seed: int) -> Iterator[bytes]:
    dice = random.Random(seed)
    for _ in range(count):
        yield dice.randbytes(dice.choice([4, 20, 60, 150, INPUT_BYTES_MAX]))


@pytest.mark.parametrize("name", TARGETS)
def test_scripts_of_dice(name: str, count: Callable[[str, int], None]) -> None:
    size = (40_000 if LONG else 2_000) if name in SLOW else (300_000 if LONG else 10_000)
    for data in inputs(size, seed=1):
        TARGETS[name](data)
    count("inputs by dice", size)


@given(st.sampled_from(sorted(TARGETS)), st.binary(max_size=INPUT_BYTES_MAX))
def test_any_bytes(name: str, data: bytes) -> None:
    TARGETS[name](data)


@pytest.mark.parametrize("name", TARGETS)
def test_no_input_makes_more_work_than_its_length_allows(name: str) -> None:
    """Counted in calls, not by a clock."""
    calls = 0

    def count(_frame: Any, event: str, _argument: Any) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    for data in inputs(300, seed=2):
        calls = 0
        sys.setprofile(count)
        try:
            TARGETS[name](data)
        finally:
            sys.setprofile(None)
        assert calls < CALLS_MAX, data.hex()


@pytest.mark.parametrize("name", TARGETS)
def test_nothing_is_left_of_an_input_in_memory(name: str) -> None:
    for data in inputs(1_500, seed=3):  # caches fill
        TARGETS[name](data)
    tracemalloc.start()
    try:
        for data in inputs(300, seed=3):
            TARGETS[name](data)
        before, _ = tracemalloc.get_traced_memory()
        for data in inputs(300, seed=3):
            TARGETS[name](data)
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < 32 * 1024


def test_yjs_makes_the_same_of_what_the_gate_lets_in() -> None:
    taken: list[tuple[list[str], dict[str, str], dict[int, int]]] = []

    def keep(server: Server) -> None:
        updates = [base64.b64encode(update).decode() for update in server.applied]
        taken.append((updates, server.texts(), server.vector()))

    for data in inputs(20_000 if LONG else 1_000, seed=4):
        frames(data, keep)
    node, script = Path(sys.executable).with_name("node"), Path(__file__).with_name("apply.mjs")
    asked = "".join(json.dumps(updates) + "\n" for updates, _, _ in taken)
    answered = subprocess.run([node, script], input=asked, capture_output=True, text=True, check=True).stdout
    for (updates, texts, vector), line in zip(taken, answered.splitlines(), strict=True):
        theirs = json.loads(line)
        assert theirs["facts"] == texts, updates
        assert {int(client): clock for client, clock in theirs["vector"].items()} == vector, updates
        assert not theirs["pending"], updates


@pytest.mark.skipif(
    not ATHERIS, reason="atheris has no wheel for this Python or machine: dice and Hypothesis only"
)
@pytest.mark.parametrize("name", TARGETS)
def test_inputs_led_by_coverage(name: str, tmp_path: Path, count: Callable[[str, int], None]) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for n, data in enumerate(inputs(50, seed=5)):
        (corpus / str(n)).write_bytes(data)
    runs = RUNS[name] if LONG else 300
    limits = [
        f"-runs={runs}",
        f"-max_len={INPUT_BYTES_MAX}",
        "-len_control=0",
        "-rss_limit_mb=1024",
        "-timeout=20",
    ]
    command = [
        sys.executable,
        "-m",
        "tests.fuzz.coverage_guided",
        name,
        *limits,
        "-print_final_stats=1",
        corpus,
    ]
    ended = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True
    )
    assert ended.returncode == 0, ended.stderr[-3_000:]
    executed = re.search(r"number_of_executed_units: (\d+)", ended.stderr)
    assert executed is not None
    assert int(executed[1]) >= runs
    count("inputs led by coverage", int(executed[1]))
    covered = re.findall(r" cov: (\d+) ", ended.stderr)
    count("edges of code they reached, each target's added up", int(covered[-1]))
