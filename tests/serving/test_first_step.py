"""A coroutine's first step taken at once, its rest by a task."""

import asyncio

import pytest

from serving.first_step import first_step

pytestmark = pytest.mark.anyio


async def test_what_need_not_wait_is_done_at_once() -> None:
    done: list[int] = []

    async def work() -> None:
        done.append(1)

    assert first_step(work()) is None
    assert done == [1]


async def test_what_waits_is_ended_by_whoever_awaits_it() -> None:
    lock, done = asyncio.Lock(), list[int]()
    await lock.acquire()

    async def work() -> None:
        for n in range(2):
            async with lock:
                done.append(n)
            await asyncio.sleep(0)

    rest = first_step(work())
    assert rest is not None
    assert done == []
    lock.release()
    await rest
    assert done == [0, 1]


async def test_what_the_first_step_raises_is_raised_at_once() -> None:
    async def work() -> None:
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        first_step(work())


async def test_cancelling_reaches_what_it_waits_in() -> None:
    told: list[str] = []

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            told.append("ended")

    rest = first_step(work())
    assert rest is not None

    async def go_on() -> None:
        await rest

    task = asyncio.create_task(go_on())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert told == ["ended"]


async def test_what_is_not_gone_on_with_can_be_closed() -> None:
    told: list[str] = []

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            told.append("ended")

    rest = first_step(work())
    assert rest is not None
    rest.close()
    assert told == ["ended"]
