"""A refusal as the ledger keeps it: signed by itself, for it moved nothing and no entry's hash covers it.

    {"code": …, "message": …, "details": {…}, "key": …, "signature": …}

The signature (Ed25519) is over "felt.refusal.1" and the canonical bytes of
[venue, device, key, content of the command, when, the text without `key` and `signature`].
"""

import json
import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from .canonical import written
from .errors import Refusal
from .heads import Signer, is_signed

__all__ = ["Place", "is_refusal_signed", "read_refusal", "refusal_text"]

_DOMAIN: Final = b"felt.refusal.1"
_WORDS: Final = ("code", "message", "details")
_SIGNED: Final = re.compile(r'(\{.*),"key":"([0-9a-f]{16})","signature":"([A-Za-z0-9_-]{86})"\}', re.DOTALL)


class Place(NamedTuple):
    """Which command it answers: `content` as hex, `at_ms` Unix milliseconds."""

    venue: str
    device: str
    key: str
    content: str
    at_ms: int


def refusal_text(signer: Signer, place: Place, refusal: Refusal) -> str:
    """What is kept."""
    said = {"code": refusal.code, "message": refusal.message, "details": dict(refusal.details)}
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    signature = signer.signature(_said(place, text))
    return f'{text[:-1]},"key":"{signer.key_id}","signature":"{signature}"}}'


def read_refusal(text: str) -> Refusal:
    """Raises ValueError, TypeError or KeyError for what is none; says nothing of its signature."""
    found = json.loads(text)
    return Refusal(**{name: found[name] for name in _WORDS})


def is_refusal_signed(text: str, place: Place, keys: Mapping[str, bytes]) -> bool:
    """Whether one of these keys, by their ids, signed exactly this answer to this command."""
    found = _SIGNED.fullmatch(text)
    if found is None or found[2] not in keys:
        return False
    return is_signed(keys[found[2]], found[3], _said(place, found[1] + "}"))


def _said(place: Place, text: str) -> bytes:
    return _DOMAIN + written([*place, text])
