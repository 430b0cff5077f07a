"""Stock y-websocket clients on real yjs read, and write edits; the server ends with the same document."""

import json
import sys
from pathlib import Path
from typing import Literal

import anyio
import pytest

from crdt_models.edits import Edit, decode
from crdt_models.stamps import order
from crdt_models.wire import read_state_vector
from tests.serving.sync_venue import open_venue

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("port", ["asgi", "picows"])
async def test_two_stock_clients_and_the_server_end_with_the_same_document(
    port: Literal["asgi", "picows"],
) -> None:
    """[DO40]"""
    node, script = Path(sys.executable).with_name("node"), Path(__file__).with_name("stock.mjs")
    async with open_venue(port) as venue:
        with anyio.fail_after(60):
            done = await anyio.run_process([str(node), str(script), str(venue.port)], check=False)
        assert done.returncode == 0, done.stderr.decode()
        seen = json.loads(done.stdout)
        room = await venue.rooms.enter("floor")
        assert seen["one"] == seen["two"]
        read = {stamp: decode(order(stamp), text) for stamp, text in seen["one"]["facts"].items()}
        assert read == room.facts.edits
        assert all(isinstance(edit, Edit) for edit in read.values())
        vector = read_state_vector(room.state_vector, clients_max=100)
        assert {int(client): clock for client, clock in seen["one"]["vector"].items()} == vector
        assert room.facts.get("seat/q") == {"table": "t1", "seat": 4}
        assert len(seen["people"]) == 2
