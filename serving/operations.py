"""The HTTP API as a table: one `Operation` per method and path, from which routes and OpenAPI are both made.

Who may call, how big the body is and what shape it has are said in the table and checked here, before a
handler runs; no handler can forget. Handlers take a `Call`, and answer JSON-able values, models or Responses.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final, Literal, TypeVar

from pydantic import BaseModel, ConfigDict
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from .admission import Admission
from .problems import BODY_BYTES_MAX, Body, Problem, parse_body, read_bytes
from .tokens import SignIn

__all__ = ["ANYONE", "METHODS", "Answer", "Call", "NoBody", "Operation", "routes"]

METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
"""Every route takes all of them and says no itself, so that no later route answers for it."""
ANYONE: Final[frozenset[str]] = frozenset()
"""As `roles`: signed in, in whatever role. `roles=None`: nobody needs to be signed in."""

_B = TypeVar("_B", bound=BaseModel)


class Answer(BaseModel):
    """Base of what an operation answers; written out in the OpenAPI document."""

    model_config = ConfigDict(frozen=True)


class NoBody(Body):
    """A request that brings nothing: an empty body or `{}`."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request that passed the checks of its operation."""

    request: Request
    raw: bytes  # the body, byte for byte
    body: BaseModel
    _sign_in: SignIn | None

    @property
    def sign_in(self) -> SignIn:
        """Who calls; only for operations that ask for a sign-in."""
        assert self._sign_in is not None
        return self._sign_in

    def of(self, model: type[_B]) -> _B:
        """The body, typed."""
        assert isinstance(self.body, model)
        return self.body

    def path(self, name: str) -> str:
        return str(self.request.path_params[name])

    def whole(self, name: str, default: int, low: int, high: int) -> int:
        """A whole number of the query. Problem 422 `invalid` outside `low` … `high`."""
        text = self.request.query_params.get(name)
        if text is None:
            return default
        if not (text.isascii() and text.isdecimal() and len(text) <= 16 and low <= int(text) <= high):
            why = f"{name} is a whole number from {low} to {high}."
            raise Problem(422, "invalid", why, {"fields": {name: why}})
        return int(text)


@dataclass(frozen=True)
class Operation:
    """One row of the API."""

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    path: str  # Starlette's: `/api/v1/documents/{document:path}/facts`
    summary: str
    handler: Callable[[Call], Awaitable[Any]]
    roles: frozenset[str] | None
    body: type[BaseModel] = NoBody
    answer: type[BaseModel] | Mapping[str, Any] | None = None  # model or JSON schema of the answer
    status: int = 200
    problems: Mapping[int, str] = field(default_factory=dict)  # further statuses → their codes
    query: Mapping[str, str] = field(default_factory=dict)  # known query parameters → what they mean
    headers: Mapping[str, str] = field(default_factory=dict)  # headers asked for → what they mean
    bytes_max: int = BODY_BYTES_MAX
    reads_itself: bool = False  # the handler reads the body, more strictly; `body` is its shape for documents
    elsewhere: bool = False  # also for sign-ins that another server opened (documents yes, money never)


def routes(operations: Iterable[Operation], admission: Admission) -> list[Route]:
    """One route per path; a method it does not have is 405 `wrong_method` with `Allow`."""
    by_path: dict[str, dict[str, Operation]] = {}
    for operation in operations:
        by_path.setdefault(operation.path, {})[operation.method] = operation
    return [_route(path, methods, admission) for path, methods in by_path.items()]


def _route(path: str, methods: Mapping[str, Operation], admission: Admission) -> Route:
    async def endpoint(request: Request) -> Response:
        operation = methods.get("GET" if request.method == "HEAD" else request.method)
        if operation is None:
            allow = {"allow": ", ".join(sorted(methods))}
            raise Problem(405, "wrong_method", "This address does not take that method.", headers=allow)
        response = _response(
            await operation.handler(await _call(request, operation, admission)), operation.status
        )
        return _tagged(response, request) if operation.method == "GET" else response

    return Route(path, endpoint, methods=METHODS)


async def _call(request: Request, operation: Operation, admission: Admission) -> Call:
    sign_in = None
    if operation.roles is not None:
        sign_in = admission.admit(request, operation.roles, elsewhere=operation.elsewhere)
    for name in request.query_params:
        if name not in operation.query:
            raise Problem(
                422, "unknown_field", "A query parameter is not known here.", {"fields": [name[:80]]}
            )
    raw = b"" if operation.method == "GET" else await read_bytes(request, operation.bytes_max)
    body: BaseModel = NoBody()
    if not operation.reads_itself and (raw or operation.body is not NoBody):
        body = parse_body(raw, operation.body)
    return Call(request, raw, body, sign_in)


def _response(answer: Any, status: int) -> Response:
    if isinstance(answer, Response):
        return answer
    if answer is None:
        return Response(status_code=204)
    content = answer.model_dump(mode="json") if isinstance(answer, BaseModel) else answer
    return JSONResponse(content, status, {"cache-control": "no-store"})


def _tagged(response: Response, request: Request) -> Response:
    """With an `ETag`, or 304 to who has that very answer already. Streams have none."""
    if response.status_code != 200 or isinstance(response, StreamingResponse) or "etag" in response.headers:
        return response
    etag = f'"{sha256(response.body).hexdigest()[:32]}"'
    response.headers["etag"] = etag
    known = (one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(","))
    if etag in known:
        return Response(status_code=304, headers={"etag": etag, "cache-control": "no-store"})
    return response
