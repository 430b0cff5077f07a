"""Bytes of Yjs (v1) as far as a document of ours has them: read in one pass, put together again.

A document is one root map named `f` whose items are edits (one JSON string each) or deleted ones.
A v1 section has no length, so sections of strangers are walked too. This file judges nothing but form: what
may enter is `gate`'s to say. Everything is bounded by the caller; bad bytes raise Foul, and nothing else.

    update   = count · section… · count · deletes…       section = structs · client · clock · struct…
    struct   = 28 01 01"f" key 01 77 text                an edit
             | 21 01 01"f" key 01                        a deleted one
             | 00 length | 0a length                     GC, Skip: longer than one
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from .errors import CloseCode, Foul

__all__ = [
    "CLOCK_MAX", "DELETED", "EDIT", "EMPTY", "GC", "GC_ONE", "SKIP",
    "Delete", "Piece", "Plain", "Section", "Struct", "Update",
    "assemble", "assemble_runs", "edit_struct", "gc_struct", "grave_of", "put", "read_pieces", "read_plain",
    "read_state_vector", "read_update", "skip_graves", "take_bytes", "var_uint", "write_state_vector",
]  # fmt: skip

GC: Final = 0
DELETED: Final = 1
EDIT: Final = 8
SKIP: Final = 10
EMPTY: Final = b"\0\0"  # an update that says nothing
GC_ONE: Final = b"\0\1"
CLOCK_MAX: Final = 2**31 - 1
KEY_BYTES_MAX: Final = 64
_INTEGER_MAX: Final = 2**53 - 1
_EDIT_HEAD: Final = b"\x28\x01\x01f"  # content "any", has a key; its parent is the root named f
_GRAVE_HEAD: Final = b"\x21\x01\x01f"
_HEADS: Final = {0x28: _EDIT_HEAD, 0x21: _GRAVE_HEAD}
_JSON_STRING: Final = 119


class Struct(NamedTuple):
    """One struct and where it lies: `start` … `body` (its content) … `end` in the bytes it was read from."""

    kind: int
    start: int
    body: int
    end: int
    length: int  # clocks it takes
    key: str  # of an edit or a deleted one
    text: str  # of an edit


class Section(NamedTuple):
    """What one client id wrote, from `clock` on."""

    client: int
    clock: int
    structs: list[Struct]


class Delete(NamedTuple):
    client: int
    clock: int
    length: int


class Piece(NamedTuple):
    """Neighbours of a section, where they lie and what clocks they take: all of them GC, or none."""

    gone: bool
    structs: int
    clocks: int
    start: int
    end: int


class Plain(NamedTuple):
    """An update that holds one edit and deletes nothing: what a live edit is."""

    client: int
    clock: int
    key: str
    text: str


class Update(NamedTuple):
    sections: list[Section]
    deletes: list[Delete]
    plain: bool  # read to the end, and nothing in it is deleted by a delete set
    whole: bool  # False: cut off at a bound, the sections behind it were not read


def read_plain(data: bytes) -> Plain | None:
    """None: it is something else, or damaged; `read_update` says what. Raises nothing."""
    try:
        if data[0] != 1 or data[1] != 1:
            return None
        client, i = var_uint(data, 2)
        clock, i = var_uint(data, i)
        key, body = i + 5, i + 5 + data[i + 4]
        if not data.startswith(_EDIT_HEAD, i) or body > key + KEY_BYTES_MAX:
            return None
        if data[body] != 1 or data[body + 1] != _JSON_STRING or clock >= CLOCK_MAX:
            return None
        size, text = var_uint(data, body + 2)
        if data[text + size :] != b"\0":
            return None
        return Plain(client, clock, data[key:body].decode(), data[text : text + size].decode())
    except (IndexError, UnicodeDecodeError, Foul):
        return None


def read_update(data: bytes, *, bytes_max: int, structs_max: int, deletes: bool = False) -> Update:
    """Reads up to the bounds; what is beyond them is left unread and `whole` is False. Raises Foul.

    The delete set is read only where it is asked for: a peer's is never looked at.
    """
    try:
        return _read_update(data, bytes_max, structs_max, deletes)
    except IndexError:
        raise Foul("ends too early") from None
    except UnicodeDecodeError:
        raise Foul("text is no UTF-8") from None


def read_pieces(data: bytes) -> tuple[list[tuple[int, int, list[Piece]]], int]:
    """Sections (client, clock, pieces) and where the delete set begins, sooner than `read_update` does.

    Only for what a replica of ours says: nothing is checked.
    """
    count, i = var_uint(data, 0)
    sections: list[tuple[int, int, list[Piece]]] = []
    for _ in range(count):
        size, i = var_uint(data, i)
        client, i = var_uint(data, i)
        clock, i = var_uint(data, i)
        pieces: list[Piece] = []
        gone, structs, clocks, start = data[i] == GC, 0, 0, i
        for _ in range(size):
            if (data[i] == GC) is not gone:
                pieces.append(Piece(gone, structs, clocks, start, i))
                gone, structs, clocks, start = not gone, 0, 0, i
            length = 1
            if gone:
                length, i = var_uint(data, i + 1)
            elif data[i] == _GRAVE_HEAD[0]:
                i += 6 + data[i + 4]
            else:
                text, i = var_uint(data, i + 7 + data[i + 4])
                i += text
            structs, clocks = structs + 1, clocks + length
        sections.append((client, clock, [*pieces, Piece(gone, structs, clocks, start, i)]))
    return sections, i


def read_state_vector(data: bytes, *, clients_max: int) -> dict[int, int]:
    """Client id → next clock. Raises Foul."""
    try:
        count, i = var_uint(data, 0)
        if count > clients_max:
            raise Foul("too many clients", CloseCode.TOO_LARGE)
        vector: dict[int, int] = {}
        for _ in range(count):
            client, i = var_uint(data, i)
            vector[client], i = var_uint(data, i)
    except IndexError:
        raise Foul("ends too early") from None
    if i != len(data) or len(vector) != count or max(vector.values(), default=0) > CLOCK_MAX:
        raise Foul("not a state vector")
    return vector


def write_state_vector(vector: Mapping[int, int]) -> bytes:
    out = bytearray()
    put(out, len(vector))
    for client in sorted(vector, reverse=True):
        put(out, client, vector[client])
    return bytes(out)


def var_uint(data: bytes, i: int) -> tuple[int, int]:
    """The number at `i` and where the next thing begins. Raises IndexError at the end, Foul beyond 2^53."""
    byte = data[i]
    i += 1
    if byte < 128:
        return byte, i
    number = byte & 127
    for shift in range(7, 56, 7):
        byte = data[i]
        i += 1
        number |= (byte & 127) << shift
        if byte < 128:
            if not byte or number > _INTEGER_MAX:
                break
            return number, i
    raise Foul("not a number")


def take_bytes(data: bytes, i: int) -> tuple[bytes, int]:
    """A length and that many bytes. Raises IndexError where they are missing."""
    size, i = var_uint(data, i)
    if i + size > len(data):
        raise IndexError
    return data[i : i + size], i + size


def put(out: bytearray, *numbers: int) -> None:
    """Appends each number as a varUint."""
    for number in numbers:
        while number > 127:
            out.append(number & 127 | 128)
            number >>= 7
        out.append(number)


def edit_struct(stamp: str, text: str) -> bytes:
    """The struct of an edit, as a client writes it."""
    key, content = stamp.encode(), text.encode()
    out = bytearray(_EDIT_HEAD)
    put(out, len(key))
    out += key
    out += bytes((1, _JSON_STRING))
    put(out, len(content))
    return bytes(out + content)


def grave_of(data: bytes, struct: Struct) -> bytes:
    """The same struct, deleted: same id, same key, no content."""
    return b"\x21" + data[struct.start + 1 : struct.body]


def gc_struct(length: int) -> bytes:
    """What is gone and has no key any more."""
    out = bytearray((GC,))
    put(out, length)
    return bytes(out)


def skip_graves(structs: bytes, count: int) -> int:
    """Where the first `count` of these deleted edits end."""
    i = 0
    for _ in range(count):
        i += len(_GRAVE_HEAD) + 2 + structs[i + len(_GRAVE_HEAD)]
    return i


def assemble(
    sections: Iterable[tuple[int, int, Sequence[bytes]]], dead: Mapping[int, Sequence[int]]
) -> bytes:
    """An update of sections (client, clock, structs) and deleted clocks by client."""
    return assemble_runs(
        [(client, clock, len(parts), b"".join(parts)) for client, clock, parts in sections],
        {client: _ranges(clocks) for client, clocks in dead.items()},
    )


def assemble_runs(
    sections: Iterable[tuple[int, int, int, bytes]], dead: Mapping[int, Sequence[tuple[int, int]]]
) -> bytes:
    """The same of sections (client, clock, how many structs, these) and runs of deleted clocks.

    Client ids descend, as `mergeUpdates` of Yjs needs.
    """
    written = sorted(sections, reverse=True)
    out, end = [_numbers(len(written))], [_numbers(len(dead))]
    for client, clock, count, structs in written:
        out += (_numbers(count, client, clock), structs)
    for client in sorted(dead, reverse=True):
        end.append(_numbers(client, len(dead[client])))
        end += [_numbers(clock, length) for clock, length in dead[client]]
    return b"".join([*out, *end])


def _numbers(*numbers: int) -> bytes:
    out = bytearray()
    put(out, *numbers)
    return bytes(out)


def _ranges(clocks: Sequence[int]) -> list[tuple[int, int]]:
    """Neighbours joined: (first clock, how many)."""
    ranges: list[tuple[int, int]] = []
    for clock in sorted(set(clocks)):
        if ranges and clock == sum(ranges[-1]):
            ranges[-1] = (ranges[-1][0], ranges[-1][1] + 1)
        else:
            ranges.append((clock, 1))
    return ranges


def _read_update(data: bytes, bytes_max: int, structs_max: int, want_deletes: bool) -> Update:
    sections: dict[int, Section] = {}
    left = structs_max
    count, i = var_uint(data, 0)
    for _ in range(count):
        size, i = var_uint(data, i)
        client, i = var_uint(data, i)
        clock, i = var_uint(data, i)
        if not size or client in sections or clock > CLOCK_MAX:
            raise Foul("not a section")
        section = sections[client] = Section(client, clock, [])
        end = clock
        for _ in range(size):
            if not left or i > bytes_max:
                return Update(list(sections.values()), [], plain=False, whole=False)
            left -= 1
            struct = _read_struct(data, i)
            section.structs.append(struct)
            i = struct.end
            end += struct.length
            if end > CLOCK_MAX:
                raise Foul("clock too high")
    plain = var_uint(data, i)[0] == 0
    deletes: list[Delete] = []
    if plain or want_deletes:
        deletes, i = _read_deletes(data, i)
        if i != len(data):
            raise Foul("more than an update")
    return Update(list(sections.values()), deletes, plain, whole=True)


def _read_struct(data: bytes, start: int) -> Struct:
    info = data[start]
    head = _HEADS.get(info)
    if head is None:
        if info not in (GC, SKIP):
            raise Foul("link, type or content that no edit has", CloseCode.FENCED)
        length, i = var_uint(data, start + 1)
        if not length:
            raise Foul("struct of no length")
        return Struct(info, start, i, i, length, "", "")
    if not data.startswith(head, start):
        raise Foul("parent is not the root map", CloseCode.FENCED)
    body = start + 5 + data[start + 4]
    if body - start - 5 > KEY_BYTES_MAX or data[body] != 1:
        raise Foul("key or length that no edit has")
    key = data[start + 5 : body].decode()
    body += 1
    if info == 0x21:
        return Struct(DELETED, start, body, body, 1, key, "")
    if data[body] != _JSON_STRING:
        raise Foul("content is not a JSON text", CloseCode.FENCED)
    content, end = take_bytes(data, body + 1)
    return Struct(EDIT, start, body, end, 1, key, content.decode())


def _read_deletes(data: bytes, i: int) -> tuple[list[Delete], int]:
    deletes: list[Delete] = []
    clients, i = var_uint(data, i)
    for _ in range(clients):
        client, i = var_uint(data, i)
        ranges, i = var_uint(data, i)
        for _ in range(ranges):
            clock, i = var_uint(data, i)
            length, i = var_uint(data, i)
            deletes.append(Delete(client, clock, length))
    return deletes, i
