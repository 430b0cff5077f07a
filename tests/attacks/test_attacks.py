"""[DO73] Each attack at the gate alone, and through a real socket at both ports while others work on."""

from typing import Any

import pytest

from crdt_models.documents.catalogue import check
from crdt_models.errors import Foul
from crdt_models.session import SyncStep, sync_message
from crdt_models.wire import assemble, edit_struct
from tests.attacks.attacks import ATTACKS, FIRST, FIRST_TEXT, SEAT, VICTIM, Attack
from tests.crdt_models.behind_gate import Server
from tests.serving.sync_venue import Hand, closed, open_venue

NAMED = [pytest.param(attack, id=name) for name, attack in ATTACKS.items()]


def judge(name: str, value: object, person: str) -> str | None:
    return check("floor", name, value) or (None if person == "ana" else "person")


@pytest.mark.parametrize("attack", NAMED)
def test_at_the_gate(attack: Attack) -> None:
    server = Server()
    server.known.bound[4_000_000_000] = ""
    server.take(assemble([(1, 0, [edit_struct(FIRST, FIRST_TEXT)])], {}), "t1", check=judge)
    server.take(assemble([(2, 0, [edit_struct(VICTIM, FIRST_TEXT)])], {}), "t2", check=judge)
    if attack.code is None:
        server.take(attack.update(), "t1", check=judge)
    else:
        with pytest.raises(Foul) as foul:
            server.take(attack.update(), "t1", check=judge)
        assert foul.value.code == attack.code
    assert server.texts()[VICTIM] == FIRST_TEXT
    server.take(assemble([(2, 1, [edit_struct("3.2.t2-a", FIRST_TEXT)])], {}), "t2", check=judge)
    assert "3.2.t2-a" in server.present()


@pytest.mark.anyio
@pytest.mark.parametrize("port", ["asgi", "picows"])
async def test_through_a_socket_while_others_work_on(port: Any) -> None:
    """One after the other, each on a connection of its own; a colleague is on line all the time."""
    async with open_venue(port) as venue, venue.open(token="floor-t2", max_queue=None) as socket:
        colleague = Hand(socket, "t2", 2)
        await colleague.start()
        await colleague.write("seat/p1", SEAT)
        async with venue.open(token="floor-t1") as first:
            own = assemble([(1, 0, [edit_struct(FIRST, FIRST_TEXT)])], {})
            await first.send(sync_message(SyncStep.UPDATE, own))
            await colleague.until(lambda: FIRST in colleague.replica.facts.edits)
        room = await venue.rooms.enter("floor")
        for n, (name, attack) in enumerate(ATTACKS.items()):
            async with venue.open(token="floor-t1", max_queue=None) as hostile:
                await hostile.send(sync_message(SyncStep.UPDATE, attack.update()))
                if attack.code is not None:
                    assert await closed(hostile) == attack.code, name
                await colleague.write("seat/p2", {"table": "t1", "seat": 1 + n % 9})
                await colleague.until(lambda: colleague.replica.unsent == 0)
                value = room.facts.get("seat/p2")
                assert value == {"table": "t1", "seat": 1 + n % 9}, name
        assert room.facts.get("seat/p1") == SEAT
        async with venue.open(token="floor-t3", max_queue=None) as late:
            newcomer = Hand(late, "t3", 3)
            await newcomer.start()
            await newcomer.until(lambda: newcomer.replica.facts.digest == room.facts.digest)
