"""Views over SSE: the newest picture for everyone, made once, and nothing that piles up."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import anyio
import pytest

from serving.problems import Problem
from serving.sse import WATCHERS_PER_DEVICE_MAX, Made, Views

pytestmark = pytest.mark.anyio


@dataclass
class Room:
    """Something to look at, and how often it was."""

    data: dict[str, Any] | None = field(default_factory=lambda: {"n": 1})
    made: int = 0
    now: int = 5_000

    async def make(self, view: str) -> Made | None:
        self.made += 1
        if self.data == {"broken": True}:
            raise RuntimeError("broken view")
        return Made(dict(self.data), frozenset({"floor"})) if self.data is not None else None

    def time(self) -> int:
        self.now += 1
        return self.now


async def events(stream: AsyncIterator[bytes]) -> AsyncIterator[dict[str, Any]]:
    async for part in stream:
        _time, _, picture = part.partition(b"\n\n")
        if picture.startswith(b"id: "):
            ident, kind, data = picture.decode().strip().split("\n")
            assert kind == "event: view"
            yield {"id": int(ident.removeprefix("id: ")), **json.loads(data.removeprefix("data: "))}


async def test_the_picture_of_now_comes_first_and_a_new_one_when_it_changed() -> None:
    room = Room()
    views = Views(room.make, room.time)
    async with anyio.create_task_group() as tasks:
        await tasks.start(views.run)
        with anyio.fail_after(20):
            stream = events(await views.open("clock/t1", "tab1", lambda: True))
            first = await anext(stream)
            assert (first["view"], first["n"]) == ("clock/t1", 1)
            room.data = {"n": 2}
            views.changed(frozenset({"floor"}))
            second = await anext(stream)
        assert second["n"] == 2
        assert second["id"] > first["id"]
        tasks.cancel_scope.cancel()


async def test_many_watchers_cost_one_computation() -> None:
    room = Room()
    views = Views(room.make, room.time)
    async with anyio.create_task_group() as tasks:
        await tasks.start(views.run)
        with anyio.fail_after(20):
            streams = [events(await views.open("waitlist", f"tab{n}", lambda: True)) for n in range(50)]
            for stream in streams:
                await anext(stream)
            assert room.made == 1
            assert views.watchers == 50
        tasks.cancel_scope.cancel()


async def test_a_slow_watcher_gets_the_newest_and_not_all() -> None:
    room = Room()
    views = Views(room.make, room.time)
    async with anyio.create_task_group() as tasks:
        await tasks.start(views.run)
        with anyio.fail_after(60):
            slow, quick = [events(await views.open("waitlist", "tab1", lambda: True)) for _ in range(2)]
            await anext(slow)
            await anext(quick)
            for n in range(2, 5):
                room.data = {"n": n}
                views.changed(frozenset({"floor"}))
                assert (await anext(quick))["n"] == n
            assert (await anext(slow))["n"] == 4
        tasks.cancel_scope.cancel()


async def test_a_flood_of_changes_makes_few_pictures_and_the_last_of_them_arrives() -> None:
    room = Room()
    views = Views(room.make, room.time)
    async with anyio.create_task_group() as tasks:
        await tasks.start(views.run)
        with anyio.fail_after(5):
            stream = events(await views.open("waitlist", "tab1", lambda: True))
            await anext(stream)
            for n in range(2, 502):
                room.data = {"n": n}
                views.changed(frozenset({"floor"}))
                await anyio.lowlevel.checkpoint()
            while (await anext(stream))["n"] < 501:
                pass
        assert room.made < 100  # at most ten a second
        tasks.cancel_scope.cancel()


async def test_a_change_of_another_document_makes_nothing() -> None:
    room = Room()
    views = Views(room.make, room.time)
    async with anyio.create_task_group() as tasks:
        await tasks.start(views.run)
        await views.open("waitlist", "tab1", lambda: True)
        views.changed(frozenset({"roster"}))
        assert room.made == 1
        tasks.cancel_scope.cancel()


async def test_a_quiet_stream_says_it_lives() -> None:
    room = Room()
    views = Views(room.make, room.time)
    async with anyio.create_task_group() as tasks:
        await tasks.start(views.run)
        with anyio.fail_after(20):
            stream = await views.open("waitlist", "tab1", lambda: True)
            parts = [await anext(stream) for _ in range(3)]
        assert parts[0].startswith(b"retry:")
        assert parts[2].startswith(b": ")
        tasks.cancel_scope.cancel()


async def test_who_comes_late_hears_what_time_it_is_before_an_old_picture() -> None:
    room = Room()
    views = Views(room.make, room.time)
    async with anyio.create_task_group() as tasks:
        await tasks.start(views.run)
        with anyio.fail_after(20):
            first = await views.open("clock/t1", "tab1", lambda: True)
            assert [await anext(first) for _ in range(2)][0].startswith(b"retry:")
            room.now = 900_000
            late = await views.open("clock/t1", "tab2", lambda: True)
            _retry, told = [await anext(late) for _ in range(2)]
        time, _, picture = told.partition(b"\n\n")
        assert int(time.removeprefix(b": ")) > 900_000
        assert b'"now":500' in picture
        tasks.cancel_scope.cancel()


async def test_a_stream_ends_with_its_sign_in() -> None:
    room = Room()
    views = Views(room.make, room.time)
    signed_in = True
    async with anyio.create_task_group() as tasks:
        await tasks.start(views.run)
        stream = events(await views.open("waitlist", "tab1", lambda: signed_in))
        with anyio.fail_after(20):
            await anext(stream)
            signed_in = False
            assert [event async for event in stream] == []
        assert views.watchers == 0
        tasks.cancel_scope.cancel()


async def test_one_device_watches_so_much_and_no_more() -> None:
    room = Room()
    views = Views(room.make, room.time)
    async with anyio.create_task_group() as tasks:
        await tasks.start(views.run)
        with anyio.fail_after(20):
            for _ in range(WATCHERS_PER_DEVICE_MAX):
                await anext(await views.open("waitlist", "tab1", lambda: True))
            with pytest.raises(Problem, match="too_many"):
                await views.open("waitlist", "tab1", lambda: True)
            await views.open("waitlist", "tab2", lambda: True)
        tasks.cancel_scope.cancel()


async def test_what_is_not_there_is_404() -> None:
    views = Views(Room(data=None).make, lambda: 1)
    async with anyio.create_task_group() as tasks:
        await tasks.start(views.run)
        with pytest.raises(Problem, match="no_view"):
            await views.open("clock/none", "tab1", lambda: True)
        tasks.cancel_scope.cancel()


async def test_a_view_that_breaks_ends_its_streams_and_nothing_else(caplog: pytest.LogCaptureFixture) -> None:
    room = Room()
    views = Views(room.make, room.time)
    async with anyio.create_task_group() as tasks:
        await tasks.start(views.run)
        with anyio.fail_after(20):
            stream = events(await views.open("waitlist", "tab1", lambda: True))
            await anext(stream)
            room.data = {"broken": True}
            views.changed(frozenset({"floor"}))
            assert [event async for event in stream] == []
            room.data = {"n": 9}
            again = events(await views.open("waitlist", "tab1", lambda: True))
            assert (await anext(again))["n"] == 9
        tasks.cancel_scope.cancel()
    assert "broke" in caplog.text
