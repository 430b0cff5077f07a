"""The built web apps, from the folder `web/build`: pages, hashed files, the service worker.

`/floor` and everything below it that is no file is `floor.html` (an app finds its own way); `/` is
`index.html`. A build is read whole at start (about 3 MB): a page and its hashed files always belong together,
also while the folder is built anew, and no path is ever looked for on disk.
"""

import hashlib
import mimetypes
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from .operations import METHODS
from .problems import Problem

__all__ = ["SECURITY_HEADERS", "WebFiles", "web_route"]

FILES_MAX: Final = 5_000
BYTES_MAX: Final = 64 * 1024 * 1024
SECURITY_HEADERS: Final[Mapping[str, str]] = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=()",
}
_NO_PAGES: Final = ("/api/", "/events/", "/sync/")
_IMMUTABLE: Final = "/_app/immutable/"
_MISSING_BUILD: Final = (
    "<!doctype html><meta charset=utf-8><title>Felt</title><p>The web apps are not built here yet: "
    "<code>make web</code> builds them. The API is described at <a href=/docs>/docs</a>."
)
_NOT_FOUND: Final = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Not here</title>'
    "<style>body{font:18px/1.5 system-ui;margin:15vh auto;max-width:30rem;background:#1e1e2e;color:#cdd6f4}"
    "a{color:#89b4fa}</style><h1>Nothing here</h1>"
    '<p>There is no page at this address. <a href="/">Start</a></html>'
)


@dataclass(frozen=True)
class WebFiles:
    """Files of one build by their path (`/floor.html`), as they were when the server started."""

    files: Mapping[str, bytes]

    @classmethod
    def read(cls, folder: Path) -> "WebFiles":
        """An absent folder holds no files. Raises ValueError over too many or too large files."""
        found = [path for path in sorted(folder.rglob("*")) if path.is_file()] if folder.is_dir() else []
        if len(found) > FILES_MAX:
            raise ValueError(f"{folder} holds more than {FILES_MAX} files: is it a build?")
        if sum(path.stat().st_size for path in found) > BYTES_MAX:
            raise ValueError(f"{folder} holds more than {BYTES_MAX} bytes: is it a build?")
        return cls({"/" + path.relative_to(folder).as_posix(): path.read_bytes() for path in found})

    def find(self, path: str) -> str | None:
        """Which file answers a path, None: none."""
        if path in self.files:
            return path
        if "." in path.rsplit("/", 1)[-1]:
            return None  # a file that is not there is never answered by a page
        parts = [part for part in path.split("/") if part]
        if not parts:
            return "/index.html" if "/index.html" in self.files else None
        for page in ("/" + "/".join(parts) + ".html", f"/{parts[0]}.html"):
            if page in self.files:
                return page
        return None


def web_route(web: WebFiles, connect: Iterable[str]) -> Route:
    """The last route of a server. `connect`: what pages may open beside their own address (`ws://core…`)."""
    policy = (
        f"connect-src 'self' {' '.join(sorted(set(connect)))}; object-src 'none'; base-uri 'none'; "
        "frame-ancestors 'none'; form-action 'self'"
    )

    async def file(request: Request) -> Response:
        path = request.url.path
        found = web.find(path) if request.method in {"GET", "HEAD"} else None
        if found is None:
            page_wanted = "text/html" in request.headers.get("accept", "") and not path.startswith(_NO_PAGES)
            if not page_wanted or request.method not in {"GET", "HEAD"}:
                raise Problem(404, "not_found", "There is nothing at this address.")
            if not web.files and path == "/":
                return HTMLResponse(_MISSING_BUILD, 503, _headers(request, policy, "no-store"))
            return HTMLResponse(_NOT_FOUND, 404, _headers(request, policy, "no-store"))
        immutable = found.startswith(_IMMUTABLE)
        cache = "public, max-age=31536000, immutable" if immutable else "no-cache"
        kind = mimetypes.guess_type(found)[0] or "application/octet-stream"
        if found.endswith(".webmanifest"):
            kind = "application/manifest+json"
        headers = _headers(request, policy, cache)
        headers["etag"] = f'"{hashlib.sha256(web.files[found]).hexdigest()[:32]}"'
        if headers["etag"] in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return Response(web.files[found], media_type=kind, headers=headers)

    return Route("/{path:path}", file, methods=METHODS)


def _headers(request: Request, policy: str, cache: str) -> dict[str, str]:
    headers = {**SECURITY_HEADERS, "content-security-policy": policy, "cache-control": cache}
    if request.url.scheme == "https":  # on plain HTTP browsers refuse it, and say so in each page
        headers["cross-origin-opener-policy"] = "same-origin"
    return headers
