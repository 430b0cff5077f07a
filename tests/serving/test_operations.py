"""The API table: what it says of roles, bodies and sizes is checked before any handler runs."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import Field
from starlette.applications import Starlette
from starlette.middleware import Middleware

from serving.admission import Admission
from serving.openapi import openapi_routes
from serving.operations import ANYONE, Call, Operation, routes
from serving.problems import HANDLERS, Body, Problem, ProblemGuard
from serving.tokens import Issuer, SignIn, TrustedKey, Verifier

pytestmark = pytest.mark.anyio


class Amount(Body):
    cents: Annotated[int, Field(ge=0)]


async def echo(call: Call) -> dict[str, Any]:
    return {"cents": call.of(Amount).cents, "person": call.sign_in.person}


async def plain(call: Call) -> dict[str, Any]:
    return {"limit": call.whole("limit", 5, 1, 10)}


async def breaks(_: Call) -> None:
    raise RuntimeError("the secret inside")


async def refuses(_: Call) -> None:
    raise Problem(409, "taken", "It is taken.", {"seat": 3})


async def nothing(_: Call) -> None:
    return None


OPERATIONS = [
    Operation("POST", "/api/amounts", "Echo", echo, frozenset({"manager"}), Amount, status=201),
    Operation("GET", "/api/amounts", "Plain", plain, None, query={"limit": "how many"}),
    Operation("POST", "/api/breaks", "Breaks", breaks, None),
    Operation("POST", "/api/refuses", "Refuses", refuses, None),
    Operation("POST", "/api/nothing", "Nothing", nothing, ANYONE, status=204),
    Operation("POST", "/api/elsewhere", "Elsewhere", nothing, ANYONE, status=204, elsewhere=True),
]
LEAF, CORE = Issuer(Ed25519PrivateKey.generate()), Issuer(Ed25519PrivateKey.generate())


def token(role: str = "manager", issuer: Issuer = LEAF, expires_s: int = 2_000) -> dict[str, str]:
    sign_in = SignIn("v1", "ana", role, "tab1", "leaf", expires_s, "s1")
    return {"authorization": f"Bearer {issuer.issue(sign_in)}"}


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    trusted = [TrustedKey(LEAF.public, "leaf", "v1"), TrustedKey(CORE.public, "core")]
    admission = Admission(Verifier(trusted, lambda: 1_000, lambda _: False), own="leaf")
    app = Starlette(
        routes=[*openapi_routes(OPERATIONS, title="Test", version="1"), *routes(OPERATIONS, admission)],
        exception_handlers=dict(HANDLERS),
        middleware=[Middleware(ProblemGuard)],
    )
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        yield client


def said(response: httpx.Response) -> tuple[int, str]:
    """Status and code, of what must be a whole problem."""
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert problem.keys() == {"type", "title", "status", "detail", "error"}
    assert problem["error"].keys() == {"code", "message", "details"}
    assert problem["type"] == f"/errors/{problem['error']['code']}"
    assert problem["status"] == response.status_code
    return response.status_code, problem["error"]["code"]


async def test_a_good_call_is_answered(client: httpx.AsyncClient) -> None:
    response = await client.post("/api/amounts", json={"cents": 5}, headers=token())
    assert (response.status_code, response.json()) == (201, {"cents": 5, "person": "ana"})
    assert (await client.post("/api/nothing", headers=token())).status_code == 204


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", (400, "malformed")),
        (b"{", (400, "malformed")),
        (b"\xff\xfe", (400, "malformed")),
        (b"[" * 100_000, (400, "malformed")),
        (b"null", (422, "invalid")),
        (b"[]", (422, "invalid")),
        (b"{}", (422, "invalid")),
        (b'{"cents": "5"}', (422, "invalid")),
        (b'{"cents": 5.0}', (422, "invalid")),
        (b'{"cents": true}', (422, "invalid")),
        (b'{"cents": -1}', (422, "invalid")),
        (b'{"cents": 5, "more": 1}', (422, "unknown_field")),
        (b'{"cents": 5}' + b" " * 300_000, (413, "too_large")),
    ],
)
async def test_a_bad_body_is_a_typed_problem(
    client: httpx.AsyncClient, body: bytes, expected: tuple[int, str]
) -> None:
    assert said(await client.post("/api/amounts", content=body, headers=token())) == expected


async def test_a_body_of_unknown_length_is_bounded_too(client: httpx.AsyncClient) -> None:
    async def parts() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b" " * 10_000

    assert said(await client.post("/api/amounts", content=parts(), headers=token())) == (413, "too_large")


async def test_who_may_not_is_told_why(client: httpx.AsyncClient) -> None:
    async def ask(headers: dict[str, str]) -> tuple[int, str]:
        return said(await client.post("/api/amounts", json={"cents": 1}, headers=headers))

    assert await ask({}) == (401, "signed_out")
    assert await ask({"authorization": "Bearer nonsense"}) == (401, "signed_out")
    assert await ask({"authorization": "Basic YTpi"}) == (401, "signed_out")
    assert await ask(token(expires_s=999)) == (401, "expired")
    assert await ask(token(role="floor")) == (403, "forbidden")
    assert await ask(token(issuer=CORE)) == (403, "other_leaf")
    assert (await client.post("/api/elsewhere", headers=token(issuer=CORE))).status_code == 204


async def test_query_parameters_are_known_and_in_range(client: httpx.AsyncClient) -> None:
    assert (await client.get("/api/amounts?limit=7")).json() == {"limit": 7}
    for query in ("limit=0", "limit=11", "limit=x", "limit=-1", "limit=", "limit=" + "9" * 400):
        assert said(await client.get(f"/api/amounts?{query}")) == (422, "invalid")
    assert said(await client.get("/api/amounts?token=x")) == (422, "unknown_field")


async def test_who_has_the_answer_already_is_told_so(client: httpx.AsyncClient) -> None:
    first = await client.get("/api/amounts")
    etag = first.headers["etag"]
    for known in (etag, f'"other", W/{etag}'):
        again = await client.get("/api/amounts", headers={"if-none-match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    other = await client.get("/api/amounts?limit=3", headers={"if-none-match": etag})
    assert (other.status_code, other.json()) == (200, {"limit": 3})
    assert "etag" not in (await client.get("/api/amounts?limit=99")).headers


async def test_a_wrong_method_and_a_wrong_address(client: httpx.AsyncClient) -> None:
    response = await client.delete("/api/amounts")
    assert said(response) == (405, "wrong_method")
    assert response.headers["allow"] == "GET, POST"
    assert said(await client.get("/api/other")) == (404, "not_found")


async def test_what_nobody_expected_is_logged_once_and_says_nothing(
    client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    response = await client.post("/api/breaks")
    assert said(response) == (500, "internal")
    assert "secret" not in response.text
    assert [record.name for record in caplog.records if record.levelname == "ERROR"] == ["felt.http"]


async def test_a_refusal_carries_its_details(client: httpx.AsyncClient) -> None:
    response = await client.post("/api/refuses")
    assert said(response) == (409, "taken")
    assert response.json()["error"]["details"] == {"seat": 3}


async def test_the_table_is_also_the_document(client: httpx.AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()
    assert document["openapi"] == "3.1.0"
    post = document["paths"]["/api/amounts"]["post"]
    assert post["x-felt-roles"] == ["manager"]
    assert {"201", "400", "401", "403", "413", "422"} <= post["responses"].keys()
    assert "cents" in document["components"]["schemas"]["Amount"]["properties"]
    page = await client.get("/docs")
    assert page.headers["content-type"].startswith("text/html")
    assert "/api/amounts" in page.text
