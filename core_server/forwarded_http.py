"""HTTP requests that concern rooms, answered by the process that owns the venue, whichever was asked.

A handler that meets `OwnedElsewhere` has its request handed on whole, over a stream, and the owner's answer
comes back as it is made: lists, facts, history, pages, and views for as long as somebody watches.
"""

import json
import logging
from collections import deque
from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any, Final

import anyio
from anyio.abc import TaskGroup, TaskStatus
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import ASGIApp, Message

from crdt_models.errors import CloseCode
from serving.problems import Problem, problem_response

from .ownership import OwnedElsewhere
from .streams import DONE, WINDOW, Stream, Streams

__all__ = ["Callers", "hand_on"]

log = logging.getLogger(__name__)

ANSWER_S: Final = 15.0
CALLS_MAX: Final = 4_000  # of other processes at once, watchers of views above all
_STAYS: Final = frozenset({b"origin", b"connection", b"transfer-encoding"})  # this process sees to them
_HANDED_ON: Final = "felt.handed_on"


async def hand_on(streams: Streams, request: Request, error: OwnedElsewhere) -> Response:
    """The owner's answer; 503 `not_ready` where there is none now."""
    if not error.owner or _HANDED_ON in request.scope:  # it has moved on meanwhile: come again
        return _not_ready()
    scope = request.scope
    head = {
        "to": "http",
        "method": scope["method"],
        "scheme": scope["scheme"],
        "path": scope["path"],
        "raw_path": scope.get("raw_path", b"").decode("latin-1"),
        "query": scope["query_string"].decode("latin-1"),
        "headers": _text(header for header in scope["headers"] if header[0] not in _STAYS),
        "client": scope.get("client"),
    }
    answer = _Frames()
    stream = streams.open(error.owner, head, answer)
    stream.send(getattr(request.state, "body", b""))
    with anyio.move_on_after(ANSWER_S):
        try:
            started = await answer.next(stream)
        except BaseException:  # whoever asked has gone
            stream.close()
            raise
        if started is not None:
            said = json.loads(started)
            response = StreamingResponse(_body(answer, stream), said["status"])
            response.raw_headers = [
                (name.encode("latin-1"), value.encode("latin-1")) for name, value in said["headers"]
            ]
            return response
    stream.close()
    return _not_ready()


class Callers:
    """Answers what other processes hand on, by this process's own application."""

    def __init__(self) -> None:
        self.application: ASGIApp | None = None
        self._tasks: TaskGroup | None = None
        self.calls = 0  # under way

    async def run(self, *, task_status: TaskStatus[None] = anyio.TASK_STATUS_IGNORED) -> None:
        """Until cancelled."""
        async with anyio.create_task_group() as tasks:
            self._tasks = tasks
            task_status.started()
            await anyio.sleep_forever()

    def accept(self, head: Mapping[str, Any], stream: Stream) -> "_Frames":
        """A request of another process. Raises KeyError where the head is not one of ours."""
        frames = _Frames()
        if self._tasks is None or self.application is None or self.calls >= CALLS_MAX:
            stream.close(CloseCode.TOO_MANY)
        else:
            self._tasks.start_soon(self._answer, self.application, _scope(head), stream, frames)
        return frames

    async def _answer(
        self, application: ASGIApp, scope: dict[str, Any], stream: Stream, frames: "_Frames"
    ) -> None:
        self.calls += 1
        body: bytes | None = await frames.next(stream)

        async def receive() -> Message:
            nonlocal body
            if body is not None:
                told, body = body, None
                return {"type": "http.request", "body": told, "more_body": False}
            await frames.over()
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [
                    [name.decode("latin-1"), value.decode("latin-1")] for name, value in message["headers"]
                ]
                stream.send(json.dumps({"status": message["status"], "headers": headers}).encode())
                return
            if message.get("body"):
                stream.send(message["body"])
            await frames.room(stream)
            if not message.get("more_body"):
                stream.close()

        try:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(_cancel_when_over, frames, tasks.cancel_scope)
                await application(scope, receive, send)
                tasks.cancel_scope.cancel()
        except Exception:  # it has told whoever called; one request must not take the process along
            log.exception("a request that was handed on failed: %s", scope["path"])
        finally:
            self.calls -= 1
            stream.close(CloseCode.NOT_READY)


class _Frames:
    """The end of a stream, for whoever waits for frames, or for room."""

    def __init__(self) -> None:
        self._inbox: deque[bytes] = deque()
        self._moved = anyio.Event()  # set and replaced whenever something happens
        self._ended = False

    async def next(self, stream: Stream) -> bytes | None:
        """The next frame; None: nothing follows."""
        while not self._inbox:
            if self._ended:
                return None
            await self._moved.wait()
        frame = self._inbox.popleft()
        stream.took(len(frame))
        return frame

    async def room(self, stream: Stream) -> None:
        """Returns when more may be sent, or nobody listens any more."""
        while stream.flying > WINDOW and not self._ended:
            await self._moved.wait()

    async def over(self) -> None:
        """Returns when the other end has ended it."""
        while not self._ended:
            await self._moved.wait()

    def arrived(self, frame: bytes) -> None:
        self._inbox.append(frame)
        self.taken()

    def taken(self) -> None:
        self._moved.set()
        self._moved = anyio.Event()

    def ended(self, code: int) -> None:
        self._ended = True
        if code != DONE:
            log.debug("a request that was handed on ended with %d", code)
        self.taken()


async def _body(answer: _Frames, stream: Stream) -> AsyncIterator[bytes]:
    try:
        while (frame := await answer.next(stream)) is not None:
            yield frame
    finally:
        stream.close()


async def _cancel_when_over(frames: _Frames, scope: anyio.CancelScope) -> None:
    await frames.over()
    scope.cancel()


def _scope(head: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": head["method"],
        "scheme": head["scheme"],
        "path": head["path"],
        "raw_path": head["raw_path"].encode("latin-1"),
        "query_string": head["query"].encode("latin-1"),
        "root_path": "",
        "headers": _raw(head["headers"]),
        "client": tuple(head["client"]) if head["client"] else None,
        "server": None,
        _HANDED_ON: True,
    }


def _text(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[str, str]]:
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers]


def _raw(headers: Iterable[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]


def _not_ready() -> Response:
    return problem_response(Problem(503, "not_ready", "The core can't answer now; try again."))
