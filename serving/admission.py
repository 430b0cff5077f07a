"""Who may come in: from a request to a `SignIn`, the same for every route, page and stream of a server."""

from collections.abc import Collection

from starlette.requests import HTTPConnection

from .problems import Problem
from .tokens import SignIn, TokenRefused, Verifier, token_of

__all__ = ["Admission"]


class Admission:
    """Asks the verifier, and says no in the words of the API."""

    def __init__(self, verifier: Verifier) -> None:
        self._verifier = verifier

    def look(self, connection: HTTPConnection) -> SignIn | None:
        """The sign-in this connection brings, None without a good one."""
        token = token_of(connection)
        try:
            return self._verifier.verify(token) if token is not None else None
        except TokenRefused:
            return None

    def sign_in(self, connection: HTTPConnection) -> SignIn:
        """The sign-in. Problem 401 `signed_out`, or `expired` where signing in again by `refresh` helps."""
        token = token_of(connection)
        if token is None:
            raise Problem(401, "signed_out", "Nobody is signed in.")
        try:
            return self._verifier.verify(token)
        except TokenRefused as error:
            code = "expired" if error.code == "expired" else "signed_out"
            raise Problem(401, code, "This sign-in is over.", {"why": error.code}) from error

    def role(self, connection: HTTPConnection, roles: Collection[str]) -> SignIn:
        """The sign-in, of one of these roles; else Problem 403 `forbidden`."""
        sign_in = self.sign_in(connection)
        if sign_in.role not in roles:
            raise Problem(403, "forbidden", "Your role may not do this.", {"role": sign_in.role})
        return sign_in
