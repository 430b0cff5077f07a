"""What a server reads before it runs: a person waits for it, and a venue while its leaf comes back."""

import subprocess
import sys

import pytest

from tests.fix_room import ROOT

TOOLS = {"httpx", "rich", "segno", "websockets", "felt.tools", "felt.demo"}
PAPER = {"escpos", "reportlab"}
READ = "import sys, felt.server_commands, {server}.app; print(*sys.modules)"


@pytest.mark.parametrize(
    ("server", "not_needed"), [("leaf_server", TOOLS | PAPER | {"psycopg"}), ("core_server", TOOLS | PAPER)]
)
def test_a_server_reads_no_code_of_others(server: str, not_needed: set[str]) -> None:
    """What prints and what makes PDFs is read when it is first needed."""
    command = [sys.executable, "-c", READ.format(server=server)]
    told = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert not_needed.isdisjoint(told.split())


def test_a_process_beside_a_server_runs_no_command() -> None:
    """It reads the module that the server was started by, under the name of one that is not started."""
    read = "import runpy; runpy.run_path('felt/__main__.py', run_name='__mp_main__')"
    beside = subprocess.run([sys.executable, "-c", read], cwd=ROOT, capture_output=True, text=True)
    assert (beside.returncode, beside.stdout, beside.stderr) == (0, "", "")
