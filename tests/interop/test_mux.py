"""Many documents on one socket, from node: real `ws`, real yjs, lib0's own encoding."""

import json
import sys
from pathlib import Path
from typing import Literal

import anyio
import pytest

from tests.serving.sync_venue import SEAT, open_venue


@pytest.mark.anyio
@pytest.mark.parametrize("port", ["asgi", "picows"])
async def test_a_client_in_node_has_two_documents_on_one_socket(port: Literal["asgi", "picows"]) -> None:
    """[DO44]"""
    node, script = Path(sys.executable).with_name("node"), Path(__file__).with_name("mux.mjs")
    async with open_venue(port) as venue:
        await venue.rooms.write("roster", [("setup", {"kind": "roster"})])
        with anyio.fail_after(60):
            done = await anyio.run_process([str(node), str(script), str(venue.port)], check=False)
        assert done.returncode == 0, done.stderr.decode()
        seen = json.loads(done.stdout)
        assert (seen["protocol"], seen["closed"]) == ("felt.mux.1", {"2": 1000})
        floor = await venue.rooms.facts("floor")
        assert (floor.get("seat/p0"), floor.get("seat/p1")) == (SEAT, {"table": "t1", "seat": 2})
        assert {json.loads(text)[0] for text in seen["facts"]["1"].values()} == {
            "setup",
            "seat/p0",
            "seat/p1",
        }
        assert [json.loads(text)[0] for text in seen["facts"]["2"].values()] == ["setup"]
