"""Runs the tests at full size (`FELT_LONG=1`: many examples, many seeds) and writes down what ran, how long.

`make long [PART=ledger]`. Each part is one folder of tests; a row of docs/long-runs.md is replaced when its
part runs again. The exit code is 1 when a part failed.
"""

import os
import platform
import re
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REPORT = ROOT / "docs" / "long-runs.md"
HEAD = """# Long runs

Written by `make long`: the same tests with many more examples and seeds.

| part | result | minutes | when (UTC) | where |
|---|---|---|---|---|
"""


def main(arguments: list[str]) -> int:
    parts = arguments or sorted(folder.name for folder in (ROOT / "tests").iterdir() if has_tests(folder))
    failed = 0
    for part in parts:
        started = time.monotonic()
        ended = subprocess.run(
            [sys.executable, "-m", "pytest", f"tests/{part}"],
            cwd=ROOT,
            env={**os.environ, "FELT_LONG": "1"},
            stdout=subprocess.PIPE,
            text=True,
        )
        print(ended.stdout)
        write_row(part, summary(ended.stdout), (time.monotonic() - started) / 60)
        failed |= ended.returncode != 0
    return int(failed)


def has_tests(folder: Path) -> bool:
    return folder.is_dir() and any(folder.rglob("test_*.py"))


def summary(output: str) -> str:
    """pytest's last word, such as `12 passed, 1 skipped`, and what the tests counted."""
    found = re.findall(r"(\d+ (?:passed|failed|error).*?) in [\d.]+s", output)
    counted = re.findall(r"^counted (.*)$", output, re.MULTILINE)
    return "; ".join([found[-1], *counted]) if found else "did not run"


def write_row(part: str, result: str, minutes: float) -> None:
    rows = {}
    if REPORT.exists():
        rows = {line.split("|")[1].strip(): line for line in REPORT.read_text().splitlines()[6:] if line}
    when = time.strftime("%Y-%m-%d %H:%M", time.gmtime())
    where = f"{os.cpu_count()} × {platform.machine()}, Python {platform.python_version()}"
    rows[part] = f"| {part} | {result} | {minutes:.1f} | {when} | {where} |"
    REPORT.write_text(HEAD + "\n".join(rows[name] for name in sorted(rows)) + "\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
