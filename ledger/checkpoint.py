"""The book's checkpoint: its state at one entry, so that a start need not replay a year.

    "felt.book.1\n" + SHA-256 of the code that made it + SHA-256 of the state + the state (MessagePack)

It is derived, and no proof of anything: whoever reads it holds its last entry against the ledger, and takes
a missing, damaged, foreign or outdated one (other code of this package) for none. It is made of entries that
were all verified (`recheck`), never of a book in use.
"""

from functools import cache
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Final

import msgspec
from pydantic import ValidationError

from .adopted import Shape, adopted_text
from .state import State

__all__ = ["checkpoint_bytes", "digest_of", "is_another", "read_checkpoint"]

_DOMAIN: Final = b"felt.book.1\n"
_START: Final = len(_DOMAIN) + 64


def checkpoint_bytes(state: State) -> bytes:
    """The file's content."""
    said = _encoder.encode(state)
    return _DOMAIN + _code() + sha256(said).digest() + said


def digest_of(found: bytes) -> str:
    """Of a file's content, by the code that made it: the same code makes the same of the same entries."""
    return f"{found[len(_DOMAIN) : len(_DOMAIN) + 32].hex()}:{sha256(found).hexdigest()}"


def is_another(digest: str, found: bytes) -> bool:
    """Whether the same code made a book with this digest, and it is not the one in `found`."""
    own = digest_of(found)
    return digest != own and digest.partition(":")[0] == own.partition(":")[0]


def read_checkpoint(found: bytes) -> State | None:
    """The state in a file's content; None: it can't be used."""
    said = found[_START:]
    if found[:_START] != _DOMAIN + _code() + sha256(said).digest():
        return None
    try:
        state: State = _decoder.decode(said)
    except (msgspec.MsgspecError, ValidationError, ValueError):
        return None
    return state


@cache
def _code() -> bytes:
    """SHA-256 over this package's sources: another release may keep, or conclude, something else."""
    found = sha256()
    for source in sorted(_sources(files(__package__)), key=lambda one: (one.name, one.read_bytes())):
        found.update(source.read_bytes())
    return found.digest()


def _sources(folder: Traversable) -> list[Traversable]:
    found: list[Traversable] = []
    for one in folder.iterdir():
        if one.is_dir():
            found += _sources(one)
        elif one.name.endswith(".py"):
            found.append(one)
    return found


def _told(value: object) -> str:
    """Rules are kept as the text they were adopted by."""
    if isinstance(value, Shape):
        return adopted_text(value)
    raise NotImplementedError(f"a book holds no {type(value).__name__}")


def _understood(kind: type[Any], text: Any) -> Any:
    return kind.model_validate_json(text)


_encoder: Final = msgspec.msgpack.Encoder(enc_hook=_told)
_decoder: Final = msgspec.msgpack.Decoder(State, dec_hook=_understood)
