"""Who is signed in here; the core opens no sign-ins of its own yet, it honours those of enrolled leaves."""

from collections.abc import Callable
from typing import Any

from starlette.requests import HTTPConnection

from serving.operations import ANYONE, Call, Operation
from serving.tokens import SignIn

__all__ = ["Look", "sign_in_operations"]

Look = Callable[[HTTPConnection], SignIn | None]
"""The sign-in a connection brings, None without a good one."""


def sign_in_operations() -> list[Operation]:
    """`/api/v1/auth/…` at the core."""

    async def methods(call: Call) -> dict[str, Any]:
        return {"methods": []}

    async def whoami(call: Call) -> dict[str, Any]:
        sign_in = call.sign_in
        return {
            "person": sign_in.person,
            "name": sign_in.person,
            "role": sign_in.role,
            "device": sign_in.device,
            "venue": sign_in.venue,
            "expires_ms": sign_in.expires_s * 1_000,
        }

    return [
        Operation("GET", "/api/v1/auth/methods", "How one may sign in at the core", methods, None),
        Operation("GET", "/api/v1/auth/whoami", "Who is signed in", whoami, ANYONE, elsewhere=True),
    ]
