"""Pages of one of the venue's addresses may ask the other: a phone keeps its page and talks to leaf and core.

Only origins the server knows are told that they may; cookies never travel this way, tokens do. Who changes
anything from a page of somebody else is turned away: the cookie of a sign-in goes along from any page of the
same host, whatever the port, and `SameSite` does not mind.
"""

from collections.abc import Callable
from typing import Final

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from .problems import Problem, problem_response

__all__ = ["Cors"]

HEADERS: Final = ("authorization", "content-type", "idempotency-key", "last-event-id", "ledger-head")
FRESH_S: Final = 600
_READING: Final = frozenset({"GET", "HEAD"})


class Cors(CORSMiddleware):
    """`Middleware(Cors, allowed=…)`; `allowed` is asked with each `Origin`. Same-origin always is."""

    def __init__(self, app: ASGIApp, allowed: Callable[[str], bool]) -> None:
        super().__init__(app, allow_methods=("GET", "POST"), allow_headers=HEADERS, max_age=FRESH_S)
        self._allowed = allowed

    def is_allowed_origin(self, origin: str) -> bool:
        return self._allowed(origin)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] not in _READING and self._is_foreign(scope):
            no = Problem(403, "wrong_origin", "Pages of this address may change nothing here.")
            await problem_response(no)(scope, receive, send)
            return
        await super().__call__(scope, receive, send)

    def _is_foreign(self, scope: Scope) -> bool:
        headers = Headers(scope=scope)
        origin = headers.get("origin")
        if origin is None or self._allowed(origin):
            return False
        return origin != f"{scope.get('scheme', 'http')}://{headers.get('host', '')}"
