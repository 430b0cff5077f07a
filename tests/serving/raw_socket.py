"""A WebSocket client that may say anything: handshake and frames are up to the test."""

import asyncio
import base64
import os
import struct
from types import TracebackType
from typing import Self

__all__ = ["BINARY", "CLOSE", "CONTINUATION", "PING", "PONG", "TEXT", "RawSocket"]

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10


class RawSocket:
    """Speaks to 127.0.0.1 on `port`. `status` is 0 until the handshake was answered."""

    def __init__(self, port: int, path: str = "/sync/v/floor", headers: dict[str, str] | None = None) -> None:
        self._port, self._path = port, path
        self._headers = {
            "Host": f"127.0.0.1:{port}",
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
            "Sec-WebSocket-Protocol": "felt.sync.1, felt.token.floor-t1",
            **(headers or {}),
        }
        self.status = 0
        self.answer: dict[str, str] = {}
        self.reader: asyncio.StreamReader
        self.writer: asyncio.StreamWriter

    async def __aenter__(self) -> Self:
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self._port)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.writer.transport.abort()

    async def shake(self) -> None:
        """The handshake; sets `status` and the headers of the `answer`."""
        head = f"GET {self._path} HTTP/1.1\r\n"
        head += "".join(f"{name}: {value}\r\n" for name, value in self._headers.items()) + "\r\n"
        self.writer.write(head.encode("latin-1"))
        said = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        self.status = int(said[0].split(" ")[1])
        for line in said[1:-2]:
            name, _, value = line.partition(":")
            self.answer[name.lower()] = value.strip()

    def send(
        self, payload: bytes, opcode: int = BINARY, *, fin: bool = True, bits: int = 0, mask: bool = True
    ) -> None:
        size = len(payload)
        flag = 0x80 if mask else 0
        head = bytes((opcode | bits | (0x80 if fin else 0),))
        if size < 126:
            head += bytes((flag | size,))
        elif size < 1 << 16:
            head += struct.pack("!BH", flag | 126, size)
        else:
            head += struct.pack("!BQ", flag | 127, size)
        self.writer.write(head + (bytes(4) if mask else b"") + payload)  # a mask of zeros changes nothing

    async def frame(self) -> tuple[int, bytes]:
        """The next frame: opcode and payload. Raises IncompleteReadError, ConnectionError: cut off."""
        first, size = await self.reader.readexactly(2)
        if size == 126:
            (size,) = struct.unpack("!H", await self.reader.readexactly(2))
        elif size == 127:
            (size,) = struct.unpack("!Q", await self.reader.readexactly(8))
        return first & 15, await self.reader.readexactly(size)

    async def until(self, opcode: int) -> bytes:
        """The payload of the next frame of a kind."""
        while True:
            kind, payload = await self.frame()
            if kind == opcode:
                return payload

    async def closed(self) -> int:
        """Reads to the end; the code it was closed with, 1005: none, 1006: cut off."""
        try:
            payload = await self.until(CLOSE)
            return int.from_bytes(payload[:2], "big") if payload else 1005
        except (asyncio.IncompleteReadError, ConnectionError):
            return 1006
