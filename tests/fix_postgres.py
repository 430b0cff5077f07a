"""One real PostgreSQL for the whole test run (the embedded one), empty for each test."""

import subprocess
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import anyio
import psycopg
import pytest

from core_server import db, postgres_node
from core_server.db import Database
from tests.ports import free_port

__all__ = ["Postgres", "database", "database_url", "postgres"]


@dataclass
class Postgres:
    """A running cluster that a test may kill and start again."""

    node: postgres_node.PostgresNode
    log: Path
    process: subprocess.Popen[bytes]

    def kill(self) -> None:
        """kill -9, as a power cut would."""
        self.process.kill()
        self.process.wait()

    async def start(self) -> None:
        """Starts it and waits until it takes connections."""
        self.process = _run(self.node, self.log)
        await _until_ready(self.node)


def _run(node: postgres_node.PostgresNode, log: Path) -> subprocess.Popen[bytes]:
    with log.open("ab") as output:
        return subprocess.Popen(node.command, stdout=output, stderr=output)


async def _until_ready(node: postgres_node.PostgresNode) -> None:
    with anyio.fail_after(60):
        while True:
            if await node.ready():
                return
            await anyio.sleep(0.02)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    folder = tmp_path_factory.mktemp("postgres")
    node, log = postgres_node.prepare(folder, free_port()), folder / "server.log"
    running = Postgres(node, log, _run(node, log))
    try:
        anyio.run(_until_ready, node)
        yield running
    finally:
        running.process.send_signal(2)
        running.process.wait(60)
        postgres_node.remove(node)


@pytest.fixture
def database_url(postgres: Postgres) -> str:
    """The cluster's one database, emptied. (A database a test makes each crash recovery slow.)"""
    if postgres.process.poll() is not None:
        anyio.run(postgres.start)  # a test before killed it and failed
    with psycopg.connect(postgres.node.url) as owner:
        owner.execute("SET client_min_messages TO warning")
        owner.execute("DROP SCHEMA IF EXISTS felt CASCADE")
    return postgres.node.url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """Migrated, as the application sees it."""
    await db.migrate(database_url)
    async with db.opened(database_url) as opened:
        yield opened
