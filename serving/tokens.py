"""Sign-ins as signed tokens (JWT, EdDSA over Ed25519, base64url without padding), made and verified off line.

A leaf honours tokens of its own key and, for documents only, of its core; a core honours its own and, for
that venue's documents only, those of an enrolled leaf. Which of the two opened a sign-in follows from the
key that signed it (`TrustedKey.opened_by`), never from what the token says.
"""

import hashlib
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.hazmat.primitives.serialization import load_pem_private_key as load_private_key
from starlette.requests import HTTPConnection

__all__ = [
    "SESSION_COOKIE",
    "Issuer",
    "SignIn",
    "TokenRefused",
    "TrustedKey",
    "Verifier",
    "key_id",
    "own_key",
    "public_key",
    "public_text",
    "token_of",
]

TOKEN_BYTES_MAX: Final = 2_048
SESSION_COOKIE: Final = "felt_session"
_SUBPROTOCOL: Final = "felt.token."
_CLAIMS: Final = ("venue", "sub", "role", "device", "sid", "exp")


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


class TokenRefused(Exception):
    """A token that opens nothing. `code`: malformed, unknown_key, expired, revoked."""

    def __init__(self, code: Literal["malformed", "unknown_key", "expired", "revoked"]) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class TrustedKey:
    """A key whose tokens are honoured; `venue`: only for this one (a leaf's key), None for any."""

    public: Ed25519PublicKey
    opened_by: Literal["leaf", "core"]
    venue: str | None = None


class Issuer:
    """Makes tokens with this server's own key. Never logs one."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public = key.public_key()
        self.key_id = key_id(self.public)

    def issue(self, sign_in: SignIn) -> str:
        claims = {
            "venue": sign_in.venue,
            "sub": sign_in.person,
            "role": sign_in.role,
            "device": sign_in.device,
            "sid": sign_in.session,
            "exp": sign_in.expires_s,
        }
        return jwt.encode(claims, self._key, algorithm="EdDSA", headers={"kid": self.key_id})


class Verifier:
    """Says who a token is, from the keys trusted now. `revoked(session)` is asked last."""

    def __init__(
        self, keys: Iterable[TrustedKey], now_s: Callable[[], int], revoked: Callable[[str], bool]
    ) -> None:
        self._keys = {key_id(key.public): key for key in keys}
        self._now_s = now_s
        self._revoked = revoked

    def trust(self, key: TrustedKey) -> None:
        """From now on; the same key again replaces what was said of it."""
        self._keys[key_id(key.public)] = key

    def distrust(self, public: Ed25519PublicKey) -> None:
        self._keys.pop(key_id(public), None)

    def verify(self, token: str) -> SignIn:
        """Raises `TokenRefused`."""
        if len(token) > TOKEN_BYTES_MAX:
            raise TokenRefused("malformed")
        try:
            key = self._keys.get(str(jwt.get_unverified_header(token).get("kid")))
            if key is None:
                raise TokenRefused("unknown_key")
            # Time is checked below against the clock handed in, not against the machine's.
            options: jwt.types.Options = {"require": ["exp", "sub"], "verify_exp": False}
            claims = jwt.decode(token, key.public, algorithms=["EdDSA"], options=options)
        except (jwt.PyJWTError, ValueError) as error:
            raise TokenRefused("malformed") from error
        sign_in = _sign_in(claims, key)
        if sign_in.expires_s <= self._now_s():
            raise TokenRefused("expired")
        if self._revoked(sign_in.session):
            raise TokenRefused("revoked")
        return sign_in


def token_of(connection: HTTPConnection) -> str | None:
    """The token that was brought: `Authorization`, then subprotocol, then cookie; never the URL."""
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        return token.strip()
    offered = ",".join(connection.headers.getlist("sec-websocket-protocol")).split(",")
    for protocol in (text.strip() for text in offered):
        if protocol.startswith(_SUBPROTOCOL):
            return protocol.removeprefix(_SUBPROTOCOL)
    return connection.cookies.get(SESSION_COOKIE) or None


def key_id(public: Ed25519PublicKey) -> str:
    """16 hex digits that name a public key."""
    return hashlib.sha256(public.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:16]


def public_text(public: Ed25519PublicKey) -> str:
    """The raw 32 bytes, base64url without padding."""
    return urlsafe_b64encode(public.public_bytes(Encoding.Raw, PublicFormat.Raw)).rstrip(b"=").decode()


def public_key(text: str) -> Ed25519PublicKey:
    """The key of `public_text`. Raises ValueError."""
    return Ed25519PublicKey.from_public_bytes(urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def own_key(path: Path) -> Ed25519PrivateKey:
    """The private key kept in `path` (PEM, readable by its owner alone); made if there is none.

    Raises ValueError where the file holds something else: a lost key is for a person to look at.
    """
    if not path.exists():
        pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        fresh = path.with_suffix(f".{os.getpid()}.new")
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):  # another process has made one meanwhile
            path.hardlink_to(fresh)
        fresh.unlink()
    key = load_private_key(path.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError(f"{path.name} holds no Ed25519 key")
    return key


def _sign_in(claims: dict[str, object], key: TrustedKey) -> SignIn:
    venue, person, role, device, session, expires_s = (claims.get(name) for name in _CLAIMS)
    if not (
        isinstance(venue, str) and isinstance(person, str) and isinstance(role, str)
        and isinstance(device, str) and isinstance(session, str) and isinstance(expires_s, int)
    ):  # fmt: skip
        raise TokenRefused("malformed")
    if key.venue is not None and key.venue != venue:
        raise TokenRefused("unknown_key")
    return SignIn(venue, person, role, device, key.opened_by, expires_s, session)
