"""How bytes become a command.

Reading is strict: nothing is coerced, nothing unknown passes, a name may stand once. What is read here is a
command, not yet allowed; `posting_rules` decides. The content hash leaves the second person's PIN out, so no
PIN is stored, not even as a hash.
"""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

import msgspec
from pydantic import ValidationError

from ..errors import CommandInvalid
from ..faults import WRONG, faults_of, field_of
from .asked import Read
from .kinds import AnyCommand, typed

__all__ = ["read_command"]

FIELDS_MAX: Final = 20  # wrong fields named in one answer
_decode: Final = msgspec.json.Decoder().decode
_encode: Final = msgspec.json.Encoder().encode
_sorted: Final = msgspec.json.Encoder(order="deterministic").encode
_KIND: Final = 1  # the kind in front of a field's name is ours, not the caller's


def read_command(body: bytes) -> Read:
    """Raises CommandInvalid: `malformed`, `unknown_field` or `invalid`, with the fields in `details`."""
    found = _object(body)
    try:
        command = typed(found.get("kind"), body)
    except ValidationError:
        raise _why(body) from None
    faults = command.faults()
    if faults:
        raise _wrong(faults, dict.fromkeys(faults, "rule"))
    data = _without_nulls(found) if b"null" in body else found
    if command.second is not None:
        data["second"] = {"person": command.second.person}
    content = sha256(_sorted(data)).hexdigest()
    del data["kind"]
    data.update(command.canonical())
    return Read(command, data, content)


def _object(body: bytes) -> dict[str, Any]:
    """The body's object, no name in it twice. What reads back as the same bytes names nothing twice; only a
    body that is laid out otherwise is read again by the slow way.
    """
    try:
        found = _decode(body)
        if _encode(found) != body:
            found = json.loads(body, object_pairs_hook=_once)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise CommandInvalid("malformed", "The body is not JSON, or names a field twice.") from None
    return found if isinstance(found, dict) else {}


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _without_nulls(found: dict[str, Any]) -> dict[str, Any]:
    return {
        name: _without_nulls(value) if isinstance(value, dict) else value
        for name, value in found.items()
        if value is not None
    }


def _why(body: bytes) -> CommandInvalid:
    """What is wrong with a body that is no command, field by field."""
    try:
        AnyCommand.model_validate_json(body)
    except ValidationError as refused:
        return _said(refused)
    raise AssertionError("a body is a command or none, whichever way it is read")


def _said(error: ValidationError) -> CommandInvalid:
    found = error.errors(include_url=False, include_input=False)
    if any(one["type"] == "json_invalid" for one in found):
        return CommandInvalid("malformed", "The body is not JSON.")
    unknown = [field_of(one, _KIND) for one in found if one["type"] == "extra_forbidden"]
    if unknown:
        return CommandInvalid("unknown_field", "A field is not known here.", {"fields": unknown[:FIELDS_MAX]})
    return _wrong(**faults_of(error, _KIND))


def _wrong(fields: Mapping[str, str], faults: Mapping[str, str]) -> CommandInvalid:
    """`fields`: why, by name; `faults`: its code."""
    name, words = next(iter(fields.items()))
    return CommandInvalid("invalid", f"{WRONG} “{name}”: {words}.", {"fields": fields, "faults": faults})
