"""What the core takes of a leaf's ledger, against PostgreSQL alone, in one run on one database.

    felt bench ingest        (or: python -P bench/ingest.py [--entries 40000])

Felt gets the leaf's requests (as many entries as a request may hold, signed) and answers each when it is
durable: read, every entry's shape, number and hash checked, stored under row level security, tip moved. Its
peers get the same rows, ready made, in the same batches, one transaction each, as the same role under the
same row level security: by `unnest` of binary arrays, and by COPY into a temporary table and an INSERT. They
check nothing.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import anyio

from core_server import db, postgres_node, venues
from core_server.db import Database
from core_server.ingest import Ingest
from core_server.ledger_mirror import LedgerMirror
from core_server.ownership import Ownership
from core_server.venues import Venue, Venues
from ledger.chain import Link, Tip, extend
from ledger.entry import Entry, Posting
from ledger.heads import Signer, to_base64url
from ledger.replication import append_request, cut_batch
from ledger.terms import opening
from serving.nats_link import Incoming

ROUNDS = 10
PORT = 29_390
SIGNER = Signer.from_seed(bytes(32))
Batch = list[Link]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--entries", type=int, default=40_000, help="of each, over all rounds")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="felt-bench-") as name:
        node = postgres_node.prepare(Path(name), PORT)
        with (Path(name) / "server.log").open("ab") as log:
            server = subprocess.Popen(node.command, stdout=log, stderr=log)
        try:
            anyio.run(measure, node, chosen.entries)
        finally:
            server.send_signal(2)
            server.wait(30)
            postgres_node.remove(node)


async def measure(node: postgres_node.PostgresNode, count: int) -> None:
    with anyio.fail_after(30):
        while not await node.ready():  # noqa: ASYNC110 (a server that starts)
            await anyio.sleep(0.05)
    await db.migrate(node.url)
    async with db.opened(node.url) as database, anyio.create_task_group() as tasks:
        ownership = Ownership(database)
        await tasks.start(ownership.run)
        directory = Venues(database)
        for name in ("felt", "unnest", "copy"):
            await venues.store(database, venue(name))
        await directory.read()
        ingest = Ingest(directory, ownership, LedgerMirror(database))
        fence = await ownership.fence("felt")
        rounds = [cut(links) for links in slices(chain(count), ROUNDS)]
        rates: dict[str, list[float]] = {"felt": [], "unnest": [], "copy": []}
        for batches in rounds:
            payloads = [request(batch) for batch in batches]
            rates["felt"].append(await rate(payloads, lambda payload: take(ingest, payload), batches))
            tables = [columns(batch) for batch in batches]
            rates["unnest"].append(await rate(tables, lambda rows: unnest(database, fence, rows), batches))
            rates["copy"].append(await rate(tables, lambda rows: copy(database, fence, rows), batches))
        tasks.cancel_scope.cancel()
    show({name: statistics.median(found) for name, found in rates.items()}, rounds)


def show(rates: dict[str, float], rounds: list[list[Batch]]) -> None:
    size = statistics.mean(len(batch) for batches in rounds for batch in batches)
    best = max(rates["unnest"], rates["copy"])
    head = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"\n### Core ingest ({head}, {time.strftime('%Y-%m-%d')})\n")
    print(f"| entries a second, {size:,.0f} a transaction | | share of the best |\n|---|---:|---:|")
    for name, words in (
        ("unnest", "PostgreSQL alone, `unnest` of binary arrays"),
        ("copy", "PostgreSQL alone, COPY and INSERT"),
        ("felt", "Felt: request to durable answer"),
    ):
        print(f"| {words} | {rates[name]:,.0f} | {rates[name] / best:.0%} |")


async def rate(work: list[Any], do: Callable[[Any], Awaitable[None]], batches: list[Batch]) -> float:
    started = time.perf_counter()
    for one in work:
        await do(one)
    return sum(map(len, batches)) / (time.perf_counter() - started)


async def take(ingest: Ingest, payload: bytes) -> None:
    answer = await ingest.answer(Incoming(f"felt.{venue('felt').account}.ledger", payload, True))
    assert answer is not None
    assert "error" not in json.loads(answer), answer


async def unnest(database: Database, fence: int, rows: list[list[Any]]) -> None:
    async with database.venue("unnest") as transaction:
        await transaction.execute(
            "INSERT INTO mirror_entries (venue_id, seq, term, hash, at_ms, kind, body, fence) "
            "SELECT 'unnest', seq, term, hash, at_ms, kind, body, %s FROM unnest("
            "%b::bigint[], %b::bigint[], %b::bytea[], %b::bigint[], %b::text[], %b::bytea[]"
            ") AS new (seq, term, hash, at_ms, kind, body)",
            (fence, *rows),
        )


async def copy(database: Database, fence: int, rows: list[list[Any]]) -> None:
    """A role that row level security holds may COPY into no table of ours, hence the temporary one."""
    async with database.venue("copy") as transaction:
        await transaction.execute(
            "CREATE TEMP TABLE IF NOT EXISTS new "
            "(seq bigint, term bigint, hash bytea, at_ms bigint, kind text, body bytea) ON COMMIT DELETE ROWS"
        )
        async with transaction.cursor().copy("COPY new FROM STDIN (FORMAT BINARY)") as writing:
            writing.set_types(["int8", "int8", "bytea", "int8", "text", "bytea"])
            for row in zip(*rows, strict=True):
                await writing.write_row(row)
        await transaction.execute(
            "INSERT INTO mirror_entries (venue_id, seq, term, hash, at_ms, kind, body, fence) "
            "SELECT 'copy', seq, term, hash, at_ms, kind, body, %s FROM new",
            (fence,),
        )


def columns(batch: Batch) -> list[list[Any]]:
    entries = [link.entry for link in batch]
    return [
        [entry.seq for entry in entries],
        [entry.term for entry in entries],
        [link.hash for link in batch],
        [entry.at_ms for entry in entries],
        [entry.kind for entry in entries],
        [link.body for link in batch],
    ]


def venue(name: str) -> Venue:
    return Venue(
        id=name, account=("A" + name.upper()).ljust(56, "A"), name=name, currency="EUR",
        time_zone="Europe/Vienna", start_ms=0, token_keys={}, ledger_keys={SIGNER.key_id: SIGNER.public_key},
    )  # fmt: skip


def chain(count: int) -> list[Link]:
    """Buy-ins as a leaf writes them, behind the first entry of a ledger."""
    first = opening(
        Tip.start("felt"), at_ms=1, person="", why="bench", currency="EUR", key_id=SIGNER.key_id,
        public_key=to_base64url(SIGNER.public_key),
    )  # fmt: skip
    links = [extend(Tip.start("felt"), first)]
    while len(links) < count:
        links.append(extend(links[-1].tip, sale(links[-1].tip)))
    return links


def sale(tip: Tip) -> Entry:
    price = {"prize_cents": 8_000, "fee_cents": 1_000, "bounty_cents": 0, "staff_cents": 1_000}
    return Entry(
        venue="felt", term=tip.term, seq=tip.seq + 1, at_ms=tip.at_ms + 7, kind="buy_in",
        key=f"7f3c2a90-{tip.seq}", person="mia", device="till1", content="ab" * 32,
        rules={"profile": 2, "tournament": 3},
        postings=(
            Posting("1010/d1", 10_000), Posting("2010/friday", -8_000), Posting("4000", -1_000),
            Posting("2040", -1_000),
        ),
        data={
            "tournament": "friday", "player": f"p{tip.seq}", "entry": f"e{tip.seq}", "drawer": "d1",
            "method": "cash", "amount": {"amount": 10_000, "currency": "EUR"}, "price": price,
            "number": tip.seq,
        },
    )  # fmt: skip


def slices(links: list[Link], count: int) -> list[list[Link]]:
    size = -(-len(links) // count)
    return [links[start : start + size] for start in range(0, len(links), size)]


def cut(links: list[Link]) -> list[Batch]:
    """Requests as the leaf cuts them."""
    batches, start = [], 0
    while start < len(links):
        size = cut_batch([link.body for link in links[start : start + 500]])
        batches.append(links[start : start + size])
        start += size
    return batches


def request(batch: Batch) -> bytes:
    bodies = [link.body for link in batch]
    return append_request(batch[-1].entry.term, batch[0].entry.seq, bodies, SIGNER.sign(batch[-1].tip))


if __name__ == "__main__":
    main()
