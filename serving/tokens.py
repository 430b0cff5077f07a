"""Sign-ins as signed tokens (JWT, EdDSA over Ed25519, base64url without padding), made and verified off line.

A leaf honours tokens of its own key and, for documents only, of its core; a core honours its own and, for
that venue's documents only, those of an enrolled leaf.
"""

from dataclasses import dataclass
from typing import Literal

__all__ = ["SignIn"]


@dataclass(frozen=True, slots=True)
class SignIn:
    """Who is here: one person (or screen) on one device, as the token says."""

    venue: str
    person: str  # staff or player id; of a display its device id
    role: str  # `crdt_models.documents.catalogue.Role`
    device: str  # `[A-Za-z0-9]{1,24}`; stamps of this sign-in carry it
    opened_by: Literal["leaf", "core"]  # money moves only on what this leaf itself opened
    expires_s: int  # Unix seconds
    session: str  # id of the sign-in, for revocation

    @property
    def subject(self) -> str:
        """The id whose own documents this sign-in may touch (`phone/<player>`, `table/<table>`)."""
        return self.person
