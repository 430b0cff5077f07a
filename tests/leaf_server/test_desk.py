"""The desk lists each request once, numbers it as it came, and tells the player what came of it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import anyio
import pytest

from crdt_models.facts import Json
from leaf_server.box.database import Database
from leaf_server.documents.desk import Desk
from leaf_server.documents.doc_store import LeafDocStore
from serving.rooms import Rooms

pytestmark = pytest.mark.anyio
_CLIENTS = count(1_000)


@dataclass
class Room:
    """The rooms with a desk at work. `ms` is leaf time."""

    rooms: Rooms
    store: LeafDocStore
    ms: int = 1_000_000

    async def ask(self, player: str, ident: str, **more: Any) -> None:
        request = {"kind": "call_floor", "until_ms": self.ms + 60_000, **more}
        await self.write(f"phone/{player}", f"request/{ident}", request)

    async def write(self, document: str, name: str, value: Json) -> None:
        changes: list[tuple[str, Json]] = [(name, value)]
        if document.startswith("phone/") and not (await self.rooms.facts(document)).get("setup"):
            changes.insert(0, ("setup", {"kind": "phone", "until_ms": 10**10}))
        await self.rooms.write(document, changes)

    async def listed(self) -> dict[str, Any]:
        return dict((await self.rooms.facts("requests")).group("request/"))

    async def answers(self, player: str) -> dict[str, Any]:
        return dict((await self.rooms.facts(f"answers/{player}")).group("answer/"))

    async def until(self, seen: Callable[[], Awaitable[bool]]) -> None:
        """Waits for what the desk does, by what it writes."""
        with anyio.fail_after(20):
            async with self.rooms.follow() as turns:
                while not await seen():
                    await anext(turns)

    async def until_listed(self, *idents: str) -> None:
        async def seen() -> bool:
            return set(await self.listed()) == set(idents)

        await self.until(seen)

    async def until_answered(self, player: str, ident: str) -> Any:
        async def seen() -> bool:
            return ident in await self.answers(player)

        await self.until(seen)
        return (await self.answers(player))[ident]


@asynccontextmanager
async def working(path: Path, ms: int = 1_000_000, desk: bool = True) -> AsyncIterator[Room]:
    database = Database(path)
    await database.open()
    store = LeafDocStore(database)
    room = Room(
        Rooms(
            venue="v1", at="leaf", store=store, now=lambda: room.ms, term=lambda: 1,
            client_id=lambda: next(_CLIENTS),
        ),
        store,
        ms,
    )  # fmt: skip
    async with anyio.create_task_group() as tasks:
        await tasks.start(room.rooms.run)
        if desk:
            tasks.start_soon(Desk(room.rooms, store, lambda: room.ms).run)
        yield room
        tasks.cancel_scope.cancel()
    await database.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "leaf.db"


async def test_requests_are_numbered_as_they_come(path: Path) -> None:
    async with working(path) as room:
        await room.ask("p1", "r1", kind="join_list", list="nlh")
        await room.until_listed("r1")
        await room.ask("p2", "r2")
        await room.until_listed("r1", "r2")
        listed = await room.listed()
        assert (listed["r1"]["number"], listed["r2"]["number"]) == (1, 2)
        assert (listed["r1"]["player"], listed["r1"]["kind"], listed["r1"]["list"]) == (
            "p1",
            "join_list",
            "nlh",
        )
        assert listed["r1"]["via"] == "leaf"


async def test_a_dealers_request_is_listed_by_its_table(path: Path) -> None:
    async with working(path) as room:
        await room.write("table/t7", "request/r1", {"kind": "seat_open", "until_ms": room.ms + 60_000})
        await room.until_listed("r1")
        assert (await room.listed())["r1"]["table"] == "t7"


async def test_counts_and_busts_that_are_handed_in_are_listed_with_what_they_say(path: Path) -> None:
    stacks: Json = [{"player": "p1", "chips": 52_400}, {"player": "p2", "chips": 0}]
    async with working(path) as room:
        until_ms = room.ms + 60_000
        asked: dict[str, Json] = {
            "r1": {"kind": "stacks", "until_ms": until_ms, "at": "t7", "stacks": stacks},
            "r2": {"kind": "bust", "until_ms": until_ms, "at": "t7", "out": "p2"},
        }
        for name, request in asked.items():
            await room.write("table/dealer", f"request/{name}", request)
        await room.write("phone/p9", "request/r3", {"kind": "stack", "until_ms": until_ms, "chips": 900})
        await room.until_listed("r1", "r2", "r3")
        listed = await room.listed()
        assert (listed["r1"]["at"], listed["r1"]["stacks"]) == ("t7", stacks)
        assert (listed["r2"]["at"], listed["r2"]["out"]) == ("t7", "p2")
        assert (listed["r3"]["player"], listed["r3"]["stacks"]) == ("p9", [{"player": "p9", "chips": 900}])


async def test_what_the_floor_answers_reaches_the_player_and_leaves_the_list(path: Path) -> None:
    async with working(path) as room:
        await room.ask("p1", "r1")
        await room.until_listed("r1")
        await room.write("floor", "answer/r1", {"answer": "accepted", "text": "on our way"})
        answer = await room.until_answered("p1", "r1")
        assert answer == {"answer": "accepted", "text": "on our way"}
        await room.until_listed()


async def test_what_is_taken_back_leaves_the_list_without_an_answer(path: Path) -> None:
    async with working(path) as room:
        await room.ask("p1", "r1")
        await room.until_listed("r1")
        await room.write("phone/p1", "request/r1", None)
        await room.until_listed()
        assert await room.answers("p1") == {}


async def test_a_request_that_is_over_is_answered_and_never_listed(path: Path) -> None:
    async with working(path) as room:
        await room.ask("p1", "r1", until_ms=room.ms)
        assert (await room.until_answered("p1", "r1"))["text"] == "expired"
        assert await room.listed() == {}


async def test_a_listed_request_is_over_at_its_time(path: Path) -> None:
    async with working(path) as room:
        await room.ask("p1", "r1", until_ms=room.ms + 200)
        await room.until_listed("r1")
        room.ms += 200
        assert (await room.until_answered("p1", "r1"))["text"] == "expired"
        await room.until_listed()


async def test_what_came_while_the_desk_was_away_is_listed_once_for_ever(path: Path) -> None:
    async with working(path, desk=False) as room:
        await room.ask("p1", "r1")
        await room.ask("p2", "r2")
    for _ in range(2):
        async with working(path) as room:
            await room.until_listed("r1", "r2")
    async with working(path) as room:
        await room.write("floor", "answer/r1", {"answer": "done", "text": ""})
        await room.until_listed("r2")
    async with working(path) as room:
        await room.ask("p1", "r3")
        await room.until_listed("r2", "r3")
        assert (await room.listed())["r3"]["number"] == 3


async def test_one_phone_cannot_fill_the_list(path: Path) -> None:
    async with working(path) as room:
        for n in range(9):
            await room.ask("p1", f"r{n}")
        answer = await room.until_answered("p1", "r8")
        assert answer == {"answer": "declined", "text": "too many requests"}
        assert len(await room.listed()) == 8


async def test_requests_that_came_together_are_numbered_as_they_were_asked(path: Path) -> None:
    async with working(path, desk=False) as room:
        for n in (3, 1, 2):
            await room.ask("p1", f"r{n}")
    async with working(path) as room:
        await room.until_listed("r1", "r2", "r3")
        numbers = {ident: request["number"] for ident, request in (await room.listed()).items()}
    assert numbers == {"r3": 1, "r1": 2, "r2": 3}


async def test_a_phone_that_floods_does_not_hold_up_the_others(path: Path) -> None:
    """3,000 requests of one phone once kept the list from all others for six seconds."""
    async with working(path, desk=False) as room:
        for start in range(0, 1_000, 50):
            many: list[tuple[str, Json]] = [
                (f"request/f{n}", {"kind": "call_floor", "until_ms": room.ms + 60_000 + n})
                for n in range(start, start + 50)
            ]
            founding: list[tuple[str, Json]] = [("setup", {"kind": "phone", "until_ms": 10**10})]
            await room.rooms.write("phone/flood", founding + many if start == 0 else many)
        await room.ask("honest", "h1")
    async with working(path) as room:
        await room.until_answered("flood", "f999")
        await room.until(lambda: is_listed(room, "h1"))
        answered = await room.answers("flood")
        assert len(answered) < 300
        assert room.rooms.statistics().commits < 40


async def is_listed(room: Room, ident: str) -> bool:
    return ident in await room.listed()
