"""The core's own NATS hub: its configuration, the command that starts it, whether it is up.

Operator mode with a full resolver: venue accounts are pushed while it runs (`nats_keys`), no restart. The
hub's store and configuration lie beside the keys in `<data>/nats/`. JetStream syncs every write.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import anyio

from serving.nats_server import nats_server_binary

from . import nats_accounts as accounts
from .nats_keys import NatsKeys

__all__ = ["NatsHub", "prepare"]

STORE_MAX: Final = "1GB"


@dataclass(frozen=True, slots=True)
class NatsHub:
    """A hub whose files are there; it may be running or not."""

    folder: Path
    host: str
    port: int
    leaf_port: int

    @property
    def command(self) -> list[str]:
        """Starts it in the foreground; it logs to stderr, SIGTERM ends it. Raises NatsServerMissing."""
        return [str(nats_server_binary()), "-c", str(self.folder / "hub.conf")]

    @property
    def url(self) -> str:
        """For clients (the core itself)."""
        return f"nats://{self.host}:{self.port}"

    @property
    def leaf_url(self) -> str:
        """For the NATS nodes of leaves."""
        return f"nats-leaf://{self.host}:{self.leaf_port}"

    async def ready(self) -> bool:
        """Whether it greets clients now."""
        with anyio.move_on_after(1):
            try:
                async with await anyio.connect_tcp(self.host, self.port) as stream:
                    return (await stream.receive(4096)).startswith(b"INFO ")
            except (OSError, anyio.EndOfStream, anyio.BrokenResourceError):
                return False
        return False


def prepare(data: Path, port: int, leaf_port: int, *, host: str = "127.0.0.1") -> NatsHub:
    """The hub of the core with this data folder: keys at the first call, configuration at each."""
    keys = NatsKeys(data)
    hub = NatsHub(keys.folder, host, port, leaf_port)
    (hub.folder / "hub.conf").write_text(_config(hub, keys))
    return hub


def _config(hub: NatsHub, keys: NatsKeys) -> str:
    text = json.dumps  # NATS reads quoted text as JSON does
    preload = "\n".join(f"  {account}: {token}" for account, token in keys.preload().items())
    return f"""server_name: felt-hub
listen: {text(f"{hub.host}:{hub.port}")}
operator: {keys.operator_token()}
system_account: {accounts.public(keys.system)}
resolver: {{
  type: full, dir: {text(str(hub.folder / "accounts"))}, allow_delete: true, interval: "5s"
}}
resolver_preload: {{
{preload}
}}
jetstream: {{
  store_dir: {text(str(hub.folder / "jetstream"))}, max_file_store: {STORE_MAX},
  domain: core, sync_interval: always
}}
leafnodes: {{ listen: {text(f"{hub.host}:{hub.leaf_port}")}, no_advertise: true }}
max_payload: {accounts.PAYLOAD_MAX}
ping_interval: "1s"
ping_max: 2
write_deadline: "3s"
"""
