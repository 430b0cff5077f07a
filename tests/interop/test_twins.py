"""Python and TypeScript read random rooms, with rivals, alike."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.crdt_models.rules.arbitrary import Documents, rivals
from tests.crdt_models.rules.rooms import venue
from tests.interop.reading import reading

Twins = subprocess.Popen[str]


@pytest.fixture(scope="module")
def twins() -> Iterator[Twins]:
    """One node process; a case a line in, an answer a line out."""
    node = Path(sys.executable).with_name("node")
    script = Path(__file__).with_name("twins.mjs")
    with subprocess.Popen(
        [node, script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    ) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


@given(st.integers(0, 2**32).map(venue), st.integers(0, 60_000))
def test_both_languages_read_the_same(twins: Twins, facts: Documents, now: int) -> None:
    assert twins.stdin is not None
    assert twins.stdout is not None
    twins.stdin.write(json.dumps({"facts": facts, "now": now}) + "\n")
    twins.stdin.flush()
    theirs = json.loads(twins.stdout.readline())
    ours = json.loads(json.dumps(_answer(facts, now)))
    for part, value in ours.items():
        assert theirs[part] == value, part


def _answer(facts: Documents, now: int) -> dict[str, object]:
    tournament, config, floor, cage = (
        rivals(name, facts[name]) for name in ("tournament/a", "config", "floor", "cage")
    )
    return reading(tournament, config, floor, cage, of="a", now=now)
