"""The main job: a whole evening, played fast through the public interfaces, ends with everybody paid."""

import json
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from felt.cli import run
from felt.demo.ports import COUNT
from tests.fix_room import ROOT
from tests.ports import free_ports

SECONDS_MAX = 240


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of an evening that is over."""
    data = tmp_path_factory.mktemp("evening")
    command = [sys.executable, "-m", "felt", "demo", "--headless", "--local", "--exit-when-over"]
    told = subprocess.run(
        [*command, "--speed", "1000", "--data", str(data), "--port", str(free_ports(COUNT))],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
    )
    assert told.returncode == 0, told.stdout + told.stderr
    assert "refused" not in told.stdout
    shutil.rmtree(json.loads((data / "core" / "postgres.json").read_text())["cluster"])
    return data


def exported(evening: Path, capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    assert run(["ledger", "export", str(evening / "leaf" / "ledger.db")]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return [line["entry"] for line in lines if "entry" in line]


def test_the_ledger_of_the_evening_is_whole(evening: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["ledger", "verify", str(evening / "leaf" / "ledger.db")]) == 0
    capsys.readouterr()
    kinds = Counter(entry["kind"] for entry in exported(evening, capsys))
    assert kinds["buy_in"] + kinds["re_entry"] == 150
    assert kinds["pay_prize"] == 18
    assert kinds["close_drawer"] == 2


def test_one_player_is_left_and_the_prizes_are_the_pool(
    evening: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    demo = json.loads((evening / "demo.json").read_text())
    assert demo["state"] == "stopped"
    assert run(["docs", "show", "cage", "--data", str(evening / "leaf"), "--json"]) == 0
    cage = json.loads(capsys.readouterr().out)["facts"]
    money = cage[f"tournament/{demo['tournament']}"]["value"]
    assert money["state"] == "settled"
    assert money["paid_cents"] == money["pool_cents"] == sum(money["amounts"]) == 800_000


def test_everybody_but_one_went_out_once_for_each_entry(
    evening: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    demo = json.loads((evening / "demo.json").read_text())
    document = f"tournament/{demo['tournament']}"
    assert run(["docs", "show", document, "--data", str(evening / "leaf"), "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)["facts"]
    lives = {name.partition("/")[2] for name in facts if name.startswith("entry/")}
    ended = {name.partition("/")[2] for name in facts if name.startswith("bust/")}
    assert len(lives) == 150
    assert len(lives - ended) == 1
    assert ended < lives
    assert not any(name.startswith("conflict/") and fact["value"] for name, fact in facts.items())
