"""Canonical bytes (RFC 8785) of what the ledger hashes and signs: integers, texts, lists and objects only.

Keys are ASCII and integers are within ±(2^53 - 1); within these bounds msgspec's encoder, keys sorted,
writes exactly the bytes of RFC 8785 at a fiftieth of the price, which `tests/ledger/test_canonical.py` holds
against the package `rfc8785`. `Data` says the same bounds as a type, checked while bytes are decoded.
"""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec

from .errors import EntryInvalid

__all__ = ["DEPTH_MAX", "INTEGER_MAX", "Data", "Whole", "canonical", "check", "read_canonical", "written"]

INTEGER_MAX: Final = 2**53 - 1
DEPTH_MAX: Final = 8

Whole = Annotated[int, msgspec.Meta(ge=-INTEGER_MAX, le=INTEGER_MAX)]

if TYPE_CHECKING:
    Data = Mapping[str, Any]
else:  # an entry's `data`: an object in the entry, so one level less than DEPTH_MAX
    _inner = Whole | str
    for _ in range(DEPTH_MAX - 2):
        _inner = Whole | str | list[_inner] | dict[str, _inner]
    Data = dict[str, _inner]

_encode: Final = msgspec.json.Encoder(order="deterministic").encode


def canonical(value: object) -> bytes:
    """The one text of `value`. Raises EntryInvalid for anything but integers, texts, lists and objects."""
    check(value)
    return written(value)


def written(value: object) -> bytes:
    """As `canonical`, of a value whose parts were checked already (a Struct's fields stand in order)."""
    try:
        return _encode(value)
    except UnicodeEncodeError:
        raise EntryInvalid("a text is not well-formed Unicode") from None


def read_canonical(data: bytes) -> Any:
    """The value whose canonical bytes are `data`; any other text of the same value raises EntryInvalid."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        raise EntryInvalid("not JSON") from None
    if canonical(value) != data:
        raise EntryInvalid("not in canonical form")
    return value


def check(value: object, depth: int = DEPTH_MAX) -> None:
    """Raises EntryInvalid for what may not stand in canonical bytes, texts' Unicode aside.

    Exact types only: a bool is an int to Python but not to an auditor.
    """
    kind = type(value)
    if kind is str:
        return
    if kind is int:
        if not -INTEGER_MAX <= value <= INTEGER_MAX:  # type: ignore[operator]
            raise EntryInvalid("an integer is beyond ±(2^53 - 1)")
    elif depth == 0:
        raise EntryInvalid("nested too deep")
    elif kind is dict:
        for key, inner in value.items():  # type: ignore[attr-defined]
            if type(key) is not str or not key.isascii():
                raise EntryInvalid("a name is not ASCII")
            check(inner, depth - 1)
    elif kind is list:
        for inner in value:  # type: ignore[attr-defined]
            check(inner, depth - 1)
    else:
        raise EntryInvalid(f"{kind.__name__} is neither integer, text, list nor object")
