"""demo.json."""

import json
import os
from pathlib import Path

from felt.demo.demo_file import DemoFile, devices_of, read_demo_file, runs


def test_it_is_written_whole_and_for_its_owner_only(tmp_path: Path) -> None:
    file = DemoFile(tmp_path, {})
    file.tell(state="starting")
    file.tell_pids({"leaf": 7})
    told = json.loads((tmp_path / "demo.json").read_text())
    assert told == {"version": 1, "state": "starting", "pids": {"demo": os.getpid(), "leaf": 7}}
    assert (tmp_path / "demo.json").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["demo.json"]


def test_devices_come_back_as_they_were_told(tmp_path: Path) -> None:
    DemoFile(tmp_path, {"devices": {"floor": {"device": "d1", "device_secret": "s"}}}).tell()
    told = read_demo_file(tmp_path)
    assert told is not None
    assert devices_of(told)["floor"].secret == "s"


def test_a_folder_without_a_demo_and_a_broken_file_are_no_demo(tmp_path: Path) -> None:
    assert read_demo_file(tmp_path) is None
    (tmp_path / "demo.json").write_text("{")
    assert read_demo_file(tmp_path) is None


def test_a_stopped_demo_or_one_whose_process_is_gone_does_not_run() -> None:
    assert not runs({"state": "stopped", "pids": {"demo": os.getpid()}})
    assert not runs({"state": "healthy", "pids": {"demo": 2**22}})
    assert not runs({"state": "healthy"})
