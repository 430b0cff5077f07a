"""[DO74] No legitimate client is ever refused: stock y-websocket on real yjs, at a server that is behind."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import anyio
import pytest

from crdt_models.edits import decode
from crdt_models.stamps import order
from tests.serving.sync_venue import open_venue

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("port", ["asgi", "picows"])
async def test_a_server_that_is_behind_refuses_nobody(port: Any) -> None:
    node, script = Path(sys.executable).with_name("node"), Path(__file__).with_name("legitimate.mjs")
    async with open_venue(port) as venue:
        with anyio.fail_after(60):
            done = await anyio.run_process(
                [str(node), str(script), str(venue.port)], check=False, stderr=subprocess.PIPE
            )
        assert done.returncode == 0, done.stderr.decode()
        seen = json.loads(done.stdout.splitlines()[-1])  # yjs may say something before
        assert seen["codes"] == []
        assert len(seen["ended"]) == 7
        for case, ended in seen["ended"].items():
            facts = (await venue.rooms.enter(ended["room"])).facts
            for picture in ended["pictures"]:
                read = {stamp: decode(order(stamp), text) for stamp, text in picture["facts"].items()}
                told = {stamp for name in facts.names() for stamp in facts.live(name)}
                live = {stamp for stamp in told if ".leaf-" not in stamp}  # its own may still be on their way
                assert live <= read.keys(), case
                assert all(read[stamp] == facts.edits[stamp] for stamp in live), case
        assert venue.rooms.statistics().edits_refused == 0
        assert venue.rooms.statistics().fenced == 0
