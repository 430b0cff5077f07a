"""Work for several processes comes back in order, and none of them outlives who asked."""

import os
import signal
import subprocess
import sys
from multiprocessing.connection import Listener
from pathlib import Path

import psutil
import pytest

from serving import cores
from serving.cores import LONG, shared_out
from tests.serving.cores_work import doubled, process

CODE = "tests.serving.cores_work"


def test_what_comes_back_is_in_order_and_other_processes_made_it() -> None:
    with shared_out(LONG) as each:
        assert list(each(doubled, [(n,) for n in range(50)])) == [2 * n for n in range(50)]
        assert os.getpid() not in set(each(process, [()] * 8))


def test_little_is_done_right_here() -> None:
    with shared_out(LONG - 1) as each:
        assert set(each(process, [()] * 8)) == {os.getpid()}


def test_what_goes_wrong_there_is_raised_here() -> None:
    with shared_out(LONG) as each, pytest.raises(ValueError, match="-1 is below zero"):
        list(each(doubled, [(1,), (-1,), (1,)]))


def test_who_is_killed_leaves_no_process_behind(tmp_path: Path) -> None:
    address = str(tmp_path / "line")
    with Listener(address) as listener:
        asker = subprocess.Popen([sys.executable, "-m", CODE, address], cwd=Path(cores.__file__).parents[1])
        with listener.accept() as line:
            own, *helpers = line.recv()
            found = [psutil.Process(helper) for helper in set(helpers)]
            assert found
            assert own == asker.pid
            os.kill(own, signal.SIGKILL)
            asker.wait()
            _, alive = psutil.wait_procs(found, timeout=30)
            assert not alive
