"""What core processes send each other: bundles of records, each a word of one or several streams.

bundle = sender (8 bytes) · number · record…       record = count · stream… · word · length · body

A frame that goes to many streams of one process crosses the hub once. A stream is numbered by who opened it;
its lowest bit says whether that is the sender, so one number names the same stream at both ends.
"""

from collections.abc import Iterable, Sequence
from enum import IntEnum
from typing import Final, NamedTuple

from crdt_models.errors import Foul
from crdt_models.wire import put, take_bytes, var_uint

__all__ = ["Bundle", "Record", "Word", "at_the_other_end", "read_bundle", "write_bundle"]

_SENDER_BYTES: Final = 8


class Word(IntEnum):
    OPEN = 0  # body: JSON, to whom and what for
    PART = 1  # body: the beginning of a frame, more follows
    FRAME = 2  # body: a frame, or its last part
    TOOK = 3  # body: varUint, so many bytes of frames more were taken
    CLOSE = 4  # body: varUint, why


class Record(NamedTuple):
    streams: list[int]
    word: Word
    body: bytes


class Bundle(NamedTuple):
    sender: str  # a process
    number: int  # 1, 2, 3 … of those it sends to us
    records: Sequence[Record]


def at_the_other_end(stream: int) -> int:
    """The number that who reads it knows the stream by."""
    return stream ^ 1


def write_bundle(sender: str, number: int, records: Iterable[Record]) -> bytes:
    out = bytearray(bytes.fromhex(sender))
    put(out, number)
    for streams, word, body in records:
        put(out, len(streams), *streams, word, len(body))
        out += body
    return bytes(out)


def read_bundle(data: bytes) -> Bundle:
    """Raises Foul."""
    try:
        number, i = var_uint(data, _SENDER_BYTES)
        records = []
        while i < len(data):
            count, i = var_uint(data, i)
            streams = []
            for _ in range(count):
                stream, i = var_uint(data, i)
                streams.append(stream)
            word, i = var_uint(data, i)
            body, i = take_bytes(data, i)
            records.append(Record(streams, Word(word), body))
    except (IndexError, ValueError):
        raise Foul("not a bundle") from None
    return Bundle(data[:_SENDER_BYTES].hex(), number, records)
