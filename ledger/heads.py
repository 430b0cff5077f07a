"""Signed heads: what a box vouches for. Two heads that do not extend each other prove a rewrite.

The signature (Ed25519) is over "felt.head.1" and the canonical bytes of the head without it. Keys and
signatures are base64url without padding; `key` is the first 16 hex digits of SHA-256 of the public key.
Each commit waits for its signature: libsodium makes it in two thirds of OpenSSL's time, which checks it.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from nacl.bindings import crypto_sign, crypto_sign_BYTES

from .canonical import canonical, written
from .chain import Tip
from .errors import EntryInvalid

__all__ = [
    "Head", "Signer", "from_base64url", "head_text", "is_signed", "key_id_of", "to_base64url",
    "verify_head",
]  # fmt: skip

_DOMAIN: Final = b"felt.head.1"
_TEXTS: Final = ("venue", "hash", "key", "signature")
_NUMBERS: Final = ("term", "seq", "at_ms")


@dataclass(frozen=True, slots=True)
class Head:
    """`{venue, term, seq, hash, at_ms, key, signature}`; `hash` is hex."""

    venue: str
    term: int
    seq: int
    hash: str
    at_ms: int
    key: str
    signature: str

    def as_json(self) -> dict[str, Any]:
        """As interfaces.md has it."""
        return {**_signed_part(self), "signature": self.signature}

    def as_text(self) -> str:
        """`as_json` as it is kept beside its entry, always spelled the same."""
        start = head_text(self.venue, self.term, self.seq, self.hash, self.at_ms)
        return f'{start}, "key": "{self.key}", "signature": "{self.signature}"}}'

    @classmethod
    def from_json(cls, found: object) -> "Head":
        """Raises EntryInvalid for another shape; says nothing of the signature."""
        if not isinstance(found, dict) or found.keys() != {*_TEXTS, *_NUMBERS}:
            raise EntryInvalid("not a head")
        texts = all(isinstance(found[name], str) and len(found[name]) <= 128 for name in _TEXTS)
        numbers = all(type(found[name]) is int and 0 <= found[name] < 2**53 for name in _NUMBERS)
        if not texts or not numbers:
            raise EntryInvalid("a head's fields are texts and whole numbers")
        return cls(**found)

    @classmethod
    def from_text(cls, text: str) -> "Head":
        """As `from_json`, of JSON text."""
        try:
            return cls.from_json(json.loads(text))
        except (ValueError, RecursionError):
            raise EntryInvalid("a head is not JSON") from None


class Signer:
    """The box's own key. Never leaves the box; the ledger's first entry of a term names its public half."""

    def __init__(self, private_key: Ed25519PrivateKey) -> None:
        self._secret = private_key.private_bytes_raw() + private_key.public_key().public_bytes_raw()
        self._last: tuple[Tip, Head] | None = None
        self.public_key: bytes = private_key.public_key().public_bytes_raw()
        self.key_id = key_id_of(self.public_key)

    @classmethod
    def from_seed(cls, seed: bytes) -> "Signer":
        """From 32 secret random bytes."""
        return cls(Ed25519PrivateKey.from_private_bytes(seed))

    def sign(self, tip: Tip) -> Head:
        """The signed head of a chain that ends in `tip`; the same tip gives the same bytes."""
        last = self._last
        if last is None or last[0] != tip:
            last = self._last = (tip, self._signed(tip))  # stored with a commit, asked for by its answer
        return last[1]

    def _signed(self, tip: Tip) -> Head:
        said = {
            "venue": tip.venue, "term": tip.term, "seq": tip.seq, "hash": tip.hash.hex(), "at_ms": tip.at_ms,
            "key": self.key_id,
        }  # fmt: skip
        signature = self.signature(_DOMAIN + written(said))  # of a chain: its types and bounds are known
        return Head(tip.venue, tip.term, tip.seq, tip.hash.hex(), tip.at_ms, self.key_id, signature)

    def signature(self, said: bytes) -> str:
        """Over these bytes, which begin with what they are for; base64url."""
        return to_base64url(crypto_sign(said, self._secret)[:crypto_sign_BYTES])


def head_text(venue: str, term: int, seq: int, hash_: str, at_ms: int) -> str:
    """How `Head.as_text` begins: all that says which entry it is of."""
    return (
        f'{{"venue": {json.dumps(venue)}, "term": {term}, "seq": {seq}, "hash": "{hash_}", "at_ms": {at_ms}'
    )


def verify_head(head: Head, public_key: bytes) -> bool:
    """Whether this key signed exactly this head."""
    if head.key != key_id_of(public_key):
        return False
    try:
        return is_signed(public_key, head.signature, _DOMAIN + canonical(_signed_part(head)))
    except EntryInvalid:
        return False


def is_signed(public_key: bytes, signature: str, said: bytes) -> bool:
    """Whether this key signed these bytes; `signature` as base64url."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(from_base64url(signature), said)
    except (InvalidSignature, ValueError):
        return False
    return True


def key_id_of(public_key: bytes) -> str:
    """16 hex digits."""
    return sha256(public_key).hexdigest()[:16]


def to_base64url(data: bytes) -> str:
    """Without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def from_base64url(text: str) -> bytes:
    """Raises ValueError, for another spelling of the same bytes too."""
    found = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if to_base64url(found) != text:
        raise ValueError("not base64url as we write it")
    return found


def _signed_part(head: Head) -> dict[str, Any]:
    return {
        "venue": head.venue,
        "term": head.term,
        "seq": head.seq,
        "hash": head.hash,
        "at_ms": head.at_ms,
        "key": head.key,
    }
