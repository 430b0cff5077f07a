"""Talking to one printer: is it ready, here are the bytes, are they on paper.

Two ways to fail, told apart with care: NotPrinted (no byte of the slip left us) may be tried again by
itself; Unsure (some did, and nobody knows what became of them) only by a person who looked.
"""

import errno
import os
import select
import time
from contextlib import aclosing
from pathlib import Path
from typing import Final

import anyio
import anyio.to_thread
from anyio.abc import ByteStream

from leaf_server.paper.thermal import ASK_DONE, ASK_STATE, STATE_BYTES, why_not_done, why_not_ready
from serving.printer_places import PrinterPlace

__all__ = ["NotPrinted", "Unsure", "send"]

CONNECT_S: Final = 3.0
STATE_S: Final = 1.0  # a printer that has not told its state by then tells none
DONE_S: Final = 15.0
WRITE_S: Final = 10.0  # for a device that takes nothing
_PAPER_ERRORS: Final = (errno.ENOSPC,)  # how the kernel's printer driver says it


class NotPrinted(Exception):
    """Nothing is on paper. `code`: printer_off, printer_paper, printer_cover or printer_fault."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Unsure(Exception):
    """It may be on paper, or half of it. `code` as in NotPrinted, or printer_silent."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


async def send(place: PrinterPlace, data: bytes) -> bool:
    """True: the printer says it is on paper; False: it took all, and says nothing. Raises as above."""
    if place.path is not None:
        return await anyio.to_thread.run_sync(_write, place.path, data)
    try:
        with anyio.fail_after(CONNECT_S):
            stream: ByteStream = await anyio.connect_tcp(place.host, place.port)
    except (OSError, TimeoutError):
        raise NotPrinted("printer_off") from None
    async with aclosing(stream):
        return await _talk(stream, data)


async def _talk(stream: ByteStream, data: bytes) -> bool:
    state = await _state(stream)
    why = why_not_ready(state) if len(state) == STATE_BYTES else None
    if why:
        raise NotPrinted(why)
    try:
        with anyio.fail_after(DONE_S):
            await stream.send(data)
            if not state:
                return False
            await stream.send(ASK_DONE)
            why = why_not_done(await stream.receive(1))
    except (OSError, TimeoutError, anyio.BrokenResourceError, anyio.EndOfStream):
        raise Unsure("printer_silent") from None
    if why:
        raise Unsure(why)
    return True


async def _state(stream: ByteStream) -> bytes:
    """What it says of itself; empty where it says nothing (many cheap ones don't)."""
    state = b""
    try:
        await stream.send(ASK_STATE)
        with anyio.move_on_after(STATE_S):
            while len(state) < STATE_BYTES:
                state += await stream.receive(STATE_BYTES - len(state))
    except (OSError, anyio.BrokenResourceError, anyio.EndOfStream):
        raise NotPrinted("printer_off") from None
    return state if len(state) == STATE_BYTES else b""


def _write(path: Path, data: bytes) -> bool:
    """On a thread: a device is never made, and never waited for longer than WRITE_S."""
    flags = os.O_WRONLY | os.O_NONBLOCK | os.O_APPEND | (0 if path.is_relative_to("/dev") else os.O_CREAT)
    try:
        file = os.open(path, flags, 0o600)
    except OSError:
        raise NotPrinted("printer_off") from None
    written = 0
    try:
        while written < len(data):
            written += _some(file, data[written:])
    except OSError as error:
        why = "printer_paper" if error.errno in _PAPER_ERRORS else "printer_fault"
        raise (Unsure(why) if written else NotPrinted(why)) from None
    finally:
        os.close(file)
    return False


def _some(file: int, data: bytes) -> int:
    until = time.monotonic() + WRITE_S
    while True:
        try:
            return os.write(file, data)
        except BlockingIOError:
            left = until - time.monotonic()
            if left <= 0 or not select.select([], [file], [], left)[1]:
                raise TimeoutError("the device takes nothing") from None
