"""The relay with real sockets."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import anyio.abc
import pytest

from felt.demo.relay import Line, NoDemo, ask
from tests.ports import free_port

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def a_line_to_an_echo(data: Path) -> AsyncIterator[int]:
    async def echo(stream: anyio.abc.SocketStream) -> None:
        async with stream:
            async for chunk in stream:
                await stream.send(chunk)

    target = await anyio.create_tcp_listener(local_host="127.0.0.1")
    port = free_port()
    line = Line(data, port, target.extra(anyio.abc.SocketAttribute.local_port))
    with anyio.fail_after(60):
        async with target, anyio.create_task_group() as tasks:
            tasks.start_soon(target.serve, echo)
            await tasks.start(line.run)
            yield port
            tasks.cancel_scope.cancel()


async def said_back(stream: anyio.abc.SocketStream, words: bytes) -> bytes:
    await stream.send(words)
    return await stream.receive()


async def test_bytes_pass_both_ways(tmp_path: Path) -> None:
    async with (
        a_line_to_an_echo(tmp_path) as port,
        await anyio.connect_tcp("127.0.0.1", port) as stream,
    ):
        assert await said_back(stream, b"one") == b"one"


async def test_a_cut_ends_connections_and_turns_new_ones_away(tmp_path: Path) -> None:
    async with (
        a_line_to_an_echo(tmp_path) as port,
        await anyio.connect_tcp("127.0.0.1", port) as stream,
    ):
        await said_back(stream, b"one")
        await ask(tmp_path, "cut")
        with pytest.raises((anyio.EndOfStream, anyio.BrokenResourceError)):
            await stream.receive()
        async with await anyio.connect_tcp("127.0.0.1", port) as second:
            with pytest.raises((anyio.EndOfStream, anyio.BrokenResourceError)):
                await second.receive()
        await ask(tmp_path, "up")
        async with await anyio.connect_tcp("127.0.0.1", port) as third:
            assert await said_back(third, b"three") == b"three"


async def test_a_silent_line_keeps_connections_and_passes_nothing(
    tmp_path: Path,
) -> None:
    async with (
        a_line_to_an_echo(tmp_path) as port,
        await anyio.connect_tcp("127.0.0.1", port) as stream,
    ):
        await said_back(stream, b"one")
        await ask(tmp_path, "silent")
        await stream.send(b"two")
        with anyio.move_on_after(0.3):
            pytest.fail(f"the line was silent, but {await stream.receive()!r} came")
        await ask(tmp_path, "up")
        assert await stream.receive() == b"two"


async def test_asking_where_no_demo_runs_says_so(tmp_path: Path) -> None:
    with pytest.raises(NoDemo):
        await ask(tmp_path, "cut")
