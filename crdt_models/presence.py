"""Who is here now: awareness states of one room, checked against the connections that speak (DESIGN 3.4.7).

A connection speaks only for its own client ids: those it named first, that no other device has used.
What else it says (a stock client echoes what it heard) is left out. What is sent on carries `person` and
`device` as the server knows them of the connection, whatever the state says of itself: nobody shows up as
somebody else. Nothing of this is ever stored.
"""

import json
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from .errors import CloseCode, Foul
from .wire import put, take_bytes, var_uint

__all__ = ["People"]

IDS_PER_SESSION: Final = 4  # a page that starts over takes a new client id
IDS_REMEMBERED: Final = 4_096  # whose an id was; the oldest is forgotten
STATE_BYTES_MAX: Final = 4_096
MESSAGE_BYTES_MAX: Final = 256 * 1024
_GONE: Final = "null"


class _State(NamedTuple):
    clock: int
    text: str  # JSON; "null": gone


class People:
    """The awareness of one room. Sessions are any hashable key, devices their names."""

    def __init__(self) -> None:
        self._states: dict[int, _State] = {}
        self._ids: dict[object, set[int]] = {}  # session → its client ids
        self._devices: dict[int, str] = {}  # client id → the device that used it first

    @property
    def devices(self) -> Mapping[int, str]:
        """Which device spoke first for a client id."""
        return MappingProxyType(self._devices)

    def hear(
        self, session: object, person: str, device: str, body: bytes, bound: Mapping[int, str]
    ) -> bytes | None:
        """Takes an awareness update; answers the part to send on, None if there is none. Raises Foul.

        `person` is who is signed in; `bound`: client ids that are known as a device's by what they wrote.
        """
        if len(body) > MESSAGE_BYTES_MAX:
            raise Foul("too much presence", CloseCode.TOO_LARGE)
        heard: list[tuple[int, _State]] = []
        for client, state in _read(body, {"person": person, "device": device}):
            known = self._states.get(client)
            if (
                (
                    known is None and state.text == _GONE
                )  # whoever says that another is gone does not become him
                or bound.get(client, device) != device
                or not self._own(session, device, client)
                or (known is not None and state.clock < known.clock)
            ):
                continue
            if state.text == _GONE:
                del self._states[client]
                heard.append((client, state))  # with its clock: a removal by an older one is not heeded
            elif known is None or state.clock > known.clock:
                self._states[client] = state
                heard.append((client, state))
        return _write(heard) if heard else None

    def leave(self, session: object) -> bytes | None:
        """The connection is gone, and with it those it spoke for, at once."""
        gone: list[tuple[int, _State]] = []
        for client in sorted(self._ids.pop(session, ())):
            state = self._states.pop(client, None)
            if state is not None:
                gone.append((client, _State(state.clock, _GONE)))
        return _write(gone) if gone else None

    def everybody(self) -> bytes | None:
        """An awareness update for a newcomer; None: nobody."""
        return _write(self._states.items()) if self._states else None

    def _own(self, session: object, device: str, client: int) -> bool:
        mine = self._ids.setdefault(session, set())
        if client in mine:
            return True
        if self._devices.get(client, device) != device or len(mine) >= IDS_PER_SESSION:
            return False
        if any(client in others for key, others in self._ids.items() if key is not session):
            return False
        mine.add(client)
        self._devices[client] = device
        while len(self._devices) > IDS_REMEMBERED:
            del self._devices[next(iter(self._devices))]
        return True


def _read(body: bytes, who: Mapping[str, str]) -> list[tuple[int, _State]]:
    """The states, each with `who` is behind it; of one that is no object nothing else is left."""
    try:
        states: list[tuple[int, _State]] = []
        count, i = var_uint(body, 0)
        for _ in range(count):
            client, i = var_uint(body, i)
            clock, i = var_uint(body, i)
            text, i = take_bytes(body, i)
            if len(text) > STATE_BYTES_MAX:
                raise Foul("presence of one client is too large", CloseCode.TOO_LARGE)
            said = _DECODER.decode(text.decode())
            signed = {**said, **who} if isinstance(said, dict) else who
            states.append((client, _State(clock, _GONE if said is None else _ENCODER.encode(signed))))
    except (IndexError, ValueError, RecursionError):
        raise Foul("not an awareness update") from None
    if i != len(body):
        raise Foul("more than an awareness update")
    return states


def _no_constant(text: str) -> object:
    raise ValueError(f"{text} is no JSON, and a browser stumbles over it")


_DECODER: Final = json.JSONDecoder(parse_constant=_no_constant)
_ENCODER: Final = json.JSONEncoder(ensure_ascii=True, allow_nan=False, separators=(",", ":"))


def _write(states: Iterable[tuple[int, _State]]) -> bytes:
    written, out = list(states), bytearray()
    put(out, len(written))
    for client, (clock, text) in written:
        put(out, client, clock, len(text.encode()))
        out += text.encode()
    return bytes(out)
