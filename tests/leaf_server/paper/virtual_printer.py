"""A thermal printer made of nothing: reads ESC/POS byte by byte, knows what is on paper, answers.

Bytes it does not know are an error: what a real one would print as garbage must not pass here.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import anyio
from anyio.abc import SocketStream

READY, PAPER_OUT, COVER_OPEN = b"\x12\x12\x12", b"\x1a\x32\x72", b"\x1a\x16\x12"
_PAGES = {
    0: "cp437", 2: "cp850", 13: "cp857", 14: "cp737", 16: "cp1252", 17: "cp866", 18: "cp852", 19: "cp858"
}  # fmt: skip


@dataclass
class Line:
    text: str
    bold: bool
    large: bool


@dataclass
class Paper:
    """What is on the paper, between one cut and the next."""

    lines: list[Line] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)  # what the QR codes say
    kicks: int = 0

    @property
    def texts(self) -> list[str]:
        return [line.text.strip() for line in self.lines]

    def said(self, text: str) -> str:
        """What stands at the right edge of the line that begins with `text`."""
        (line,) = (one for one in self.texts if one.startswith(text))
        return line.removeprefix(text).strip()


class Decoder:
    """Feed it bytes; finished slips are in `slips`."""

    def __init__(self) -> None:
        self.slips: list[Paper] = []
        self.received = b""
        self._left = b""
        self._paper = Paper()
        self._text = ""
        self._page = "cp437"
        self._bold = self._large = False
        self._code = ""

    def feed(self, data: bytes) -> bytes:
        """Answers what the printer answers, in order. DLE EOT is answered by the caller, at once."""
        self.received += data
        self._left += data
        answers = b""
        while self._left:
            size, answer = self._next(self._left)
            if size == 0:
                break
            self._left, answers = self._left[size:], answers + answer
        return answers

    def lose_power(self) -> None:
        """What was half heard is forgotten; what is on the paper stays there."""
        self._left, self._text = b"", ""

    @property
    def begun(self) -> bool:
        """Whether a slip is on the paper that was not cut."""
        return bool(self._paper.lines or self._text)

    def _next(self, data: bytes) -> tuple[int, bytes]:
        first = data[0]
        if first == 0x0A:
            self._paper.lines.append(Line(self._text, self._bold, self._large))
            self._text = ""
            return 1, b""
        if first in (0x1B, 0x1D):
            return (0, b"") if len(data) < 2 else self._command(data)
        assert first >= 0x20, f"a printer knows no byte {first:#x}"
        self._text += bytes([first]).decode(self._page)
        return 1, b""

    def _command(self, data: bytes) -> tuple[int, bytes]:
        name = data[:2]
        if name == b"\x1b@":
            self._bold = self._large = False
            return 2, b""
        if name == b"\x1d(":
            return self._extended(data)
        sizes = {
            b"\x1b!": 3, b"\x1bE": 3, b"\x1ba": 3, b"\x1bt": 3, b"\x1bd": 3, b"\x1b{": 3, b"\x1b-": 3,
            b"\x1bM": 3, b"\x1db": 3, b"\x1dB": 3, b"\x1dV": 3, b"\x1dr": 3, b"\x1bp": 5,
        }  # fmt: skip
        assert name in sizes, f"a printer knows no command {name!r}"
        if len(data) < sizes[name]:
            return 0, b""
        return sizes[name], self._simple(name, data[2])

    def _simple(self, name: bytes, value: int) -> bytes:
        if name == b"\x1b!":
            self._large, self._bold = value & 0x30 == 0x30, bool(value & 0x08)
        elif name == b"\x1bE":
            self._bold = bool(value & 1)
        elif name == b"\x1bt":
            self._page = _PAGES[value]
        elif name == b"\x1bp":
            self._paper.kicks += 1
        elif name == b"\x1dV":
            assert not self._text, "cut through a line"
            self.slips.append(self._paper)
            self._paper = Paper()
        elif name == b"\x1dr":
            return b"\x00"
        return b""

    def _extended(self, data: bytes) -> tuple[int, bytes]:
        """GS ( k: QR codes."""
        if len(data) < 5 or len(data) < 5 + (size := data[3] + 256 * data[4]):
            return 0, b""
        assert data[2:3] == b"k"
        inside = data[5 : 5 + size]
        if inside[:3] == b"1P0":
            self._code = inside[3:].decode()
        elif inside[:3] == b"1Q0":
            self._paper.codes.append(self._code)
        return 5 + size, b""


class VirtualPrinter:
    """On a real socket. `state` is what it says of itself, empty: nothing at all."""

    def __init__(self) -> None:
        self.state = READY
        self.decoder = Decoder()
        self.dies_after: int | None = None  # bytes of a slip
        self.says_done = True
        self.port = 0
        self._heard_more = anyio.Event()

    @property
    def slips(self) -> list[Paper]:
        return self.decoder.slips

    async def wait(self) -> None:
        """Until a slip is on paper."""
        with anyio.fail_after(20):
            while not self.slips:
                await self._heard_more.wait()

    async def serve(self, stream: SocketStream) -> None:
        async with stream:
            try:
                async for data in stream:
                    await self._heard(stream, data)
            except (anyio.BrokenResourceError, anyio.ClosedResourceError):
                return

    async def _heard(self, stream: SocketStream, data: bytes) -> None:
        while data.startswith(b"\x10\x04"):
            if self.state:
                await stream.send(self.state[{1: 0, 2: 1, 4: 2}[data[2]] :][:1])
            data = data[3:]
        if self.dies_after is not None and data:
            self.decoder.feed(data[: self.dies_after])
            self.decoder.lose_power()
            await stream.aclose()
            return
        answer = self.decoder.feed(data)
        self._heard_more.set()
        self._heard_more = anyio.Event()
        if answer and self.state and self.says_done:
            await stream.send(answer)


@asynccontextmanager
async def printing() -> AsyncIterator[VirtualPrinter]:
    """A printer that listens, until the block ends."""
    printer = VirtualPrinter()
    listener: Any = await anyio.create_tcp_listener(local_host="127.0.0.1")
    printer.port = listener.extra(anyio.abc.SocketAttribute.local_port)
    async with listener, anyio.create_task_group() as tasks:
        tasks.start_soon(listener.serve, printer.serve)
        yield printer
        tasks.cancel_scope.cancel()
