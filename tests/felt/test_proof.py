"""Tampered ledgers and exports: `felt ledger verify` says it in words, the auditor's script finds it too."""

import importlib.util
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import apsw
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from felt.cli import run
from ledger.canonical import canonical
from ledger.chain import Tip, extend
from ledger.entry import Posting, read_entry
from ledger.export import entry_line, head_line
from ledger.heads import Head, Signer
from tests.ledger.till import SIGNER, VENUE, Till, sale

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "verify_export.py"
STRANGER = Signer.from_seed(bytes(32))
Lines = list[bytes]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("proof")
    with Till(path) as till:
        till.open_house()
        till.post(**sale("buy_in", "ann", "a1"))
        till.refuse(**sale("buy_in", "ann", "a1"))
        till.post(**sale("buy_in", "bob", "b1"))
        till.post("drop_to_vault", drawer="d", amount=5_000)
    assert run(["ledger", "export", str(path / "ledger.db"), "--to", str(path / "export.jsonl")]) == 0
    return path


@pytest.fixture(scope="module")
def lines(folder: Path) -> Lines:
    return (folder / "export.jsonl").read_bytes().splitlines(keepends=True)


def body_of(line: bytes) -> bytes:
    return line[len(b'{"entry":') :].rpartition(b',"hash":"')[0]


def chained(lines: Lines, seq: int = 0, signer: Signer | None = None) -> Lines:
    """The entries of these lines chained anew, with the amounts of one doubled; signed anew if asked."""
    tip, written = Tip.start(VENUE), []
    for line in lines[:-1]:
        entry = read_entry(body_of(line))
        if entry.seq == seq:
            swapped = tuple(Posting(posting.account, posting.amount * 2) for posting in entry.postings)
            fields = {name: getattr(entry, name) for name in entry.__slots__ if not name.startswith("_")}
            entry = type(entry)(**{**fields, "postings": swapped})
        link = extend(tip, entry)
        tip = link.tip
        written.append(entry_line(link.body, link.hash))
    return [*written, head_line(signer.sign(tip)) if signer else lines[-1]]


def misnamed(lines: Lines) -> Lines:
    """The head, signed well, under the name of a key that is not the one that signed it."""
    head = json.loads(lines[-1])["head"] | {"key": "f" * 16}
    del head["signature"]
    return [
        *lines[:-1],
        head_line(Head(**head, signature=SIGNER.signature(b"felt.head.1" + canonical(head)))),
    ]


def replaced(line: bytes, old: bytes, new: bytes) -> bytes:
    assert old in line
    return line.replace(old, new)


TAMPERED: dict[str, tuple[Callable[[Lines], Lines], str]] = {
    "an amount": (lambda x: [*x[:3], replaced(x[3], b"100000", b"900000"), *x[4:]], "was changed after"),
    "a name": (lambda x: [*x[:5], replaced(x[5], b"ann", b"eve"), *x[6:]], "was changed after it was booked"),
    "one dropped": (lambda x: [*x[:4], *x[5:]], "entry 5 is missing"),
    "the first dropped": (lambda x: x[1:], "entry 1 is missing"),
    "two swapped": (lambda x: [*x[:4], x[5], x[4], *x[6:]], "entry 5 is missing"),
    "one doubled": (lambda x: [*x[:5], x[4], *x[5:]], "swapped or doubled"),
    "the last dropped": (lambda x: [*x[:-2], x[-1]], "its last signed head is of 8"),
    "cut off": (lambda x: x[:5], "its tail is missing"),
    "cut in a line": (lambda x: [*x[:5], x[5][:100]], "line 6"),
    "rewritten, hashes too": (lambda x: chained(x, 4), "the ledger was rewritten"),
    "rewritten, signed by another": (lambda x: chained(x, 4, STRANGER), "which opened no term here"),
    "a head of elsewhere": (lambda x: [*x[:-1], head_line(STRANGER.sign(Tip(VENUE, 1, 8, b"1" * 32, 1)))],
                            "which opened no term here"),
    "a head under another key's name": (misnamed, "which opened no term here"),
    "something behind it": (lambda x: [*x, x[3]], "behind the signed head"),
    "blanks put in": (lambda x: [x[0].replace(b'"entry":', b'"entry": '), *x[1:]], "line 1"),
    "nothing left": (lambda x: [], "no entry"),
}  # fmt: skip


@pytest.mark.parametrize("name", TAMPERED)
def test_a_tampered_export_is_found_and_told(
    lines: Lines, tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """[LE90] [LE91]"""
    tamper, words = TAMPERED[name]
    path = tmp_path / "tampered.jsonl"
    path.write_bytes(b"".join(tamper(lines)))
    assert run(["ledger", "verify", str(path)]) == 1
    assert words in capsys.readouterr().err
    proved = subprocess.run([sys.executable, SCRIPT, path], capture_output=True, text=True)
    assert proved.returncode == 1
    assert proved.stderr.startswith("NOT proved.")
    assert "Traceback" not in proved.stderr


def test_the_auditors_script_proves_what_is_whole_and_can_be_read(folder: Path) -> None:
    """[LE91]"""
    proved = subprocess.run([sys.executable, SCRIPT, folder / "export.jsonl"], capture_output=True, text=True)
    assert proved.returncode == 0, proved.stderr
    assert "up to entry 8" in proved.stdout
    text = SCRIPT.read_text()
    assert text.count("\n") <= 100
    assert "ledger" not in {line.split()[1].split(".")[0] for line in text.splitlines() if " import " in line}
    assert text.count(".verify(") == 1


@given(st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_byte_of_an_export_can_be_another(lines: Lines, data: st.DataObject) -> None:
    """[LE90] [LE91]"""
    text = bytearray(b"".join(lines))
    text[data.draw(st.integers(0, len(text) - 1))] ^= data.draw(st.integers(1, 255))
    start = {"term": 0, "seq": 0, "at_ms": 0, "hash": "00" * 32}
    with pytest.raises(Exception):  # noqa: B017 (whatever it says, it does not prove)
        script().prove(bytes(text).splitlines(keepends=True), start)


@given(st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_felt_finds_any_byte_too(lines: Lines, tmp_path: Path, data: st.DataObject) -> None:
    """[LE90]"""
    text = bytearray(b"".join(lines))
    text[data.draw(st.integers(0, len(text) - 1))] ^= data.draw(st.integers(1, 255))
    path = tmp_path / "damaged.jsonl"
    path.write_bytes(text)
    assert run(["ledger", "verify", str(path), "--json"]) == 1


@given(st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_byte_of_a_ledger_file_changes_what_verifies(
    folder: Path, tmp_path: Path, data: st.DataObject
) -> None:
    """[LE92] A byte that means nothing (free space, counters of pages) may differ; what is kept may not."""
    text = bytearray((folder / "ledger.db").read_bytes())
    text[data.draw(st.integers(0, len(text) - 1))] ^= data.draw(st.integers(1, 255))
    path = tmp_path / "ledger.db"
    for beside in ("-wal", "-shm"):
        path.with_name(path.name + beside).unlink(missing_ok=True)
    path.write_bytes(text)
    if run(["ledger", "verify", str(path), "--json"]) == 0:
        assert kept(path) == kept(folder / "ledger.db")


def kept(path: Path) -> list[Any]:
    """Everything a ledger file says, but refusals, which moved nothing."""
    db = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    tables = ("ledger", "entries", "heads", "outcomes WHERE seq IS NOT NULL")
    found = [db.execute(f"SELECT * FROM {table}").fetchall() for table in tables]
    db.close()
    return found


@pytest.mark.parametrize(
    ("tamper", "words"),
    [
        ("DROP TRIGGER entries_stay", "guards against changes"),
        (
            "CREATE TRIGGER z BEFORE INSERT ON outcomes BEGIN SELECT raise(IGNORE); END",
            "a ledger does not have: trigger 'z'",
        ),
        ("CREATE VIEW v AS SELECT 1", "a ledger does not have: view 'v'"),
        ("UPDATE heads SET head = (SELECT head FROM heads WHERE seq = 8) WHERE seq = 6", "of another entry"),
        (
            "UPDATE heads SET head = replace(head, substr(head, -9), 'AAAAAAA\"}') WHERE seq = 6",
            "not signed by",
        ),
        ("DELETE FROM outcomes WHERE seq = 6", "outcome of entry 6"),
        ("UPDATE outcomes SET at_ms = 1 WHERE seq = 6", "outcome of entry 6"),
        ("UPDATE entries SET seq = 9 WHERE seq = 8", "entry 8 is stored under number 9"),
        ("INSERT INTO entries VALUES (0, zeroblob(32), '{}')", "in front of entry 1"),
        ("INSERT INTO outcomes VALUES ('till9', 'k', zeroblob(32), 6, NULL, 1)", "outcome of entry 6"),
        ("INSERT INTO outcomes VALUES ('till9', 'k', zeroblob(32), 99, NULL, 1)", "an outcome is kept of"),
        ("INSERT INTO outcomes VALUES ('till9', 'k', zeroblob(32), NULL, '{', 1)", "refusal does not read"),
        ("UPDATE outcomes SET refusal = '0' WHERE seq = 6", "refusal does not read"),
        ("UPDATE outcomes SET refusal = '{\"code\":5}' WHERE seq IS NULL", "refusal does not read"),
        ("UPDATE outcomes SET refusal = NULL WHERE seq IS NULL", "refusal does not read"),
        ("UPDATE heads SET seq = 99 WHERE seq = 8", "a signed head is kept of an entry that is not there"),
    ],
)
def test_what_is_kept_beside_entries_is_looked_at(
    folder: Path, tmp_path: Path, tamper: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """[LE92]"""
    path = tmp_path / "ledger.db"
    path.write_bytes((folder / "ledger.db").read_bytes())
    db = apsw.Connection(str(path))
    guards = db.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
    for name, _ in guards:
        db.execute(f"DROP TRIGGER {name}")
    if not tamper.startswith("DROP"):
        db.execute("PRAGMA ignore_check_constraints = ON")  # as one may who writes bytes
        db.execute(tamper)
        for _, sql in guards:
            db.execute(sql)
    db.close()
    assert run(["ledger", "verify", str(path)]) == 1
    assert words in capsys.readouterr().err


def test_a_rewrite_with_the_boxs_own_key_is_proved_by_a_head_that_a_till_kept(
    lines: Lines, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """[LE93]"""
    forged, kept_by_till = tmp_path / "forged.jsonl", tmp_path / "heads.jsonl"
    forged.write_bytes(b"".join(chained(lines, 4, SIGNER)))
    kept_by_till.write_bytes(lines[-1])
    assert run(["ledger", "verify", str(forged)]) == 0  # it proves itself: its own box forged it
    assert run(["ledger", "verify", str(forged), "--against", str(kept_by_till)]) == 1
    assert "the ledger was rewritten, the head proves it" in capsys.readouterr().err


def test_a_box_set_back_is_proved_by_a_head_that_a_till_kept(
    folder: Path, lines: Lines, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """[LE93]"""
    earlier, kept_by_till = tmp_path / "earlier.jsonl", tmp_path / "heads.jsonl"
    earlier.write_bytes(b"".join(chained([*lines[:5], b""], 0, SIGNER)))
    kept_by_till.write_bytes(lines[-1])
    assert run(["ledger", "verify", str(earlier)]) == 0
    assert run(["ledger", "verify", str(earlier), "--against", str(kept_by_till)]) == 1
    assert "the box was set back to an earlier state" in capsys.readouterr().err
    assert run(["ledger", "verify", str(folder / "ledger.db"), "--against", str(kept_by_till)]) == 0


def script() -> Any:
    spec = importlib.util.spec_from_file_location("verify_export", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
