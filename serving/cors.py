"""Pages of one of the venue's addresses may ask the other: a phone keeps its page and talks to leaf and core.

Only origins the server knows are told that they may; cookies never travel this way, tokens do.
"""

from collections.abc import Callable
from typing import Final

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

__all__ = ["Cors"]

HEADERS: Final = ("authorization", "content-type", "idempotency-key", "last-event-id")
FRESH_S: Final = 600


class Cors(CORSMiddleware):
    """`Middleware(Cors, allowed=…)`; `allowed` is asked with each `Origin`."""

    def __init__(self, app: ASGIApp, allowed: Callable[[str], bool]) -> None:
        super().__init__(app, allow_methods=("GET", "POST"), allow_headers=HEADERS, max_age=FRESH_S)
        self._allowed = allowed

    def is_allowed_origin(self, origin: str) -> bool:
        return self._allowed(origin)
