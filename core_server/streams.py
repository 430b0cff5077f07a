"""Streams between core processes over the hub: frames both ways in order, bounded, ended at both ends.

A stream is opened with a JSON head to another process. Each end may have `WINDOW` bytes and one frame on
their way; it goes on when the other end has said that it took them (`Stream.took`), so a reader who sleeps
costs a window and no more. Where bundles were lost (a number is missing, the other process or the hub is
gone, or silent for `SILENCE_S`), all streams with that process end with 4503: nothing is sent again, whoever
used them comes back.
"""

import json
import logging
from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

import anyio
from anyio.abc import TaskGroup, TaskStatus
from anyio.lowlevel import checkpoint

from crdt_models.errors import CloseCode, Foul
from crdt_models.wire import put, var_uint
from serving.nats_link import Incoming, LinkError, NatsLink

from .bundles import Record, Word, at_the_other_end, read_bundle, write_bundle

__all__ = ["DONE", "Accept", "End", "Stream", "Streams", "WINDOW"]

log = logging.getLogger(__name__)

WINDOW: Final = 256 * 1024
DONE: Final = 1000  # closed because all was said
FRAME_BYTES_MAX: Final = 16 * 1024 * 1024
PART_BYTES: Final = 512 * 1024  # of a record; a bundle is little more
FLUSH_BYTES: Final = 1024 * 1024  # so much is published before the hub says that it has it
TOOK_BYTES: Final = 32 * 1024  # less is not worth a word
WAITING_MAX: Final = 16_384  # bundles; what is dropped beyond is missed by its number
LOOK_S: Final = 0.5
SILENCE_S: Final = 2.5
BEHIND_MAX: Final = 3  # looks in a row at which what was sent long ago had not arrived


class End(Protocol):
    """Who holds a stream. All return at once and never raise."""

    def arrived(self, frame: bytes) -> None:
        """A frame; say `Stream.took` when there is room for its like again."""

    def taken(self) -> None:
        """The other end took some: `Stream.flying` is less."""

    def ended(self, code: int) -> None:
        """By the other end, or because it is gone. Nothing follows."""


class _Nobody:
    """Holds a stream until its holder is known."""

    def arrived(self, frame: bytes) -> None: ...

    def taken(self) -> None: ...

    def ended(self, code: int) -> None: ...


_NOBODY: Final = _Nobody()


class Stream:
    """One end of a stream. `send` and `close` are without effect once it is over."""

    def __init__(self, conversation: "_Conversation", number: int) -> None:
        self._conversation = conversation
        self._number = number
        self._took = 0
        self.parts = bytearray()  # of a frame that is not whole yet
        self.holder: End = _NOBODY
        self.flying = 0  # bytes sent and not taken yet; a sender waits while it is above WINDOW
        self.over = False

    def send(self, frame: bytes) -> None:
        if self.over:
            return
        self.flying += len(frame)
        for start in range(0, len(frame) - PART_BYTES, PART_BYTES):
            self._conversation.say(self._number, Word.PART, frame[start : start + PART_BYTES])
        last = max(0, (len(frame) - 1) // PART_BYTES * PART_BYTES)
        self._conversation.say(self._number, Word.FRAME, frame[last:] if last else frame)

    def took(self, size: int) -> None:
        """There is room for so many bytes again."""
        self._took += size
        if self._took >= TOOK_BYTES and not self.over:
            self._conversation.say(self._number, Word.TOOK, _number(self._took))
            self._took = 0

    def close(self, code: int = DONE) -> None:
        if not self.over:
            self.over = True
            self._conversation.say(self._number, Word.CLOSE, _number(code))
            self._conversation.forget(self._number)


Accept = Callable[[Mapping[str, Any], Stream], End]
"""Takes a stream that another process opened, by its head."""


class Streams:
    """All streams of this process. `accept`: by the head's `to`; must be complete before `run`."""

    def __init__(self, link: NatsLink, process: str, accept: Mapping[str, Accept]) -> None:
        self._link = link
        self._process = process
        self._accept = accept
        self._conversations: dict[str, _Conversation] = {}
        self._tasks: TaskGroup | None = None

    async def run(self, *, task_status: TaskStatus[None] = anyio.TASK_STATUS_IGNORED) -> None:
        """Until cancelled; before it nothing can be opened."""
        async with anyio.create_task_group() as tasks:
            self._tasks = tasks
            await self._link.subscribe(_subject(self._process), self._hear, waiting_max=WAITING_MAX)
            await self._link.subscribe(f"core.{self._process}.here", self._here, at_once=4)
            task_status.started()
            await anyio.sleep_forever()

    def open(self, process: str, head: Mapping[str, Any], holder: End) -> Stream:
        """A stream to that process; whether it takes it shows later, at `holder`."""
        stream = self._conversation(process).open(json.dumps(head).encode())
        stream.holder = holder
        return stream

    def count(self) -> int:
        """Open ones."""
        return sum(len(each.streams) for each in self._conversations.values())

    def _conversation(self, process: str) -> "_Conversation":
        found = self._conversations.get(process)
        if found is None:
            assert self._tasks is not None, "before `run`"
            found = self._conversations[process] = _Conversation(self._link, self._process, process)
            self._tasks.start_soon(self._keep, found)
        return found

    async def _keep(self, conversation: "_Conversation") -> None:
        try:
            await conversation.run()
        finally:
            del self._conversations[conversation.other]
            conversation.end()

    async def _hear(self, incoming: Incoming) -> None:
        try:
            bundle = read_bundle(incoming.payload)
        except Foul:
            log.exception("a bundle of another version of the core?")
            return
        known = self._conversations.get(bundle.sender)
        if known is None and not any(record.word is Word.OPEN for record in bundle.records):
            return  # of streams that ended here; its sender finds out by asking
        conversation = known or self._conversation(bundle.sender)
        conversation.arrives(bundle.number)
        for streams, word, body in bundle.records:
            for stream in streams:
                conversation.hear(at_the_other_end(stream), word, body, self._accept)

    async def _here(self, incoming: Incoming) -> bytes:
        """Tells a process what we sent it and heard of it."""
        found = self._conversations.get(incoming.payload.decode(errors="replace"))
        return json.dumps({"sent": found.sent if found else 0, "heard": found.heard if found else 0}).encode()


class _Conversation:
    """All between this process and one other, from the first stream to the last."""

    def __init__(self, link: NatsLink, process: str, other: str) -> None:
        self._link = link
        self._process = process
        self.other = other
        self.streams: dict[int, Stream] = {}
        self._opened = 0
        self._outbox: list[Record] = []
        self._filled = anyio.Event()
        self.sent = 0  # number of the last bundle to it
        self.heard = 0  # number of the last bundle from it

    def open(self, head: bytes) -> Stream:
        self._opened += 1
        number = 2 * self._opened + 1
        stream = self.streams[number] = Stream(self, number)
        self.say(number, Word.OPEN, head)
        return stream

    def say(self, stream: int, word: Word, body: bytes) -> None:
        last = self._outbox[-1] if self._outbox else None
        if last is not None and last.body is body and last.word is word is Word.FRAME:
            last.streams.append(stream)  # one frame for many
        else:
            self._outbox.append(Record([stream], word, body))
        self._filled.set()

    def forget(self, stream: int) -> None:
        self.streams.pop(stream, None)

    def end(self) -> None:
        """The other is gone, or out of step: all with it are over."""
        streams, self.streams = self.streams, {}
        for stream in streams.values():
            stream.over = True
            stream.holder.ended(CloseCode.NOT_READY)

    def arrives(self, number: int) -> None:
        if self.heard and number != self.heard + 1 and self.streams:
            log.warning("bundles of process %s were lost before number %d", self.other, number)
            self.end()
        self.heard = number

    def hear(self, number: int, word: Word, body: bytes, accept: Mapping[str, Accept]) -> None:
        stream = self.streams.get(number)
        try:
            if word is Word.OPEN:
                stream = self.streams[number] = Stream(self, number)
                head = json.loads(body)
                stream.holder = accept[head["to"]](head, stream)
            elif stream is None:
                if word is not Word.CLOSE:
                    self.say(number, Word.CLOSE, _number(CloseCode.NOT_READY))
            else:
                self._hear(stream, number, word, body)
        except Exception:
            log.exception("a stream with process %s broke", self.other)
            if stream is not None:
                stream.close(CloseCode.NOT_READY)
                stream.holder.ended(CloseCode.NOT_READY)

    def _hear(self, stream: Stream, number: int, word: Word, body: bytes) -> None:
        match word:
            case Word.PART:
                stream.parts += body
                if len(stream.parts) > FRAME_BYTES_MAX:
                    raise Foul("a frame without an end")
            case Word.FRAME:
                frame = bytes(stream.parts) + body if stream.parts else body
                stream.parts.clear()
                stream.holder.arrived(frame)
            case Word.TOOK:
                stream.flying -= var_uint(body, 0)[0]
                stream.holder.taken()
            case Word.CLOSE:
                stream.over = True
                self.forget(number)
                stream.holder.ended(var_uint(body, 0)[0])

    async def run(self) -> None:
        """Until no stream is left, or the other end is gone."""
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._send_all, tasks.cancel_scope)
            try:
                await self._watch()
            except (LinkError, ValueError, KeyError) as error:
                log.warning("process %s is gone: %r", self.other, error)
            tasks.cancel_scope.cancel()

    async def _send_all(self, conversation: anyio.CancelScope) -> None:
        unflushed = 0
        try:
            while True:
                await self._filled.wait()
                await checkpoint()  # what this loop turn still brings comes along
                self._filled = anyio.Event()
                while self._outbox:
                    self.sent += 1
                    bundle = write_bundle(self._process, self.sent, self._take())
                    await self._link.publish(_subject(self.other), bundle)
                    unflushed += len(bundle)
                    if unflushed > FLUSH_BYTES:
                        await self._link.flush()
                        unflushed = 0
        except LinkError as error:
            log.warning("nothing can be said to process %s: %r", self.other, error)
            conversation.cancel()

    def _take(self) -> list[Record]:
        """Records of about PART_BYTES."""
        size = count = 0
        while count < len(self._outbox) and size < PART_BYTES:
            size += len(self._outbox[count].body)
            count += 1
        taken, self._outbox = self._outbox[:count], self._outbox[count:]
        return taken

    async def _watch(self) -> None:
        """Asks again and again whether it is there and has what we sent. Raises LinkError where it is not."""
        behind, sent_before, told_before = 0, 0, 0
        while True:
            await anyio.sleep(LOOK_S)
            if not self.streams and not self._outbox:
                return
            sent = self.sent
            answer = json.loads(
                await self._link.ask(f"core.{self.other}.here", self._process.encode(), SILENCE_S)
            )
            late = answer["heard"] < sent_before or self.heard < told_before
            behind = behind + 1 if late else 0
            if behind >= BEHIND_MAX:
                log.warning("process %s lost what was said", self.other)
                return
            sent_before, told_before = sent, answer["sent"]


def _subject(process: str) -> str:
    return f"core.{process}.streams"


def _number(value: int) -> bytes:
    out = bytearray()
    put(out, value)
    return bytes(out)
