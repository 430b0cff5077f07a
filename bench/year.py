"""A year of one venue as a ledger file, and what must hold at that size: replay, start, verify.

    felt bench year        (or: python -P bench/year.py [--entries 2000000] [--folder DIR])

Each day: a tournament is sold (a fifth of all entries), closed, decided and paid; the rest is chips of the
cash games bought and cashed, over three drawers that open and close. Written by the ledger's own rules.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import apsw

from ledger.chain import ZERO_HASH, Tip, entry_hash, walk
from ledger.commands import Asked, read_command
from ledger.heads import Signer
from ledger.journal import BATCH_MAX, Journal, Posted
from ledger.journal_file import all_stored, open_read_only
from serving.cores import shared_out
from serving.garbage import look_seldom

VENUE: Final = "bench"
CURRENCY: Final = "EUR"
SIGNER: Final = Signer.from_seed(sha256(b"bench").digest())
DAYS: Final = 365

_DAY_MS: Final = 86_400_000
_START_MS: Final = 1_767_250_800_000
_DRAWERS: Final = ("d0", "d1", "d2")
_PROFILE: Final = {
    "name": "Bench", "cash": True, "cash_games": True, "reverse_limit_cents": 10**9,
    "payout_limit_cents": 10**9,
}  # fmt: skip
_RULES: Final = {
    "name": "Bench",
    "prices": {"buy_in": {"prize_cents": 8_000, "fee_cents": 1_000, "bounty_cents": 0, "staff_cents": 1_000}},
    "entries_per_player": 1,
    "guarantee_cents": 0,
    "payout": {
        "unit_cents": 100,
        "tables": [{"entries_min": 1, "entries_max": 100_000, "basis_points": [5_000, 3_000, 2_000]}],
    },
}
_Said = tuple[str, dict[str, Any]]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--entries", type=int, default=2_000_000)
    options.add_argument("--folder", type=Path, default=None, help="on the disk to measure")
    chosen = options.parse_args()
    look_seldom()  # as a leaf does
    with tempfile.TemporaryDirectory(dir=chosen.folder, prefix="felt-bench-") as name:
        measure(Path(name) / "ledger.db", chosen.entries)


def measure(path: Path, entries: int) -> None:
    write_year(path, entries)
    seq, replay_s, replay_cpu_s = opened(path)
    chain_s = timed(lambda: chain_alone(path))
    shape_s = timed(lambda: shape_alone(path))
    recheck_s = timed(lambda: python("leaf_server.money.recheck", str(path), VENUE))
    verify_s = timed(lambda: python("felt", "ledger", "verify", str(path)))
    signed_s = timed(lambda: python("felt", "ledger", "verify", "--chain", str(path)))
    exported = path.with_suffix(".jsonl")
    python("felt", "ledger", "export", str(path), "--to", str(exported))
    export_s = timed(lambda: python("felt", "ledger", "verify", str(exported)))
    _, start_s, start_cpu_s = opened(path)
    size = path.with_suffix(".book").stat().st_size
    head = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"\n### A year ({head}, {time.strftime('%Y-%m-%d')}; {seq:,} entries)\n")
    print("| | seconds | entries a second |\n|---|---:|---:|")
    for words, took_s in (
        ("chain alone: every byte read and hashed, against the stored hashes", chain_s),
        ("… and each entry decoded, every bound of its shape and its canonical form checked", shape_s),
        ("`felt ledger verify --chain` of the file: chain, signed head, its key; all cores", signed_s),
        ("`felt ledger verify` of an export: chain, shape, canonical form, book; all cores", export_s),
        ("`felt ledger verify` of the file: every outcome and kept head besides; all cores", verify_s),
        ("recheck beside a leaf: chain, shape, canonical form, whole book, checkpoint", recheck_s),
        (
            "replay at a start without checkpoint: all of that but outcomes, signed head; all cores",
            replay_s,
        ),
        (f"start from the checkpoint ({size / 2**20:.0f} MiB)", start_s),
    ):
        print(f"| {words} | {took_s:.1f} | {seq / took_s:,.0f} |")
    print(f"\nCPU of the replay {replay_cpu_s:.1f} s, of the start from the checkpoint {start_cpu_s:.1f} s.")


def opened(path: Path) -> tuple[int, float, float]:
    """Last number; seconds of opening, and CPU seconds, of helping processes too."""
    cpu_s, started = sum(os.times()[:4]), time.perf_counter()
    journal = open_year(path)
    took = time.perf_counter() - started, sum(os.times()[:4]) - cpu_s
    seq = journal.tip.seq
    journal.close()
    return seq, *took


def python(module: str, *arguments: str) -> None:
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-P", "-m", module, *arguments]
    subprocess.run(command, env=env, check=True, stdout=subprocess.DEVNULL)


def timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def chain_alone(path: Path) -> None:
    db, before = open_read_only(path)[0], ZERO_HASH
    for body, said in all_stored(db):
        before = entry_hash(before, body)
        assert before == said
    db.close()


def shape_alone(path: Path) -> None:
    db, _ = open_read_only(path)
    for _link in walk(Tip.start(VENUE), all_stored(db)):
        pass
    db.close()


def open_year(path: Path) -> Journal:
    """Raises as `Journal.open`."""
    return Journal.open(
        path, venue=VENUE, currency=CURRENCY, signer=SIGNER, at_ms=_START_MS, through=shared_out
    )


def write_year(path: Path, entries: int) -> float:
    """A ledger of at least so many entries over a year; not synced while it is written. Seconds it took."""
    started = time.perf_counter()
    journal = open_year(path)
    unsynced(journal)
    waiting: list[Asked] = []
    for count, (at_ms, (kind, fields)) in enumerate(_year(entries)):
        body = json.dumps({"kind": kind, **fields}, separators=(",", ":")).encode()
        waiting.append(Asked(read_command(body), f"k{count}", "mia", "manager", "till1", at_ms))
        if len(waiting) == BATCH_MAX:
            _book(journal, waiting)
    _book(journal, waiting)
    journal.close()
    return time.perf_counter() - started


def unsynced(journal: Journal) -> None:
    db: apsw.Connection = journal._db
    db.execute("PRAGMA synchronous = OFF").fetchall()


def _book(journal: Journal, waiting: list[Asked]) -> None:
    for result in journal.commit(waiting):
        assert isinstance(result, Posted), result
    waiting.clear()


def _year(entries: int) -> Iterator[tuple[int, _Said]]:
    a_day = max(entries // DAYS, 40)
    yield _START_MS, ("adopt_profile", {"profile": _PROFILE})
    yield _START_MS, ("vault_in", {"amount": _money(10**12)})
    for day in range(DAYS):
        for n, said in enumerate(_day(day, a_day)):
            yield _START_MS + day * _DAY_MS + n * (_DAY_MS // (2 * a_day)), said


def _day(day: int, entries: int) -> Iterator[_Said]:
    event, players = f"event-{day}", entries // 5
    for drawer in _DRAWERS:
        yield "open_drawer", {"drawer": drawer, "amount": _money(players * 8_000)}
    yield "adopt_tournament", {"tournament": event, "rules": _RULES}
    for n in range(players):
        sale = {"tournament": event, "player": f"p{n}", "entry": f"{event}-{n}", "method": "cash"}
        yield "buy_in", {**sale, "drawer": _DRAWERS[n % 3], "amount": _money(10_000)}
    yield "close_registration", {"tournament": event}
    places = [[f"p{n}", f"{event}-{n}", n + 1] for n in range(3)]
    yield "confirm_result", {"tournament": event, "places": places}
    pool = players * 8_000
    for n, share in enumerate((5_000, 3_000, 2_000)):
        prize = {"tournament": event, "player": f"p{n}", "place": n + 1, "drawer": "d0", "method": "cash"}
        yield "pay_prize", {**prize, "amount": _money(pool * share // 10_000)}
    for n in range((entries - players - 13) // 2):
        chips = {"player": f"p{n % 300}", "drawer": _DRAWERS[n % 3], "amount": _money(20_000)}
        yield "cash_buy_in", chips
        yield "cash_out", chips
    for drawer in _DRAWERS:
        yield "drop_to_vault", {"drawer": drawer, "amount": _money(players * 3_000)}
        yield "close_drawer", {"drawer": drawer, "counted": {}}


def _money(cents: int) -> dict[str, Any]:
    return {"amount": cents, "currency": CURRENCY}


if __name__ == "__main__":
    main()
