"""Many documents on one socket (`felt.mux.1`): a varUint channel before each message, and two messages more.

    frame = channel · message                      a message of the document opened as `channel`
          | channel · 70 · JSON {document}         client: open `document[@epoch]` as this channel, 1 … 64
          | channel · 71 · JSON {code}             either side: the channel is closed; 1000 or a close code

What closes a document alone closes its channel; what concerns the sign-in or the bytes closes the socket.
"""

import json
from typing import Any, Final

from .errors import CloseCode, Foul
from .wire import put, take_bytes, var_uint

__all__ = [
    "CHANNELS_MAX", "CLOSED", "LEFT", "OPEN", "closed_message", "on_channel",
    "open_message", "read_channel", "read_content",
]  # fmt: skip

CHANNELS_MAX: Final = 64
OPEN: Final = 70
CLOSED: Final = 71
LEFT: Final = 1000  # the client is done with the document
_BODY_MAX: Final = 256


def on_channel(channel: int, message: bytes) -> bytes:
    """The message as it goes over a shared socket."""
    out = bytearray()
    put(out, channel)
    return bytes(out + message)


def read_channel(frame: bytes) -> tuple[int, int, bytes]:
    """Channel, kind of the message, and the message. Raises Foul."""
    try:
        channel, i = var_uint(frame, 0)
        kind, _ = var_uint(frame, i)
    except IndexError:
        raise Foul("no message on a channel") from None
    if not 1 <= channel <= CHANNELS_MAX:
        raise Foul("no such channel", CloseCode.TOO_MANY)
    return channel, kind, frame[i:]


def open_message(document: str) -> bytes:
    return _message(OPEN, {"document": document})


def closed_message(code: int) -> bytes:
    return _message(CLOSED, {"code": code})


def read_content(message: bytes) -> dict[str, Any]:
    """The JSON of an `open` or `closed` message. Raises Foul."""
    try:
        _, i = var_uint(message, 0)
        body, i = take_bytes(message, i)
        content = json.loads(body) if len(body) <= _BODY_MAX else None
    except (IndexError, ValueError, RecursionError):
        raise Foul("not a channel's message") from None
    if i != len(message) or not isinstance(content, dict):
        raise Foul("not a channel's message")
    return content


def _message(kind: int, content: dict[str, Any]) -> bytes:
    body = json.dumps(content, separators=(",", ":")).encode()
    out = bytearray()
    put(out, kind, len(body))
    return bytes(out + body)
