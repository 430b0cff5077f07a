"""The web's keepers, in node on an IndexedDB in memory, on a real leaf through a bad evening."""

import json
import os
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import anyio
import pytest

from tests.serving.sync_venue import Venue, open_venue

pytestmark = pytest.mark.anyio
SEEDS = range(200) if os.environ.get("FELT_LONG") else (6, 7, 13)


@pytest.mark.parametrize("seed", SEEDS)
async def test_an_evening_of_tabs_reloads_refusals_and_epochs_loses_and_doubles_nothing(seed: int) -> None:
    """[DO60] [DO62] [DO63]: every act is in history once, or was refused and told; all show the same."""
    async with open_venue("picows" if seed % 4 >= 2 else "asgi") as venue:
        seen = await play(venue, seed, acts=150)
        room = await venue.rooms.enter("floor")
        assert seen["faults"] == [None] * len(seen["faults"])
        live = [stamp for name in room.facts.names() for stamp in room.facts.live(name)]
        assert seen["picture"] == sorted(stamp for stamp in live if stamp.rpartition(".")[2][0] == "t")
        accepted = Counter(change.stamp for row in venue.store.rows for change in row.history)
        assert max(accepted.values()) == 1
        refused = set(seen["refused"])
        for act, stamps in seen["acts"]:
            told = refused & set(stamps)
            taken = [stamp for stamp in stamps if accepted[stamp]]
            assert bool(told) != (taken == stamps), (act, stamps, told)
        counted = Counter(stamp for _, stamps in seen["acts"] for stamp in stamps)
        strangers = {s for s in accepted if s.rpartition(".")[2][:2] in ("t1", "t2", "t3")} - set(counted)
        assert strangers == set()


async def play(venue: Venue, seed: int, acts: int) -> dict[str, Any]:
    """Lets node play, and begins an epoch whenever it asks; answers what it says at the end."""
    node, script = Path(sys.executable).with_name("node"), Path(__file__).with_name("keepers.ts")
    command = [str(node), "--experimental-transform-types", "--no-warnings", str(script)]
    command += [str(venue.port), str(seed), str(acts)]
    async with await anyio.open_process(command, stderr=sys.stderr) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        said = b""
        with anyio.fail_after(60):
            async for chunk in process.stdout:
                said += chunk
                *lines, said = said.split(b"\n")
                for line in lines:
                    told: dict[str, Any] = json.loads(line)
                    if "ask" not in told:
                        return told
                    await venue.rooms.switch("floor")
                    await process.stdin.send(b"done\n")
    raise AssertionError("node ended without a word")
