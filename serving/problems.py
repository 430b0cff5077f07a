"""Everything that goes wrong over HTTP is one shape: RFC 9457 problem details that also carry `error`.

    {type: "/errors/<code>", title, status, detail, error: {code, message, details}}

`Problem` is raised anywhere below a route; `HANDLERS` and `ProblemGuard` turn it, Starlette's own errors
and what nobody expected into that shape. `read_body` is the one way in for JSON: bounded, strict, all known.
"""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final, TypeVar

import anyio
from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from crdt_models.errors import RoomClosed, StoreNotReady, StoreUnreadable
from ledger.faults import WRONG, faults_of, field_of

__all__ = [
    "BODY_BYTES_MAX",
    "HANDLERS",
    "Body",
    "Problem",
    "ProblemGuard",
    "parse_body",
    "problem_response",
    "read_body",
    "read_bytes",
]

BODY_BYTES_MAX: Final = 256 * 1024
_BODY_S: Final = 20.0
_DROPPED_BYTES_MAX: Final = 64 << 20
_FIELDS_MAX: Final = 20  # fields named in one answer
_LOG = logging.getLogger("felt.http")
_CODES: Final = {
    400: "malformed", 401: "signed_out", 403: "forbidden", 404: "not_found", 405: "wrong_method",
    413: "too_large", 429: "too_many", 503: "not_ready",
}  # fmt: skip


class Problem(Exception):
    """A refusal or error for the client. `code` is stable, `message` English, `details` JSON-able."""

    def __init__(
        self, status: int, code: str, message: str, details: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:  # fmt: skip
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.details = details or {}
        self.headers = headers or {}


class Body(BaseModel):
    """Base of every JSON body: no coercion, no unknown field."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


_B = TypeVar("_B", bound=BaseModel)


async def read_bytes(request: Request, bytes_max: int = BODY_BYTES_MAX) -> bytes:
    """The body, at most `bytes_max`. Problems 413 before holding more, 408 where it does not come.

    It stays as `request.state.body`, for who has to hand the whole request on.
    """
    body, size = bytearray(), 0
    try:
        with anyio.fail_after(_BODY_S):
            async for part in request.stream():
                size += len(part)
                if size <= bytes_max:
                    body += part
                elif size > _DROPPED_BYTES_MAX:
                    break
                else:  # read on without keeping it: an answer amid a body that still comes is often lost
                    body.clear()
    except TimeoutError as error:
        raise Problem(408, "timeout", "The body did not come in time.") from error
    if size > bytes_max:
        why = f"The body is over {bytes_max} bytes."
        raise Problem(413, "too_large", why, {"bytes_max": bytes_max})
    request.state.body = bytes(body)
    return bytes(body)


async def read_body(request: Request, model: type[_B], bytes_max: int = BODY_BYTES_MAX) -> _B:
    """The JSON body as `model`. Problems: 413 too_large, 400 malformed, 422 unknown_field or invalid."""
    return parse_body(await read_bytes(request, bytes_max), model)


def parse_body(body: bytes, model: type[_B]) -> _B:
    """As `read_body`, of bytes that are here already."""
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        raise _why(error) from None


def problem_response(problem: Problem) -> Response:
    """The one shape of an error."""
    content = {
        "type": f"/errors/{problem.code}",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.message,
        "error": {"code": problem.code, "message": problem.message, "details": dict(problem.details)},
    }
    headers = {"cache-control": "no-store", **problem.headers}
    return JSONResponse(content, problem.status, headers, media_type="application/problem+json")


async def _of_problem(_: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return problem_response(error)


async def _of_http(_: Request, error: Exception) -> Response:
    """Starlette's own: no such route, wrong method."""
    assert isinstance(error, HTTPException)
    code = _CODES.get(error.status_code, "refused")
    return problem_response(Problem(error.status_code, code, error.detail, headers=error.headers))


async def _of_store(_: Request, error: Exception) -> Response:
    """A document that does not read back, or a room that lost its batch: try again, or a person looks."""
    _LOG.error("%s: %s", type(error).__name__, error)
    return problem_response(Problem(503, "not_ready", "This document cannot be read now."))


async def _of_disk(_: Request, error: Exception) -> Response:
    """Nothing was written; the same request may come again."""
    assert isinstance(error, StoreNotReady)
    _LOG.error("the store is %s: %s", error.trouble, error)
    why = {"slow": "takes too long", "full": "is full", "failing": "answers with errors"}[error.trouble]
    message = f"The server's disk {why}: nothing was changed. Try again."
    return problem_response(Problem(503, "not_ready", message, {"store": error.trouble}))


HANDLERS: Final[Mapping[Any, Any]] = {
    Problem: _of_problem,
    HTTPException: _of_http,
    StoreUnreadable: _of_store,
    StoreNotReady: _of_disk,
    RoomClosed: _of_store,
}
"""For `Starlette(exception_handlers=…)`; together with `Middleware(ProblemGuard)`."""


class ProblemGuard:
    """Outermost around all HTTP: what nobody expected is logged once, answered 500 `internal`, and over."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except ClientDisconnect:
            return  # nobody is left to be told
        except Exception:
            _LOG.exception("%s %r failed", scope["method"], scope["path"][:120])
            if started:
                raise  # half an answer is out: the server must cut the connection
            await problem_response(
                Problem(500, "internal", "Something broke here; it has been written down.")
            )(scope, receive, send)


def _why(error: ValidationError) -> Problem:
    found = error.errors(include_url=False, include_context=False, include_input=False)
    if any(one["type"] == "json_invalid" for one in found):
        return Problem(400, "malformed", "The body is not JSON.")
    unknown = [field_of(one) for one in found if one["type"] == "extra_forbidden"]
    if unknown:
        return Problem(422, "unknown_field", "A field is not known here.", {"fields": unknown[:_FIELDS_MAX]})
    return Problem(422, "invalid", WRONG, faults_of(error))
