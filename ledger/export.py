"""The ledger as JSON lines: `{"entry": …, "hash": …}` per entry in order, `{"head": …}` as the last line.

Entries stand in their canonical text, so a line's bytes are what was hashed. Reading is strict: a line laid
out in any other way was touched, and is told.
"""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Final

from .entry import ENTRY_BYTES_MAX
from .errors import EntryInvalid
from .heads import Head

__all__ = ["LINE_BYTES_MAX", "entry_line", "head_line", "read_head", "read_lines", "whole_lines"]

_ENTRY: Final = re.compile(rb'\{"entry":(\{.*\}),"hash":"([0-9a-f]{64})"\}\n', re.DOTALL)
_ENTRIES: Final = re.compile(rb'\{"entry":(\{[^\n]*\}),"hash":"([0-9a-f]{64})"\}\n')
_AROUND: Final = len(b'{"entry":,"hash":""}\n') + 64
LINE_BYTES_MAX: Final = ENTRY_BYTES_MAX + 1024
_HEAD_BYTES_MAX: Final = 1024


def entry_line(body: bytes, hash_: bytes) -> bytes:
    """One entry with its newline, at most LINE_BYTES_MAX."""
    return b'{"entry":%b,"hash":"%b"}\n' % (body, hash_.hex().encode())


def head_line(head: Head) -> bytes:
    """The last line."""
    return json.dumps({"head": head.as_json()}, separators=(",", ":")).encode() + b"\n"


def read_lines(lines: Iterable[bytes]) -> Iterator[tuple[bytes, bytes] | Head]:
    """(entry bytes, hash) of each line, then the Head. Raises EntryInvalid where a line is neither."""
    ended = False
    for number, line in enumerate(lines, start=1):
        if ended:
            raise EntryInvalid(f"line {number} stands behind the signed head, which is the last line")
        found = _ENTRY.fullmatch(line) if len(line) <= LINE_BYTES_MAX else None
        if found is not None:
            yield found[1], bytes.fromhex(found[2].decode())
        else:
            yield _head(line, number)
            ended = True


def whole_lines(text: bytes) -> tuple[list[bytes], list[bytes]] | None:
    """Bytes and hashes of the entries in these lines; None: not every line is one that `entry_line` wrote."""
    found = _ENTRIES.findall(text)
    if sum([len(body) for body, _ in found]) + _AROUND * len(found) != len(text):
        return None
    return [body for body, _ in found], [bytes.fromhex(hash_.decode()) for _, hash_ in found]


def read_head(text: bytes) -> Head:
    """A head alone: a line of an export, or as tills keep it and receipts carry it. Raises EntryInvalid."""
    if len(text) > _HEAD_BYTES_MAX:
        raise EntryInvalid("not a head")
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise EntryInvalid("not a head") from None
    return Head.from_json(found["head"] if isinstance(found, dict) and found.keys() == {"head"} else found)


def _head(line: bytes, number: int) -> Head:
    try:
        head = read_head(line)
    except EntryInvalid:
        raise EntryInvalid(f"line {number} is neither an entry nor a head, or it was changed") from None
    if head_line(head) != line:
        raise EntryInvalid(f"line {number} was changed: a ledger does not write a head like this")
    return head
