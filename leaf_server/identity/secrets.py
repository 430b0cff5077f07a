"""What only one device or person shall know; the leaf keeps a hash and compares in constant time."""

import hashlib
import hmac
import secrets
from typing import Final

__all__ = ["fresh_device", "fresh_key", "fresh_secret", "fresh_session", "key_hash", "same", "secret_hash"]

_LETTERS: Final = "ABCDEFGHJKMNPQRSTVWXYZ23456789"  # no 0 O, 1 I L, U


def fresh_secret() -> str:
    """256 random bits, base64url."""
    return secrets.token_urlsafe(32)


def fresh_key() -> str:
    """A one-time key a person can type, about 98 random bits: `ABCDE-FGHJK-MNPQR-STVWX`."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(4))


def fresh_device() -> str:
    """A device id, `[A-Za-z0-9]{10}`: short, since every stamp carries it."""
    return "".join(secrets.choice("abcdefghijkmnopqrstuvwxyz23456789") for _ in range(10))


def fresh_session() -> str:
    return secrets.token_hex(16)


def secret_hash(secret: str) -> bytes:
    """SHA-256 is enough: nobody guesses 98 random bits."""
    return hashlib.sha256(secret.encode()).digest()


def key_hash(key: str) -> bytes:
    """As `secret_hash`, whatever case and dashes it was typed with."""
    return secret_hash("".join(letter for letter in key.upper() if letter.isalnum()))


def same(one: bytes, other: bytes) -> bool:
    return hmac.compare_digest(one, other)
