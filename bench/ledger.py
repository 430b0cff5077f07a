"""The ledger against raw SQLite, in one run on one disk: durable commands, answers under load, verifying.

    felt bench ledger        (or: python -P bench/ledger.py [--seconds 2] [--folder DIR])

Raw SQLite is the same library with the same settings and tables, triggers and checkpoints, and it is given
the very rows of the ledger's own commits just before (entry, outcome and head, ready made), commit by commit,
each table's in one `executemany`: it reads no command, decides nothing, hashes and signs nothing. Rates of a
disk move between runs; compare within one table. Both are measured again with each sync 3.5 ms longer, as on
the drive of a small box: what a consumer's NVMe drive took per fsync (percona.com, "Why Consumer SSD Reviews
are Useless for Database Performance Use Case", 2018-07-18).
"""

import argparse
import hashlib
import json
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import anyio
import apsw

from leaf_server.money.cage import Cage
from ledger.audit import audit
from ledger.chain import Tip, entry_hash, extend
from ledger.commands import Asked, read_command
from ledger.heads import Signer
from ledger.journal import WAL_PASSIVE_PAGES, Journal, Posted
from ledger.journal_file import ADD_ENTRY, ADD_HEAD, ADD_OUTCOME, open_database, open_read_only
from ledger.posting_rules import Draft
from serving.garbage import look_seldom
from serving.tokens import SignIn

GROUP = 100
GROUPS = 30
PHASES = ("read", "decide", "draw up", "apply")
ROUNDS = 5
SMALL_BOX_SYNC_S = 0.0035
TILLS = 50
EVENTS = 40
PROFILE = {
    "name": "Bench", "cash": True, "cash_games": True, "reverse_limit_cents": 0, "payout_limit_cents": 0,
}  # fmt: skip
RULES = {
    "name": "Bench",
    "prices": {"buy_in": {"prize_cents": 8_000, "fee_cents": 1_000, "bounty_cents": 1_000, "staff_cents": 0}},
    "entries_per_player": 1,
    "guarantee_cents": 0,
    "payout": {
        "unit_cents": 100,
        "tables": [{"entries_min": 1, "entries_max": 100_000, "basis_points": [5_000, 3_000, 2_000]}],
    },
}
EUROS = "EUR"
SALE = (
    b'{"kind":"buy_in","tournament":"t%d","player":"p%d","entry":"e%d","drawer":"d","method":"cash",'
    b'"amount":{"amount":10000,"currency":"EUR"}}'
)
SIGNER = Signer.from_seed(hashlib.sha256(b"bench").digest())


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=2.0, help="of each measurement")
    options.add_argument("--folder", type=Path, default=None, help="on the disk to measure")
    chosen = options.parse_args()
    look_seldom()  # as a leaf does
    with tempfile.TemporaryDirectory(dir=chosen.folder, prefix="felt-bench-") as name:
        measure(Path(name), chosen.seconds)


def measure(folder: Path, seconds: float) -> None:
    sales, slow = Sales(), SlowDisk()
    (folder / "small").mkdir()
    small = in_turns(folder / "small", sales, seconds, slow.name)
    median = in_turns(folder, sales, seconds)
    started = time.perf_counter()
    journal = open_house(folder / "ledger.db")
    reopened_s = time.perf_counter() - started
    seq = journal.tip.seq
    stored = [(body, hash_) for _, body, hash_ in journal.stored_after(0, seq)]
    journal.close()
    answers_ms = sorted(anyio.run(answer_times, folder / "cage.db", seconds))
    head = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"\n### Ledger ({head}, SQLite {apsw.sqlite_lib_version()}, {time.strftime('%Y-%m-%d')})\n")
    print("| durable, per second | raw SQLite | ledger | share | CPU µs each: raw, ledger |")
    print("|---|---:|---:|---:|---:|")
    for disk, found in (("", median), (f", each sync {SMALL_BOX_SYNC_S * 1_000} ms longer", small)):
        for size, words in ((1, "one command a commit"), (GROUP, f"{GROUP} commands a commit")):
            own, other = found["ledger", size], found["raw", size]
            rates = (
                f"{other.per_second:,.0f} | {own.per_second:,.0f} | {own.per_second / other.per_second:.0%}"
            )
            print(f"| {words}{disk} | {rates} | {other.cpu_s * 1e6:.1f}, {own.cpu_s * 1e6:.1f} |")
    show_phases(cpu_of_phases(folder / "ledger.db", sales), median["raw", GROUP].cpu_s)
    print("\n| | |\n|---|---:|")
    half, most = at(answers_ms, 0.5), at(answers_ms, 0.99)
    print(f"| answer to one of {TILLS} tills at once, p50 / p99 | {half:.1f} / {most:.1f} ms |")
    print(f"| answers per second then | {len(answers_ms) / seconds:,.0f} |")
    print(f"| hash chain alone, entries per second | {chain_rate(stored):,.0f} |")
    print(f"| audit (shape, chain, book), entries per second | {audit_rate(stored):,.0f} |")
    print(f"| start-up with {seq:,} entries, verified and replayed | {reopened_s:.2f} s |")


class Rate(NamedTuple):
    """Medians over the rounds; CPU of one command."""

    per_second: float
    cpu_s: float


def in_turns(
    folder: Path, sales: "Sales", seconds: float, vfs: str | None = None
) -> dict[tuple[str, int], Rate]:
    """(Raw or ledger, commands a commit) → its rate; in turns, so that a busy minute hits both."""
    path = folder / "ledger.db"
    journal, raw = open_house(path, vfs), Raw(folder / "raw.db", path, vfs)
    found: dict[tuple[str, int], list[tuple[float, float]]] = {}
    for _ in range(ROUNDS):
        for size in (1, GROUP):
            before, used = journal.tip.seq, time.process_time()
            per_second = rate(lambda n=size: book(journal, sales, n), seconds / ROUNDS)
            count, used_s = journal.tip.seq - before, time.process_time() - used
            found.setdefault(("ledger", size), []).append((per_second, used_s / count))
            rows, used = commits(path, before), time.process_time()
            per_second = raw.rate_of(rows)
            found.setdefault(("raw", size), []).append((per_second, (time.process_time() - used) / count))
    journal.close()
    raw.db.close()
    return {
        name: Rate(*(statistics.median(one) for one in zip(*rounds, strict=True)))
        for name, rounds in found.items()
    }


class SlowDisk(apsw.VFS):  # type: ignore[misc]
    """The machine's own, but for how long a sync takes."""

    name = "slow"

    def __init__(self) -> None:
        super().__init__(self.name, "")

    def xOpen(self, name: Any, flags: list[int]) -> "SlowFile":
        return SlowFile("", name, flags)


class SlowFile(apsw.VFSFile):  # type: ignore[misc]
    def xSync(self, flags: int) -> None:
        time.sleep(SMALL_BOX_SYNC_S)
        super().xSync(flags)


class Sales:
    """Buy-ins without end: another player each time, over forty events."""

    def __init__(self) -> None:
        self.count = 0

    def next(self) -> bytes:
        self.count += 1
        n = self.count
        return SALE % (n % EVENTS, n, n)


def command(kind: str, **fields: Any) -> bytes:
    """As a browser writes it."""
    return json.dumps({"kind": kind, **fields}, separators=(",", ":")).encode()


def asked(body: bytes, key: str) -> Asked:
    return Asked(read_command(body), key, "mia", "manager", "till1", time.time_ns() // 1_000_000)


def house() -> list[bytes]:
    """What a venue needs before it sells."""
    return [
        command("adopt_profile", profile=PROFILE),
        *(command("adopt_tournament", tournament=f"t{n}", rules=RULES) for n in range(EVENTS)),
        command("open_drawer", drawer="d", amount={"amount": 0, "currency": EUROS}),
    ]


def open_house(path: Path, vfs: str | None = None) -> Journal:
    journal = Journal.open(path, venue="bench", currency=EUROS, signer=SIGNER, at_ms=0, vfs=vfs)
    results = journal.commit([asked(body, f"house-{n}") for n, body in enumerate(house())])
    assert all(isinstance(result, Posted) for result in results)
    return journal


Rows = list[tuple[Any, ...]]
Commit = tuple[Rows, Rows, Rows]  # entries, outcomes, heads


def commits(path: Path, after: int) -> list[Commit]:
    """What the ledger wrote behind an entry, commit by commit, as rows of its tables."""
    db, _ = open_read_only(path)
    entries = db.execute(
        "SELECT seq, hash, body FROM entries WHERE seq > ? ORDER BY seq", (after,)
    ).fetchall()
    outcomes = db.execute(
        "SELECT device, key, content, seq, refusal, at_ms FROM outcomes WHERE seq > ? ORDER BY seq", (after,)
    ).fetchall()
    heads = db.execute("SELECT seq, head FROM heads WHERE seq > ? ORDER BY seq", (after,)).fetchall()
    db.close()
    found, start = [], 0
    for head in heads:
        end = head[0] - after
        found.append((entries[start:end], outcomes[start:end], [head]))
        start = end
    return found


class Raw:
    """SQLite alone, with the ledger's schema and settings."""

    def __init__(self, path: Path, like: Path, vfs: str | None) -> None:
        self.db = open_database(path, "bench", vfs)
        self.pages = 0
        self.db.set_wal_hook(self._count)
        db, _ = open_read_only(like)
        self.insert(([*db.execute("SELECT seq, hash, body FROM entries")], [], []))  # the house
        db.close()

    def rate_of(self, commits: list[Commit]) -> float:
        """Entries per second."""
        started = time.perf_counter()
        for commit in commits:
            self.insert(commit)
        return sum(len(entries) for entries, _, _ in commits) / (time.perf_counter() - started)

    def insert(self, commit: Commit) -> None:
        entries, outcomes, heads = commit
        self.db.execute("BEGIN IMMEDIATE")
        self.db.executemany(ADD_ENTRY, entries)
        self.db.executemany(ADD_OUTCOME, outcomes)
        self.db.executemany(ADD_HEAD, heads)
        self.db.execute("COMMIT")
        if self.pages >= WAL_PASSIVE_PAGES:
            self.db.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)

    def _count(self, _db: apsw.Connection, _name: str, pages: int) -> int:
        self.pages = pages
        return apsw.SQLITE_OK


def book(journal: Journal, sales: Sales, count: int) -> int:
    """From bytes to the durable outcome, as a command comes from a till."""
    batch = [asked(sales.next(), f"k{sales.count}") for _ in range(count)]
    assert all(isinstance(result, Posted) for result in journal.commit(batch))
    return count


def cpu_of_phases(path: Path, sales: Sales) -> dict[str, float]:
    """Microseconds of each phase of a command, one phase after the other for a whole group (so, warm)."""
    journal = open_house(path)
    book = journal.book
    spent = dict.fromkeys(PHASES, 0.0)
    for _ in range(GROUPS):
        times = [time.process_time()]
        batch = [asked(sales.next(), f"k{sales.count}") for _ in range(GROUP)]
        times.append(time.process_time())
        drafts = [book.decide(one) for one in batch]
        times.append(time.process_time())
        decided = zip(batch, drafts, strict=True)
        entries = [book.draw_up(one, draft) for one, draft in decided if isinstance(draft, Draft)]
        links = [extend(book.tip, entry) for entry in entries]
        times.append(time.process_time())
        for link in links:
            book.apply(link)
        times.append(time.process_time())
        for name, start, end in zip(PHASES, times, times[1:], strict=False):
            spent[name] += end - start
    journal.close()  # nothing of this was written
    return {name: 1e6 * seconds / GROUPS / GROUP for name, seconds in spent.items()}


def show_phases(us: dict[str, float], raw_s: float) -> None:
    print(f"\n| CPU µs of one command of {GROUP}, phase by phase | |\n|---|---:|")
    for name, words in (
        ("read", "read: JSON once, types and bounds, content hash"),
        ("decide", "decided: who may, limits, accounts, postings"),
        ("draw up", "its entry: built, encoded, read back, hashed"),
        ("apply", "the book goes on"),
    ):
        print(f"| {words} | {us[name]:.1f} |")
    print(f"| its rows in SQLite, as raw | {raw_s * 1e6:.1f} |")


def rate(work: Callable[[], int], seconds: float) -> float:
    done, started = 0, time.perf_counter()
    while (passed := time.perf_counter() - started) < seconds:
        done += work()
    return done / passed


async def answer_times(path: Path, seconds: float) -> list[float]:
    """Milliseconds of each answer while fifty tills ask, each its next as soon as it has its last."""
    cage = Cage(
        path=path, venue="bench", currency=EUROS, signer=SIGNER, check_second=nobody,
        now_ms=lambda: time.time_ns() // 1_000_000,
    )  # fmt: skip
    sales, took = Sales(), list[float]()

    async def till(device: str) -> None:
        sign_in = SignIn("bench", "mia", "cashier", device, "leaf", 2**40, "s")
        while time.perf_counter() < deadline:
            body, started = sales.next(), time.perf_counter()
            assert isinstance(await cage.command(sign_in, f"k{sales.count}", body), Posted)
            took.append((time.perf_counter() - started) * 1_000)

    async with anyio.create_task_group() as tasks:
        await tasks.start(cage.run)
        manager = SignIn("bench", "max", "manager", "office", "leaf", 2**40, "s")
        for n, body in enumerate(house()):
            await cage.command(manager, f"house-{n}", body)
        deadline = time.perf_counter() + seconds
        async with anyio.create_task_group() as tills:
            for n in range(TILLS):
                tills.start_soon(till, f"till{n}")
        tasks.cancel_scope.cancel()
    return took


async def nobody(_person: str, _pin: str) -> str | None:
    return None


def at(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def chain_rate(rows: list[tuple[bytes, bytes]]) -> float:
    started, before = time.perf_counter(), Tip.start("bench").hash
    for body, said in rows:
        before = entry_hash(before, body)
        assert before == said
    return len(rows) / (time.perf_counter() - started)


def audit_rate(rows: list[tuple[bytes, bytes]]) -> float:
    started = time.perf_counter()
    assert audit(rows).ok
    return len(rows) / (time.perf_counter() - started)


if __name__ == "__main__":
    main()
