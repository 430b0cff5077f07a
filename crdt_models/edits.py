"""An edit: written once under its stamp as JSON text, `[name, value, replaces, [person, act]]` (DESIGN 3.1).

`decode` is what servers and readers trust; it refuses by a code, never by an exception.
The TypeScript twin is `web/src/lib/facts/edits.ts`; both read `tests/vectors/edits.json`.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from .errors import EditInvalid
from .stamps import Stamp, parse

__all__ = [
    "ACT_EDITS_MAX",
    "BLANK",
    "REPLACES_MAX",
    "VALUE_BYTES_MAX",
    "Edit",
    "Json",
    "Unfit",
    "decode",
    "encode",
]

Json = str | int | float | bool | None | list["Json"] | dict[str, "Json"]

VALUE_BYTES_MAX: Final = 4_096  # of the value as compact JSON in UTF-8
DEPTH_MAX: Final = 8  # lists and objects inside one another
REPLACES_MAX: Final = 64
ACT_EDITS_MAX: Final = 64
NAME_MAX: Final = 128  # characters
BY_MAX: Final = 64  # characters of the person, and of the act
TEXT_BYTES_MAX: Final = VALUE_BYTES_MAX + 512 + 60 * REPLACES_MAX  # more is refused unread
INTEGER_MAX: Final = 2**53 - 1
BLANK: Final = ""  # the name of an edit that stands for no fact: it only fills the place of a refused one


class Edit(NamedTuple):
    """What a person (or a server) said about one fact, and which edits of that name it takes the place of."""

    name: str
    value: Json  # None: gone
    replaces: tuple[str, ...] = ()
    person: str = ""
    act: str = ""  # edits of one act stand or fall together; "" for an edit on its own


@dataclass(frozen=True, slots=True)
class Unfit:
    """No edit that may enter: `code` is one of `size json shape replaces`; the rest is what was readable."""

    code: str
    name: str = ""
    replaces: tuple[str, ...] = ()
    act: str = ""


def encode(edit: Edit) -> str:
    """The JSON text of an edit. Raises EditInvalid for values that are no JSON at all."""
    try:
        return _compact([edit.name, edit.value, list(edit.replaces), [edit.person, edit.act]])
    except (TypeError, ValueError, RecursionError) as error:
        raise EditInvalid("json", str(error)) from error


def decode(stamp: Stamp, text: str) -> Edit | Unfit:
    """The edit under `stamp`, or why it is none. Pure: the same answer everywhere, for ever."""
    if len(text) > TEXT_BYTES_MAX or (not text.isascii() and len(text.encode()) > TEXT_BYTES_MAX):
        return Unfit("size")
    try:
        read: Any
        read, end = _DECODER.raw_decode(text) if text.startswith("[") else (None, -1)
        if end != len(text):
            read = _DECODER.decode(text)  # white space around it, or no edit at all
        if "\\ud" in text or "\\uD" in text:
            _compact(read).encode()  # raises on half a surrogate pair
    except RecursionError:
        return Unfit("size")  # as any other nesting deeper than DEPTH_MAX
    except ValueError:
        return Unfit("json")
    if not _has_shape(read):
        return Unfit("shape")
    name, value, replaces, (person, act) = read
    if max(len(person), len(act)) > BY_MAX or len(name) > NAME_MAX:
        return Unfit("shape", name[:NAME_MAX])
    if len(replaces) > REPLACES_MAX or not _shallow(value, DEPTH_MAX) or _too_long(value, text):
        return Unfit("size", name, act=act)
    for named in replaces:
        older = parse(named) if isinstance(named, str) else None
        if older is None or older >= stamp:
            return Unfit("replaces", name, act=act)
    return Edit(name, value, tuple(replaces), person, act)


def _has_shape(read: Any) -> bool:
    """Four parts, as `Edit` has them. (A match statement says it shorter, and takes twenty times as long.)"""
    if type(read) is not list or len(read) != 4:
        return False
    name, _, replaces, by = read
    if type(name) is not str or type(replaces) is not list or type(by) is not list or len(by) != 2:
        return False
    return type(by[0]) is str and type(by[1]) is str


def _compact(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _no_constant(text: str) -> Any:
    raise ValueError(f"{text} is no JSON")


def _finite(text: str) -> float:
    number = float(text)
    if number - number != 0:  # 1e999 reads as infinity
        raise ValueError("a number too large")
    return number


_DECODER = json.JSONDecoder(parse_constant=_no_constant, parse_float=_finite)


def _too_long(value: Json, text: str) -> bool:
    """Most texts are so short that the value need not be measured."""
    return len(text) * 4 > VALUE_BYTES_MAX and len(_compact(value).encode()) > VALUE_BYTES_MAX


def _shallow(value: Json, left: int) -> bool:
    """Not nested deeper than `left`, and no integer that JavaScript would round."""
    if isinstance(value, dict):
        items: Iterable[Json] = value.values()
    elif isinstance(value, list):
        items = value
    else:
        return not isinstance(value, int) or -INTEGER_MAX <= value <= INTEGER_MAX
    if left == 0:
        return False
    for item in items:
        if isinstance(item, str) or (type(item) is int and -INTEGER_MAX <= item <= INTEGER_MAX):
            continue
        if not _shallow(item, left - 1):
            return False
    return True
