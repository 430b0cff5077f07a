"""One real PostgreSQL for the whole test run (the embedded one), and a fresh database for each test."""

import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import anyio
import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from core_server import db, postgres_node
from core_server.db import Database
from tests.ports import free_port

__all__ = ["Postgres", "database", "database_url", "postgres"]


@dataclass
class Postgres:
    """A running cluster that a test may kill and start again."""

    node: postgres_node.PostgresNode
    process: subprocess.Popen[bytes]

    def kill(self) -> None:
        """kill -9, as a power cut would."""
        self.process.kill()
        self.process.wait()

    async def start(self) -> None:
        """Starts it and waits until it takes connections."""
        self.process = _run(self.node)
        await _until_ready(self.node)


def _run(node: postgres_node.PostgresNode) -> subprocess.Popen[bytes]:
    with (node.cluster.parent / f"{node.cluster.name}.log").open("ab") as log:
        return subprocess.Popen(node.command, stdout=log, stderr=log)


async def _until_ready(node: postgres_node.PostgresNode) -> None:
    with anyio.fail_after(20):
        while True:
            if await node.ready():
                return
            await anyio.sleep(0.02)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    node = postgres_node.prepare(tmp_path_factory.mktemp("postgres"), free_port())
    running = Postgres(node, _run(node))
    try:
        anyio.run(_until_ready, node)
        yield running
    finally:
        running.process.send_signal(2)
        running.process.wait(20)
        postgres_node.remove(node)


@pytest.fixture
def database_url(postgres: Postgres) -> str:
    """A database of its own, empty."""
    name = f"test_{uuid4().hex}"
    with closing(psycopg.connect(postgres.node.url, autocommit=True)) as owner:
        owner.execute(f"CREATE DATABASE {name}".encode())
    return make_conninfo(postgres.node.url, dbname=name)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """Migrated, as the application sees it."""
    await db.migrate(database_url)
    async with db.opened(database_url) as opened:
        yield opened


def log_of(node: postgres_node.PostgresNode) -> str:
    """What the server said, for a test that fails."""
    return Path(node.cluster.parent / f"{node.cluster.name}.log").read_text()
