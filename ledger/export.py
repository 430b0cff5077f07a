"""The ledger as JSON lines: `{"entry": …, "hash": …}` per entry in order, `{"head": …}` as the last line.

Entries stand in their canonical text, so a line's bytes are what was hashed.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from .entry import ENTRY_BYTES_MAX, entry_bytes, read_entry
from .errors import EntryInvalid
from .heads import Head

__all__ = ["entry_line", "head_line", "read_lines"]


def entry_line(body: bytes, hash_: bytes) -> bytes:
    """One entry with its newline."""
    return b'{"entry":%b,"hash":"%b"}\n' % (body, hash_.hex().encode())


def head_line(head: Head) -> bytes:
    """The last line."""
    return json.dumps({"head": head.as_json()}, separators=(",", ":")).encode() + b"\n"


def read_lines(lines: Iterable[bytes]) -> Iterator[tuple[bytes, bytes] | Head]:
    """(entry bytes, hash) of each line, then the Head. Raises EntryInvalid where a line is neither."""
    for number, line in enumerate(lines, start=1):
        found = _object(line, number)
        if found.keys() == {"head"}:
            yield Head.from_json(found["head"])
        elif found.keys() == {"entry", "hash"} and isinstance(found["hash"], str):
            yield _body(line, found, number), _hash(found["hash"], number)
        else:
            raise EntryInvalid(f"line {number} is neither an entry nor a head")


def _object(line: bytes, number: int) -> dict[str, Any]:
    if len(line) > ENTRY_BYTES_MAX + 1024:
        raise EntryInvalid(f"line {number} is too long for an entry")
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        raise EntryInvalid(f"line {number} is not JSON") from None
    if not isinstance(found, dict):
        raise EntryInvalid(f"line {number} is not an object")
    return found


def _body(line: bytes, found: dict[str, Any], number: int) -> bytes:
    """The entry's bytes as they stand in the line; of a line laid out otherwise, made canonical."""
    if line.startswith(b'{"entry":{'):
        body, ours, _ = line[len(b'{"entry":') :].rpartition(b',"hash":"')
        if ours:
            return body
    text = json.dumps(found["entry"], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    try:
        return entry_bytes(read_entry(text.encode("utf-8")))
    except UnicodeEncodeError:
        raise EntryInvalid(f"line {number} holds broken text") from None


def _hash(text: str, number: int) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise EntryInvalid(f"line {number}: a hash is 64 hex digits") from None
