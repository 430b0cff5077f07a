"""A tablet of the web gives a restored leaf back what it lacks."""

import copy
import sys
from pathlib import Path

import anyio
import pytest

from tests.serving.sync_venue import SEAT, open_venue

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("hand_in", [True, False])
async def test_a_restored_leaf_gets_from_a_tablet_what_its_copy_lacks(hand_in: bool) -> None:
    """[DO61]: of all writers while the window is open, else what the tablet itself wrote."""
    node, script = Path(sys.executable).with_name("node"), Path(__file__).with_name("restored.ts")
    command = [str(node), "--experimental-transform-types", "--no-warnings", str(script)]
    async with (
        open_venue() as first,
        await anyio.open_process([*command, str(first.port)], stderr=sys.stderr) as tablet,
    ):
        assert tablet.stdin is not None
        assert tablet.stdout is not None
        assert b"the backup" in await tablet.stdout.receive()
        backup = copy.deepcopy(first.store)
        await first.rooms.write("floor", [("seat/x", SEAT)])
        await tablet.stdin.send(b"go on\n")
        assert b"what is lost" in await tablet.stdout.receive()
        async with open_venue(backup=backup, hand_in=hand_in) as restored:
            await tablet.stdin.send(f"{restored.port}\n".encode())
            (await first.rooms.enter("floor")).abandon()
            assert b"the restored leaf" in await tablet.stdout.receive()
            facts = await restored.rooms.facts("floor")
            seats = {player: seat["seat"] for player, seat in facts.group("seat/").items()}
            assert seats == {"a": 5, "b": 2, "c": 3, "p0": 1} | ({"x": 1} if hand_in else {})
            assert facts.rivals() == {}
