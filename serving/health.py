"""`/health` and `/metrics`: what a watchman and a graph want to know, never who or how much.

Live: the process answers. Ready: it can do its work; `why` names what is missing. Ready is honest: it is
asked each time, and 503 while it is not.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, Literal

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

__all__ = ["VERSION", "health_routes"]

VERSION: Final = "0.1.0"


def health_routes(
    *,
    role: Literal["leaf", "core"],
    why_not_ready: Callable[[], Sequence[str]],
    numbers: Callable[[], Mapping[str, float]],
) -> list[Route]:
    """`numbers`: name (`felt_…`, `_total` where it only rises) → value."""

    async def health(_: Request) -> Response:
        why = list(why_not_ready())
        told = {"live": True, "ready": not why, "why": why, "role": role, "version": VERSION}
        return JSONResponse(told, 503 if why else 200, {"cache-control": "no-store"})

    async def metrics(_: Request) -> Response:
        lines = [f'# TYPE felt_up gauge\nfelt_up{{role="{role}",version="{VERSION}"}} 1']
        for name, value in sorted(numbers().items()):
            kind = "counter" if name.endswith("_total") else "gauge"
            lines.append(f"# TYPE {name} {kind}\n{name} {value}")
        return PlainTextResponse("\n".join(lines) + "\n", media_type="text/plain; version=0.0.4")

    return [Route("/health", health), Route("/metrics", metrics)]
