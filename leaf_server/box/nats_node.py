"""The venue's own NATS node: its configuration, the command that starts it, whether it is ready.

It keeps local streams and carries requests to the core's hub as a leaf node; DESIGN 5 says why so.
Nothing the venue needs is only in here: the leaf works with it down.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import anyio

from serving.nats_server import nats_server_binary

__all__ = ["NatsNode", "prepare"]

_STORE_BYTES_MAX: Final = 1 << 30
_INFO_BYTES_MAX: Final = 4_096


@dataclass(frozen=True, slots=True)
class NatsNode:
    """A node that can be started. `command` is for a watchman; `url` for clients on this box."""

    command: list[str]
    url: str
    port: int

    async def ready(self) -> bool:
        """Whether it greets on its port."""
        try:
            with anyio.fail_after(1):
                async with await anyio.connect_tcp("127.0.0.1", self.port) as stream:
                    return (await stream.receive(_INFO_BYTES_MAX)).startswith(b"INFO ")
        except (OSError, TimeoutError, anyio.EndOfStream):
            return False


def prepare(data: Path, *, venue: str, port: int, hub_urls: Sequence[str], creds: Path | None) -> NatsNode:
    """Writes the configuration into `<data>/nats`; to be called before each start. Raises NatsServerMissing.

    Without credentials or hub it is a node of its own; it joins after enrolment and a restart.
    """
    folder = data / "nats"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    config = folder / "node.conf"
    config.write_text(_config(folder, venue, port, hub_urls, creds))
    command = [str(nats_server_binary()), "-c", str(config)]
    return NatsNode(command, f"nats://127.0.0.1:{port}", port)


def _config(folder: Path, venue: str, port: int, hub_urls: Sequence[str], creds: Path | None) -> str:
    """NATS reads JSON as configuration, so nothing has to be quoted by hand."""
    config: dict[str, object] = {
        "server_name": f"leaf-{venue}",
        "listen": f"127.0.0.1:{port}",
        "jetstream": {
            "store_dir": str(folder / "store"),
            "domain": f"leaf-{venue}",
            "max_file_store": _STORE_BYTES_MAX,
            "max_memory_store": 64 << 20,
            "sync_interval": "always",
        },
        "max_payload": 8_000_000,  # below the account's 8 MiB: over that the hub closes the whole link
        "ping_interval": "500ms",
        "ping_max": 2,
        "write_deadline": "3s",
        "log_file": str(folder / "node.log"),
        "logfile_size_limit": 8 << 20,
    }
    if hub_urls and creds is not None:
        remote = {"urls": [_leaf_url(url) for url in hub_urls], "credentials": str(creds)}
        config["leafnodes"] = {"reconnect": "250ms", "remotes": [remote]}
    return json.dumps(config, indent=1) + "\n"


def _leaf_url(url: str) -> str:
    return url if "://" in url else f"nats-leaf://{url}"
