"""A life that was just sold gets its seat at the cage: the leaf draws, and seats, in the cashier's name."""

from collections.abc import AsyncIterator
from typing import Any

import anyio
import pytest

from crdt_models.facts import Json
from tests.leaf_server.fix_leaf import Leaf, leaf
from tests.leaf_server.fix_tablet import Tablet, tablet
from tests.leaf_server.test_draws import SETUP, told, verdicts
from tests.leaf_server.test_ledger_api import Till, open_house
from tests.ledger.till import sale

__all__ = ["leaf"]
pytestmark = pytest.mark.anyio
SEATS = "/api/v1/tournaments/t/seats"


class Room:
    """A leaf that sells the event `t`, its floor's tablet, and a cashier's till."""

    def __init__(self, leaf: Leaf, floor: Tablet, till: Till) -> None:
        self.leaf, self.floor, self.till = leaf, floor, till

    async def sell(self, player: str, entry: str, kind: str = "buy_in") -> dict[str, Any]:
        return await self.till.post(**sale(kind, player, entry, key=f"sale-{entry}"))

    async def seat(self, entry: str, status: int = 200) -> Any:
        answer = await self.leaf.http.post(SEATS, json={"entry": entry}, headers=self.till.sign_in)
        assert answer.status_code == status, answer.text
        return answer.json() if status == 200 else answer.json()["error"]["code"]

    def fact(self, name: str) -> Any:
        return self.floor.replica.facts.get(name)


@pytest.fixture
async def room(leaf: Leaf) -> AsyncIterator[Room]:
    """Two tables of two seats."""
    await open_house(leaf)
    till = Till(leaf.http, await leaf.token("cat", "cage"))
    token = (await leaf.token("ben"))["authorization"].removeprefix("Bearer ")
    device = leaf.devices["floor"]["device"]
    async with tablet(leaf, "tournament/t", token=token, device=device, person="ben") as held:
        tables: list[tuple[str, Json]] = [(f"table/t{n}", {"open": True, "order": n}) for n in (1, 2)]
        await held.act(("setup", {**SETUP, "seats_per_table": 2}), *tables)  # type: ignore[dict-item]
        await held.is_accepted()
        yield Room(leaf, held, till)


async def test_who_paid_has_a_seat_in_one_act_that_can_be_checked(room: Room) -> None:
    """[RU86] [RU181]"""
    await room.sell("ann", "a1")
    placed = await room.seat("a1")
    await room.floor.sees("seat/ann", {"table": placed["table"], "seat": placed["seat"]})
    assert room.fact("entry/a1") == {"player": "ann", "number": 1, "kind": "initial"}
    draw = room.fact(f"draw/{placed['draw']}")
    assert (draw["players"], draw["ask"], draw["kind"]) == (["ann"], "a1", "seat")
    assert verdicts(await told(room.leaf, room.till.sign_in, "t")) == {"sealed"}
    history = await room.leaf.http.get(
        "/api/v1/documents/tournament/t/history", headers=await room.leaf.token("ben")
    )
    assert "cat" in history.text


async def test_asked_again_it_is_the_same_seat(room: Room) -> None:
    """[RU181] Double taps, two tabs, a lost answer: one seat, one draw; where the floor moved them, that."""
    await room.sell("ann", "a1")
    answers: list[Any] = []

    async def ask() -> None:
        answers.append(await room.seat("a1"))

    async with anyio.create_task_group() as tasks:
        for _ in range(8):
            tasks.start_soon(ask)
    assert answers == [answers[0]] * 8
    assert len((await told(room.leaf, room.till.sign_in, "t"))["draws"]) == 1
    await room.floor.sees("seat/ann", {"table": answers[0]["table"], "seat": answers[0]["seat"]})
    elsewhere = {"table": "t2" if answers[0]["table"] == "t1" else "t1", "seat": 2}
    await room.floor.act(("seat/ann", elsewhere))
    await room.floor.is_accepted()
    assert await room.seat("a1") == {"player": "ann", **elsewhere, "draw": None}


async def test_a_re_entry_is_the_next_life(room: Room) -> None:
    await room.sell("ann", "a1")
    await room.seat("a1")
    await room.floor.sees("entry/a1", {"player": "ann", "number": 1, "kind": "initial"})
    await room.floor.act(("bust/a1", {"player": "ann", "at_ms": 1, "hand": "h1"}), ("seat/ann", None))
    await room.floor.is_accepted()
    await room.sell("ann", "a2", "re_entry")
    placed = await room.seat("a2")
    await room.floor.sees("seat/ann", {"table": placed["table"], "seat": placed["seat"]})
    assert room.fact("entry/a2") == {"player": "ann", "number": 2, "kind": "re-entry"}


async def test_who_is_still_in_play_gets_no_second_body(room: Room) -> None:
    """[RU181] The floor has not written the bust-out yet: it gives the seat of the next life."""
    await room.sell("ann", "a1")
    placed = await room.seat("a1")
    await room.sell("ann", "a2", "re_entry")
    assert await room.seat("a2", 409) == "with_floor"
    await room.floor.sees("seat/ann", {"table": placed["table"], "seat": placed["seat"]})
    assert room.fact("entry/a2") is None


async def test_an_alternate_who_gets_a_seat_waits_no_more(room: Room) -> None:
    await room.floor.act(("alternate/ann", {"since_ms": 1}))
    await room.floor.is_accepted()
    await room.sell("ann", "a1")
    await room.seat("a1")
    await room.floor.sees("alternate/ann", None)


async def test_what_gets_no_seat_writes_nothing(room: Room) -> None:
    """[RU181] Not sold here, given back, full, or in play already without a seat: the floor decides."""
    assert await room.seat("a1", 404) == "not_sold"
    for number, player in enumerate(("p1", "p2", "p3", "p4", "p5"), start=1):
        await room.sell(player, f"e{number}")
    assert [len(await room.seat(f"e{n}")) for n in range(1, 5)] == [4] * 4
    assert await room.seat("e5", 409) == "no_room"
    await room.floor.until(lambda replica: replica.facts.get("seat/p4") is not None)
    await room.floor.act(("seat/p4", None))
    await room.floor.is_accepted()
    assert await room.seat("e4", 409) == "with_floor"
    await room.till.post(
        "unregister", tournament="t", key="back", entry="e5", drawer="d", reason="changed their mind"
    )
    assert await room.seat("e5", 404) == "not_sold"
    assert room.fact("seat/p5") is None
    assert len((await told(room.leaf, room.till.sign_in, "t"))["draws"]) == 4
