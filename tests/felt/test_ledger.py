"""`felt ledger`: what verifies, and what does not in words a person can act on."""

import json
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import apsw
import pytest

from felt.cli import run
from ledger.chain import Tip, extend, follow
from ledger.entry import Entry, Posting, read_entry
from ledger.export import entry_line, head_line
from tests.ledger.till import SIGNER, VENUE, Till, sale


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with Till(tmp_path) as till:
        till.open_house()
        till.post(**sale("buy_in", "ann", "a1"))
        till.refuse(**sale("buy_in", "ann", "a2"))
        till.post(**sale("buy_in", "bob", "b1"))
    return tmp_path


@pytest.fixture
def exported(folder: Path) -> Path:
    path = folder / "export.jsonl"
    assert run(["ledger", "export", str(folder / "ledger.db"), "--to", str(path)]) == 0
    return path


def verify(path: Path, *more: object) -> int:
    return run(["ledger", "verify", str(path), *map(str, more)])


def test_a_ledger_and_its_export_verify(
    folder: Path, exported: Path, capsys: pytest.CaptureFixture[str]
) -> None:  # [LE34]
    assert verify(folder / "ledger.db", "--against", exported) == 0
    assert verify(exported, "--against", folder / "ledger.db", "--json") == 0
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (told["ok"], told["entries"], told["faults"]) == (True, 7, [])


def test_the_chain_alone_says_whether_each_entry_is_the_one_that_was_signed(
    folder: Path, exported: Path, capsys: pytest.CaptureFixture[str]
) -> None:  # [LE184]
    heads = exported.with_name("heads")
    heads.write_bytes(exported.read_bytes().splitlines(keepends=True)[-1])
    for file in (folder / "ledger.db", exported):
        assert verify(file, "--chain", "--against", heads) == 0
        assert "the books were not looked at" in capsys.readouterr().out
    forged = rewritten(exported, 4)
    assert verify(forged, "--chain") == 1
    assert "rewritten" in capsys.readouterr().err
    exported.write_bytes(exported.read_bytes().replace(b'"player":"ann"', b'"player":"bob"', 1))
    assert verify(exported, "--chain") == 1
    assert "was changed after it was booked" in capsys.readouterr().err


def test_the_file_is_its_owners(folder: Path) -> None:
    assert (folder / "ledger.db").stat().st_mode & 0o777 == 0o600


def test_it_verifies_beside_its_writer(folder: Path) -> None:  # [LE34]
    with Till(folder) as till:
        till.post("vault_in", amount=5)
        assert verify(folder / "ledger.db") == 0


@pytest.mark.parametrize(
    ("tamper", "words"),
    [
        (
            "UPDATE entries SET body = replace(body, '\"amount\":100000', '\"amount\":900000') WHERE seq = 4",
            "entry 4",
        ),
        ("UPDATE entries SET body = replace(body, 'ann', 'bob') WHERE seq = 6", "entry 6"),
        ("DELETE FROM entries WHERE seq = 3", "entry 3 is missing"),
        ("DELETE FROM entries WHERE seq = 7", "last signed head"),
        ("DELETE FROM entries", "no entry"),
        ("UPDATE entries SET hash = zeroblob(32) WHERE seq = 1", "entry 1"),
        ("UPDATE entries SET body = '' WHERE seq = 1", "entry 1"),
        ("UPDATE outcomes SET key = 'other' WHERE seq = 6", "outcome of entry 6"),
        ('UPDATE heads SET head = replace(head, \'"key": "\', \'"key": "0\') WHERE seq = 7', "key"),
        ("UPDATE heads SET head = '{}'", "head"),
        ("UPDATE heads SET head = 'x'", "head"),
        ("DELETE FROM heads", "no signed head"),
        ("DROP TABLE heads", "heads"),
        ("DROP TABLE outcomes", "outcomes"),
        ("UPDATE ledger SET venue = 'other'", "another venue"),
        (
            "UPDATE outcomes SET refusal = replace(refusal, 'already', 'never') WHERE seq IS NULL",
            "refusal kept",
        ),
        ("UPDATE outcomes SET at_ms = at_ms + 1 WHERE seq IS NULL", "not the one that was told"),
        ("UPDATE outcomes SET device = 'other' WHERE seq IS NULL", "of device other"),
        ("UPDATE outcomes SET content = zeroblob(32) WHERE seq IS NULL", "not the one that was told"),
        (
            "DROP TABLE entries; CREATE TABLE entries (seq, hash, body);"
            "INSERT INTO entries VALUES (1, 'x', 5)",
            "not of a ledger",
        ),
    ],
)
def test_tampering_is_told_in_words(
    folder: Path, tamper: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:  # [LE34]
    db = apsw.Connection(str(folder / "ledger.db"))
    triggers = [name for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'")]
    for name in triggers:
        db.execute(f"DROP TRIGGER {name}")
    db.execute(tamper)
    db.close()
    assert verify(folder / "ledger.db") == 1
    told = capsys.readouterr().err
    assert words in told
    assert "Traceback" not in told


def rewritten(exported: Path, seq: int) -> Path:
    """A whole new chain with one amount changed, as somebody without the box's key would forge it."""
    tip, lines = Tip.start(VENUE), []
    for line in exported.read_bytes().splitlines()[:-1]:
        body = line[len(b'{"entry":') :].rpartition(b',"hash":"')[0]
        entry = read_entry(body)
        if entry.seq == seq:
            swapped = tuple(Posting(where, amount * 2) for where, amount in entry.postings)
            fields = {name: getattr(entry, name) for name in Entry.__struct_fields__}
            entry = Entry(**{**fields, "postings": swapped})
        link = extend(tip, entry)
        tip = link.tip
        lines.append(entry_line(link.body, link.hash))
    path = exported.with_name("rewritten.jsonl")
    path.write_bytes(b"".join(lines) + exported.read_bytes().splitlines()[-1] + b"\n")
    return path


def test_a_rewritten_chain_fails_its_signed_head(
    exported: Path, capsys: pytest.CaptureFixture[str]
) -> None:  # [LE34]
    forged = rewritten(exported, 4)
    assert verify(forged) == 1
    assert "rewritten" in capsys.readouterr().err
    assert verify(forged, "--against", exported) == 1
    assert "part at entry 4" in capsys.readouterr().err


def test_a_rolled_back_box_is_found_by_another_copy(
    folder: Path, exported: Path, capsys: pytest.CaptureFixture[str]
) -> None:  # [LE34]
    lines = exported.read_bytes().splitlines(keepends=True)
    tip = Tip.start(VENUE)
    for line in lines[:5]:
        tip = follow(tip, line[len(b'{"entry":') :].rpartition(b',"hash":"')[0]).tip
    cut = folder / "cut.jsonl"
    cut.write_bytes(b"".join(lines[:5]) + head_line(SIGNER.sign(tip)))
    assert verify(cut) == 0
    assert verify(exported, "--against", cut) == 0
    capsys.readouterr()
    assert verify(cut, "--against", exported) == 1
    assert "its tail is missing" in capsys.readouterr().err


NO_LEDGERS = [
    b"", b"{}", b"nonsense", b'{"entry":{},"hash":"00"}\n', b'{"head":{}}\n', b"\xff" * 99, b"[" * 9_999,
    b"SQLite format 3\x00" + b"\x00" * 99,
]  # fmt: skip


@pytest.mark.parametrize("content", NO_LEDGERS)
def test_any_other_file_is_told_in_a_sentence(
    tmp_path: Path, content: bytes, capsys: pytest.CaptureFixture[str]
) -> None:  # [LE34]
    path = tmp_path / "file"
    path.write_bytes(content)
    for command in (["verify"], ["export"], ["show"], ["show", "--balances"]):
        assert run(["ledger", command[0], str(path), *command[1:]]) in (0, 1)
        assert "Traceback" not in capsys.readouterr().err
    assert verify(path) == 1
    assert verify(tmp_path / "missing") == 2
    assert verify(tmp_path) == 2


def test_an_address_that_does_not_answer_is_told(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:  # [LE34]
    assert verify(folder / "ledger.db", "--against", "http://127.0.0.1:9") == 1
    assert "gave no signed head" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [(200, b"[" * 99_999, "not JSON"), (200, b"\xff", "not JSON"), (500, b"{}", "it answered 500")],
)
def test_an_address_that_answers_no_head_is_told(
    folder: Path, status: int, body: bytes, words: str, capsys: pytest.CaptureFixture[str]
) -> None:  # [LE34]
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        Thread(target=server.handle_request).start()
        assert verify(folder / "ledger.db", "--against", f"http://127.0.0.1:{server.server_port}") == 1
    assert f"gave no signed head: {'a head is ' * (status == 200)}{words}" in capsys.readouterr().err


def test_nothing_to_compare_with_is_no_comparison(folder: Path) -> None:  # [LE34]
    (folder / "empty").touch()
    assert verify(folder / "ledger.db", "--against", folder / "empty") == 2
    assert verify(folder / "ledger.db", "--against", "") == 2


def test_show_prints_entries_and_balances(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(folder / "ledger.db")
    assert run(["ledger", "show", path, "--after", "5", "--limit", "1"]) == 0
    assert "buy_in" in capsys.readouterr().out
    assert run(["ledger", "show", path, "--json", "--limit", "2"]) == 0
    assert [json.loads(line)["entry"]["seq"] for line in capsys.readouterr().out.splitlines()] == [1, 2]
    assert run(["ledger", "show", path, "--balances", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["balances"]["1010/d"] == 40_000
    assert run(["ledger", "show", path, "--balances"]) == 0
    assert "400.00 EUR" in capsys.readouterr().out
