"""Exports that say the same in other bytes, or nearly: both provers refuse each, in words a person reads."""

import random
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from felt.cli import run
from tests.attacks.box import SCRIPT
from tests.faults.hands import LONG
from tests.felt.test_proof import script
from tests.ledger.till import Till, sale

TRIES: Final = 5_000 if LONG else 30
FOREIGN: Final = re.compile(r"codec|Traceback|delimiter|0x|^'|Error|expected", re.IGNORECASE)
START: Final = {"term": 0, "seq": 0, "at_ms": 0, "hash": "00" * 32}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Two terms, a refusal, a text that is not ASCII."""
    folder = tmp_path_factory.mktemp("hostile")
    with Till(folder) as till:
        till.open_house()
        till.post(**sale("buy_in", "ann", "a1"))
        till.refuse(**sale("buy_in", "ann", "a1"))
        till.post("deposit", player="bob", method="cash", drawer="d", amount=500)
        till.post("reverse", seq=7, reason="zu früh\u2028 x")
        till.journal.open_term(at_ms=2_000_000, person="mia", why="restored")
        till.post("vault_in", amount=5)
    export = folder / "whole.jsonl"
    assert run(["ledger", "export", str(folder / "ledger.db"), "--to", str(export)]) == 0
    return export.read_bytes()


def respelled(whole: bytes) -> Iterator[bytes]:
    """The same values in other bytes: all of JSON's freedom, and what parsers forgive."""
    yield from (b"\xef\xbb\xbf" + whole, whole.replace(b"\n", b"\r\n"), whole.decode().encode("utf-16"))
    yield from (whole[:-1], whole + b"\n", whole + b"\0", whole.replace(b"\n", b"\n\n", 1), b"[" * 99_999)
    lines = whole.splitlines(keepends=True)
    for n in range(len(lines)) if LONG else (0, 6, 7, len(lines) - 1):
        for other in _other_lines(lines[n]):
            yield b"".join([*lines[:n], other, *lines[n + 1 :]])


def _other_lines(line: bytes) -> Iterator[bytes]:
    seq = re.search(rb'"seq":(\d+)', line)
    assert seq is not None
    for text in (b"%b.0", b"%be0", b"0%b", b"-%b", b'"%b"', b" %b", b"%b" + b"0" * 5_000):
        yield line.replace(seq[0], b'"seq":' + text % seq[1])
    for text in (b"true", b"null", b"NaN", b"Infinity", b"[" * 9_999 + b"]" * 9_999, seq[1] + b"," + seq[0]):
        yield line.replace(seq[0], b'"seq":' + text)
    for old, new in (
        (b'"venue":"v', b'"venue":"\\u0076'), (b'"venue":', b'"\\u0076enue":'), (b'"amount":', b'"amount": '),
        (b'"hash":', b'"hash":"","hash":'), (b'{"entry":', b'{"entry":{},"entry":'),
        (b'"amount":', b'"x":-0,"amount":'),
        (b'{"head":', b'{"head":{},"head":'), (b'"}}\n', b'="}}\n'), ("ü".encode(), b"\\u00fc"),
        ("ü".encode(), b"\\ud83d"), ("ü".encode(), b"\xed\xa0\x80"), ("ü".encode(), "u\u0308".encode()),
        (b"\n", b" \n"), (b"{", b" {"),
    ):  # fmt: skip
        if old in line:
            yield line.replace(old, new, 1)


def damaged(whole: bytes, chance: random.Random) -> bytes:
    """One to fifty bytes turned, lost, put in or overwritten."""
    at = chance.randrange(len(whole))
    end = min(len(whole), at + chance.randint(1, 50))
    return chance.choice(
        (
            whole[:at] + bytes([whole[at] ^ 1 << chance.randrange(8)]) + whole[at + 1 :],
            whole[:at] + whole[end:],
            whole[:at] + chance.randbytes(1) + whole[at:],
            whole[:at] + chance.randbytes(end - at) + whole[end:],
        )
    )


def moved(whole: bytes) -> Iterator[bytes]:
    """Every line left out, doubled, and put in each other's place; the end cut off anywhere."""
    lines = whole.splitlines(keepends=True)
    for n, line in enumerate(lines):
        yield b"".join([*lines[:n], *lines[n + 1 :]])
        yield b"".join([*lines[:n], line, *lines[n:]])
        yield b"".join(lines[:n])
        for other in range(n):
            swapped = lines.copy()
            swapped[n], swapped[other] = swapped[other], swapped[n]
            yield b"".join(swapped)


def found_by_both(export: bytes, path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path.write_bytes(export)
    assert run(["ledger", "verify", str(path)]) == 1
    assert "felt: " in (told := capsys.readouterr().err)
    assert "Traceback" not in told
    with pytest.raises(Exception):  # noqa: B017 (whatever it says, it does not prove)
        script().prove(export.splitlines(keepends=True), dict(START))


def test_no_other_spelling_is_proved(
    whole: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """[LE90] [LE91]"""
    for export in respelled(whole):
        found_by_both(export, tmp_path / "export.jsonl", capsys)


def test_no_line_can_be_moved_and_no_byte_be_another(
    whole: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """[LE90] [LE91]"""
    chance = random.Random(29)
    for export in [*moved(whole), *(damaged(whole, chance) for _ in range(TRIES))]:
        if export != whole:
            found_by_both(export, tmp_path / "export.jsonl", capsys)


@pytest.mark.parametrize(
    "hostile",
    [b"\xff\xfe", b"nonsense\n", b"{}\n", b"[]\n", b"5\n", b'{"entry":5,"hash":"x"}\n', b"[" * 99_999],
)
def test_the_auditors_script_says_no_in_words(whole: bytes, tmp_path: Path, hostile: bytes) -> None:
    """[LE91]"""
    path = tmp_path / "export.jsonl"
    path.write_bytes(hostile + whole)
    told = subprocess.run([sys.executable, SCRIPT, path], capture_output=True, text=True)
    assert told.returncode == 1
    assert told.stderr.startswith("NOT proved. Behind entry 0: ")
    assert not FOREIGN.search(told.stderr.partition(": ")[2]), told.stderr


def test_a_tail_cut_off_is_proved_by_a_head_that_a_till_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """[LE93] At any entry, though the head at the new end is genuine."""
    exports, kept = list[Path](), tmp_path / "kept.jsonl"
    with Till(tmp_path) as till:
        for n in range(6):
            till.post("vault_in", amount=5 + n)
            exports.append(tmp_path / f"{n}.jsonl")
            assert run(["ledger", "export", str(till.path), "--to", str(exports[-1])]) == 0
    kept.write_bytes(exports[-1].read_bytes().splitlines(keepends=True)[-1])
    for export in exports:
        assert run(["ledger", "verify", str(export)]) == 0
        assert run(["ledger", "verify", str(export), "--against", str(kept)]) == int(export != exports[-1])
        assert export == exports[-1] or "its tail is missing" in capsys.readouterr().err
