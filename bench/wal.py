"""Two busy hours of a cage on one file: how large its WAL gets, and how long one movement of money waits.

    felt bench wal        (or: python -P bench/wal.py [--writes 60000] [--folder DIR])

Five hundred movements a minute for two hours, each its own durable commit, one after the other without the
pauses in between: so there is never a quiet moment. Beside it a process verifies the whole ledger again and
again. Each commit is timed from command to outcome; those that brought the WAL back are told apart.
"""

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from ledger.commands import Asked, read_command
from ledger.heads import Signer
from ledger.journal import WAL_PASSIVE_PAGES, Journal, Posted

VENUE = "bench"
WRITES = 500 * 120
DRAWER = b'{"kind":"open_drawer","drawer":"d","amount":{"amount":0,"currency":"EUR"}}'
CHIPS = b'{"kind":"cash_buy_in","player":"p%d","drawer":"d","amount":{"amount":20000,"currency":"EUR"}}'
PROFILE = (
    b'{"kind":"adopt_profile","profile":{"name":"Bench","cash":true,"cash_games":true,'
    b'"reverse_limit_cents":0,"payout_limit_cents":0}}'
)
READER = (
    "import sys; from pathlib import Path; from leaf_server.money.recheck import recheck\n"
    "while True: assert recheck(Path(sys.argv[1]), sys.argv[2]) == ''\n"
)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--writes", type=int, default=WRITES)
    options.add_argument("--folder", type=Path, default=None, help="on the disk to measure")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(dir=chosen.folder, prefix="felt-bench-") as name:
        measure(Path(name) / "ledger.db", chosen.writes)


def measure(path: Path, writes: int) -> None:
    journal = Journal.open(path, venue=VENUE, currency="EUR", signer=Signer.from_seed(bytes(32)), at_ms=0)
    for n, body in enumerate((PROFILE, DRAWER)):
        book(journal, body, f"house-{n}")
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    reader = subprocess.Popen([sys.executable, "-P", "-c", READER, str(path), VENUE], env=env)
    plain_ms, bringing_ms, wal_bytes = [], [], 0
    wal = path.with_name(path.name + "-wal")
    try:
        for n in range(writes):
            started = time.perf_counter()
            book(journal, CHIPS % (n % 300), f"k{n}")
            took_ms = (time.perf_counter() - started) * 1_000
            pages, before = journal._wal_pages, wal_bytes
            wal_bytes = max(before, wal.stat().st_size)
            (bringing_ms if pages == 0 or pages >= WAL_PASSIVE_PAGES else plain_ms).append(took_ms)
    finally:
        reader.kill()
        reader.wait()
    journal.close()
    head = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"\n### WAL ({head}, {time.strftime('%Y-%m-%d')}; {writes:,} movements)\n")
    print("| | |\n|---|---:|")
    print(f"| WAL at its largest, MiB | {wal_bytes / 2**20:.1f} |")
    both = sorted(plain_ms + bringing_ms)
    print(f"| a commit, p50 / p99 / p99.9 ms | {at(both, 0.5)} / {at(both, 0.99)} / {at(both, 0.999)} |")
    print(f"| the longest that only committed, ms | {max(plain_ms):.1f} |")
    print(f"| the longest of {len(bringing_ms)} that brought the WAL back, ms | {max(bringing_ms):.1f} |")


def book(journal: Journal, body: bytes, key: str) -> None:
    asked = Asked(read_command(body), key, "mia", "manager", "till1", time.time_ns() // 1_000_000)
    assert isinstance(journal.commit([asked])[0], Posted)


def at(ordered: list[float], share: float) -> str:
    return f"{ordered[min(len(ordered) - 1, int(len(ordered) * share))]:.1f}"


if __name__ == "__main__":
    main()
