"""The command line as a person uses it, also wrongly: exit codes, words on stderr, never a traceback."""

import json
import socket
from pathlib import Path

import pytest

from felt.cli import run

Output = pytest.CaptureFixture[str]

WRONG = [
    (["nonsense"], 2),
    (["leaf"], 2),
    (["leaf", "--data", "{tmp}", "--port", "seventy"], 2),
    (["leaf", "--data", "{tmp}", "--port", "70000"], 2),
    (["leaf", "--data", "{tmp}", "--nats-url", "http://x"], 2),
    (["leaf", "--data", "{tmp}"], 1),
    (["core", "--data", "{tmp}", "--public-urls", "not an address"], 2),
    (["demo", "--speed", "0"], 2),
    (["demo", "--port", "65535"], 2),
    (["demo", "line", "cut", "--data", "{tmp}"], 1),
    (["demo", "link", "floor", "--data", "{tmp}"], 1),
    (["docs", "show", "--data", "{tmp}"], 1),
    (["docs", "history", "../etc", "--data", "{tmp}"], 2),
    (["ledger", "verify", "{tmp}/none.db"], 2),
    (["backup", "--data", "{tmp}", "--to", "{tmp}/copy"], 1),
    (["restore", "--from", "{tmp}", "--data", "{tmp}/new"], 1),
    (["enrol", "--data", "{tmp}"], 2),
    (["enrol", "--data", "{tmp}/x", "--name", "Room", "--time-zone", "Mars/Base"], 2),
    (["enrol", "--data", "{tmp}/x", "--device", "Tablet"], 1),
    (["enrol", "--data", "{tmp}", "--device", ""], 2),
    (["bench", "weather"], 2),
]


@pytest.mark.parametrize(("arguments", "code"), WRONG, ids=[" ".join(wrong) for wrong, _ in WRONG])
def test_what_cannot_be_done_is_said_in_a_line_with_its_exit_code(
    arguments: list[str], code: int, tmp_path: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FELT_DATA", raising=False)
    monkeypatch.setenv("FELT_PIN", "123456")
    assert run([part.format(tmp=tmp_path) for part in arguments]) == code
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err
    assert "Traceback" not in told.err


@pytest.mark.parametrize(
    "command", ["", "leaf", "core", "demo", "backup", "restore", "enrol", "doctor", "bench"]
)
def test_every_command_has_help_with_an_example(command: str, capsys: Output) -> None:
    assert run([*command.split(), "--help"]) == 0
    told = capsys.readouterr().out
    assert not command or "Example:" in told


def test_a_venue_is_founded_once(tmp_path: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FELT_PIN", "123456")
    found = ["enrol", "--data", str(tmp_path / "leaf"), "--name", "Room", "--time-zone", "Europe/Vienna"]
    assert run(found) == 0
    assert "/auth#key=" in capsys.readouterr().out
    assert run(found) == 1
    assert "already" in capsys.readouterr().err


def test_a_key_for_another_tablet_is_made_at_the_box(
    tmp_path: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FELT_PIN", "123456")
    leaf = ["enrol", "--data", str(tmp_path / "leaf")]
    assert run([*leaf, "--name", "Room"]) == 0
    first = capsys.readouterr().out
    assert run([*leaf, "--device", "Tablet 2"]) == 0
    told = capsys.readouterr().out
    assert "/auth#key=" in told
    assert told.split("#key=")[1].split()[0] not in first


def test_a_backup_comes_back_whole_and_writes_over_nothing(
    tmp_path: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FELT_PIN", "123456")
    leaf, copy, back = (str(tmp_path / name) for name in ("leaf", "copy", "back"))
    assert run(["enrol", "--data", leaf, "--name", "Room"]) == 0
    assert run(["backup", "--data", leaf, "--to", copy]) == 0
    assert run(["backup", "--data", leaf, "--to", copy]) == 1
    assert run(["restore", "--from", copy, "--data", leaf]) == 1
    assert run(["restore", "--from", copy, "--data", back]) == 0
    capsys.readouterr()
    assert run(["docs", "show", "--data", back, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []
    assert (tmp_path / "back" / "keys" / "leaf.json").read_bytes() == (
        tmp_path / "leaf" / "keys" / "leaf.json"
    ).read_bytes()


def test_a_damaged_backup_is_not_restored(
    tmp_path: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FELT_PIN", "123456")
    leaf, copy = str(tmp_path / "leaf"), tmp_path / "copy"
    assert run(["enrol", "--data", leaf, "--name", "Room"]) == 0
    assert run(["backup", "--data", leaf, "--to", str(copy)]) == 0
    database = copy / "leaf.db"
    database.write_bytes(database.read_bytes()[:-1] + b"x")
    assert run(["restore", "--from", str(copy), "--data", str(tmp_path / "back")]) == 1
    assert "damaged" in capsys.readouterr().err


def test_the_doctor_answers_as_json(tmp_path: Path, capsys: Output) -> None:
    run(["doctor", "--data", str(tmp_path), "--json"])
    findings = {finding["name"]: finding for finding in json.loads(capsys.readouterr().out)}
    assert findings["sqlite"]["well"]
    assert findings["python"]["well"]


def test_a_port_that_is_taken_is_named(
    tmp_path: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FELT_PIN", "123456")
    leaf = str(tmp_path / "leaf")
    assert run(["enrol", "--data", leaf, "--name", "Room"]) == 0
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert run(["leaf", "--data", leaf, "--port", port]) == 1
        assert "in use" in capsys.readouterr().err
        assert run(["demo", "--data", str(tmp_path / "demo"), "--port", port]) == 1
        assert f"port {port} (leaf) is taken" in capsys.readouterr().err
