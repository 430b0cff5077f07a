"""What grows with use is bounded: rooms that come and go, followers that do not look, documents of a kind."""

import re
import subprocess
import sys
import tracemalloc
from dataclasses import astuple, is_dataclass
from importlib import import_module
from math import prod
from pathlib import Path
from typing import Any, Final

import pytest

from crdt_models.documents.catalogue import DOCUMENTS_PER_KIND_MAX
from crdt_models.errors import CloseCode, Foul
from crdt_models.facts import Json
from crdt_models.gate import LIVE
from crdt_models.hand_in import read_hand_in
from crdt_models.replication import pack
from crdt_models.server_replica import DOCUMENT_BYTES_MAX
from crdt_models.session import HAND_IN_EDITS_MAX, NoteKind
from crdt_models.update_log import NumberedRow
from tests.contracts.doc_store import row
from tests.faults.hands import LONG, Clock, Hand, open_leaf, until

pytestmark = pytest.mark.anyio
ROOMS = 10_000 if LONG else 300
GROWN_KIB_MAX = 8 * 1024
ROOT: Final = Path(__file__).resolve().parents[2]
BOUNDS: Final = ROOT / "docs" / "reference" / "bounds.md"


def test_rooms_that_come_and_go_leave_memory_as_it_was(tmp_path: Path) -> None:
    """[DO22]"""
    command = [sys.executable, "-m", "tests.faults.many_rooms", str(tmp_path), str(ROOMS)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    at_half, at_the_end = map(int, told.split())
    assert at_the_end - at_half < GROWN_KIB_MAX


async def test_a_kind_has_two_thousand_documents_and_no_more(tmp_path: Path) -> None:
    """[DO17] [DO22]"""
    now = Clock()
    async with open_leaf(tmp_path / "leaf.db", None, now, 4_000_000_000) as leaf:
        await leaf.store.append([row(f"phone/p{n}") for n in range(DOCUMENTS_PER_KIND_MAX - 1)])
        codes = []
        for n in (1, 2):
            hand = Hand.new(f"phone/new{n}", f"d{n}", n)
            await hand.connect(leaf.rooms)
            hand.write([("setup", {"kind": "phone", "until_ms": 1})], now())
            await until(lambda h=hand: h.settled)  # type: ignore[misc]
            codes += [note.content["code"] for note in hand.notes if note.kind is NoteKind.REFUSED]
        assert codes == ["full"]
        assert await leaf.store.count("phone/") == DOCUMENTS_PER_KIND_MAX + 1  # one has nothing but a refusal
        assert len(await leaf.rooms.documents()) == 1


async def test_a_document_takes_eight_mebibytes_and_is_read_on(tmp_path: Path) -> None:
    """[DO17] [DO22]"""
    now, text = Clock(), "x" * 3_900
    async with open_leaf(tmp_path / "leaf.db", None, now, 4_000_000_000) as leaf:
        hand = Hand.new("floor", "d1", 1)
        await hand.connect(leaf.rooms)
        hand.write([("setup", {"kind": "floor"})], now())
        written = 0
        while not (refused := [note for note in hand.notes if note.kind is NoteKind.REFUSED]):
            answers: list[tuple[str, Json]] = [
                (f"answer/a{written + n}", {"answer": "done", "text": text}) for n in range(32)
            ]
            written += sum(len(name) + len(text) for name, _ in answers)
            hand.write(answers, now())
            await until(lambda: hand.settled)
            assert written < 2 * DOCUMENT_BYTES_MAX
        assert {note.content["code"] for note in refused} == {"full"}
        assert written > DOCUMENT_BYTES_MAX
        other = Hand.new("floor", "d2", 2)
        await other.connect(leaf.rooms)
        await until(lambda: other.settled and other.digest == hand.digest)
        (listed,) = await leaf.rooms.documents()
        assert DOCUMENT_BYTES_MAX < listed.bytes < DOCUMENT_BYTES_MAX + (1 << 20)


async def test_of_a_page_that_wrote_little_is_kept_for_ever(tmp_path: Path) -> None:
    """[DO104] Its name with a counter, and its client id; on disk, in memory, and between the servers."""
    pages, now, path = 20_000 if LONG else 2_000, Clock(), tmp_path / "leaf.db"
    async with open_leaf(path, None, now, 4_000_000_000) as leaf:
        hand = Hand.new("floor", "d0", 1)
        await hand.connect(leaf.rooms)
        hand.write([("setup", {"kind": "floor"})], now())
        await until(lambda: hand.settled)
        await leaf.store.append(
            [
                row("floor", b"", 1, vector={f"d{n % 50}-{n:08x}": 3}, bound={n + 10: f"d{n % 50}"})
                for n in range(pages)
            ]
        )
    async with open_leaf(path, None, now, 4_100_000_000) as leaf:
        await leaf.rooms.switch("floor")  # what was in the log goes into its tables
        whole = await leaf.rooms.state("floor")
        assert whole is not None
        assert len(whole.vector) > pages
        between = len(pack([NumberedRow(1, whole)]))
    tracemalloc.start()
    try:
        async with open_leaf(path, None, now, 4_200_000_000) as leaf:
            await leaf.rooms.enter("floor")
            memory, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert path.stat().st_size / pages < 300
    assert memory / pages < 800
    assert between / pages < 60


def test_a_hand_in_has_its_bounds() -> None:
    """[DO22]"""
    edits = [[f"{n}.1.d1-x", "[]"] for n in range(1, HAND_IN_EDITS_MAX + 2)]
    texts, _ = read_hand_in({"edits": edits[:-1], "vector": {}}, "d1", 1)
    assert len(texts) == HAND_IN_EDITS_MAX
    with pytest.raises(Foul):
        read_hand_in({"edits": edits, "vector": {}}, "d1", 1)
    with pytest.raises(Foul) as error:
        read_hand_in({"edits": edits[:1], "vector": {}}, "d1", LIVE.bytes + 1)
    assert error.value.code is CloseCode.TOO_LARGE


def test_the_list_of_bounds_is_true() -> None:
    """[DO22] Every constant has the value told, every test is there."""
    rows = [line.split(" | ") for line in BOUNDS.read_text().splitlines() if "::" in line]
    assert len(rows) > 25
    for _, told, where, _, shown in rows:
        (path, name), (test_path, test) = (each.strip("` |").split("::") for each in (where, shown))
        value = _of_web(path, name) if path.endswith(".ts") else _of_python(path, name)
        numbers = [_number(part) for part in told.split(", ")]
        assert numbers == (list(astuple(value)) if is_dataclass(value) else [value]), where
        titled = f"'{test}'" if test_path.endswith(".ts") else f"def {test}("
        assert titled in (ROOT / test_path).read_text(), shown


def _of_python(path: str, name: str) -> Any:
    return getattr(import_module(path.removesuffix(".py").replace("/", ".")), name)


def _of_web(path: str, name: str) -> int:
    """A number, or a product of numbers."""
    told = re.search(rf"\bconst {name} = ([0-9_* ]+);", (ROOT / path).read_text())
    assert told is not None, (path, name)
    return prod(int(factor.replace("_", "")) for factor in told[1].split("*"))


def _number(text: str) -> int:
    number, _, unit = text.partition(" ")
    return int(number) * {"": 1, "KiB": 1 << 10, "MiB": 1 << 20}[unit]
