"""Whose tokens the core honours: its own, and those of enrolled leaves, each for its own venue."""

import time

import anyio
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from serving.tokens import SignIn, TrustedKey, Verifier

from ..venues import Venues

__all__ = ["Trust"]


class Trust:
    """Keeps a verifier's keys those of the directory. `refresh` after each reading of it."""

    def __init__(self, venues: Venues, own: Ed25519PublicKey) -> None:
        self._venues = venues
        self._own = TrustedKey(own, "core")
        self._trusted: dict[bytes, TrustedKey] = {}
        self._revoked: frozenset[str] = frozenset()
        self._turned = anyio.Event()  # set and replaced at each refresh
        self.verifier = Verifier([self._own], lambda: int(time.time()), self._is_revoked)

    def refresh(self) -> None:
        """Trusts exactly the keys that are enrolled now."""
        wanted = {
            key: TrustedKey(Ed25519PublicKey.from_public_bytes(key), "leaf", venue.id)
            for venue in self._venues.all()
            for key in venue.token_keys.values()
        }
        for key in self._trusted.keys() - wanted.keys():
            self.verifier.distrust(self._trusted[key].public)
        for trusted in wanted.values():
            self.verifier.trust(trusted)
        self._trusted = wanted
        self._revoked = frozenset().union(*(venue.revoked_sessions for venue in self._venues.all()))
        self._turned.set()
        self._turned = anyio.Event()

    def still_in(self, sign_in: SignIn) -> bool:
        """Whether a sign-in that was good once is so now."""
        return (
            sign_in.expires_s > time.time()
            and sign_in.session not in self._revoked
            and self._venues.get(sign_in.venue) is not None
        )

    async def turned(self) -> None:
        """Returns when the directory was read anew: somebody may have been signed out."""
        await self._turned.wait()

    def _is_revoked(self, session: str) -> bool:
        return session in self._revoked
