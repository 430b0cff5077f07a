"""HTTP requests that another process has to answer: handed on whole, answered as the answer is made."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

import anyio
import anyio.lowlevel
import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core_server.forwarded_http import Callers, hand_on
from core_server.ownership import OwnedElsewhere
from core_server.streams import Accept, Streams
from serving.nats_link import NatsLink
from serving.problems import read_bytes
from tests.fix_nats import NatsProcess

pytestmark = [pytest.mark.anyio, pytest.mark.servers]

HERE, THERE, NOWHERE = "00000000000000aa", "00000000000000bb", "00000000000000cc"


async def elsewhere(request: Request) -> Response:
    """What a handler does whose venue is another's; it has read the body before."""
    await read_bytes(request)
    raise OwnedElsewhere("v", NOWHERE if "nowhere" in request.url.path else THERE)


async def echo(request: Request) -> Response:
    body = (await request.body()).decode()
    told = {"method": request.method, "query": str(request.query_params), "body": body}
    headers = {"etag": '"1"', "x-token": request.headers.get("authorization", "")}
    return JSONResponse(told, 201 if body else 200, headers)


async def large(_: Request) -> Response:
    return Response(b"x" * (3 << 20))


async def bug(_: Request) -> Response:
    raise LookupError("a bug")


async def moved(_: Request) -> Response:
    raise OwnedElsewhere("v", HERE)


class Endless:
    """A handler that answers nothing until its caller has gone."""

    def __init__(self) -> None:
        self.begun, self.ended = anyio.Event(), anyio.Event()

    async def __call__(self, _: Request) -> Response:
        self.begun.set()
        try:
            await anyio.sleep_forever()
        finally:
            self.ended.set()
        raise AssertionError


@asynccontextmanager
async def two(
    plain_nats: NatsProcess, endless: Callable[[Request], Awaitable[Response]] = bug
) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the process that owns nothing."""
    callers = Callers()
    routes = {"/echo": echo, "/large": large, "/moved": moved, "/bug": bug, "/endless": endless}
    async with anyio.create_task_group() as tasks:
        streams: dict[str, Streams] = {}
        accept: Mapping[str, Accept] = {"http": callers.accept}
        await tasks.start(callers.run)
        for process in (HERE, THERE):
            link = NatsLink(plain_nats.url, name=process)
            streams[process] = Streams(link, process, accept)
            await tasks.start(streams[process].run)
            await tasks.start(link.run)
            await link.connected()
            await link.flush()

        def app(streams: Streams, handlers: Mapping[str, object]) -> Starlette:
            async def not_here(request: Request, error: Exception) -> Response:
                assert isinstance(error, OwnedElsewhere)
                return await hand_on(streams, request, error)

            paths = [Route(path, each, methods=["GET", "POST"]) for path, each in handlers.items()]  # type: ignore[arg-type]
            return Starlette(routes=paths, exception_handlers={OwnedElsewhere: not_here})

        callers.application = app(streams[THERE], routes)
        here = app(streams[HERE], dict.fromkeys([*routes, "/nowhere"], elsewhere))
        transport = httpx.ASGITransport(here)
        async with httpx.AsyncClient(transport=transport, base_url="http://here", timeout=10) as client:
            yield client
        tasks.cancel_scope.cancel()


async def test_a_request_arrives_whole_and_its_answer_comes_back_as_it_was(plain_nats: NatsProcess) -> None:
    """[DO83]"""
    async with two(plain_nats) as client:
        for method, body in (("GET", ""), ("POST", "tell" * 10_000)):
            headers = {"authorization": "Bearer abc"}
            answer = await client.request(method, "/echo?a=1&b=%2F", content=body, headers=headers)
            assert answer.json() == {"method": method, "query": "a=1&b=%2F", "body": body}
            assert answer.status_code == (201 if body else 200)
            assert (answer.headers["etag"], answer.headers["x-token"]) == ('"1"', "Bearer abc")
        assert (await client.get("/large")).content == b"x" * (3 << 20)


@pytest.mark.parametrize("path", ["/nowhere", "/moved"])
async def test_where_nobody_answers_it_is_not_ready_and_goes_no_further(
    plain_nats: NatsProcess, path: str
) -> None:
    """[DO83] The owner is gone, or says that it is another: a request is handed on once."""
    async with two(plain_nats) as client:
        answer = await client.get(path)
        assert answer.status_code == 503
        assert answer.json()["error"]["code"] == "not_ready"


async def test_a_bug_at_the_owner_costs_one_request(
    plain_nats: NatsProcess, caplog: pytest.LogCaptureFixture
) -> None:
    """[DO83]"""
    async with two(plain_nats) as client:
        answer = await client.get("/bug")
        assert answer.status_code == 500
        assert "bug" not in answer.text
        assert "a request that was handed on failed: /bug" in caplog.text
        assert (await client.get("/echo")).status_code == 200


async def test_who_hangs_up_ends_the_work_at_the_owner(plain_nats: NatsProcess) -> None:
    """[DO83]"""
    endless = Endless()
    async with two(plain_nats, endless.__call__) as client:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(client.get, "/endless")
            await endless.begun.wait()
            tasks.cancel_scope.cancel()
        with anyio.fail_after(60):
            await endless.ended.wait()
        assert (await client.get("/echo")).status_code == 200
