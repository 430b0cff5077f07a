"""The venue's own broker runs as it was configured: what it says of itself, not what we wrote."""

import subprocess
from pathlib import Path

import anyio
import httpx

from felt.demo.plain_http import NO_TLS
from leaf_server.box.nats_node import NatsNode, prepare
from tests.ports import free_port


def test_the_broker_waits_for_the_disk_and_keeps_to_its_own_domain(tmp_path: Path) -> None:
    """Its default is to sync every two minutes: what it confirmed before a power cut would be gone."""
    node, monitor = prepare(tmp_path, venue="v1", port=free_port(), hub_urls=(), creds=None), free_port()
    with subprocess.Popen([*node.command, "--http_port", str(monitor)]) as server:
        try:
            anyio.run(is_ready, node)
            told = httpx.get(f"http://127.0.0.1:{monitor}/jsz", trust_env=False, verify=NO_TLS).json()
        finally:
            server.kill()
    config = told["config"]
    assert config["sync_always"] is True
    assert (config["domain"], config["max_storage"]) == ("leaf-v1", 1 << 30)
    assert Path(config["store_dir"]).is_relative_to(tmp_path / "nats")


async def is_ready(node: NatsNode) -> None:
    with anyio.fail_after(30):
        while not await node.ready():
            pass  # asks again
