"""Who may come in: from a request to a `SignIn`, the same for every route, page and stream of a server."""

from collections.abc import Callable, Collection
from typing import Literal

from starlette.requests import HTTPConnection

from .problems import Problem
from .tokens import SESSION_COOKIE, SignIn, TokenRefused, Verifier, token_of

__all__ = ["Admission"]


class Admission:
    """Asks the verifier, and says no in the words of the API.

    `device` is asked where no token was brought, or only a cookie that is over: screens come with the secret
    of their device. `own`: operations that do not say otherwise take only sign-ins this server opened.
    """

    def __init__(
        self,
        verifier: Verifier,
        *,
        device: Callable[[HTTPConnection], SignIn | None] | None = None,
        own: Literal["leaf", "core"] | None = None,
    ) -> None:
        self._verifier = verifier
        self._device = device
        self._own = own

    def look(self, connection: HTTPConnection) -> SignIn | None:
        """The sign-in this connection brings, None without a good one."""
        try:
            return self.sign_in(connection)
        except Problem:
            return None

    def sign_in(self, connection: HTTPConnection) -> SignIn:
        """The sign-in. Problem 401 `signed_out`, or `expired` where signing in again by `refresh` helps."""
        token = token_of(connection)
        refused: TokenRefused | None = None
        if token is not None:
            try:
                return self._verifier.verify(token)
            except TokenRefused as error:
                refused = error
        by_cookie = token is None or token == connection.cookies.get(SESSION_COOKIE)
        screen = self._device(connection) if self._device is not None and by_cookie else None
        if screen is not None:
            return screen
        if refused is None:
            raise Problem(401, "signed_out", "Nobody is signed in.")
        code = "expired" if refused.code == "expired" else "signed_out"
        raise Problem(401, code, "This sign-in is over.", {"why": refused.code})

    def admit(self, connection: HTTPConnection, roles: Collection[str], *, elsewhere: bool) -> SignIn:
        """The sign-in, in one of these roles (any, if empty). Problems 401; 403 `forbidden`, `other_leaf`.

        `elsewhere`: also sign-ins that another server opened.
        """
        sign_in = self.sign_in(connection)
        if roles and sign_in.role not in roles:
            raise Problem(403, "forbidden", "Your role may not do this.", {"role": sign_in.role})
        if self._own is not None and not elsewhere and sign_in.opened_by != self._own:
            raise Problem(403, "other_leaf", "This needs a sign-in that this server opened.")
        return sign_in
