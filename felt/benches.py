"""`felt bench`: the scripts of the checkout's folder `bench`, one after the other."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from felt.failure import CommandFailed

__all__ = ["BENCHES", "run_benches"]

FOLDER: Final = Path(__file__).resolve().parent.parent / "bench"
BENCHES: Final[Mapping[str, Sequence[str]]] = {
    "gate": (sys.executable, "-P", "gate.py"),
    "ingest": (sys.executable, "-P", "ingest.py"),
    "ledger": (sys.executable, "-P", "ledger.py"),
    "line": (sys.executable, "-P", "line.py"),
    "merge": (sys.executable, "-P", "merge.py"),
    "restart": (sys.executable, "-P", "restart.py"),
    "scale": (sys.executable, "scale/run.py"),
    "seating": (sys.executable, "-P", "seating.py"),
    "slow": (sys.executable, "scale/run.py", "--slow", "4", "--entries", "358", "--tables", "40"),
    "tills": (sys.executable, "-P", "tills.py"),
    "wal": (sys.executable, "-P", "wal.py"),
    "year": (sys.executable, "-P", "year.py"),
    "sync": ("bash", "sync/run.sh"),
}


def run_benches(which: str) -> int:
    """Runs one bench or all; the exit code is that of the first that failed. Raises CommandFailed."""
    if which != "all" and which not in BENCHES:
        raise CommandFailed(f"there is no bench {which!r}; there are all, {', '.join(BENCHES)}", exit_code=2)
    if not FOLDER.is_dir():
        raise CommandFailed("the benchmarks are part of the checkout, not of the installed package")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    codes = [
        subprocess.run(command, cwd=FOLDER, env={**os.environ, "PATH": path}).returncode
        for name, command in BENCHES.items()
        if which in ("all", name)
    ]
    return next((code for code in codes if code), 0)
