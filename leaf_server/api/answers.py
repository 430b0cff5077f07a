"""What several operations of the leaf answer alike: an opened sign-in, and the cookies that go with it."""

from collections.abc import Mapping
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from leaf_server.identity.devices import DEVICE_COOKIE, Device
from leaf_server.identity.sign_ins import Opened
from serving.tokens import SESSION_COOKIE

__all__ = ["ID", "LINE", "SIGNED_IN", "forget_session", "put_device", "signed_in"]

ID: Final = r"^[A-Za-z0-9_-]{1,36}$"
LINE: Final = 120
_DEVICE_LIFE_S: Final = 366 * 24 * 3600
_TEXT: Final = {"type": "string"}
SIGNED_IN: Final = {
    "type": "object",
    "required": ["token", "refresh", "expires_ms", "person", "name", "role", "device", "venue"],
    "properties": {
        "token": _TEXT, "refresh": _TEXT, "expires_ms": {"type": "integer"}, "person": _TEXT, "name": _TEXT,
        "role": _TEXT, "device": _TEXT, "venue": _TEXT,
    },
}  # fmt: skip


def signed_in(
    request: Request, opened: Opened, name: str, more: Mapping[str, Any] | None = None, *, status: int = 200
) -> Response:
    """Token and refresh token as JSON, the token also as the cookie `felt_session`."""
    sign_in = opened.sign_in
    content = {
        "token": opened.token,
        "refresh": opened.refresh,
        "expires_ms": sign_in.expires_s * 1000,
        "person": sign_in.person,
        "name": name,
        "role": sign_in.role,
        "device": sign_in.device,
        "venue": sign_in.venue,
        **(more or {}),
    }
    response = JSONResponse(content, status, {"cache-control": "no-store"})
    _put(response, request, SESSION_COOKIE, opened.token, None)
    return response


def put_device(response: Response, request: Request, device: Device, secret: str) -> None:
    """The cookie `felt_device`."""
    _put(response, request, DEVICE_COOKIE, f"{device.device}.{secret}", _DEVICE_LIFE_S)


def forget_session(request: Request) -> Response:
    """204, without the cookie."""
    response = Response(status_code=204)
    response.delete_cookie(SESSION_COOKIE, path="/", httponly=True, samesite="strict")
    return response


def _put(response: Response, request: Request, name: str, value: str, life_s: int | None) -> None:
    response.set_cookie(
        name, value, max_age=life_s, path="/", httponly=True, samesite="strict",
        secure=request.url.scheme == "https",
    )  # fmt: skip
