"""One connection to the own NATS server, kept for as long as the server runs.

The link connects in the background and again after every loss (a new connection each time, never a buffer
of old requests), puts its subscriptions back, and lets requests in flight try again: **every request sent
through it may arrive more than once**, so its receiver must take repeats. Nothing here waits longer than it
was told to, and nothing piles up: requests wait at their callers, incoming messages in a queue of
`waiting_max`; above that NATS drops them and the other side asks again.

    LinkError
     ├── LinkDown         no connection to our own NATS server in the time given
     ├── NobodyAnswers    our server knows no one who takes this subject (the line to the hub is cut)
     ├── RequestTimedOut  somebody may have taken it, no answer came
     └── TooLarge         the payload is above what the server takes: our own bug, never sent
"""

import logging
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import anyio
import nats
from anyio.abc import TaskGroup, TaskStatus
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from nats.aio.client import Client
from nats.aio.msg import Msg

__all__ = [
    "Handler",
    "Incoming",
    "LinkDown",
    "LinkError",
    "NatsLink",
    "NobodyAnswers",
    "RequestTimedOut",
    "TooLarge",
]

log = logging.getLogger(__name__)

CONNECT_WAIT_MIN_S: Final = 0.1
CONNECT_WAIT_MAX_S: Final = 1.0
CONNECT_TIMEOUT_S: Final = 3.0
TRY_WAIT_MIN_S: Final = 0.05
TRY_WAIT_MAX_S: Final = 0.5
PING_INTERVAL_S: Final = 5
FLUSH_TIMEOUT_S: Final = 5
LOOK_S: Final = 0.5
WAITING_BYTES_MAX: Final = 32 << 20


class LinkError(Exception):
    """Base: this request was not answered. Asking again later is always allowed."""


class LinkDown(LinkError):
    """No connection to our own NATS server in the time given."""


class NobodyAnswers(LinkError):
    """No one takes this subject now: the line to the other side is cut, or it is not running."""


class RequestTimedOut(LinkError):
    """No answer in the time given; the other side may have done what was asked."""


class TooLarge(LinkError):
    """The payload is larger than the server's `max_payload`."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message as a handler gets it."""

    subject: str
    payload: bytes
    wants_answer: bool


Handler = Callable[[Incoming], Awaitable[bytes | None]]
"""Answers a message, or not (None). An exception is a bug: logged, answered `internal`; the link lives on."""

INTERNAL: Final = (
    b'{"error":{"code":"internal","details":{},"message":"the other side failed; ask again"},"v":1}'
)


class NatsLink:
    """`tasks.start(link.run)`, then request, publish and subscribe at any time, connected or not.

    `url` may hold several, comma separated. `credentials` is the path of a creds file, read at each connect.
    """

    def __init__(self, url: str, *, name: str, credentials: Path | None = None) -> None:
        self.url = url
        self.name = name
        self.lives = 0  # how often it was connected; rises by one at each (re)connect
        self._credentials = credentials
        self._life: _Life | None = None
        self._turned = anyio.Event()  # set and replaced whenever the link comes up
        self._tasks: TaskGroup | None = None
        self._subscriptions: list[_Subscription] = []

    @property
    def is_up(self) -> bool:
        """Whether our own NATS server is connected (says nothing of the line beyond it)."""
        return self._life is not None

    async def run(self, *, task_status: TaskStatus[None] = anyio.TASK_STATUS_IGNORED) -> None:
        """Keeps the link until cancelled; started at once, connected or not (see `connected`)."""
        async with anyio.create_task_group() as tasks:
            self._tasks = tasks
            for subscription in self._subscriptions:
                subscription.start(tasks)
            task_status.started()
            try:
                while True:
                    await self._live(await self._connect())
            finally:
                self._tasks = None
                for subscription in self._subscriptions:
                    subscription.stop()

    async def connected(self, after: int = 0) -> int:
        """Waits until it is up and was connected more than `after` times; answers that number.

        `lives = await link.connected(lives)` in a loop is the event of each (re)connect; none is missed.
        """
        while self._life is None or self.lives <= after:
            await self._turned.wait()
        return self.lives

    async def request(
        self, subject: str, payload: bytes, *, timeout_s: float = 5.0, try_s: float = 2.0
    ) -> bytes:
        """The answer, trying again within `timeout_s` (each try at most `try_s`). Raises LinkErrors."""
        why: LinkError = LinkDown(f"no connection to {self.url}")
        wait_s = TRY_WAIT_MIN_S
        with anyio.move_on_after(timeout_s):
            while True:
                await self.connected()
                if (life := self._life) is None:
                    continue
                try:
                    return await life.request(subject, payload, try_s)
                except (LinkDown, NobodyAnswers, RequestTimedOut) as error:
                    why = error
                await anyio.sleep(wait_s * random.uniform(0.5, 1.0))
                wait_s = min(wait_s * 2, TRY_WAIT_MAX_S)
        raise why

    async def ask(self, subject: str, payload: bytes, try_s: float) -> bytes:
        """The answer, tried once: for who has another way to go. Raises LinkErrors."""
        return await self._now().request(subject, payload, try_s)

    async def publish(self, subject: str, payload: bytes) -> None:
        """Sends once, no answer and no promise. Raises LinkDown or TooLarge."""
        await self._now().publish(subject, payload)

    async def flush(self) -> None:
        """Returns when the server has all that was published: so no more than that waits. Raises LinkDown."""
        await self._now().flush()

    def _now(self) -> "_Life":
        if self._life is None:
            raise LinkDown(f"no connection to {self.url}")
        return self._life

    async def subscribe(
        self, subject: str, handler: Handler, *, queue: str = "", at_once: int = 1, waiting_max: int = 256
    ) -> None:
        """Has `handler` answer `subject` from now on, over all reconnects; at most `at_once` at a time.

        What comes while `waiting_max` messages wait is dropped (logged); its sender's request times out.
        """
        subscription = _Subscription(subject, queue, handler, at_once, waiting_max)
        self._subscriptions.append(subscription)
        if self._tasks is not None:
            subscription.start(self._tasks)
        if self._life is not None:
            await subscription.attach(self._life.client)
            await self._life.client.flush()

    async def _connect(self) -> "_Life":
        wait_s, told = CONNECT_WAIT_MIN_S, False
        while True:
            lost = anyio.Event()
            client = Client()

            async def closed(lost: anyio.Event = lost) -> None:
                lost.set()

            try:
                with anyio.fail_after(CONNECT_TIMEOUT_S):
                    await client.connect(
                        servers=[url.strip() for url in self.url.split(",")],
                        name=self.name,
                        user_credentials=str(self._credentials) if self._credentials else None,
                        closed_cb=closed,
                        error_cb=self._on_error,
                        allow_reconnect=False,  # a lost connection is a new `_Life`
                        max_reconnect_attempts=1,
                        reconnect_time_wait=0,
                        connect_timeout=int(CONNECT_TIMEOUT_S),
                        ping_interval=PING_INTERVAL_S,
                        max_outstanding_pings=2,
                    )
                    for subscription in self._subscriptions:
                        await subscription.attach(client)
                # No await from here until `_life` is set: a subscription made in between would be lost.
                return _Life(client, lost)
            except (OSError, TimeoutError, nats.errors.Error) as error:
                if not told:
                    log.warning("%s: no NATS at %s yet: %r", self.name, self.url, error)
                    told = True
                await _close(client)
            except BaseException:  # cancelled
                await _close(client)
                raise
            await anyio.sleep(wait_s)
            wait_s = min(wait_s * 2, CONNECT_WAIT_MAX_S)

    async def _live(self, life: "_Life") -> None:
        self.lives += 1
        self._life = life
        self._turned.set()
        self._turned = anyio.Event()
        log.info("%s: connected to NATS (%d)", self.name, self.lives)
        try:
            while not life.lost.is_set():
                with anyio.move_on_after(LOOK_S):
                    await life.lost.wait()
                if life.client.is_closed:  # a process that was stopped for a while: it may close untold
                    life.lost.set()
            log.warning("%s: lost the connection to NATS", self.name)
        finally:
            self._life = None
            life.end()
            await _close(life.client)

    async def _on_error(self, error: Exception) -> None:
        if isinstance(error, nats.errors.SlowConsumerError):
            log.warning("%s: dropped a message on %s, too many wait", self.name, error.subject)
        else:
            log.debug("%s: %r", self.name, error)


@dataclass(eq=False, slots=True)
class _Life:
    """One connection, from connect to loss. Requests in flight at the loss end at once with LinkDown."""

    client: Client
    lost: anyio.Event
    _flying: set[anyio.CancelScope] = field(default_factory=set)

    async def request(self, subject: str, payload: bytes, try_s: float) -> bytes:
        with anyio.move_on_after(try_s) as scope:
            self._flying.add(scope)
            try:
                answer = await self.client.request(subject, payload, timeout=try_s + 1)
                return bytes(answer.data)
            except nats.errors.NoRespondersError:
                raise NobodyAnswers(subject) from None
            except nats.errors.MaxPayloadError:
                raise TooLarge(f"{len(payload)} bytes for {subject}") from None
            except (OSError, nats.errors.Error) as error:
                raise LinkDown(repr(error)) from error
            finally:
                self._flying.discard(scope)
        if self.lost.is_set():
            raise LinkDown("the connection was lost while waiting for an answer")
        raise RequestTimedOut(subject)

    async def publish(self, subject: str, payload: bytes) -> None:
        try:
            await self.client.publish(subject, payload)
        except nats.errors.MaxPayloadError:
            raise TooLarge(f"{len(payload)} bytes for {subject}") from None
        except (OSError, nats.errors.Error) as error:
            raise LinkDown(repr(error)) from error

    async def flush(self) -> None:
        try:
            await self.client.flush(FLUSH_TIMEOUT_S)
        except (OSError, TimeoutError, nats.errors.Error) as error:
            raise LinkDown(repr(error)) from error

    def end(self) -> None:
        self.lost.set()
        for scope in self._flying:
            scope.cancel()


class _Subscription:
    """One subject's handler with its workers; outlives connections."""

    def __init__(self, subject: str, queue: str, handler: Handler, at_once: int, waiting_max: int) -> None:
        self._subject, self._queue, self._handler = subject, queue, handler
        self._at_once, self._waiting_max = at_once, waiting_max
        self._send: MemoryObjectSendStream[tuple[Client, Msg]] | None = None

    def start(self, tasks: TaskGroup) -> None:
        # Full: the connection's own queue fills (`pending_msgs_limit`), and then NATS messages are dropped.
        self._send, receive = anyio.create_memory_object_stream[tuple[Client, Msg]](0)
        for _ in range(self._at_once):
            tasks.start_soon(self._work, receive.clone())
        receive.close()

    def stop(self) -> None:
        if self._send is not None:
            self._send.close()

    async def attach(self, client: Client) -> None:
        send = self._send
        assert send is not None, "started before it is attached"

        async def arrived(message: Msg) -> None:
            await send.send((client, message))

        await client.subscribe(
            self._subject,
            queue=self._queue,
            cb=arrived,
            pending_msgs_limit=self._waiting_max,
            pending_bytes_limit=WAITING_BYTES_MAX,
        )

    async def _work(self, receive: MemoryObjectReceiveStream[tuple[Client, Msg]]) -> None:
        with receive:
            async for client, message in receive:
                answer = await self._ask(message)
                if answer is not None and message.reply:
                    await self._answer(client, message.reply, answer)

    async def _ask(self, message: Msg) -> bytes | None:
        try:
            return await self._handler(Incoming(message.subject, message.data, bool(message.reply)))
        except Exception:
            log.exception("the handler of %s failed", message.subject)
            return INTERNAL

    async def _answer(self, client: Client, reply: str, answer: bytes) -> None:
        try:
            await client.publish(reply, answer)
        except (OSError, nats.errors.Error) as error:
            log.info("no one left to answer on %s: %r", reply, error)  # it asks again


async def _close(client: Client) -> None:
    with anyio.move_on_after(2, shield=True):
        try:
            await client.close()
        except (OSError, nats.errors.Error) as error:
            log.debug("closing a NATS connection: %r", error)
