"""The built apps: which file answers which path, how long it may be kept, and nothing else of the disk."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from serving.problems import HANDLERS
from serving.web_files import WebFiles, web_route

pytestmark = pytest.mark.anyio
PAGE = {"accept": "text/html"}


@pytest.fixture
def build(tmp_path: Path) -> Path:
    (tmp_path / "secret.txt").write_text("hush")
    folder = tmp_path / "build"
    for name in (
        "index.html",
        "floor.html",
        "floor/clock.html",
        "service-worker.js",
        "_app/immutable/a.1b.js",
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    return folder


@pytest.fixture
async def client(build: Path) -> AsyncIterator[httpx.AsyncClient]:
    route = web_route(WebFiles.read(build), ["ws://core:1"])
    app = Starlette(routes=[route], exception_handlers=dict(HANDLERS))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        yield client


@pytest.mark.parametrize(
    ("path", "file"),
    [
        ("/", "index.html"),
        ("/floor", "floor.html"),
        ("/floor/", "floor.html"),
        ("/floor/clock", "floor/clock.html"),
        ("/floor/table/t1", "floor.html"),
        ("/service-worker.js", "service-worker.js"),
        ("/_app/immutable/a.1b.js", "_app/immutable/a.1b.js"),
    ],
)
async def test_pages_and_files(client: httpx.AsyncClient, path: str, file: str) -> None:
    response = await client.get(path, headers=PAGE)
    assert (response.status_code, response.text) == (200, file)


async def test_only_hashed_files_are_kept(client: httpx.AsyncClient) -> None:
    assert "immutable" in (await client.get("/_app/immutable/a.1b.js")).headers["cache-control"]
    for path in ("/floor", "/service-worker.js"):
        assert (await client.get(path)).headers["cache-control"] == "no-cache"


async def test_pages_say_what_they_may_open(client: httpx.AsyncClient) -> None:
    headers = (await client.get("/floor")).headers
    assert "connect-src 'self' ws://core:1;" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "path",
    [
        "/cage",
        "/floor/x.js",
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/floor/..%2f..%2fsecret.txt",
        "//etc/passwd",
    ],
)
async def test_what_is_not_in_the_build_is_not_there(client: httpx.AsyncClient, path: str) -> None:
    page = await client.get(path, headers=PAGE)
    assert page.status_code == 404
    assert "hush" not in page.text
    assert (await client.get(path)).json()["error"]["code"] == "not_found"


async def test_nothing_is_taken(client: httpx.AsyncClient) -> None:
    assert (await client.post("/floor", headers=PAGE)).json()["error"]["code"] == "not_found"


async def test_without_a_build_the_start_page_says_so(tmp_path: Path) -> None:
    app = Starlette(
        routes=[web_route(WebFiles.read(tmp_path / "none"), [])], exception_handlers=dict(HANDLERS)
    )
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        assert (await client.get("/", headers=PAGE)).status_code == 503


async def test_a_new_build_in_the_folder_leaves_running_pages_whole(
    client: httpx.AsyncClient, build: Path
) -> None:
    (build / "_app/immutable/a.1b.js").unlink()
    (build / "floor.html").write_text("newer")
    assert (await client.get("/_app/immutable/a.1b.js")).text == "_app/immutable/a.1b.js"
    assert (await client.get("/floor", headers=PAGE)).text == "floor.html"


async def test_what_a_browser_has_is_not_sent_again(client: httpx.AsyncClient) -> None:
    first = await client.get("/floor", headers=PAGE)
    again = await client.get("/floor", headers={**PAGE, "if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
