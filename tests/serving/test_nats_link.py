"""The link outlives its server, and says in types what did not work."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
import pytest
from nats.aio.client import Client

from serving.nats_link import Incoming, LinkDown, NatsLink, NobodyAnswers, RequestTimedOut, TooLarge
from tests.fix_nats import NatsProcess

pytestmark = [pytest.mark.anyio, pytest.mark.servers]


@asynccontextmanager
async def linked(*urls: str) -> AsyncIterator[list[NatsLink]]:
    links = [NatsLink(url, name=f"test {n}") for n, url in enumerate(urls)]
    async with anyio.create_task_group() as tasks:
        for link in links:
            await tasks.start(link.run)
        yield links
        tasks.cancel_scope.cancel()


async def echo(incoming: Incoming) -> bytes:
    return incoming.payload + b"!"


async def test_a_request_is_answered_by_whoever_subscribed(plain_nats: NatsProcess) -> None:
    async with linked(plain_nats.url, plain_nats.url) as (asks, answers):
        await answers.subscribe("hi", echo)
        assert await asks.request("hi", b"you") == b"you!"


async def test_a_request_before_the_server_is_there_waits_for_it(plain_nats: NatsProcess) -> None:
    plain_nats.kill()
    async with linked(plain_nats.url) as (link,), anyio.create_task_group() as tasks:
        await link.subscribe("hi", echo)
        with pytest.raises(LinkDown):
            await link.request("hi", b"", timeout_s=0.2)
        with pytest.raises(LinkDown):
            await link.publish("hi", b"")
        assert not link.is_up
        tasks.start_soon(anyio.to_thread.run_sync, plain_nats.start)
        assert await link.request("hi", b"late", timeout_s=60) == b"late!"
        assert link.is_up


async def test_subscriptions_and_requests_outlive_a_killed_server(plain_nats: NatsProcess) -> None:
    async with linked(plain_nats.url, plain_nats.url) as (asks, answers):
        await answers.subscribe("hi", echo)
        for n in range(3):
            assert await asks.request("hi", b"%d" % n, timeout_s=60) == b"%d!" % n
            lives = asks.lives
            plain_nats.kill()
            plain_nats.start()
            with anyio.fail_after(60):
                assert await asks.connected(lives) > lives


async def test_a_connection_that_closed_untold_is_made_again(plain_nats: NatsProcess) -> None:
    """As after a process was stopped for a while: the client is closed, and nobody was called."""
    async with anyio.create_task_group() as tasks:
        link = NatsLink(plain_nats.url, name="stopped")
        await tasks.start(link.run)
        lives = await link.connected()
        assert link._life is not None
        await link._life.client._close(Client.CLOSED, do_cbs=False)
        with anyio.fail_after(60):
            assert await link.connected(lives) == lives + 1
        await link.publish("still.there", b"")
        tasks.cancel_scope.cancel()


async def test_a_request_in_flight_is_tried_again_when_the_server_dies(plain_nats: NatsProcess) -> None:
    arrived, go_on, times = anyio.Event(), anyio.Event(), 0

    async def slow(incoming: Incoming) -> bytes:
        nonlocal times
        times += 1
        arrived.set()
        await go_on.wait()
        return b"done"

    async with linked(plain_nats.url, plain_nats.url) as (asks, answers), anyio.create_task_group() as tasks:
        await answers.subscribe("slow", slow, at_once=2)

        async def kill() -> None:
            await arrived.wait()
            plain_nats.kill()
            plain_nats.start()
            go_on.set()

        tasks.start_soon(kill)
        assert await asks.request("slow", b"", timeout_s=15, try_s=15) == b"done"
    assert times == 2  # so whoever answers must take repeats


async def test_no_one_there_no_answer_and_too_large_are_told_apart(plain_nats: NatsProcess) -> None:
    async def silent(incoming: Incoming) -> None:
        return None

    async with linked(plain_nats.url) as (link,):
        await link.subscribe("silent", silent)
        with pytest.raises(NobodyAnswers):
            await link.request("nobody", b"", timeout_s=0.3)
        with pytest.raises(RequestTimedOut):
            await link.request("silent", b"", timeout_s=0.5, try_s=0.2)
        with pytest.raises(TooLarge):
            await link.request("silent", bytes(2 << 20))
        with pytest.raises(TooLarge):
            await link.publish("silent", bytes(2 << 20))


async def test_a_handler_that_breaks_is_answered_and_the_next_request_works(plain_nats: NatsProcess) -> None:
    async def breaks(incoming: Incoming) -> bytes:
        if incoming.payload == b"bad":
            raise ValueError("a bug")
        return b"good"

    async with linked(plain_nats.url) as (link,):
        await link.subscribe("it", breaks)
        assert json.loads(await link.request("it", b"bad"))["error"]["code"] == "internal"
        assert await link.request("it", b"") == b"good"


async def test_at_most_so_many_are_worked_on_at_once_and_the_rest_waits(plain_nats: NatsProcess) -> None:
    running = most = 0
    go_on = anyio.Event()

    async def counted(incoming: Incoming) -> bytes:
        nonlocal running, most
        running += 1
        most = max(most, running)
        if running == 3:
            go_on.set()
        await go_on.wait()
        running -= 1
        return b""

    async with linked(plain_nats.url) as (link,):
        await link.subscribe("it", counted, at_once=3)
        async with anyio.create_task_group() as tasks:
            for _ in range(20):
                tasks.start_soon(link.request, "it", b"")
    assert most == 3
