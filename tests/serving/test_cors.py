"""Pages of other addresses: the venue's own may ask, all others may change nothing, cookie or not."""

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from serving.cors import Cors

pytestmark = pytest.mark.anyio
CORE = "http://core.example"


async def answer(_: Request) -> Response:
    return Response("done")


def client() -> httpx.AsyncClient:
    app = Starlette(
        routes=[Route("/", answer, methods=["GET", "POST", "DELETE"])],
        middleware=[Middleware(Cors, allowed=lambda origin: origin == CORE)],
    )
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://leaf.example:8700")


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://leaf.example:8701", CORE + ".evil"]
)
async def test_a_page_of_another_address_changes_nothing(origin: str) -> None:
    """A cookie goes along from any port of the same host; with it such a page once booked money."""
    async with client() as http:
        for method in ("POST", "DELETE"):
            refused = await http.request(method, "/", headers={"origin": origin, "cookie": "felt_session=x"})
            assert (refused.status_code, refused.json()["error"]["code"]) == (403, "wrong_origin")
        read = await http.get("/", headers={"origin": origin})
        assert (read.status_code, read.headers.get("access-control-allow-origin")) == (200, None)


async def test_who_is_no_page_or_one_of_ours_may() -> None:
    async with client() as http:
        for headers in ({}, {"origin": CORE}, {"origin": "http://leaf.example:8700"}):
            assert (await http.post("/", headers=headers)).status_code == 200


async def test_a_page_that_asks_before_is_told() -> None:
    asked = {"access-control-request-method": "POST"}
    async with client() as http:
        ours = await http.options("/", headers={"origin": CORE, **asked})
        assert (ours.status_code, ours.headers["access-control-allow-origin"]) == (200, CORE)
        other = await http.options("/", headers={"origin": "http://evil.example", **asked})
        assert (other.status_code, other.headers.get("access-control-allow-origin")) == (403, None)
